"""When something is brought up that comes once: a promise, a planned talk, a meeting. Pure; times are wall-clock times
without a zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from voice.keeping.clock import Now
from voice.keeping.due import Rules, day_time, is_quiet, waking_day
from voice.keeping.spoken import Day, Length, Moment

LATER = timedelta(hours=1)
"""For something of today whose evening has come: it is brought up so much later."""


def coming_once(spoken: Moment | Day | Length, now: Now, rules: Rules) -> tuple[datetime, bool]:
    """The time of what was said, and whether any time of that day will do."""
    match spoken:
        case Day(day=day):
            return on_day(day, now, rules), True
        case Length(minutes=minutes):
            return now.wall.replace(microsecond=0) + timedelta(minutes=minutes), False
        case Moment(wall=wall):
            return wall, False


def due_by(spoken: Moment | Day | Length, now: Now, rules: Rules) -> tuple[datetime, bool]:
    """The same for what should be done by then: "by midnight", in quiet hours, is asked about in the evening before."""
    wall, all_day = coming_once(spoken, now, rules)
    if all_day or not is_quiet(wall.time(), rules):
        return wall, all_day
    return on_day(waking_day(wall, rules), now, rules), True


def on_day(day: date, now: Now, rules: Rules) -> datetime:
    """In a day's evening, or later where that has come, or the day after where later is quiet."""
    later = now.wall.replace(microsecond=0) + LATER
    if (wall := day_time(day, rules)) > now.wall:
        return wall
    return day_time(now.wall.date() + timedelta(days=1), rules) if is_quiet(later.time(), rules) else later
