"""What time it is: the wall clock with its zone, and a count of seconds that nobody can set.

A wall clock jumps when somebody sets it, and an hour is missing or doubled twice a year. The uptime never jumps and
counts on while the machine sleeps, but means nothing after it has been switched off; so both are kept.
"""

from __future__ import annotations

import re
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voice.errors import DeviceError

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Linux tells one start of the machine from the next here."""


@dataclass(frozen=True, slots=True)
class Now:
    """One moment, as this machine sees it."""

    utc: datetime
    """With zone UTC."""
    zone: str
    """The name of the place's time zone, for example ``Europe/Berlin``."""
    uptime_s: float
    """Seconds since the machine was switched on, sleep included."""
    boot: str
    """Which start of the machine ``uptime_s`` counts from."""

    @property
    def local(self) -> datetime:
        """The wall clock's time, with its zone."""
        return self.utc.astimezone(ZoneInfo(self.zone))

    @property
    def wall(self) -> datetime:
        """The wall clock's time as it is read off, without a zone."""
        return self.local.replace(tzinfo=None)

    def iso(self) -> str:
        """ISO 8601 with the offset from UTC."""
        return self.local.isoformat(timespec="seconds")


WallClock = Callable[[float], Now]
"""The time at so many seconds on the output clock."""


def system_clock(t: float = 0.0) -> Now:
    """This machine's time now; the output clock's seconds do not matter, since a sleeping sound card counts none."""
    return Now(datetime.now(UTC), system_zone(), _uptime_s(), _boot())


def clock_from(start: Now) -> WallClock:
    """A clock that reads ``start`` when the output clock reads 0, and goes with it."""
    return lambda t: Now(start.utc + timedelta(seconds=t), start.zone, start.uptime_s + t, start.boot)


_WRITTEN = re.compile(r"^([^\[\]]+)\[([A-Za-z0-9_+\-/]+)\]$")


def clock_at(text: str) -> Now:
    """The moment written as ``2026-03-29T01:50[Europe/Berlin]``; raises ``DeviceError`` for anything else.

    A time that the clocks skip in spring counts from the hour before; one that comes twice in autumn is the first. Each
    call counts as a start of the machine by itself, so that what was kept before is told by the wall clock.
    """
    remedy = "Write for example: --clock 2026-03-29T01:50[Europe/Berlin]"
    written = _WRITTEN.match(text.strip())
    if not written:
        raise DeviceError(f"'{text}' is not a time with a zone.", remedy)
    try:
        zone = ZoneInfo(written[2])
        wall = datetime.fromisoformat(written[1])
        utc = (wall if wall.tzinfo else wall.replace(tzinfo=zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError) as error:
        raise DeviceError(f"'{text}' is not a time with a zone.", remedy) from error
    return Now(utc, written[2], 0.0, str(uuid.uuid4()))


def system_zone() -> str:
    """The name of this machine's time zone, read anew each time since people travel; UTC where it is not known.

    tzlocal (MIT) knows where each system keeps it.
    """
    from tzlocal import reload_localzone

    try:
        name: str = str(reload_localzone())
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name


def _uptime_s() -> float:
    """Seconds by a clock that counts on while the machine sleeps; ``time.monotonic`` does not on macOS (Python's issue
    86273, where this clock is named instead)."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    if clock is None and sys.platform == "darwin":
        clock = time.CLOCK_MONOTONIC_RAW
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@cache
def _boot() -> str:
    """Without Linux's boot id each process counts as a start of its own."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid.uuid4())
