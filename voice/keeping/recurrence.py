"""Times that come again: RFC 5545 rules over the wall clock, by dateutil.

A rule holds wall-clock times without a zone: "every evening at six" is six wherever the two are, and stays six when
the clocks change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def rule(at: time, days: Sequence[str], interval: int, wall: datetime, *, weekly: bool) -> str:
    """A rule whose first time lies after ``wall``; ``days`` are names such as ``MO``, none for every day.

    A weekly rule without days keeps the weekday of its first time.
    """
    start = datetime.combine(wall.date(), at)
    if start <= wall:
        start += timedelta(days=1)
    while days and WEEKDAYS[start.weekday()] not in days:
        start += timedelta(days=1)
    parts = [f"FREQ={'WEEKLY' if weekly else 'DAILY'}"]
    parts += [f"INTERVAL={interval}"] if interval > 1 else []
    parts += [f"BYDAY={','.join(sorted(set(days), key=WEEKDAYS.index))}"] if days else []
    return f"DTSTART:{start:%Y%m%dT%H%M%S}\nRRULE:{';'.join(parts)}"


def once(at: datetime) -> str:
    """A rule for one wall-clock time."""
    return f"DTSTART:{at:%Y%m%dT%H%M%S}\nRRULE:FREQ=DAILY;COUNT=1"


@lru_cache(maxsize=256)
def _rule(text: str) -> Any:
    from dateutil.rrule import rrulestr

    return rrulestr(text)


def check(text: str) -> None:
    """Raise ``ValueError`` for anything that is no rule over wall-clock times."""
    if _rule(text).after(datetime(1, 1, 1)) is None:
        raise ValueError("this rule never comes")


def latest(text: str, wall: datetime) -> datetime | None:
    """The last wall-clock time of a rule up to ``wall``, or ``None``."""
    found: datetime | None = _rule(text).before(wall, inc=True)
    return found


def coming(text: str, wall: datetime) -> datetime | None:
    """The next wall-clock time of a rule after ``wall``, or ``None``."""
    found: datetime | None = _rule(text).after(wall)
    return found


def instant(wall: datetime, zone: str) -> datetime:
    """The moment, in UTC, when a place's clocks show ``wall``: the first where they show it twice; where they skip
    it, as long after the change as it lies in the gap.
    """
    from dateutil.tz import resolve_imaginary

    there: datetime = resolve_imaginary(wall.replace(tzinfo=ZoneInfo(zone), fold=0))
    return there.astimezone(UTC)


def begins_another_day(left: str, right: str) -> bool:
    """Whether two repetitions are the same but for the day that they begin on, as where one was read again later."""
    (first, *how), (second, *others) = parts_of(left), parts_of(right)
    return (first.time(), how) == (second.time(), others)


def parts_of(text: str) -> tuple[datetime, str, int, tuple[str, ...]]:
    """A rule's first time, its frequency, its interval and its weekdays, as ``rule`` was given them."""
    start, parts = text.splitlines()
    named = dict(part.split("=") for part in parts.removeprefix("RRULE:").split(";"))
    days = tuple(named["BYDAY"].split(",")) if "BYDAY" in named else ()
    return (
        datetime.strptime(start.removeprefix("DTSTART:"), "%Y%m%dT%H%M%S"),
        named["FREQ"],
        int(named.get("INTERVAL", 1)),
        days,
    )


def twelve_hours_later(text: str) -> str:
    """A rule whose times come twelve hours later on the same days."""
    start = parts_of(text)[0]
    return text.replace(f"{start:%Y%m%dT%H%M%S}", f"{start + timedelta(hours=12):%Y%m%dT%H%M%S}")
