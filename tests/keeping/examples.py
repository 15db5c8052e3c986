"""Moments and appointments for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from voice.keeping.appointments import Appointment, mark
from voice.keeping.clock import Now
from voice.keeping.recurrence import once


def at(wall: str, zone: str = "Europe/Berlin", boot: str = "one", uptime_s: float | None = None) -> Now:
    """A moment by its wall clock; without ``uptime_s`` the machine has run since 2026-01-01."""
    utc = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    run_s = (utc - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()
    return Now(utc, zone, run_s if uptime_s is None else uptime_s, boot)


def later(now: Now, seconds: float) -> Now:
    """The same machine after a while."""
    return replace(now, utc=now.utc + timedelta(seconds=seconds), uptime_s=now.uptime_s + seconds)


def time_out(now: Now, minutes: float = 20) -> Appointment:
    """A time-out that begins now."""
    return Appointment("time-out", "return", mark(now), due=mark(now).later(minutes * 60))


def ritual(now: Now, rule: str, what: str = "walk") -> Appointment:
    """A ritual made now."""
    return Appointment("ritual", what, mark(now), rule=rule)


def promise(now: Now, wall: str, person: int = 1) -> Appointment:
    """A small promise for a day."""
    return Appointment(
        "promise", "promise", mark(now), rule=once(datetime.fromisoformat(wall)), all_day=True, person=person
    )
