"""A spoken phrase as samples, and where in it people hear its beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW_MS = 10
"""Length of the window that the onset is measured with, milliseconds."""
ONSET_DB = 20.0
"""The onset is the first window within this of the loudest one: about where people hear a spoken number's beat."""
LARGEST = 32_767
"""The loudest sample of a phrase, in the steps that it is kept in."""


class Phrase:
    """Something spoken, ready to be placed on a beat.

    It is kept in 16 bits, the loudest sample at full scale: half of the memory. What is lost lies 83 to 86 dB under the
    voice, at -106 dBFS or lower, where a 16-bit sound card loses -101 dBFS.
    """

    __slots__ = ("_step", "_steps", "onset_ms", "rate")

    def __init__(self, samples: NDArray[np.float32], onset_ms: int, rate: int) -> None:
        """Keep mono samples in [-1, 1], shape (frames,), at ``rate`` hertz; the phrase is heard to begin ``onset_ms``
        milliseconds after the first.
        """
        self._step = float(np.max(np.abs(samples), initial=0.0)) / LARGEST or 1.0
        self._steps = np.rint(samples / np.float32(self._step)).astype(np.int16)
        self.onset_ms = onset_ms
        self.rate = rate

    @property
    def samples(self) -> NDArray[np.float32]:
        """Mono in [-1, 1], shape (frames,), made anew each time (0.3 ms for eight seconds); not to be written to."""
        samples: NDArray[np.float32] = self._steps * np.float32(self._step)
        samples.flags.writeable = False
        return samples

    @property
    def frames(self) -> int:
        """How many samples there are."""
        return len(self._steps)

    def start_frame(self, beat_frame: int) -> int:
        """Where to place the samples for the phrase to be heard from ``beat_frame`` on; it may be negative."""
        return beat_frame - self.onset_ms * self.rate // 1000


def onset_ms(samples: NDArray[np.float32], rate: int) -> int:
    """Start of the first 10 ms RMS window (hop 1 ms) within 20 dB of the loudest window; 0 for silence."""
    energy = window_energies(samples, rate)
    if not energy.any():
        return 0
    return int(np.argmax(energy >= energy.max() * 10 ** (-ONSET_DB / 10)))


def window_energies(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """Mean square of the 10 ms window that starts at each millisecond; windows reaching over the end are left out."""
    window = WINDOW_MS * rate // 1000
    total = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    milliseconds = max(1, (len(samples) - window) * 1000 // rate + 1)
    starts = np.minimum(np.arange(milliseconds) * rate // 1000, len(samples))
    ends = np.minimum(starts + window, len(samples))
    return np.asarray(np.maximum(total[ends] - total[starts], 0.0) / window)
