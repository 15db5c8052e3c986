"""Samples as bytes on the wire."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def pcm(samples: npt.NDArray[np.float32]) -> bytes:
    """Float samples in [-1, 1] as 16 bits, little-endian."""
    return np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2").tobytes()
