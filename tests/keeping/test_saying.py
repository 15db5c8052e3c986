"""Times as they are said, and that what is said is understood again."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.keeping.recurrence import WEEKDAYS, parts_of, rule
from voice.keeping.saying import clock_words, length_words, moment_words, repeat_words, sentence
from voice.keeping.spoken import Length, Moment, Repeat, read_time

NOW = datetime(2026, 3, 25, 17, 0)


@pytest.mark.parametrize(
    ("at", "said"),
    [("20:50", "ten to nine"), ("20:30", "half past eight"), ("20:00", "eight"), ("20:15", "a quarter past eight"),
     ("11:45", "a quarter to twelve"), ("12:00", "noon"), ("00:00", "midnight"), ("12:30", "half past twelve"),
     ("23:40", "twenty to twelve"), ("12:55", "five to one"), ("20:47", "eight forty-seven"),
     ("08:03", "eight oh three"), ("06:35", "twenty-five to seven"), ("00:20", "twenty past twelve")],
)  # fmt: skip
def test_the_clock_is_said_as_people_say_it(at: str, said: str) -> None:
    """A table by hand."""
    assert clock_words(time.fromisoformat(at)) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [("2026-03-25T20:50", "at ten to nine"), ("2026-03-26T09:00", "tomorrow at nine in the morning"),
     ("2026-03-27T19:30", "on Friday at half past seven in the evening"), ("2026-03-26T00:10", "at ten past twelve"),
     ("2026-04-03T15:00", "on the third of April at three in the afternoon"),
     ("2026-04-01T22:00", "on the first of April at ten at night"), ("2026-03-26T12:00", "tomorrow at noon"),
     ("2026-05-20T22:00", "on the twentieth of May at ten at night"),
     ("2026-05-31T22:00", "on the thirty-first of May at ten at night")],
)  # fmt: skip
def test_a_moment_is_said_from_now(at: str, said: str) -> None:
    """Today needs no day, tomorrow and the days of this week are named."""
    assert moment_words(datetime.fromisoformat(at), NOW) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(5, "five minutes"), (1, "one minute"), (20, "twenty minutes"), (25, "twenty-five minutes"), (60, "one hour"),
     (90, "an hour and a half"), (120, "two hours"), (65, "one hour and five minutes"),
     (61, "one hour and one minute"), (150, "two and a half hours")],
)  # fmt: skip
def test_a_length_is_said_as_people_say_it(minutes: int, said: str) -> None:
    """A table by hand."""
    assert length_words(minutes) == said


@pytest.mark.parametrize(
    ("said_first", "said_back"),
    [("every evening at six", "every evening at six"), ("every day at noon", "every day at noon"),
     ("sundays at half past eight", "on Sundays at half past eight in the morning"),
     ("every weekday at six pm", "on weekdays at six in the evening"),
     ("on weekends at ten in the morning", "on weekends at ten in the morning"),
     ("every other friday at noon", "every other week on Friday at noon"),
     ("every three days at seven am", "every three days at seven in the morning"),
     ("mondays and thursdays at six pm", "on Mondays and Thursdays at six in the evening"),
     ("every night", "every night at ten")],
)  # fmt: skip
def test_a_repetition_is_said_back_with_its_part_of_the_day(said_first: str, said_back: str) -> None:
    """What was guessed is heard, so that it can be put right."""
    spoken = read_time(said_first, NOW)
    assert isinstance(spoken, Repeat)
    assert repeat_words(spoken.rule) == said_back


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_every_clock_time_that_is_said_is_understood(now: datetime) -> None:
    """Said at noon or midnight before it, the clock's words lead back to it."""
    at = now.replace(second=0, microsecond=0)
    half_day = at.replace(hour=at.hour // 12 * 12, minute=0) - timedelta(minutes=1)
    spoken = read_time("at " + clock_words(at), half_day)
    assert isinstance(spoken, Moment)
    assert spoken.wall == at


@given(st.integers(1, 180))
def test_every_length_that_is_said_is_understood(minutes: int) -> None:
    """Lengths lead back to their minutes."""
    assert read_time(length_words(minutes), NOW) == Length(minutes)


@given(st.times(), st.sets(st.sampled_from(WEEKDAYS), max_size=2), st.booleans())
def test_every_repetition_that_is_said_is_understood(at: time, days: set[str], other: bool) -> None:
    """Rules of up to two days lead back to the same times."""
    at = at.replace(second=0, microsecond=0)
    made = rule(at, tuple(days), 2 if other else 1, NOW, weekly=bool(days))
    spoken = read_time(repeat_words(made), NOW)
    assert isinstance(spoken, Repeat)
    assert parts_of(spoken.rule) == parts_of(made)
    assert spoken.sure


def test_a_sentence_begins_with_a_capital_letter() -> None:
    """And nothing else changes."""
    assert sentence("ten to nine") == "Ten to nine"
