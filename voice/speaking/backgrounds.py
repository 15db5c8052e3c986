"""Something soft under the breathing: the sea, or rain; made by these recipes, a loop of 20 s without a seam.

It is far softer than the voice, comes and goes over seconds, and lies on the mixer like everything else, so that a stop
ends it with the rest, a duck lowers it, and the echo canceller knows it. While nobody breathes it is not there at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voice.guiding.timeline import Timeline
from voice.speaking.breath_sounds import Character
from voice.speaking.loudness import SPEECH_LUFS, Samples, at_loudness
from voice.speaking.mixer import Mixer

Background = Literal["none", "sea", "rain"]
LOOP_S = 20
"""Length of the loop, seconds: 3.8 MB at 48 kHz."""
BACKGROUND_LUFS = SPEECH_LUFS - 20.0
"""Loudness: 20 LU under the voice and 15 under the breath's own sounds."""
RISE_MS, FALL_MS = 3000, 3000
"""How long it comes and goes, milliseconds."""
SOFTEN_MS = 250
"""How long it takes to step back, milliseconds."""
AHEAD_MS = 500
"""It is placed and ended so far ahead, milliseconds, as cues are."""
DROPS = 600
"""Of rain, in one loop."""
SEED = 2


@dataclass(frozen=True, slots=True)
class Ambience:
    """What is heard beside words."""

    cues: Character = "tone"
    """What an inhale and an exhale sound like."""
    background: Background = "none"
    """What lies under the breathing."""


AS_USUAL = Ambience()


@lru_cache(maxsize=2)
def background_loop(background: Literal["sea", "rain"], rate: int) -> Samples:
    """float32 (20 s,) at ``rate`` and ``BACKGROUND_LUFS``, read-only; its end goes on at its beginning."""
    frames = LOOP_S * rate
    random = np.random.default_rng(SEED)
    octave = np.log2(np.maximum(np.fft.rfftfreq(frames, 1 / rate), 1.0)).astype(np.float32)
    middle, width = (np.log2(500), 1.2) if background == "sea" else (np.log2(2500), 1.0)
    noise = np.fft.rfft(random.standard_normal(frames, np.float32)) * np.exp(
        -(((octave - middle) / width) ** 2) - octave / 2
    )
    made = np.fft.irfft(noise, frames)
    made = made * _waves(frames) if background == "sea" else made / made.std() + _drops(frames, rate, random)
    loop = at_loudness(made.astype(np.float32), rate, BACKGROUND_LUFS)
    loop.flags.writeable = False
    return loop


def _waves(frames: int) -> NDArray[np.float64]:
    """Swells of 10 and 6.7 s, too shallow to be breathed with."""
    turn = 2 * np.pi * np.arange(frames) / frames
    return np.asarray(1 + 0.2 * np.sin(2 * turn) + 0.15 * np.sin(3 * turn + 1.0))


def _drops(frames: int, rate: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Short soft rings at random times, round the end of the loop as well."""
    out = np.zeros(frames)
    t = np.arange(rate // 25) / rate
    for at, pitch, size in zip(
        random.integers(0, frames, DROPS),
        random.uniform(900, 2600, DROPS),
        random.uniform(0.1, 1.0, DROPS),
        strict=True,
    ):
        ring = size * np.minimum(1, t / 0.002) * np.exp(-t / 0.006) * np.sin(2 * np.pi * pitch * t)
        np.add.at(out, (at + np.arange(len(t))) % frames, ring)
    return out


class Bed:
    """The background under one timeline after another, on one mixer."""

    def __init__(self, mixer: Mixer, background: Background) -> None:
        """Nothing is placed before somebody breathes."""
        self._mixer = mixer
        self._background = background
        self._sounds = False

    def follow(self, timeline: Timeline, origin: int, frame: int) -> None:
        """Be there from the first breath to the end of the last; ``origin`` is the timeline's start, ``frame`` now."""
        if self._background == "none":
            return
        rate = self._mixer.rate
        beats = timeline.beats
        first = origin + beats[0].onset_ms * rate // 1000 if beats else frame
        fall = origin + (beats[-1].onset_ms + timeline.beat_ms - FALL_MS) * rate // 1000 if beats else frame
        near = frame + AHEAD_MS * rate // 1000
        if self._sounds and near >= fall:
            self._sounds = False
            self._mixer.fade_out(max(frame, fall), FALL_MS, key=self)
        elif not self._sounds and first <= near < fall - RISE_MS * rate // 1000:
            self._place(max(first, frame), RISE_MS, 0.0)

    def step_back(self, frame: int, change_db: float) -> None:
        """Go on softer, until it comes anew."""
        if self._sounds:
            self._mixer.fade_out(frame, SOFTEN_MS, key=self)
            self._place(frame, SOFTEN_MS, change_db)

    def cut(self) -> None:
        """Everything on the mixer was faded out."""
        self._sounds = False

    def _place(self, frame: int, rise_ms: int, gain_db: float) -> None:
        assert self._background != "none"
        loop = background_loop(self._background, self._mixer.rate)
        self._mixer.place_loop(loop, frame, rise_ms, gain_db=gain_db, key=self)
        self._sounds = True
