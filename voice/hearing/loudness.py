"""How loud the room is: decides when the speech detector need not be asked, and how much louder it should hear.

The floor is the quietest 32 ms of the last three seconds. A chunk near it, for some time, is nobody speaking. The
gain lifts the floor to ``FLOOR_DB``, so that a voice at -50 dBFS comes out of a quiet room as loud as one close by.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

HISTORY = 94
"""Chunks of 32 ms whose quietest is the floor: three seconds."""
RISE_DB = 5.0
"""Above the floor by this much, decibels, something may be going on; room noise by itself stays within 4."""
SILENT_DB = -80.0
"""Below this, decibels of full scale, it is silence: the noise of 16-bit samples lies at -96."""
HANG = 12
"""Chunks, 0.4 s, that the detector goes on being asked after the last rise."""
FLOOR_DB = -45.0
"""Where the gain lifts the floor to, decibels of full scale."""
MOST_DB = 30.0
"""Largest gain, decibels."""
STEP_DB = 1.0
"""Most that the gain grows from one chunk to the next; it falls at once."""
PEAK = 0.9
"""Largest sample after the gain, of full scale."""


class Loudness:
    """Measures chunk after chunk."""

    def __init__(self) -> None:
        """Know nothing of the room yet."""
        self._full: deque[float] = deque(maxlen=HISTORY)
        self._edges: deque[float] = deque(maxlen=HISTORY)
        self._hang = 0
        self._gain_db: float | None = None

    def measure(self, chunk: npt.NDArray[np.float32]) -> tuple[bool, float]:
        """Whether the chunk (float32[n]) is as quiet as the room ever is, and the gain, a factor, to hear it with."""
        rises = _rise(self._full, chunk - chunk.mean())
        # Differences beside it: a hiss or a weak consonant that is nothing beside the hum of a kitchen.
        rises = max(rises, _rise(self._edges, np.diff(chunk)))
        self._hang = HANG if rises > RISE_DB else max(0, self._hang - 1)
        return self._hang == 0, self._gain(chunk, max(min(self._full), SILENT_DB))

    def _gain(self, chunk: npt.NDArray[np.float32], floor: float) -> float:
        wanted = min(MOST_DB, max(0.0, FLOOR_DB - floor))
        last = wanted if self._gain_db is None else self._gain_db
        peak = max(float(np.max(np.abs(chunk))), 1e-6)
        self._gain_db = min(wanted, last + STEP_DB, 20.0 * float(np.log10(PEAK / peak)))
        self._gain_db = max(0.0, self._gain_db)
        return float(10.0 ** (self._gain_db / 20.0))


def _rise(levels: deque[float], chunk: npt.NDArray[np.float32]) -> float:
    """Decibels that a chunk lies above the lowest of ``levels``, to which it is added."""
    levels.append(10.0 * float(np.log10(np.dot(chunk, chunk) / len(chunk) + 1e-12)))
    return levels[-1] - max(min(levels), SILENT_DB)
