"""Times that come again, on walls whose clocks change."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.keeping.recurrence import WEEKDAYS, check, coming, instant, latest, once, parts_of, rule, twelve_hours_later

WALLS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda wall: wall.replace(microsecond=0))
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DAYS = st.lists(st.sampled_from(WEEKDAYS), max_size=4)


@given(TIMES, DAYS, st.integers(1, 3), WALLS, st.booleans())
def test_a_rule_comes_at_its_time_on_its_days(
    at: time, days: list[str], interval: int, wall: datetime, weekly: bool
) -> None:
    """First after the moment at which it was made, on the first of its days; what it was made of is told again."""
    text = rule(at, days, interval, wall, weekly=weekly)
    check(text)
    first = coming(text, wall)
    assert first is not None
    assert first.time() == at
    named = [wall + timedelta(days=after) for after in range(8)]
    fits = [day for day in named if (not days or WEEKDAYS[day.weekday()] in days)]
    assert first == min(moment for day in fits if (moment := datetime.combine(day.date(), at)) > wall)
    frequency = "WEEKLY" if weekly else "DAILY"
    assert parts_of(text) == (first, frequency, interval, tuple(sorted(set(days), key=WEEKDAYS.index)))


@given(WALLS, st.integers(1, 100))
def test_a_time_has_come_at_its_second_and_not_before(wall: datetime, seconds: int) -> None:
    """Then it comes no more, where it was to come once."""
    text, little = once(wall), timedelta(seconds=seconds)
    assert [latest(text, wall - little), latest(text, wall), latest(text, wall + little)] == [None, wall, wall]
    assert [coming(text, wall - little), coming(text, wall), coming(text, wall + little)] == [wall, None, None]


@given(TIMES, DAYS, WALLS)
def test_twelve_hours_later_it_comes_on_the_same_days(at: time, days: list[str], wall: datetime) -> None:
    """From a morning's hour."""
    text = rule(at.replace(hour=at.hour % 12), days, 1, wall, weekly=bool(days))
    moved = twelve_hours_later(text)
    assert coming(moved, wall) == coming(text, wall) + timedelta(hours=12)  # type: ignore[operator]
    assert parts_of(moved)[1:] == parts_of(text)[1:]


@pytest.mark.parametrize(
    ("wall", "zone", "utc"),
    [
        ("2026-07-01T18:00", "Europe/Berlin", "2026-07-01T16:00"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"),
    ],
)
def test_a_wall_clock_names_one_moment(wall: str, zone: str, utc: str) -> None:
    """The first of two; in the gap as long after the change as it lies in it."""
    assert instant(datetime.fromisoformat(wall), zone).isoformat() == f"{utc}:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "DTSTART:20260325T180000\nRRULE:FREQ=DAILY;UNTIL=20260301T000000",
        "DTSTART:20260325T180000\nRRULE:FREQ=SOMETIMES",
        "every evening",
    ],
)
def test_what_never_comes_is_no_rule(text: str) -> None:
    """Nor what is none."""
    with pytest.raises(ValueError, match=r"\S"):
        check(text)
