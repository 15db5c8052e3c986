"""The clock: what is written by hand, the system's, and moments that a day skips or has twice."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.errors import DeviceError
from voice.keeping.clock import clock_at, clock_from, system_clock


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2026-03-29T01:50[Europe/Berlin]", "2026-03-29T01:50:00+01:00"),
        ("2026-03-29T03:10[Europe/Berlin]", "2026-03-29T03:10:00+02:00"),
        ("2026-03-29T02:30[Europe/Berlin]", "2026-03-29T03:30:00+02:00"),
        ("2026-10-25T02:30[Europe/Berlin]", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:30+01:00[Europe/Berlin]", "2026-10-25T02:30:00+01:00"),
        ("2026-07-01[America/New_York]", "2026-07-01T00:00:00-04:00"),
    ],
)
def test_a_written_moment_is_read(written: str, iso: str) -> None:
    """With its zone."""
    assert clock_at(written).iso() == iso


@pytest.mark.parametrize("written", ["", "now", "2026-03-29T01:50", "2026-13-29T01:50[Europe/Berlin]",
                                     "2026-03-29T01:50[Nowhere/Here]", "2026-03-29T01:50[../../etc/passwd]",
                                     "[Europe/Berlin]", "9999-12-31T23:59[America/New_York]"])  # fmt: skip
def test_anything_else_is_refused_with_an_example(written: str) -> None:
    """One sentence, and what to write."""
    with pytest.raises(DeviceError, match="--clock 2026-03-29T01:50"):
        clock_at(written)


@given(st.text(max_size=40).filter(lambda text: not any(sign.isdigit() for sign in text)))
def test_no_text_without_a_number_is_a_moment(written: str) -> None:
    """A refusal, never a traceback."""
    with pytest.raises(DeviceError, match="Write for example"):
        clock_at(written + "[Europe/Berlin]")


def test_a_virtual_clock_goes_with_the_output_clock() -> None:
    """Over the missing hour, and with the uptime."""
    clock = clock_from(clock_at("2026-03-29T01:50[Europe/Berlin]"))
    assert clock(1200.0).iso() == "2026-03-29T03:10:00+02:00"
    assert clock(1200.0).uptime_s == 1200.0


def test_on_a_mac_it_counts_on_while_the_lid_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """There ``time.monotonic`` stands still in sleep, and a promised return came late by the time slept."""
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_MONOTONIC_RAW: 1200.0}.__getitem__)
    assert system_clock().uptime_s == 1200.0


def test_the_systems_clock_counts_on() -> None:
    """The same start of the machine, and never backwards."""
    first, second = system_clock(), system_clock()
    assert second.boot == first.boot
    assert second.uptime_s >= first.uptime_s
    assert second.local.utcoffset() is not None
