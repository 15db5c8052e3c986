"""Starts that were not quite sure: twice is enough, and between two practices the couple is asked."""

from __future__ import annotations

import pytest

from voice.understanding.doubt import AGAIN_S, CALMING, Repeats, between, nearly, question
from voice.understanding.recognition import Recognition


def start(practice: str, score: float = 0.4) -> Recognition:
    """A start."""
    return Recognition("x", practice, practice, score=score, metadata={"starts": practice})


def missed(practice: str, score: float = 0.4) -> Recognition:
    """A start that was nearly understood."""
    return Recognition("x", score=score, near=nearly(start(practice), score))


def test_twice_within_fifteen_seconds_counts() -> None:
    """The second near miss of the same start is taken, surer than either."""
    repeats = Repeats()
    assert repeats.heard(missed("debrief"), 10.0).intent is None
    found = repeats.heard(missed("debrief"), 10.0 + AGAIN_S)
    assert (found.practice, found.starts) == ("debrief", True)
    assert found.score == pytest.approx(1 - 0.6 * 0.6)


def test_a_third_begins_anew() -> None:
    """What was taken is not counted again."""
    repeats = Repeats()
    for at in (0.0, 1.0):
        repeats.heard(missed("debrief"), at)
    assert repeats.heard(missed("debrief"), 2.0).intent is None


@pytest.mark.parametrize(
    ("second", "at"),
    [(missed("debrief"), 10.0 + AGAIN_S + 0.1), (missed("repair"), 12.0), (missed("debrief", 0.13), 12.0)],
)
def test_late_other_or_faint_does_not_count(second: Recognition, at: float) -> None:
    """Too late, something else, or too faint: nothing."""
    repeats = Repeats()
    repeats.heard(missed("debrief", 0.2), 10.0)
    assert repeats.heard(second, at).intent is None


def test_other_talk_between_does_not_hurt() -> None:
    """Words that mean nothing do not make it forget; something understood does."""
    repeats = Repeats()
    repeats.heard(missed("debrief"), 0.0)
    repeats.heard(Recognition("weather", why="nothing"), 1.0)
    assert repeats.heard(missed("debrief"), 2.0).practice == "debrief"
    repeats.heard(missed("debrief"), 3.0)
    repeats.heard(Recognition("stop", "Stop"), 4.0)
    assert repeats.heard(missed("debrief"), 5.0).intent is None


def test_only_starts_are_near() -> None:
    """A control that was not understood is said again anyway; too faint is nothing."""
    assert nearly(Recognition("x", "Stop", metadata={"control": "stop"}), 0.4) is None
    assert nearly(start("debrief"), 0.05) is None


def test_asked_between_two_but_never_between_calming_ones() -> None:
    """Two talks are asked about; two calming practices never, nor one practice by two names."""
    assert between(start("debrief"), start("check-in")) == ("debrief", "check-in")
    assert between(start("two-minute-reset"), start("debrief")) == ("two-minute-reset", "debrief")
    assert between(start("debrief"), start("debrief")) is None
    assert between(start("debrief"), None) is None
    assert between(start("debrief"), Recognition("x", "Stop")) is None
    for one in CALMING:
        for other in CALMING:
            assert between(start(one), start(other)) is None


def test_the_question_names_both() -> None:
    """By their titles, where there are some."""
    assert question({"check-in": "the check-in"}, ("debrief", "check-in")) == "Debrief, or the check-in?"
