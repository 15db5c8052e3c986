"""What an inhale and an exhale sound like: five characters, each a recipe and nothing recorded.

In every character in rises and out falls, by level and by brightness, and the pulses say which it is a third time: two
a beat for in, one for out. So each can be told by ear alone, also by somebody who hears few of the differences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Character = Literal["tone", "breath", "bowl", "hum", "sea"]
CHARACTERS: tuple[Character, ...] = get_args(Character)
Wave = NDArray[np.float64]
Phase = Literal["in", "out"]

SEED = 1
"""Of the noise in breath and sea: always the same waves."""
PARTIALS = ((1, 1.0), (2, 0.22), (3, 0.06))
"""Multiples of the pitch and their amplitudes: a soft, hollow tone like a low flute."""
BOWL = ((1.0, 0.0), (1.003, 0.0), (2.71, 1.0))
"""A bowl's partials: multiple of the pitch, and whether it is one of those that come late and go early; the first two
beat about once a second."""
BAND_OCTAVES = 0.5
"""Distance of the bands that moving noise is mixed from."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a character moves in one phase."""

    sweep: tuple[float, float]
    """Pitch, or the middle of the noise, from start to end, hertz."""
    level: tuple[float, float]
    """Decibels under the loudest moment."""
    depth: float
    """How far a pulse falls, 0 to 1."""
    attack_ms: int
    """Length of the rise out of silence."""


SHAPES: dict[Character, dict[Phase, Shape]] = {
    "tone": {"in": Shape((330.0, 494.0), (-5.0, 0.0), 0.45, 120), "out": Shape((440.0, 311.0), (0.0, -8.0), 0.25, 60)},
    "breath": {"in": Shape((450.0, 1400.0), (-9.0, 0.0), 0.4, 250),
               "out": Shape((1200.0, 380.0), (0.0, -12.0), 0.2, 120)},
    "bowl": {"in": Shape((392.0, 392.0), (-12.0, 0.0), 0.3, 250), "out": Shape((311.0, 311.0), (0.0, -14.0), 0.15, 25)},
    "hum": {"in": Shape((220.0, 330.0), (-6.0, 0.0), 0.4, 180), "out": Shape((294.0, 208.0), (0.0, -9.0), 0.2, 90)},
    "sea": {"in": Shape((300.0, 900.0), (-14.0, 0.0), 0.25, 400),
            "out": Shape((800.0, 260.0), (0.0, -15.0), 0.12, 200)},
}  # fmt: skip
"""In: E4 to B4, or towards 1400 Hz, a bowl on G4, A3 to E4; out: A4 to E flat 4, a lower bowl, D4 to A flat 3."""
PULSES: dict[Phase, int] = {"in": 2, "out": 1}
"""A beat."""
OPENING: dict[Phase, tuple[float, float]] = {"in": (2.4, 1.2), "out": (1.2, 2.6)}
"""By what power a hum's overtones fall: lips that open, and close."""


def wave(character: Character, phase: Phase, frames: int, rate: int) -> Wave:
    """One breath of a character, its level moved and without pulses or soft edges: shape (frames,), any loudness."""
    shape = SHAPES[character][phase]
    done = np.arange(frames) / (frames - 1)
    low, high = shape.sweep
    start_db, end_db = shape.level
    level = 10 ** ((start_db + (end_db - start_db) * done) / 20)
    return _MADE[character](phase, low * (high / low) ** done, done, rate) * level


def _tone(phase: Phase, sweep: Wave, done: Wave, rate: int) -> Wave:
    turns = 2 * np.pi * np.cumsum(sweep) / rate
    return np.asarray(sum(amplitude * np.sin(multiple * turns) for multiple, amplitude in PARTIALS))


def _bowl(phase: Phase, sweep: Wave, done: Wave, rate: int) -> Wave:
    """Rubbed until it sings, or struck and left."""
    turns = 2 * np.pi * np.cumsum(sweep) / rate
    upper = 0.6 * done if phase == "in" else 0.6 * np.exp(-5 * done)
    return np.asarray(sum((upper if late else 0.5) * np.sin(multiple * turns) for multiple, late in BOWL))


def _hum(phase: Phase, sweep: Wave, done: Wave, rate: int) -> Wave:
    """A voice behind lips that open or close."""
    turns = 2 * np.pi * np.cumsum(sweep) / rate
    first, last = OPENING[phase]
    fall = first + (last - first) * done
    return np.asarray(sum(np.sin(overtone * turns) / overtone**fall for overtone in (1, 2, 3, 4)))


def _breath(phase: Phase, sweep: Wave, done: Wave, rate: int) -> Wave:
    """Air through the nose, then out of the mouth."""
    return moving_noise(sweep, rate, octaves=0.45)


def _sea(phase: Phase, sweep: Wave, done: Wave, rate: int) -> Wave:
    """A wave that comes up the beach, and one that draws back."""
    return moving_noise(sweep, rate, octaves=1.1)


def moving_noise(middle: Wave, rate: int, octaves: float) -> Wave:
    """Noise around a moving middle (hertz, one for each frame), ``octaves`` wide to either side; always the same."""
    size = 1 << (len(middle) - 1).bit_length()
    spectrum = np.fft.rfft(np.random.default_rng(SEED).standard_normal(size))
    octave = np.log2(np.maximum(np.fft.rfftfreq(size, 1 / rate), 1.0))
    place = np.log2(middle)
    out = np.zeros(len(middle))
    for centre in np.arange(place.min() - octaves, place.max() + octaves, BAND_OCTAVES):
        band = np.fft.irfft(spectrum * np.exp(-(((octave - centre) / BAND_OCTAVES) ** 2) - octave / 4), size)
        out += band[: len(middle)] * np.exp(-(((place - centre) / octaves) ** 2))
    return out


_MADE: dict[Character, Callable[[Phase, Wave, Wave, int], Wave]] = {
    "tone": _tone,
    "breath": _breath,
    "bowl": _bowl,
    "hum": _hum,
    "sea": _sea,
}
