"""Samples mixed ahead of the loudspeaker, which may still be mixed again until they are taken.

One side is PortAudio's callback: ``take`` copies ready bytes and moves one counter, no lock, no mixing. The other is
the loop: ``top_up`` and ``revise``. They may meet at any moment, so samples are written before the counter that
announces them, and in single copies between byte buffers, which the interpreter's lock keeps whole. Frames that were
taken stay for a while: they are what was really played.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice.speaking.mixer import Mixer

KEPT_S = 2.5
"""How long taken frames are kept, seconds."""
_SAMPLE_BYTES = 4


class Ring:
    """Frames around the present, as bytes in the device's format: float32, the same in every channel."""

    def __init__(self, mixer: Mixer, channels: int, ahead_ms: int) -> None:
        """``ahead_ms`` is how much is mixed ahead, milliseconds."""
        self.taken = 0
        """Frames that were given to the device."""
        self.ready = 0
        """Frames that are mixed."""
        self.underflows = 0
        """How often the device asked for frames that were not mixed yet."""
        self._mixer = mixer
        self._channels = channels
        self._ahead = ahead_ms * mixer.rate // 1000
        self._size = self._ahead * 2 + round(KEPT_S * mixer.rate)
        self._width = channels * _SAMPLE_BYTES
        self._bytes = memoryview(bytearray(self._size * self._width))

    def take(self, out: memoryview, frames: int) -> None:
        """Copy the next frames to ``out``; silence for those that are not ready, which counts as an underflow."""
        start = self.taken
        there = max(0, min(frames, self.ready - start))
        self._copy_out(out, start, there)
        if there < frames:
            out[there * self._width :] = bytes((frames - there) * self._width)
            self.underflows += 1
        self.taken = start + frames

    def top_up(self, at_least: int = 1) -> bool:
        """Mix what is missing ahead, if it is ``at_least`` so many frames, and say whether it was.

        What came too late stays silence.
        """
        late = self.taken
        if self.ready < late:
            self._write(self.ready, np.zeros(late - self.ready, np.float32))
            self.ready = late
        missing = self.taken + self._ahead - self.ready
        if missing < at_least:
            return False
        self._write(self.ready, self._mixer.render(self.ready, missing))
        self.ready += missing
        return True

    def revise(self) -> None:
        """Mix again everything that is not taken yet."""
        start = -1
        while start != self.taken and self.taken < self.ready:
            start = self.taken
            samples = self._mixer.render(start, self.ready - start)
            if start == self.taken:  # else some of it was taken meanwhile: mix what is left
                self._write(start, samples)

    def played(self, start: int, stop: int) -> NDArray[np.float32]:
        """What was given to the device from frame ``start`` to ``stop``, one channel; both must be kept and taken."""
        raw = bytearray((stop - start) * self._width)
        self._copy_out(memoryview(raw), start, stop - start)
        return np.frombuffer(raw, np.float32)[:: self._channels]

    def _copy_out(self, out: memoryview, start: int, frames: int) -> None:
        at, width = start % self._size, self._width
        first = min(frames, self._size - at)
        out[: first * width] = self._bytes[at * width : (at + first) * width]
        if first < frames:
            out[first * width : frames * width] = self._bytes[: (frames - first) * width]

    def _write(self, start: int, samples: NDArray[np.float32]) -> None:
        samples = samples[-self._size :]
        start_at, width = start % self._size, self._width
        raw = memoryview(np.repeat(samples, self._channels).tobytes())
        first = min(len(samples), self._size - start_at)
        self._bytes[start_at * width : (start_at + first) * width] = raw[: first * width]
        if first < len(samples):
            self._bytes[: (len(samples) - first) * width] = raw[first * width :]
