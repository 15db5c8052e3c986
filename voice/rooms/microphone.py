"""A microphone in another room: chunks of sound as they come over the network, as blocks at 16 kHz."""

from __future__ import annotations

import queue
from typing import Any

import numpy as np
import numpy.typing as npt
from wyoming.audio import AudioChunk

from voice.hearing.amid_talk import QUIET_S
from voice.hearing.microphone import RATE, Block
from voice.rooms.wire import Refused

MOST_BLOCKS = 300
"""Blocks kept while hearing is late: about 20 s of 64 ms."""
ENDED_S = 0.7
"""Silence after a satellite stopped sending, seconds: more than what ends a turn. ``QUIET_S`` more follows, ahead of
the clock, so that an answer amid talk counts: nothing else will be heard."""
RATES = (8_000, 48_000)
"""Rates that are taken, lowest and highest, Hz."""
BLOCK = 1024
"""Frames in a block that is heard, at most: 64 ms, what satellites send at once."""


class RoomMicrophone:
    """Bounded: what comes faster than it is heard is dropped and counted."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.dropped = 0
        self._queue: queue.Queue[Block] = queue.Queue(MOST_BLOCKS)
        self._frame = 0
        self._rate = 0
        self._resampler: Any = None

    def take(self, chunk: AudioChunk, now_s: float) -> None:
        """Take a chunk that came at ``now_s`` on the clock of the house; raises ``Refused`` for what is no sound."""
        self._add(self._converted(chunk), now_s)

    def quiet(self, now_s: float) -> None:
        """The satellite sends no more for now: silence, so that what was said ends."""
        self._add(np.zeros(round((ENDED_S + QUIET_S) * RATE), np.float32), now_s + QUIET_S)

    def read(self, timeout_s: float) -> Block | None:
        """The next block, or ``None`` after ``timeout_s`` seconds without one."""
        try:
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def _add(self, samples: npt.NDArray[np.float32], now_s: float) -> None:
        start_s = now_s - len(samples) / RATE
        for at in range(0, len(samples), BLOCK):
            part = samples[at : at + BLOCK]
            block = Block(part, self._frame, start_s + at / RATE)
            self._frame += len(part)
            try:
                self._queue.put_nowait(block)
            except queue.Full:
                self.dropped += 1

    def _converted(self, chunk: AudioChunk) -> npt.NDArray[np.float32]:
        numbers = (chunk.rate, chunk.width, chunk.channels)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in numbers):
            raise Refused("bad-sound", "A sound's format is three numbers.")
        if not RATES[0] <= chunk.rate <= RATES[1] or chunk.width != 2 or chunk.channels not in (1, 2):
            raise Refused("bad-sound", "Sound has 16 bits, one or two channels, and 8 to 48 kHz.")
        if len(chunk.audio) % (2 * chunk.channels):
            raise Refused("bad-sound", "A chunk ends within a frame.")
        samples = np.frombuffer(chunk.audio, "<i2").reshape(-1, chunk.channels).mean(axis=1) / np.float32(32768)
        return self._at_hearing_rate(samples.astype(np.float32), chunk.rate)

    def _at_hearing_rate(self, samples: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.float32]:
        if rate == RATE:
            return samples
        if rate != self._rate:
            import soxr

            self._rate, self._resampler = rate, soxr.ResampleStream(rate, RATE, 1)
        return np.asarray(self._resampler.resample_chunk(samples), np.float32)
