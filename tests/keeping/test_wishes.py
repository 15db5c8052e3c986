"""When a promise is brought up, at any hour at which it is made or put off."""

from __future__ import annotations

import pytest

from voice.content import builtin_folder
from voice.guiding.responses import load_responses
from voice.keeping import records
from voice.keeping.appointments import Appointment
from voice.keeping.clock import clock_at, clock_from
from voice.keeping.keeper import Keeper
from voice.keeping.opening import passing_keeper
from voice.keeping.recurrence import parts_of

RESPONSES = load_responses([builtin_folder("intents")])


def keeper_at(clock: str) -> Keeper:
    """Nothing is kept yet; a Wednesday in March, quiet from 23:00 to 6:00."""
    return passing_keeper(RESPONSES, {}, clock_from(clock_at(f"2026-03-25T{clock}[Europe/Berlin]")))


def only(keeper: Keeper) -> Appointment:
    """What is kept."""
    (item,) = records.appointments(keeper.store)
    return item


def comes(item: Appointment) -> str:
    """Its day and time."""
    return f"{parts_of(item.rule or '')[0]:%d %H:%M}"


@pytest.mark.parametrize(
    ("clock", "words", "when"),
    [("17:00", "i will do the dishes today", "25 18:00"), ("20:30", "i will do the dishes today", "25 21:30"),
     ("22:30", "i will do the dishes today", "26 18:00"), ("23:10", "i will do the dishes by midnight", "26 18:00"),
     ("17:00", "i will do the dishes by midnight", "25 18:00"), ("17:00", "i will call her at nine pm", "25 21:00")],
)  # fmt: skip
def test_a_promise_comes_at_a_time_when_something_may_come(clock: str, words: str, when: str) -> None:
    """Never in quiet hours, where it would not come at all, nor in the minute in which it is made."""
    keeper = keeper_at(clock)
    keeper.keep("promise", {"words": words}, 0.0)
    assert comes(only(keeper)) == when


@pytest.mark.parametrize(
    ("said", "when", "all_day"),
    [("today", "25 19:05", True), ("tomorrow", "26 18:00", True), ("in an hour", "25 19:05", False),
     ("later", "26 18:00", True), ("every evening", "26 18:00", True), ("at nine pm", "25 21:00", False),
     ("at midnight", "25 19:05", True)],
)  # fmt: skip
@pytest.mark.parametrize("words", ["i will call her today", "i will call her at six pm"])
def test_a_promise_that_is_put_off_comes_again(words: str, said: str, when: str, all_day: bool) -> None:
    """At another time than before, with that time's patience."""
    clock = ["17:00"]
    keeper = passing_keeper(RESPONSES, {}, lambda t: clock_at(f"2026-03-25T{clock[0]}[Europe/Berlin]"))
    keeper.keep("promise", {"words": words}, 0.0)
    clock[0] = "18:05"
    keeper.hear(said)
    keeper.keep("promise-moved", {"id": only(keeper).id}, 0.0)
    assert (comes(only(keeper)), only(keeper).all_day) == (when, all_day)
