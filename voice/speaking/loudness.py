"""How loud a sound is to a listener, and bringing sounds to one loudness.

ITU-R BS.1770-4, which EBU R128 uses: K-weighting, blocks of 400 ms overlapping by 75 %, gated at -70 LUFS and at 10 LU
under the mean. A sound shorter than one block, such as a spoken number, counts as a single block of its own length: the
standard says nothing about those, and at 400 ms the two agree.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SPEECH_LUFS = -23.0
"""Loudness of everything spoken: EBU R128's target for programs, here because it is soft and leaves room for peaks."""
TONE_LUFS = -28.0
"""Loudness of tones: 5 LU under the voice, so that numbers stay clear over them and a practice of tones is not lost."""
PEAK = 10 ** (-3 / 20)
"""No sound is made louder than this (full scale is 1): -3 dBFS leaves room for the true peak."""

_BLOCK_S, _HOP_S = 0.4, 0.1
_HOLD_S = 0.005
_GATE_LUFS, _GATE_LU = -70.0, -10.0


def loudness_lufs(samples: Samples, rate: int) -> float:
    """Integrated loudness of mono samples in LUFS; minus infinity for silence."""
    if not np.any(samples):
        return -np.inf
    energies = _block_energies(_k_weighted(samples, rate), rate)
    loud = energies[_lufs(energies) > _GATE_LUFS]
    if not loud.size:
        return -np.inf
    gate = float(_lufs(np.mean(loud))) + _GATE_LU
    return float(_lufs(np.mean(loud[_lufs(loud) > gate])))


def at_loudness(samples: Samples, rate: int, lufs: float) -> Samples:
    """The same sound at a loudness, or as near to it as its peak allows."""
    present = loudness_lufs(samples, rate)
    if not np.isfinite(present):
        return samples
    gain = min(10 ** ((lufs - present) / 20), PEAK / float(np.max(np.abs(samples))))
    return np.asarray(samples * np.float32(gain), np.float32)


def levelled(samples: Samples, rate: int, lufs: float) -> Samples:
    """The same sound at a loudness, high peaks held down for some milliseconds to just under ``PEAK``."""
    present = loudness_lufs(samples, rate)
    for _ in range(3):  # held peaks cost some loudness, which the next turn gives back
        if not np.isfinite(present):
            return samples
        samples = _held(np.asarray(samples * np.float32(10 ** ((lufs - present) / 20)), np.float32), rate)
        present = loudness_lufs(samples, rate)
    return samples


def _held(samples: Samples, rate: int) -> Samples:
    """Peaks over ``PEAK`` brought down to it by a gain that changes within ``_HOLD_S``."""
    size = round(_HOLD_S * rate)
    gain = np.minimum(1.0, 0.9 * PEAK / np.maximum(np.abs(samples), 1e-9))
    if gain.min() >= 1.0:
        return samples
    least = np.lib.stride_tricks.sliding_window_view(np.pad(gain, size, constant_values=1.0), size + 1).min(axis=1)
    smooth = np.convolve(least, np.hanning(size + 2)[1:-1] / np.hanning(size + 2).sum(), mode="valid")
    start = (len(smooth) - len(samples) + 1) // 2
    return np.asarray(samples * smooth[start : start + len(samples)], np.float32)


def _lufs(energy: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(energy, 1e-20)))


def _block_energies(weighted: Samples, rate: int) -> NDArray[np.float64]:
    """Mean square of each block."""
    block, hop = round(_BLOCK_S * rate), round(_HOP_S * rate)
    squares = np.square(weighted, dtype=np.float64)
    if len(weighted) <= block:
        return np.asarray(np.mean(squares, keepdims=True))
    total = np.concatenate([[0.0], np.cumsum(squares)])
    starts = np.arange(0, len(weighted) - block + 1, hop)
    return np.asarray((total[starts + block] - total[starts]) / block)


def _k_weighted(samples: Samples, rate: int) -> Samples:
    """The samples through both filters of BS.1770, applied to the spectrum; the padding keeps the two ends apart."""
    size = 1 << (len(samples) + rate // 4).bit_length()
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, size) * _k_response(size, rate), size)[: len(samples)])


@lru_cache(maxsize=4)
def _k_response(size: int, rate: int) -> Samples:
    """How much K-weighting passes at each frequency of a spectrum."""
    z = np.exp(2j * np.pi * np.fft.rfftfreq(size))
    response = np.ones_like(z)
    for b, a in (_shelf(rate), _high_pass(rate)):
        response *= (b[0] + b[1] / z + b[2] / z**2) / (a[0] + a[1] / z + a[2] / z**2)
    return np.asarray(np.abs(response), np.float32)


Coefficients = tuple[tuple[float, float, float], tuple[float, float, float]]


def _shelf(rate: int) -> Coefficients:
    """BS.1770's first filter, for the head: +4 dB above 1.7 kHz.

    The standard tabulates it for 48 kHz; these are the frequency, gain and quality behind the table.
    """
    k, q = np.tan(np.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    b = ((high + band * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - band * k / q + k * k) / a0)
    return b, (1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def _high_pass(rate: int) -> Coefficients:
    """BS.1770's second filter: what lies under 38 Hz does not count."""
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return (1.0, -2.0, 1.0), (1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
