"""Whether the machine's clock can be relied on, and what to do where it cannot.

A small board without a clock of its own begins, after a power cut, at whatever time it knew last, until a time server
is reached; without internet that is never. What was kept tells it: time does not run backwards.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from voice.keeping.clock import Now
from voice.keeping.due import Room

UNSYNCHRONIZED = 0x40
"""``STA_UNSYNC`` of ``adjtimex``: the kernel's clock follows no other clock."""
SMALL_BOARD = Path("/proc/device-tree/model")
"""Linux names a board that has no firmware of a PC here."""
HARDWARE_CLOCKS = Path("/sys/class/rtc")
SET_BACK_S = 65 * 60.0
"""A clock may lie this far behind the last thing that was kept: people set clocks back by an hour."""
JUMP_S = 30.0
"""The wall clock was set if it has gone this much more, or less, than the seconds that nobody can set."""


def follows_another() -> bool:
    """Whether the system's clock follows another; where that cannot be asked, it is believed."""
    if sys.platform != "linux":
        return True
    state = (ctypes.c_long * 64)()
    result = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state))
    status = state[5] & 0xFFFFFFFF  # modes, offset, freq, maxerror, esterror, status: one long each, two of them padded
    return result < 0 or not status & UNSYNCHRONIZED


def has_a_clock() -> bool:
    """Whether the time after a start is more than a guess: a clock of the machine's own, or a time server reached."""
    return not SMALL_BOARD.exists() or any(HARDWARE_CLOCKS.glob("rtc*")) or follows_another()


class Timekeeping:
    """Watches the wall clock beside the uptime, and knows when it is not to be believed."""

    def __init__(self, latest: datetime | None, has_a_clock: Callable[[], bool] = lambda: True) -> None:
        """``latest`` is the last moment that anything was kept at, with zone; time cannot lie before it."""
        self._latest = latest
        self._has_a_clock = has_a_clock
        self._before: Now | None = None
        self._corrected: timedelta | None = None
        self._asked = self._somebody = False

    def now(self, shown: Now) -> Now:
        """The time, where they had to say it instead of the clock."""
        return shown if self._corrected is None else replace(shown, utc=shown.utc + self._corrected)

    def is_doubtful(self, shown: Now) -> bool:
        """Whether nothing may be brought up by the wall clock, and no time be said."""
        if self._corrected is not None:
            return False
        return self._lies_before(shown.utc) or not self._has_a_clock()

    def _lies_before(self, utc: datetime) -> bool:
        return self._latest is not None and utc < self._latest - timedelta(seconds=SET_BACK_S)

    def earliest(self, shown: Now) -> Now:
        """The clock, or the last moment that was kept if that is later: it is later than this."""
        return replace(shown, utc=max(shown.utc, self._latest or shown.utc))

    def asks(self, room: Room) -> bool:
        """Whether to ask them now: once, after somebody was heard, so that a start at night startles nobody."""
        self._somebody = self._somebody or room.talking
        if self._asked or not self._somebody or room.asks_nothing or room.busy:
            return False
        self._asked = True
        return True

    def correct(self, shown: Now, utc: datetime) -> None:
        """They said what time it is; believed until the clock is set."""
        self._corrected = utc - shown.utc

    def jumped(self, shown: Now) -> timedelta | None:
        """By how much the wall clock was set since the last look, if it was; what they said is dropped then."""
        before, self._before = self._before, shown
        if before is None or before.boot != shown.boot:
            return None
        jump = (shown.utc - before.utc) - timedelta(seconds=shown.uptime_s - before.uptime_s)
        if abs(jump.total_seconds()) < JUMP_S:
            return None
        said, self._corrected = self._corrected, None
        return jump - (said or timedelta())
