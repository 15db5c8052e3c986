"""Sounds that mark a breath, made for its length, and recorded sounds by name.

The tones of the usual character lie between 300 and 1500 Hz, which small loudspeakers play and which age spares
longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.errors import DeviceError
from voice.speaking.breath_sounds import PULSES, SHAPES, Character, Phase, wave
from voice.speaking.loudness import SPEECH_LUFS, TONE_LUFS, at_loudness, loudness_lufs
from voice.speaking.sounds import sound_files, sound_names

Samples = NDArray[np.float32]

RELEASE_MS = 300
"""Length of the fall into silence at a breath tone's end, milliseconds; at most a quarter of the tone."""
DEFAULT_MS = {"breathe-in": 4000, "breathe-out": 6000}
"""Length of a breath tone that is asked for by name, milliseconds: the breath of two-minute-reset."""


@lru_cache(maxsize=8)
def breath_tone(phase: Phase, duration_ms: int, rate: int, beat_ms: int = 1000, cues: Character = "tone") -> Samples:
    """The sound of one inhale or exhale, ``duration_ms`` long: float32 mono at ``rate``, at ``TONE_LUFS``, read-only.

    Pulses fall on multiples of ``beat_ms``, so it alone keeps the count. Meant for 2 to 15 s.
    """
    shape = SHAPES[cues][phase]
    frames = duration_ms * rate // 1000
    t = np.arange(frames) / rate
    pulse = 1 - shape.depth * (0.5 - 0.5 * np.cos(2 * np.pi * PULSES[phase] * t * 1000 / beat_ms))
    edges = _edges(frames, shape.attack_ms * rate // 1000, min(RELEASE_MS * rate // 1000, frames // 4))
    sound = wave(cues, phase, frames, rate) * pulse * edges
    return _shared(at_loudness(np.asarray(sound, np.float32), rate, TONE_LUFS))


@lru_cache(maxsize=16)
def load_sound(name: str, rate: int, extra: tuple[Path, ...] = (), cues: Character = "tone") -> Samples:
    """A sound of ``audio/`` by name: float32 mono at ``rate``, read-only.

    ``extra`` are further folders that may hold ``audio/``; ``cues`` is the character of a breath. A file louder than
    the voice is turned down to it. Raises ``DeviceError`` if there is no such sound, or its file is none.
    """
    path = sound_files(extra).get(name)
    if path is None and name in DEFAULT_MS:
        return breath_tone("in" if name == "breathe-in" else "out", DEFAULT_MS[name], rate, cues=cues)
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
