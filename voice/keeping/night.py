"""Whether Attune is to be soft now: always, in the quiet hours, or for one night because somebody asked for it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Literal

NightMode = Literal["off", "auto", "on"]
MORNING = time(6)
"""When a night ends where no quiet hours say it."""
SOFTER_DB = -6.0
"""So much softer everything is, decibels: about two thirds as loud to the ear."""
SLOWER = 0.9
"""So much of the usual pace is kept."""
SLOWEST_WPM = 110
"""The lower end of the pace's range, words a minute."""


class Night:
    """The setting, the quiet hours, and what was asked for tonight; all rooms of a house share one."""

    def __init__(self, mode: NightMode = "off", quiet: tuple[time, time] | None = None) -> None:
        """``quiet`` are the wall-clock times between which nothing comes by itself."""
        self._mode = mode
        self._quiet = quiet
        self._until: datetime | None = None

    def is_now(self, wall: datetime) -> bool:
        """Whether to be soft at a time of the wall clock, without zone."""
        if self._until is not None and wall < self._until:
            return True
        return self._mode == "on" or (self._mode == "auto" and self._in_quiet_hours(wall.time()))

    def tonight(self, wall: datetime) -> None:
        """Be soft from now until the quiet hours end, or until six."""
        end = datetime.combine(wall.date(), self._quiet[1] if self._quiet else MORNING)
        self._until = end if end > wall else end + timedelta(days=1)

    def as_usual(self) -> bool:
        """Take back what was asked for tonight; whether anything was."""
        was, self._until = self._until, None
        return was is not None

    def _in_quiet_hours(self, clock: time) -> bool:
        if self._quiet is None:
            return False
        start, end = self._quiet
        return start <= clock < end if start <= end else clock >= start or clock < end


def night_pace(words_per_minute: int) -> int:
    """The pace of a voice that begins at night, words a minute."""
    return max(SLOWEST_WPM, round(words_per_minute * SLOWER))
