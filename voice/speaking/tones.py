"""Tones that mark a breath, and recorded sounds by name.

The two breath tones differ in four ways, so that also somebody who hears few of them can tell which is which: in rises
in pitch, swells, and pulses twice a beat; out falls, fades, and pulses once a beat. Everything lies between 300 and
1500 Hz, which small loudspeakers play and which age spares longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voice.errors import DeviceError
from voice.speaking.loudness import SPEECH_LUFS, TONE_LUFS, at_loudness, loudness_lufs
from voice.speaking.sounds import sound_files, sound_names

Samples = NDArray[np.float32]

PARTIALS = ((1, 1.0), (2, 0.22), (3, 0.06))
"""Multiples of the pitch and their amplitudes: a soft, hollow tone like a low flute."""


@dataclass(frozen=True, slots=True)
class _Character:
    """How a breath tone moves from its start to its end."""

    pitch: tuple[float, float]
    """Hertz; the third partial stays under 1500."""
    level: tuple[float, float]
    """Decibels under the loudest moment."""
    pulses: int
    """Pulses a beat."""
    depth: float
    """How far a pulse falls, 0 to 1."""
    attack_ms: int
    """Length of the rise out of silence."""


CHARACTERS = {
    "in": _Character(pitch=(330.0, 494.0), level=(-5.0, 0.0), pulses=2, depth=0.45, attack_ms=120),
    "out": _Character(pitch=(440.0, 311.0), level=(0.0, -8.0), pulses=1, depth=0.25, attack_ms=60),
}
"""E4 rising to B4, A4 falling to E flat 4."""
RELEASE_MS = 300
"""Length of the fall into silence at a breath tone's end, milliseconds; at most a quarter of the tone."""
DEFAULT_MS = {"breathe-in": 4000, "breathe-out": 6000}
"""Length of a breath tone that is asked for by name, milliseconds: the breath of two-minute-reset."""


@lru_cache(maxsize=8)
def breath_tone(phase: Literal["in", "out"], duration_ms: int, rate: int, beat_ms: int = 1000) -> Samples:
    """The tone of one inhale or exhale, ``duration_ms`` long: float32 mono at ``rate``, at ``TONE_LUFS``, read-only.

    Pulses fall on multiples of ``beat_ms``, so the tone alone keeps the count. Meant for 2 to 15 s.
    """
    character = CHARACTERS[phase]
    frames = duration_ms * rate // 1000
    t = np.arange(frames) / rate
    done = t / t[-1]
    low, high = character.pitch
    turns = 2 * np.pi * np.cumsum(low * (high / low) ** done) / rate
    wave = sum(amplitude * np.sin(multiple * turns) for multiple, amplitude in PARTIALS)
    start_db, end_db = character.level
    level = 10 ** ((start_db + (end_db - start_db) * done) / 20)
    pulse = 1 - character.depth * (0.5 - 0.5 * np.cos(2 * np.pi * character.pulses * t * 1000 / beat_ms))
    edges = _edges(frames, character.attack_ms * rate // 1000, min(RELEASE_MS * rate // 1000, frames // 4))
    return _shared(at_loudness(np.asarray(wave * level * pulse * edges, np.float32), rate, TONE_LUFS))


@lru_cache(maxsize=16)
def load_sound(name: str, rate: int, extra: tuple[Path, ...] = ()) -> Samples:
    """A sound of ``audio/`` by name: float32 mono at ``rate``, read-only.

    ``extra`` are further folders that may hold ``audio/``. A file louder than the voice is turned down to it. Raises
    ``DeviceError`` if there is no such sound, or its file is none.
    """
    path = sound_files(extra).get(name)
    if path is None and name in DEFAULT_MS:
        return breath_tone("in" if name == "breathe-in" else "out", DEFAULT_MS[name], rate)
    if path is None:
        raise _unknown(name, extra)
    samples = _read(path, rate)
    return _shared(at_loudness(samples, rate, min(SPEECH_LUFS, loudness_lufs(samples, rate))))


def _read(path: Path, rate: int) -> Samples:
    """A sound file as float32 mono at ``rate``."""
    import soundfile

    try:
        samples, own_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        remedy = "Replace it by a WAV or FLAC file."
        raise DeviceError(f"{path} is not a sound file that can be read.", remedy) from error
    mono = np.asarray(np.nan_to_num(samples.mean(axis=1), nan=0.0, posinf=1.0, neginf=-1.0), np.float32)
    if own_rate == rate or not len(mono):
        return mono
    import soxr

    return np.asarray(soxr.resample(mono, own_rate, rate), np.float32)


def _unknown(name: str, extra: Sequence[Path]) -> DeviceError:
    known = ", ".join(sound_names(extra))
    remedy = f"Use one of {known}, or put {name}.wav into an audio folder of your own."
    return DeviceError(f'There is no sound "{name}".', remedy)


def _edges(frames: int, attack: int, release: int) -> NDArray[np.float64]:
    """1 with a raised-cosine rise and fall, which have no corner that could be heard."""
    edges = np.ones(frames)
    edges[:attack] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(attack) + 0.5) / attack)
    edges[frames - release :] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(release) + 0.5) / release)
    return edges


def _shared(samples: Samples) -> Samples:
    """The samples, safe to hand out from a cache."""
    samples.flags.writeable = False
    return samples
