"""What the last words stand for, and whose words they are."""

from __future__ import annotations

import pytest

from voice.app import Options, load_content
from voice.events import Ignored, Understood
from voice.keeping.answering import A_TIME, as_answer
from voice.keeping.clock import clock_from, system_clock
from voice.keeping.keeper import Keeper
from voice.keeping.opening import passing_keeper
from voice.understanding.recognition import AMID, NOBODY


@pytest.fixture
def keeper() -> Keeper:
    """Who has just heard a time."""
    keeper = passing_keeper(load_content(Options()).responses, {}, clock_from(system_clock()))
    keeper.hear("tomorrow at nine")
    return keeper


def test_words_that_say_a_time_are_the_answer_where_one_is_asked_for(keeper: Keeper) -> None:
    """Once: a noise after them is none."""
    ignored = Ignored(t=1.0, text="tomorrow at nine", why="no sentence is near enough")
    assert as_answer(ignored, [A_TIME], keeper, 1.0) == Understood(t=1.0, intent="Time", answer=A_TIME)
    noise = Ignored(t=2.0, text="", why=NOBODY)
    assert as_answer(noise, [A_TIME], keeper, 2.0) is noise


def test_an_answer_that_was_amid_talk_is_no_time_either(keeper: Keeper) -> None:
    """What does not count for one reason counts for no other; nor do its words stand for a later noise."""
    amid = Ignored(t=1.0, text="tomorrow at nine", why=AMID)
    assert as_answer(amid, [A_TIME], keeper, 1.0) is amid
    noise = Ignored(t=2.0, text="", why=NOBODY)
    assert as_answer(noise, [A_TIME], keeper, 2.0) is noise
