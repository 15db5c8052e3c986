"""Finds how much later a microphone hears what a loudspeaker plays, and by how much their clocks differ.

Four times a second the last half second of the microphone is correlated with what was played, as a cross spectrum. The
average of these, whitened, has its peak at the delay. Two of them some seconds apart differ in phase by what the clocks
drifted in between, whatever the room does to the sound: so the drift shows after two seconds of words. Nothing is
learnt from tones: of one frequency neither can be told.

Source of the second: J. Schmalenstroeer et al., "Online estimation of sampling rate offsets in wireless acoustic sensor
networks with packet loss" and A. Chinaev et al., "Double-cross-correlation processing for blind sampling-rate offset
estimation", ICASSP 2021.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

STRETCH = 8192
"""Frames of microphone that are looked at together, half a second at 16 kHz; also the longest delay that is found."""
HOP = 4096
"""Frames from one look to the next: a quarter of a second."""
MEMORY = 0.9
"""What of the average is kept from one look to the next: 2.5 s of words."""
DRIFT_MEMORY = 0.97
"""The same for the drift."""
DELAY_BAND = (200.0, 6000.0)
"""Frequencies that tell the delay, hertz: what small loudspeakers play too."""
BLOCK_BINS = 64
"""Frequencies, 62 Hz together, whose turns are averaged for the drift: they hardly differ within the shifts looked for.
"""
DRIFT_BLOCKS = slice(3, 56)
"""Blocks that tell the drift, 190 to 3,500 Hz: higher ones turn several times in two seconds."""
STANDS_OUT = 8.0
"""Times the root mean square of the correlation that its peak must reach; an echo reached 13, others talking 7."""
DRIFT_STANDS_OUT = 4.0
"""Times the mean of its surroundings that the shift must reach; a right one reaches 6, while others talk 2.5."""
FLAT = 0.003
"""Spectral flatness from which a sound is no tone: the guide's tones stay below 0.001, most of its words lie above."""
PLAYING = 1e-3
"""Root mean square of what is played below which there is nothing to look at: -60 dBFS."""
GAPS = (4, 8, 16, 24, 32, 40, 48, 56, 64)
"""Looks between the two that are compared, 1 to 16 s: near ones tell soon, far ones tell well, and sentences have
pauses of any length between them.
"""
LEAST_PAIRS = 4
"""Pairs that must agree."""
SHIFTS = np.arange(-24.0, 24.125, 0.125)
"""Frames that clocks may drift apart between the two, in eighths: 750 parts in a million in 2 s."""
FINE = 0.25
"""Frames of shift below which clocks are taken for equal."""
WIDER = 8
"""How many times longer than the last gap that told the drift the next may be: its shifts reach less far."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found."""

    delay: float | None
    """Frames by which the microphone is later, or ``None`` where no peak stands out."""
    drift: float | None
    """Frames by which that grows each frame, or ``None`` while it is not known."""


