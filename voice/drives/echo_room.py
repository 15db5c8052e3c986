"""A room in software: what a loudspeaker plays comes back into the microphone, later, reverberant, on another clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.hearing.played import Played

RATE = 16_000
"""Frames a second of the microphone and of the room."""
BLOCK = 160
"""Frames that the room takes at once: 10 ms."""
READ_AHEAD = 32
"""Frames that must be known beyond what is read between frames."""


@dataclass(frozen=True, slots=True)
class EchoPath:
    """How the loudspeaker's sound reaches the microphone."""

    room: Path | None = None
    """A sound file with the impulse response of a room; a bare wire without."""
    echo_db: float = 0.0
    """How much louder the sound is at the microphone than it was played; the response has unit energy, decibels."""
    delay_ms: float = 0.0
    """How much later the microphone hears it than the files say, milliseconds, beside the room's own delay."""
    drift_ppm: float = 0.0
    """By how much the loudspeaker's clock is faster than the microphone's, parts in a million."""


class EchoRoom:
    """Takes what is played in blocks of 10 ms, and gives the echo that the microphone takes meanwhile."""

    def __init__(self, path: EchoPath) -> None:
        """Read the room; raises ``DeviceError`` if it is no sound file."""
        from voice.drives.virtual import read_wav

        response = read_wav(path.room) if path.room else np.ones(1, np.float32)
        response = response / np.float32(np.sqrt(np.sum(np.square(response))) or 1.0)
        response = response * np.float32(10 ** (path.echo_db / 20))
        blocks = np.pad(response, (0, -len(response) % BLOCK)).reshape(-1, BLOCK)
        self._weights = np.fft.rfft(blocks, 2 * BLOCK, axis=1)
        self._past = np.zeros_like(self._weights)
        self._last = np.zeros(BLOCK, np.float32)
        self._echoes = Played()
        self._echoes.add(np.zeros(round(path.delay_ms * RATE / 1000), np.float32))
        self._pace = 1 + path.drift_ppm * 1e-6
        self._blocks = self._given = 0

    def feed(self, played: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Take float32[BLOCK] that is played now; gives what the microphone's clock makes of it: float32[n], where n
        is BLOCK but now and then one less or one more.
        """
        self._past = np.roll(self._past, 1, axis=0)
        self._past[0] = np.fft.rfft(np.concatenate([self._last, played]))
        self._last = played
        echo = np.fft.irfft(np.sum(self._weights * self._past, axis=0))[BLOCK:]
        self._echoes.add(echo.astype(np.float32))
        self._blocks += 1
        due = int(self._blocks * BLOCK / self._pace)
        echoes = self._echoes.read(self._given * self._pace - READ_AHEAD, due - self._given, self._pace)
        self._given = due
        return echoes


class Downsampler:
    """Output frames to 16 kHz, block by block without waiting for more: one millisecond later, always."""

    def __init__(self, rate: int) -> None:
        """``rate`` is the output's, a multiple of 16 kHz."""
        self._every = rate // RATE
        reach = 16 * self._every
        taps = np.arange(-reach, reach + 1)
        lowpass = np.kaiser(len(taps), 7.0) * np.sinc(taps / self._every * 0.92)
        self._taps = (lowpass / lowpass.sum()).astype(np.float32)
        self._before = np.zeros(len(taps) - 1, np.float32)

    def feed(self, block: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Take float32[n], n a multiple of rate / 16 kHz."""
        joined = np.concatenate([self._before, block])
        self._before = joined[len(block) :]
        return np.convolve(joined, self._taps, "valid")[:: self._every].astype(np.float32)
