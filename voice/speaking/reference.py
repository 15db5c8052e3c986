"""What was really played, for whoever wants to subtract it from what the microphone hears."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

CROSSINGS = 16
"""Zero crossings of the interpolating sinc on each side: aliases lie 80 dB under the signal."""
PHASES = 64
"""Positions between two frames that are told apart: a third of a microsecond at 48 kHz."""
BETA = 8.0
"""Kaiser window of the sinc: 80 dB."""
PASSBAND = 0.9
"""Share of the lower rate's band that is kept whole."""


class Reference:
    """The last seconds of output, by their time at the converter on the output clock."""

    def __init__(self, rate: int, seconds: float = 2.0) -> None:
        """``rate`` is the output's, hertz; ``seconds`` are kept."""
        self.rate = rate
        self._kept: NDArray[np.float32] = np.zeros(round(seconds * rate), np.float32)
        self._end = 0
        self.sounded_frame = 0
        """The frame after the last one that was not silence."""

    @property
    def end_frame(self) -> int:
        """The frame after the last one known."""
        return self._end

    def add(self, start_frame: int, samples: NDArray[np.float32]) -> None:
        """Note that ``samples``, shape (frames,), were played from ``start_frame`` on; a gap before is silence."""
        size = len(self._kept)
        if start_frame > self._end:
            self.add(self._end, np.zeros(min(size, start_frame - self._end), np.float32))
        kept = samples[-size:]
        self._end = start_frame + len(samples)
        if samples.any():
            self.sounded_frame = self._end
        at = (self._end - len(kept)) % size
        first = min(len(kept), size - at)
        self._kept[at : at + first] = kept[:first]
        self._kept[: len(kept) - first] = kept[first:]

    def at(self, start_s: float, frames: int, rate: int) -> NDArray[np.float32]:
        """What was at the converter from ``start_s`` on: float32, shape (frames,), at ``rate``.

        ``start_s`` is in seconds on the output clock. Silence stands for what is no longer kept and for what is not
        known yet. The result does not depend on how a stretch is cut into calls.
        """
        steps = np.arange(frames) * (self.rate / rate) + start_s * self.rate
        phases = np.rint(steps * PHASES).astype(np.int64)
        if rate == self.rate:
            return self._frames(np.rint(steps).astype(np.int64))
        kernels = _kernels(min(1.0, rate / self.rate))
        if not frames:
            return np.zeros(0, np.float32)
        taps = kernels.shape[1]
        starts = phases // PHASES + 1 - taps // 2
        kept = self._frames(np.arange(starts[0], starts[-1] + taps))
        around = sliding_window_view(kept, taps)[starts - starts[0]]
        return np.asarray(np.einsum("ij,ij->i", around, kernels[phases % PHASES]), np.float32)

    def _frames(self, index: NDArray[np.int64]) -> NDArray[np.float32]:
        known = (index < self._end) & (index >= max(0, self._end - len(self._kept)))
        return np.where(known, self._kept[index % len(self._kept)], np.float32(0))


@lru_cache(maxsize=4)
def _kernels(ratio: float) -> NDArray[np.float32]:
    """A windowed sinc for each position between frames, shape (PHASES, taps); ``ratio`` is asked-for rate by own."""
    cutoff = ratio * (1 + PASSBAND) / 2
    reach = int(np.ceil(CROSSINGS / cutoff))
    distance = np.arange(1 - reach, reach + 1)[None, :] - (np.arange(PHASES) / PHASES)[:, None]
    window = np.i0(BETA * np.sqrt(np.maximum(0.0, 1 - (distance / reach) ** 2))) / np.i0(BETA)
    kernels = np.sinc(distance * cutoff) * window
    return np.asarray(kernels / kernels.sum(axis=1, keepdims=True), np.float32)