class DelayFinder:
    """Takes both sides in step, at 16 kHz."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._heard = np.zeros(STRETCH, np.float32)
        self._played = np.zeros(2 * STRETCH, np.float32)
        self._window = np.hanning(STRETCH)
        hertz = np.fft.rfftfreq(2 * STRETCH, 1 / 16_000)
        self._delay_band = (hertz > DELAY_BAND[0]) & (hertz < DELAY_BAND[1])
        bins = np.arange(DRIFT_BLOCKS.start * BLOCK_BINS, DRIFT_BLOCKS.stop * BLOCK_BINS)
        self._drift_bins = slice(bins[0], bins[-1] + 1)
        self._turn = 2j * np.pi * bins / (2 * STRETCH)
        self._shifts = np.exp(np.outer(SHIFTS, self._turn.reshape(-1, BLOCK_BINS).mean(axis=1)))
        self._fresh = 0
        self._told = 1
        self.forget()

    def forget(self) -> None:
        """Begin anew: what is played is read at another place."""
        self._forget_delay()
        self._recent: deque[npt.NDArray[np.complex64] | None] = deque(maxlen=GAPS[-1])
        self._turned = {gap: np.zeros(len(self._shifts.T), np.complex128) for gap in GAPS}
        self._pairs = dict.fromkeys(GAPS, 0)

    def _forget_delay(self) -> None:
        self._cross = np.zeros(STRETCH + 1, np.complex128)
        self._power = np.zeros((2, STRETCH + 1))
        self._looks = 0

    def moved(self, played: npt.NDArray[np.float32]) -> None:
        """What is played is read at another place: these are its last frames, float32[2 * STRETCH]."""
        self._played = played
        self.forget()

    def paced(self, drift: float) -> None:
        """What is played is read faster by this: all that was seen before is turned as if it always had been."""
        self._forget_delay()
        a_look = np.exp(-self._turn * drift * HOP)
        for ago, phases in enumerate(reversed(self._recent)):
            if phases is not None:
                phases *= (a_look**ago).astype(np.complex64)
        for gap, turned in self._turned.items():
            turned *= np.exp(self._turn.reshape(-1, BLOCK_BINS).mean(axis=1) * drift * HOP * gap)

    def pause(self, frames: int) -> None:
        """So many frames go by unseen, in which nothing was played: what comes after is so much later than before."""
        self._heard[:] = 0.0
        self._played[:] = 0.0
        self._fresh += frames
        while self._fresh >= HOP:
            self._fresh -= HOP
            self._recent.append(None)

    def feed(self, heard: npt.NDArray[np.float32], played: npt.NDArray[np.float32]) -> Look | None:
        """Take the same number of frames of both, at most HOP; gives a ``Look`` four times a second of words."""
        self._heard = np.concatenate([self._heard[len(heard) :], heard])
        self._played = np.concatenate([self._played[len(played) :], played])
        self._fresh += len(heard)
        if self._fresh < HOP:
            return None
        self._fresh -= HOP
        if not is_worded(self._played[STRETCH:]):
            self._recent.append(None)
            return None
        return self._look()

    def _look(self) -> Look:
        played = np.fft.rfft(self._played)
        heard = np.fft.rfft(np.concatenate([np.zeros(STRETCH), self._heard * self._window]))
        cross = heard * np.conj(played)
        return Look(self._delay(cross, np.abs(heard) ** 2, np.abs(played) ** 2), self._drift(cross))

    def _delay(self, cross: npt.NDArray[np.complex128], *powers: npt.NDArray[np.float64]) -> float | None:
        self._cross = MEMORY * self._cross + cross
        self._power = MEMORY * self._power + np.stack(powers)
        self._looks += 1
        if self._looks < 2:
            return None
        white = np.where(self._delay_band, self._cross / np.sqrt(self._power[0] * self._power[1] + 1e-12), 0)
        size = np.abs(np.fft.irfft(white)[:STRETCH])
        at = int(np.argmax(size))
        return float(at) if size[at] > STANDS_OUT * np.sqrt(np.mean(np.square(size))) else None

    def _drift(self, cross: npt.NDArray[np.complex128]) -> float | None:
        band = cross[self._drift_bins]
        phases = (band / (np.abs(band) + 1e-12)).astype(np.complex64)
        for gap in GAPS:
            before = self._recent[-gap] if len(self._recent) >= gap else None
            if before is not None:
                turned = (phases * np.conj(before)).reshape(-1, BLOCK_BINS).mean(axis=1)
                self._turned[gap] = DRIFT_MEMORY * self._turned[gap] + turned
                self._pairs[gap] += 1
        self._recent.append(phases)
        return self._surest()

    def _surest(self) -> float | None:
        """What the longest gap says that stands out; nothing is left to correct below ``FINE``."""
        for gap in reversed(GAPS):
            if self._pairs[gap] < LEAST_PAIRS or gap > WIDER * self._told:
                continue
            around = (self._shifts @ self._turned[gap]).real
            at = int(np.argmax(around))
            if around[at] > DRIFT_STANDS_OUT * np.mean(np.abs(around)):
                self._told = max(self._told, gap)
                return float(SHIFTS[at]) / (gap * HOP) if abs(SHIFTS[at]) >= FINE else 0.0
        return None


def is_worded(played: npt.NDArray[np.float32]) -> bool:
    """Whether float32[n] at 16 kHz holds many frequencies, as words do, and not few, as tones do."""
    if np.mean(np.square(played)) < PLAYING**2:
        return False
    power = np.square(np.abs(np.fft.rfft(played * _window(len(played)))))
    per_hertz, width = len(played) / 16_000, round(56 * len(played) / 16_000)
    speech = power[round(100 * per_hertz) : round(1800 * per_hertz)]
    bands = speech[: len(speech) // width * width].reshape(-1, width).mean(axis=1)
    bands += 1e-9 * bands.max()
    return bool(np.exp(np.mean(np.log(bands))) > FLAT * np.mean(bands))


@lru_cache(maxsize=4)
def _window(frames: int) -> npt.NDArray[np.float64]:
    return np.hanning(frames)
