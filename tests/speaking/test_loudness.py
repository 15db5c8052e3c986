"""Loudness as ITU-R BS.1770-4 measures it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.speaking.loudness import PEAK, at_loudness, levelled, loudness_lufs


def tone(hertz: float, level_db: float, seconds: float, rate: int) -> np.ndarray:
    """A sine with its peak at ``level_db``."""
    t = np.arange(round(seconds * rate)) / rate
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("level_db", [-23.0, -33.0])
def test_a_sine_of_997_hz_measures_three_under_its_peak(rate: int, level_db: float) -> None:
    """BS.1770: in one channel, 997 Hz at 0 dBFS is -3.01 LUFS."""
    assert loudness_lufs(tone(997, level_db, 5, rate), rate) == pytest.approx(level_db - 3.01, abs=0.05)


@pytest.mark.parametrize(("hertz", "db"), [(100, -1.1), (500, 0.0), (2000, 3.1), (8000, 4.0)])
def test_k_weighting_raises_what_the_head_raises(hertz: float, db: float) -> None:
    """The standard's filter curve relative to 997 Hz (0.7 dB), at four frequencies."""
    difference = loudness_lufs(tone(hertz, -20, 2, 48_000), 48_000) + 23.01 + 0.7
    assert difference == pytest.approx(db, abs=0.35)


def test_pauses_do_not_count() -> None:
    """Gating: half silence, the same loudness."""
    spoken = tone(997, -20, 4, 48_000)
    paused = np.concatenate([spoken, np.zeros(8 * 48_000, np.float32)])
    assert loudness_lufs(paused, 48_000) == pytest.approx(loudness_lufs(spoken, 48_000), abs=0.3)


@pytest.mark.parametrize("frames", [0, 1, 480, 480_000])
def test_silence_has_no_loudness(frames: int) -> None:
    """Minus infinity, and levelling leaves it as it is."""
    silence = np.zeros(frames, np.float32)
    assert loudness_lufs(silence, 48_000) == -np.inf
    assert not at_loudness(silence, 48_000, -23.0).any()


@given(level_db=st.floats(-60, 0), seconds=st.floats(0.02, 2), lufs=st.floats(-50, -20))
def test_levelling_reaches_the_loudness(level_db: float, seconds: float, lufs: float) -> None:
    """A sine of any level and length comes out at the loudness asked for, if its peak allows, and never above it."""
    sound = at_loudness(tone(440, level_db, seconds, 48_000), 48_000, lufs)
    assert np.max(np.abs(sound)) <= PEAK * 1.0001
    assert loudness_lufs(sound, 48_000) == pytest.approx(lufs, abs=0.01)


def test_a_click_is_not_blown_up_beyond_the_peak() -> None:
    """What is all peak stays softer than asked for."""
    click = np.zeros(4800, np.float32)
    click[100] = 0.5
    assert np.max(np.abs(at_loudness(click, 48_000, -20.0))) == pytest.approx(PEAK, rel=1e-5)


def test_a_peaky_sound_reaches_the_loudness_with_its_peaks_held() -> None:
    """A tone with one click in each tenth of a second: a plain gain would stop at the clicks."""
    sound = tone(440, -30, 3, 48_000)
    sound[::4_800] = 0.9
    assert loudness_lufs(at_loudness(sound, 48_000, -23), 48_000) < -28
    held = levelled(sound, 48_000, -23)
    assert loudness_lufs(held, 48_000) == pytest.approx(-23, abs=1)
    assert np.abs(held).max() <= PEAK
    assert len(held) == len(sound)
    assert not levelled(np.zeros(4800, np.float32), 48_000, -23).any()
