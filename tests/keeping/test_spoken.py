"""Spoken times, by a table."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.content import read_yaml
from voice.keeping.spoken import Day, Length, Moment, Repeat, Spoken, find_time, read_time

NOW = datetime(2026, 3, 25, 17, 0)
"""A Wednesday."""
TABLE = read_yaml(Path(__file__).parent / "times.yaml").data
RIGHT = {said: means for said, means in TABLE["right"].items() if means is not None}
NONE = [*TABLE["none"], *(said for said, means in TABLE["right"].items() if means is None)]


def written(spoken: Spoken | None) -> str | None:
    """A time as the table writes it."""
    match spoken:
        case Length(minutes=minutes, moment=moment):
            return ("+" if moment else "") + f"PT{minutes}M"
        case Moment(wall=wall, sure=sure):
            return wall.isoformat(timespec="minutes") + ("" if sure else "?")
        case Day(day=day):
            return day.isoformat()
        case Repeat(rule=rule, sure=sure):
            start, parts = rule.splitlines()
            named = dict(part.split("=") for part in parts.removeprefix("RRULE:").split(";"))
            days = named.get("BYDAY", named["FREQ"].lower())
            every = f"every {named['INTERVAL']} " if "INTERVAL" in named else ""
            return f"{every}{days} {start[-6:-4]}:{start[-4:-2]}" + ("" if sure else "?")
    return None


def test_the_table_is_large_enough() -> None:
    """At least two hundred ways right, and fifty that are none."""
    assert len(RIGHT) >= 200
    assert len(NONE) >= 50


@pytest.mark.parametrize(("said", "means"), RIGHT.items())
def test_a_time_is_read_as_it_is_meant(said: str, means: str) -> None:
    """Every way in the table."""
    assert written(read_time(said, NOW)) == means


@pytest.mark.parametrize("said", NONE)
def test_what_is_no_time_is_none(said: str) -> None:
    """Nothing is guessed where no time was said."""
    assert read_time(said, NOW) is None


@pytest.mark.parametrize(
    ("said", "means"),
    [("listen to you for ten minutes tomorrow", "2026-03-26"), ("breathe for ten minutes", None),
     ("call her in ten minutes", "+PT10M"), ("for half an hour on friday at eight pm", "2026-03-27T20:00")],
)  # fmt: skip
def test_how_long_something_takes_is_not_when(said: str, means: str | None) -> None:
    """Where only that is asked."""
    assert written(find_time(said, NOW, lasts=False)) == means


@pytest.mark.parametrize(("said", "means"), TABLE["inside"].items())
def test_the_longest_time_in_a_sentence_counts(said: str, means: str | None) -> None:
    """Words around a time do not matter."""
    assert written(find_time(said, NOW)) == means


@given(st.text(max_size=60), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_any_text_gives_a_time_or_none(text: str, now: datetime) -> None:
    """Nothing that is said raises, and a moment never lies in the past."""
    spoken = find_time(text, now)
    assert not isinstance(spoken, Moment) or spoken.wall >= now.replace(hour=0, minute=0, second=0, microsecond=0)


@given(st.sampled_from(sorted(RIGHT)), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_every_way_of_the_table_can_be_said_at_any_time(said: str, now: datetime) -> None:
    """A time of day without a day is always still to come, and within a day."""
    spoken = read_time(said, now)
    assert spoken is not None
    if isinstance(spoken, Moment) and re.fullmatch(r"(at )?(ten to nine|half past eight|six oh five|noon)", said):
        assert 0 < (spoken.wall - now).total_seconds() <= 24 * 3600
