"""Times in German: said as people say them, and understood again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.keeping.test_spoken import written
from voice.content import read_yaml
from voice.keeping.recurrence import WEEKDAYS, parts_of, rule
from voice.keeping.saying_german import clock_words, day_words, length_words, moment_words, repeat_words
from voice.keeping.spoken import Length, Moment, Repeat, find_time, is_repeat, read_time

NOW = datetime(2026, 3, 25, 17, 0)
"""A Wednesday."""
TABLE = read_yaml(Path(__file__).parent / "times_german.yaml").data


@pytest.mark.parametrize(("said", "means"), TABLE["right"].items())
def test_a_time_is_read_as_it_is_meant(said: str, means: str) -> None:
    """Every way in the table."""
    assert written(read_time(said, NOW, "de")) == means


@pytest.mark.parametrize("said", TABLE["none"])
def test_what_is_no_time_is_none(said: str) -> None:
    """Nothing is guessed where no time was said."""
    assert read_time(said, NOW, "de") is None


@pytest.mark.parametrize(("said", "means"), TABLE["inside"].items())
def test_the_longest_time_in_a_sentence_counts(said: str, means: str | None) -> None:
    """Words around a time do not matter."""
    assert written(find_time(said, NOW, "de")) == means


@pytest.mark.parametrize(
    ("at", "said"),
    [("20:50", "zehn vor neun"), ("20:30", "halb neun"), ("20:00", "acht"), ("20:15", "Viertel nach acht"),
     ("11:45", "Viertel vor zwölf"), ("12:00", "zwölf Uhr mittags"), ("00:00", "Mitternacht"), ("12:30", "halb eins"),
     ("20:25", "fünf vor halb neun"), ("12:55", "fünf vor eins"), ("20:47", "acht Uhr siebenundvierzig"),
     ("13:03", "ein Uhr drei"), ("06:35", "fünf nach halb sieben"), ("21:21", "neun Uhr einundzwanzig")],
)  # fmt: skip
def test_the_clock_is_said_as_people_say_it(at: str, said: str) -> None:
    """A table by hand."""
    assert clock_words(time.fromisoformat(at)) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [("2026-03-25T20:50", "um zehn vor neun"), ("2026-03-26T09:00", "morgen früh um neun"),
     ("2026-03-26T19:00", "morgen Abend um sieben"), ("2026-03-27T19:30", "am Freitagabend um halb acht"),
     ("2026-03-26T00:10", "um zehn nach zwölf"), ("2026-04-03T15:00", "am dritten April um drei nachmittags"),
     ("2026-04-07T22:00", "am siebten April um zehn abends"), ("2026-03-26T12:00", "morgen um zwölf Uhr mittags"),
     ("2026-05-31T22:00", "am einunddreißigsten Mai um zehn abends")],
)  # fmt: skip
def test_a_moment_is_said_from_now(at: str, said: str) -> None:
    """Today needs no day, tomorrow and the days of this week are named."""
    assert moment_words(datetime.fromisoformat(at), NOW) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "eine Minute"), (20, "zwanzig Minuten"), (21, "einundzwanzig Minuten"), (60, "eine Stunde"),
     (90, "anderthalb Stunden"), (120, "zwei Stunden"), (65, "eine Stunde und fünf Minuten"),
     (150, "zweieinhalb Stunden")],
)  # fmt: skip
def test_a_length_is_said_as_people_say_it(minutes: int, said: str) -> None:
    """A table by hand."""
    assert length_words(minutes) == said


@pytest.mark.parametrize(
    ("said_first", "said_back"),
    [("jeden Abend um sechs", "jeden Abend um sechs"), ("sonntags um halb neun", "sonntags um halb neun morgens"),
     ("werktags um sechs abends", "werktags um sechs abends"), ("jede Nacht um eins", "jede Nacht um eins"),
     ("jeden zweiten Tag um acht", "jeden zweiten Tag um acht morgens"),
     ("alle drei Tage um sieben morgens", "alle drei Tage um sieben morgens"),
     ("alle zwei Wochen am Freitag um sechs abends", "jede zweite Woche am Freitag um sechs abends"),
     ("jeden Montag und Donnerstag um elf", "montags und donnerstags um elf vormittags")],
)  # fmt: skip
def test_a_repetition_is_said_back_with_its_part_of_the_day(said_first: str, said_back: str) -> None:
    """What was guessed is heard, so that it can be put right."""
    spoken = read_time(said_first, NOW, "de")
    assert isinstance(spoken, Repeat)
    assert repeat_words(spoken.rule) == said_back


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_every_clock_time_that_is_said_is_understood(now: datetime) -> None:
    """Said at noon or midnight before it, the clock's words lead back to it."""
    at = now.replace(second=0, microsecond=0)
    half_day = at.replace(hour=at.hour // 12 * 12, minute=0) - timedelta(minutes=1)
    spoken = read_time("um " + clock_words(at), half_day, "de")
    assert isinstance(spoken, Moment)
    assert spoken.wall == at


@given(st.integers(1, 180))
def test_every_length_that_is_said_is_understood(minutes: int) -> None:
    """Lengths lead back to their minutes."""
    assert read_time(length_words(minutes), NOW, "de") == Length(minutes)


@given(st.dates(NOW.date() + timedelta(days=2), NOW.date() + timedelta(days=300)), st.integers(5, 21))
def test_every_moment_that_is_said_is_understood(day: datetime, hour: int) -> None:
    """With its day and its part of the day."""
    wall = datetime(day.year, day.month, day.day, hour, 15)
    spoken = read_time(moment_words(wall, NOW), NOW, "de")
    assert isinstance(spoken, Moment)
    assert (spoken.wall, spoken.sure) == (wall, True)
    assert written(read_time(day_words(wall, NOW), NOW, "de")) == wall.date().isoformat()


@given(st.times(), st.sets(st.sampled_from(WEEKDAYS), max_size=2), st.booleans())
def test_every_repetition_that_is_said_is_understood(at: time, days: set[str], other: bool) -> None:
    """Rules of up to two days lead back to the same times."""
    at = at.replace(second=0, microsecond=0)
    made = rule(at, tuple(days), 2 if other else 1, NOW, weekly=bool(days))
    spoken = read_time(repeat_words(made), NOW, "de")
    assert isinstance(spoken, Repeat)
    assert parts_of(spoken.rule) == parts_of(made)
    assert spoken.sure


@given(st.text(max_size=60))
def test_any_text_gives_a_time_or_none(text: str) -> None:
    """Nothing that is said raises."""
    find_time(text, NOW, "de")


def test_a_ritual_in_the_settings_may_be_written_in_german() -> None:
    """As in English."""
    assert is_repeat("jeden Abend um sechs") == "jeden Abend um sechs"
