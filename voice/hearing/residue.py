"""What is left of the echo, taken away for one question only: is anybody else speaking?

What the canceller leaves still sounds like the guide's voice, only softer, and a speech detector takes it for speech.
So how loud it may be is learnt, per band, from how loud what was played is: the level that four in five blocks stay
under. Whatever does not rise above it is faded before the detector looks. Words are recognized from the sound without
this, since it would take a soft voice away with the rest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.hearing.echo import BLOCK, Cleaned

EDGES = (0, 4, 8, 12, 16, 22, 28, 36, 46, 58, 74, 94, 120, 150, 190, 257)
"""First bins of the bands, at 31 Hz each: about a third of an octave where speech is."""
REVERB = 0.75
"""What a room keeps of a sound's power from one block of 16 ms to the next: RT60 of 0.8 s."""
LATE = 0.97
"""The same while the delay is not known yet: the sound may come half a second later."""
UP_DB, DOWN_DB = 0.4, 0.1
"""Steps of the learnt level: four in five blocks lie below it."""
FIRST_DB = 6.0
"""The level before anything was learnt: a room may make single bands of the echo louder than what is played."""
MARGIN_DB = 5.0
"""What may be echo lies up to so much above the learnt level."""
SOFTEST = 1e-4
"""Share of power that is left of what may be echo."""
HISS = 3e-4
"""Root mean square of a noise laid over the rest, -70 dBFS: the detector hears a voice in the faintest remains."""
SETTLES = 90
"""Blocks of words, 1.4 s, after which the level is known well enough to call anything else a voice."""
NO_ECHO = 250
"""Blocks of words, 4 s: if no echo was found in them there is none, as with headphones or a device that cancels it."""
LATEST = 40
"""Blocks, 0.6 s, in which an echo of what was played may still come while the delay is not known."""
QUIET = 1e-7
"""Power of a band below which nothing is played or heard."""


class Residue:
    """Takes cleaned blocks in order, gives as many samples, one block later."""

    def __init__(self) -> None:
        """Expect echo as loud as what is played, until it is known better."""
        bands = len(EDGES) - 1
        self._window = np.sqrt(np.hanning(2 * BLOCK + 1)[:-1])
        self._last = np.zeros((2, BLOCK), np.float32)
        self._tail = np.zeros(BLOCK)
        self._played = np.zeros(bands)
        self._known = 0
        self._searched = 0
        self._since = LATEST
        self._rng = np.random.default_rng(0)
        self.level_db = np.full(bands, FIRST_DB)
        """How much louder than what is played the rest of the echo may be, decibels per band."""

    @property
    def settled(self) -> bool:
        """Whether so much is known of the echo that anything beside it is somebody else."""
        return self._known >= SETTLES or self._searched >= NO_ECHO

    def know(self, level_db: npt.NDArray[np.float64]) -> None:
        """Begin with a level learnt before, float64[bands]."""
        self.level_db = level_db.copy()
        self._known = SETTLES

    def suppress(self, cleaned: Cleaned, *, aligned: bool) -> npt.NDArray[np.float32]:
        """The block before this one, float32[BLOCK], with nothing in it that may be echo; ``aligned`` says whether
        the delay is known.
        """
        sides = np.stack([cleaned.samples, cleaned.played])
        spectra = np.fft.rfft(np.concatenate([self._last, sides], axis=1) * self._window, axis=1)
        self._last = sides
        power, played = np.add.reduceat(np.abs(spectra) ** 2, EDGES[:-1], axis=1)
        self._played = np.maximum(played, self._played * (REVERB if aligned else LATE))
        words = bool(np.mean(played) > 1000 * QUIET)
        self._known += aligned and words
        self._searched = 0 if aligned else self._searched + words
        gains = self._gains(power) if self._searched < NO_ECHO else np.ones(len(power))
        wide = np.repeat(np.sqrt(gains), np.diff(EDGES))
        out = np.fft.irfft(spectra[0] * wide) * self._window * (0.0 if self._may_be_anything(played) else 1.0)
        samples, self._tail = self._tail + out[:BLOCK], out[BLOCK:]
        return (samples + self._rng.normal(0.0, HISS, BLOCK)).astype(np.float32)

    def pass_by(self, cleaned: Cleaned) -> None:
        """Take a block while nothing is left of any echo: it need not be looked at, only what follows it."""
        self._last = np.stack([cleaned.samples, cleaned.played])
        self._tail = cleaned.samples * self._window[BLOCK:] ** 2
        self._since += 1

    def _may_be_anything(self, played: npt.NDArray[np.float64]) -> bool:
        """Whether the echo is not known yet, and one may come."""
        self._since = 0 if np.max(played) > 100 * QUIET else self._since + 1
        return not self.settled and self._since < LATEST

    def _gains(self, power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        echo = self._played * 10 ** ((self.level_db + MARGIN_DB) / 10)
        gains = np.where(self._played > QUIET, np.maximum(SOFTEST, 1 - echo / (power + 1e-12)), 1.0)
        ratio_db = 10 * np.log10((power + 1e-12) / (self._played + 1e-12))
        learns = (self._played > 100 * QUIET) & (power > QUIET)
        self.level_db += np.where(learns, np.where(ratio_db > self.level_db, UP_DB, -DOWN_DB), 0.0)
        self.level_db = np.minimum(self.level_db, FIRST_DB)
        return gains
