"""Makes the sounds of ``audio/``: ``python benchmarks/make_sounds.py [FOLDER]``; run twice, it writes the same."""

from __future__ import annotations

import sys
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.speaking.loudness import TONE_LUFS, at_loudness

RATE = 48_000
"""Hertz; 16 bit, mono."""
AUDIO = Path(__file__).resolve().parent.parent / "audio"

Wave = npt.NDArray[np.float64]


def main(folder: Path = AUDIO) -> None:
    """Write every sound."""
    for name, sound in {"chime": chime(), "soft-tone": soft_tone(), "falling-tone": falling_tone()}.items():
        _write(folder / f"{name}.wav", at_loudness(sound.astype(np.float32), RATE, TONE_LUFS))


def chime() -> Wave:
    """A small bell: a third apart and struck one after the other, high partials fading first."""
    partials = ((1.0, 1.0, 0.9), (2.0, 0.35, 0.5), (2.4, 0.12, 0.3))
    return _after(0.0, _bell(523.25, partials, 2.4), 2.6) + _after(0.22, _bell(659.26, partials, 2.2), 2.6)


def soft_tone() -> Wave:
    """One round tone that comes and goes, A4 with a little of its octave."""
    t = _time(1.2)
    return _swell(t, attack=0.25, release=0.7) * (np.sin(2 * np.pi * 440 * t) + 0.15 * np.sin(2 * np.pi * 880 * t))


def falling_tone() -> Wave:
    """Two soft tones, the second a fifth lower: something closes."""
    return _after(0.0, _note(587.33, 0.5), 1.1) + _after(0.38, _note(392.0, 0.7), 1.1)


def _note(pitch: float, seconds: float) -> Wave:
    t = _time(seconds)
    return _swell(t, attack=0.04, release=0.7 * seconds) * (
        np.sin(2 * np.pi * pitch * t) + 0.15 * np.sin(4 * np.pi * pitch * t)
    )


def _bell(pitch: float, partials: Sequence[tuple[float, float, float]], seconds: float) -> Wave:
    """Partials as (multiple of the pitch, amplitude, time to fall to 1/e in seconds), struck softly."""
    t = _time(seconds)
    ringing = sum(
        size * np.exp(-t / fall) * np.sin(2 * np.pi * pitch * multiple * t) for multiple, size, fall in partials
    )
    return np.asarray(_swell(t, attack=0.012, release=0.3) * ringing)


def _swell(t: Wave, attack: float, release: float) -> Wave:
    """Raised-cosine rise and fall, in seconds."""
    rise = np.clip(t / attack, 0, 1)
    fall = np.clip((t[-1] - t) / release, 0, 1)
    return np.asarray(np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2)


def _after(start: float, sound: Wave, seconds: float) -> Wave:
    """The sound, begun after ``start``, in ``seconds`` of silence."""
    whole = np.zeros(round(seconds * RATE))
    first = round(start * RATE)
    whole[first : first + len(sound)] = sound[: len(whole) - first]
    return whole


def _time(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE)) / RATE


def _write(path: Path, samples: npt.NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
