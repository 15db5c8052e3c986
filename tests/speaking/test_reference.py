"""What was played, by its time at the converter."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.speaking.reference import Reference

RATE = 48_000


def filled(seconds: float = 1.0, rate: int = RATE) -> tuple[Reference, np.ndarray]:
    """A reference with noise in it."""
    sound = np.random.default_rng(5).uniform(-0.5, 0.5, round(seconds * rate)).astype(np.float32)
    reference = Reference(rate)
    for start in range(0, len(sound), 480):
        reference.add(start, sound[start : start + 480])
    return reference, sound


@given(frame=st.integers(0, RATE - 1000), frames=st.integers(0, 1000))
def test_at_its_own_rate_it_is_exact(frame: int, frames: int) -> None:
    """Sample by sample what was played."""
    reference, sound = filled()
    assert np.array_equal(reference.at(frame / RATE, frames, RATE), sound[frame : frame + frames])


@pytest.mark.parametrize("rate", [48_000, 44_100])
@pytest.mark.parametrize("hertz", [200.0, 1000.0, 6000.0])
def test_at_the_microphone_s_rate_a_sine_keeps_its_time(rate: int, hertz: float) -> None:
    """At 16 kHz, from any moment: level within 0.1 dB and phase within two microseconds."""
    t = np.arange(rate) / rate
    reference = Reference(rate)
    reference.add(0, np.sin(2 * np.pi * hertz * t).astype(np.float32))
    for start in (0.25, 0.3 + 1 / 7, 0.61803):
        got = reference.at(start, 3200, 16_000)
        expected = np.exp(2j * np.pi * hertz * (start + np.arange(3200) / 16_000))
        seen = 2 * np.vdot(expected, got) / 3200
        phase_s = (np.angle(seen) + np.pi / 2) / (2 * np.pi * hertz)
        assert abs(seen) == pytest.approx(1, abs=0.012)
        assert abs(phase_s) < 2e-6 + 0.01 / (2 * np.pi * hertz)


def test_what_the_microphone_cannot_hear_is_left_out() -> None:
    """A 10 kHz tone does not come back as a 6 kHz one."""
    reference = Reference(RATE)
    reference.add(0, np.sin(2 * np.pi * 10_000 * np.arange(RATE) / RATE).astype(np.float32))
    assert np.max(np.abs(reference.at(0.3, 3200, 16_000))) < 10 ** (-60 / 20)


@given(cuts=st.lists(st.integers(1, 999), max_size=8), start_frame=st.integers(0, 10_000))
@settings(max_examples=30)
def test_any_cut_into_calls_gives_the_same(cuts: list[int], start_frame: int) -> None:
    """Block by block or at once."""
    reference, _ = filled()
    start = start_frame / 16_000
    edges = sorted({0, 1000, *cuts})
    pieces = [reference.at(start + a / 16_000, b - a, 16_000) for a, b in pairwise(edges)]
    assert np.allclose(np.concatenate(pieces), reference.at(start, 1000, 16_000), atol=1e-6)


def test_what_is_not_known_is_silence() -> None:
    """Before the start, in a gap, after the end, and older than two seconds."""
    reference = Reference(RATE)
    reference.add(100, np.full(100, 0.5, np.float32))
    assert reference.at(0, 300, RATE).tolist() == [0.0] * 100 + [0.5] * 100 + [0.0] * 100
    reference.add(3 * RATE, np.full(100, 0.25, np.float32))
    assert not reference.at(0, 300, RATE).any()
    assert reference.at(3.0, 100, RATE).tolist() == [0.25] * 100
    assert not reference.at(-1.0, 100, 16_000).any()


def test_an_hour_takes_no_more_memory_than_two_seconds() -> None:
    """The buffer does not grow."""
    reference = Reference(RATE)
    size = reference._kept.nbytes
    for second in range(3600):
        reference.add(second * RATE, np.zeros(RATE, np.float32))
    assert reference._kept.nbytes == size
    assert reference.end_frame == 3600 * RATE
