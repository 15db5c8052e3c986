"""What was played, read in the microphone's time: at a place and a pace that may change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

TAPS = 32
"""Frames of the interpolating sinc; frames beyond the place that is read: half of it."""
PHASES = 256
"""Places between two frames that are told apart: an error of 50 dB below a tone of 4 kHz."""
BETA = 8.0
"""Kaiser window of the sinc: 80 dB."""
KEPT_FRAMES = 1 << 15
"""How much of what was played is kept: 2 s at 16 kHz."""


class Played:
    """The last two seconds that were played; readable between frames."""

    def __init__(self) -> None:
        """Silence so far."""
        self._kept = np.zeros(KEPT_FRAMES, np.float32)
        self.end = 0
        """The frame after the last one known."""
        self.sounded = 0
        """The frame after the last one that was not silence."""

    def add(self, samples: npt.NDArray[np.float32]) -> None:
        """Take what was played next, float32[n]."""
        for start in range(0, len(samples), KEPT_FRAMES):
            part = samples[start : start + KEPT_FRAMES]
            index = np.arange(self.end, self.end + len(part)) % KEPT_FRAMES
            self._kept[index] = part
            self.end += len(part)
        if samples.any():
            self.sounded = self.end

    def read(self, start: float, frames: int, pace: float) -> npt.NDArray[np.float32]:
        """``frames`` frames from ``start`` on, ``pace`` apart; silence before what is kept and after what is known."""
        places = np.rint((start + pace * np.arange(frames)) * PHASES).astype(np.int64)
        starts = places // PHASES + 1 - TAPS // 2
        index = np.arange(starts[0], starts[-1] + TAPS)
        known = (index >= max(0, self.end - KEPT_FRAMES)) & (index < self.end)
        kept = np.where(known, self._kept[index % KEPT_FRAMES], np.float32(0))
        around = sliding_window_view(kept, TAPS)[starts - starts[0]]
        return np.asarray(np.einsum("ij,ij->i", around, _KERNELS[places % PHASES]), np.float32)


def _kernels() -> npt.NDArray[np.float32]:
    """A windowed sinc for each place between two frames, shape (PHASES, TAPS)."""
    distance = np.arange(1 - TAPS // 2, TAPS // 2 + 1)[None, :] - (np.arange(PHASES) / PHASES)[:, None]
    window = np.i0(BETA * np.sqrt(np.maximum(0.0, 1 - (distance / (TAPS // 2)) ** 2))) / np.i0(BETA)
    kernels = np.sinc(distance) * window
    return np.asarray(kernels / kernels.sum(axis=1, keepdims=True), np.float32)


_KERNELS = _kernels()
