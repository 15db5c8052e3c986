"""The way through a practice: who comes when, what is chosen, and where it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voice.guiding.practice import Practice, load_practice
from voice.guiding.steps import Ask, Turn
from voice.guiding.walk import HandOver, Segment, Stage, Walk

HEAD = "title: One\nabout: Nothing.\n"
TURNS = ("First, you.", "Now the other of you.")


def practice(folder: Path, steps: str) -> Practice:
    """One with these steps."""
    (folder / "one.yaml").write_text(HEAD + "steps:\n" + steps, encoding="utf-8")
    return load_practice(folder / "one.yaml")


def told(stage: Stage | None) -> Any:
    """What a stage says or asks."""
    match stage:
        case Segment(steps=steps):
            return [step.say.text for step in steps if step.say]
        case Ask(say=text):
            return text
    return stage


EACH = """
  - say: "Both."
  - each:
      - ask: {say: "Yes, or no?", expect: {"yes": next, "no": next}, silence: next}
      - say: "Thank you."
  - say: "Over."
"""


def test_each_of_two_is_asked_the_first_first(tmp_path: Path) -> None:
    """Whose part it is is known in it, and outside it is nobody's."""
    walk, way = Walk(practice(tmp_path, EACH), {}, TURNS), []
    while (stage := walk.next()) is not None:
        way.append((walk.person, told(stage)))
        if isinstance(stage, Ask):
            walk.take(stage.expect["yes"])
    assert way == [
        (1, ["Both.", "First, you."]),
        (1, "Yes, or no?"),
        (2, ["Thank you.", "Now the other of you."]),
        (2, "Yes, or no?"),
        (None, ["Thank you.", "Over."]),
    ]


def test_one_alone_is_asked_once_and_invited_by_nobody(tmp_path: Path) -> None:
    """The other is not there."""
    walk, way = Walk(practice(tmp_path, EACH), {"alone": True}, TURNS), []
    while (stage := walk.next()) is not None:
        way.append(told(stage))
        if isinstance(stage, Ask):
            walk.take(stage.expect["yes"])
    assert way == [["Both."], "Yes, or no?", ["Thank you.", "Over."]]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"fresh": True}, "Yes."),
        ({"fresh": False}, "No."),
        ({}, "No."),
        ({"fresh": 3}, "Three."),
        ({"fresh": "x"}, "Else."),
    ],
)
def test_a_fact_is_chosen_by_as_an_author_writes_it(tmp_path: Path, facts: dict[str, Any], says: str) -> None:
    """``yes`` and ``no`` for what is or is not, and for what nobody knows; anything else as it is written."""
    steps = """
  - choose:
      by: fresh
      cases: {"yes": [say: "Yes."], "no": [say: "No."], "3": [say: "Three."]}
      otherwise: [say: "Else."]
"""
    assert told(Walk(practice(tmp_path, steps), facts).next()) == [says]


def test_looking_ahead_moves_nobody(tmp_path: Path) -> None:
    """Another walk goes its own way, with facts of its own."""
    walk = Walk(practice(tmp_path, EACH), {"room": "same"})
    other = walk.another()
    other.facts["room"] = "quieter"
    while (stage := other.next()) is not None:
        if isinstance(stage, Ask):
            other.take(stage.silence)
    assert walk.facts["room"] == "same"
    assert told(walk.next()) == ["Both."]


def test_an_answer_goes_back_on_out_or_into_another_practice(tmp_path: Path) -> None:
    """As it says; the way there is not walked on afterwards."""
    steps = """
  - say: "Begin."
  - label: question
  - ask:
      say: "Where to?"
      expect: {back: question, begin: repeat, out: end, other: [start: long-breath], on: next}
      silence: next
  - say: "On."
"""
    ways: dict[str, Any] = {
        "back": "Where to?",
        "begin": ["Begin."],
        "out": None,
        "other": HandOver("long-breath"),
        "on": ["On."],
    }
    for answer, leads_to in ways.items():
        walk = Walk(practice(tmp_path, steps), {})
        assert told(walk.next()) == ["Begin."]
        ask = walk.next()
        assert isinstance(ask, Ask)
        walk.take(ask.expect[answer])
        assert told(walk.next()) == leads_to


def test_what_is_asked_holds_what_they_said(tmp_path: Path) -> None:
    """And so do what is said, and what invites somebody to speak."""
    steps = """
  - say: "You said: {words}."
  - turn: {say: "More of: {words}.", seconds: 30}
  - ask: {say: "Keep {words}?", expect: {"yes": next}, silence: next}
"""
    walk = Walk(practice(tmp_path, steps), {"words": "a walk"})
    assert told(walk.next()) == ["You said: a walk."]
    turn = walk.next()
    assert isinstance(turn, Turn)
    assert turn.say == "More of: a walk."
    assert told(walk.next()) == "Keep a walk?"
