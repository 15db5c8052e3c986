"""What Whisper sees of a sound: a log-mel picture, computed as its authors do, with numpy alone.

80 bands of the Slaney mel scale up to 8 kHz, a 25 ms Hann window each 10 ms, base-10 logarithm, the loudest 80 dB,
shifted and scaled by 4. Sample for sample what faster-whisper computes; importing that package would load av,
onnxruntime and 60 MB more.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

RATE = 16_000
"""Hertz."""
HOP = 160
"""Frames from one column to the next: 10 ms."""
WINDOW = 400
"""Frames of one window: 25 ms."""
BANDS = 80
"""Mel bands."""

LOUDNESS = 0.1
"""RMS, of full scale, that the loudest quarter of a turn is brought to before it is looked at (-20 dBFS)."""
MOST_GAIN = 300.0
"""Largest gain, as a factor: speech at -70 dBFS is below any microphone's own noise."""


def log_mel(samples: npt.NDArray[np.float32], columns: int) -> npt.NDArray[np.float32]:
    """The picture of ``samples`` (float32[n] at 16 kHz): float32[80, columns], cut or filled with zeros."""
    edged = np.pad(np.pad(samples, (0, HOP)), WINDOW // 2, mode="reflect" if len(samples) >= WINDOW else "constant")
    windows = np.lib.stride_tricks.sliding_window_view(edged, WINDOW)[::HOP][:-1]
    power = np.abs(np.fft.rfft(windows * _hann(), axis=1)).astype(np.float32) ** 2
    bands = np.log10(np.maximum(_filters() @ power.T, 1e-10))
    picture = (np.maximum(bands, bands.max() - 8.0) + 4.0) / 4.0
    filled = np.zeros((BANDS, columns), np.float32)
    kept = min(columns, picture.shape[1])
    filled[:, :kept] = picture[:, :kept]
    return filled


def leveled(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The turn at a level that does not depend on how far away somebody sat: one gain for all of it, peaks cut."""
    windows = samples[: len(samples) // HOP * HOP].reshape(-1, HOP)
    if not len(windows):
        return samples
    power = np.sort(np.mean(np.square(windows, dtype=np.float64), axis=1))
    loud = float(np.sqrt(np.mean(power[-max(1, len(power) // 4) :])))
    gain = min(MOST_GAIN, LOUDNESS / max(loud, 1e-9))
    louder: npt.NDArray[np.float32] = np.clip(samples * np.float32(gain), -1.0, 1.0)
    return louder


@cache
def _hann() -> npt.NDArray[np.float32]:
    return np.hanning(WINDOW + 1)[:-1].astype(np.float32)


@cache
def _filters() -> npt.NDArray[np.float32]:
    """Triangles on the Slaney mel scale (linear below 1 kHz, then logarithmic) of constant area: float32[80, 201]."""
    mels = np.linspace(0.0, 15.0 + 27.0 * np.log(8.0) / np.log(6.4), BANDS + 2)
    hertz = np.where(mels < 15.0, mels * 200.0 / 3.0, 1000.0 * np.exp((mels - 15.0) * np.log(6.4) / 27.0))
    bins = np.fft.rfftfreq(WINDOW, 1.0 / RATE)
    ramps = hertz[:, None] - bins[None, :]
    steps = np.diff(hertz)[:, None]
    rising, falling = -ramps[:-2] / steps[:-1], ramps[2:] / steps[1:]
    areas = (2.0 / (hertz[2:] - hertz[:-2]))[:, None]
    filters: npt.NDArray[np.float32] = (np.maximum(0.0, np.minimum(rising, falling)) * areas).astype(np.float32)
    return filters
