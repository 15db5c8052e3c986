"""Finds how much later a microphone hears what a loudspeaker plays, and by how much their clocks differ.

Four times a second the last half second of the microphone is correlated with what was played, as a cross spectrum. The
average of these, whitened, has its peak at the delay. Two of them some seconds apart differ in phase by what the clocks
drifted in between, whatever the room does to the sound: so the drift shows after four seconds of words. Nothing is
learnt from tones: of one frequency neither can be told.

Source of the second: J. Schmalenstroeer et al., "Online estimation of sampling rate offsets in wireless acoustic sensor
networks with packet loss" and A. Chinaev et al., "Double-cross-correlation processing for blind sampling-rate offset
estimation", ICASSP 2021.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

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
DRIFT_BAND = (200.0, 3500.0)
"""Frequencies that tell the drift, hertz: higher ones turn several times in two seconds."""
STANDS_OUT = 8.0
"""Times the root mean square of the correlation that its peak must reach; an echo reached 13, others talking 7."""
DRIFT_STANDS_OUT = 4.0
"""Times the mean of its surroundings that the shift must reach; a right one reaches 6, while others talk 2.5."""
FLAT = 0.003
"""Spectral flatness from which a sound is no tone: the guide's tones stay below 0.001, most of its words lie above."""
PLAYING = 1e-3
"""Root mean square of what is played below which there is nothing to look at: -60 dBFS."""
SOON, LATER = 8, 24
"""Looks between the two that are compared: 2 s for a first idea of the drift, 6 s for a better one."""
LEAST_PAIRS = 4
"""Pairs that must agree."""
MOST_SHIFT = 24
"""Frames that clocks may drift apart between the two: 750 parts in a million in 2 s."""
FINER = 8
"""The shift is found to an eighth of this interpolation's frame."""


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
        self._drift_band = (hertz > DRIFT_BAND[0]) & (hertz < DRIFT_BAND[1])
        self._fresh = 0
        self._apart = SOON
        self.forget()

    def forget(self) -> None:
        """Begin anew: what is played is read at another place or pace."""
        self._cross = np.zeros(STRETCH + 1, np.complex128)
        self._power = np.zeros((2, STRETCH + 1))
        self._looks = 0
        self._recent: deque[npt.NDArray[np.complex128] | None] = deque(maxlen=self._apart + 1)
        self._turned = np.zeros(STRETCH + 1, np.complex128)
        self._pairs = 0

    def moved(self, played: npt.NDArray[np.float32]) -> None:
        """What is played is read at another place: these are its last frames, float32[2 * STRETCH]."""
        self._played = played
        self.forget()

    def paced(self) -> None:
        """What is played is read at another pace, which is nearly the right one: look more closely from now on."""
        self._apart = LATER
        self.forget()

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
        phases = np.where(self._drift_band, cross / (np.abs(cross) + 1e-12), 0)
        self._recent.append(phases)
        before = self._recent[0] if len(self._recent) > self._apart else None
        if before is not None:
            self._turned = DRIFT_MEMORY * self._turned + phases * np.conj(before)
            self._pairs += 1
        if self._pairs < LEAST_PAIRS:
            return None
        shifts = np.fft.irfft(self._turned, FINER * 2 * STRETCH)
        reach = MOST_SHIFT * FINER
        around = np.concatenate([shifts[-reach:], shifts[: reach + 1]])
        if around.max() < DRIFT_STANDS_OUT * np.mean(np.abs(around)):
            return None
        return float(np.argmax(around) - reach) / FINER / (self._apart * HOP)


def is_worded(played: npt.NDArray[np.float32]) -> bool:
    """Whether float32[n] at 16 kHz holds many frequencies, as words do, and not few, as tones do."""
    if np.mean(np.square(played)) < PLAYING**2:
        return False
    power = np.square(np.abs(np.fft.rfft(played * np.hanning(len(played)))))
    per_hertz, width = len(played) / 16_000, round(56 * len(played) / 16_000)
    speech = power[round(100 * per_hertz) : round(1800 * per_hertz)]
    bands = speech[: len(speech) // width * width].reshape(-1, width).mean(axis=1)
    bands += 1e-9 * bands.max()
    return bool(np.exp(np.mean(np.log(bands))) > FLAT * np.mean(bands))
