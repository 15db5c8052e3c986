"""Whisper's picture of a sound."""

from __future__ import annotations

import numpy as np
import pytest

from voice.hearing.features import leveled, log_mel


def tone(hertz: float, seconds: float = 1.0, level: float = 0.1) -> np.ndarray:
    """A sine, float32 at 16 kHz."""
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(16_000 * seconds)) / 16_000)).astype(np.float32)


@pytest.mark.parametrize("columns", [50, 100, 1500])
def test_it_has_the_columns_asked_for(columns: int) -> None:
    """Longer sounds are cut, shorter ones filled with zeros."""
    picture = log_mel(tone(440), columns)
    assert picture.shape == (80, columns)
    assert picture.dtype == np.float32
    assert not picture[:, 101:].any()


def test_higher_tones_lie_in_higher_bands() -> None:
    """The loudest band rises with the tone, linearly below 1 kHz and slower above."""
    bands = [int(log_mel(tone(hertz), 100)[:, 50].argmax()) for hertz in (300, 600, 1200, 2400, 4800)]
    assert bands == sorted(set(bands))
    assert bands[0] < 10
    assert bands[-1] > 60


def test_ten_times_as_loud_is_half_a_step() -> None:
    """20 dB are 2 in log power, divided by 4."""
    quiet, loud = (log_mel(tone(1000, level=level), 100).max() for level in (0.01, 0.1))
    assert loud - quiet == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("samples", [0, 1, 100, 399, 400, 16_000])
def test_any_length_has_a_picture(samples: int) -> None:
    """Also a sound shorter than one window."""
    assert np.isfinite(log_mel(tone(440)[:samples], 1500)).all()
    assert np.isfinite(leveled(tone(440)[:samples])).all()


@pytest.mark.parametrize("level", [3e-3, 0.03, 0.3])
def test_the_level_does_not_matter(level: float) -> None:
    """A voice from the sofa and one at the microphone come out as loud, and none beyond full scale."""
    sound = leveled(tone(440, level=level))
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.1, rel=0.02)
    assert np.abs(leveled(tone(440) + 0)).max() <= 1.0
