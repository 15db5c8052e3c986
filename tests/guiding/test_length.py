"""How long a practice takes, and what is left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.content import builtin_folder
from voice.events import Finished, Understood
from voice.guiding import effects as do
from voice.guiding.conversation import Conversation
from voice.guiding.length import MOST_STAGES, in_words, left_s, length_s, rest_s
from voice.guiding.practice import load_practice, load_practices
from voice.guiding.responses import load_responses
from voice.guiding.steps import Ask
from voice.guiding.transitions import State
from voice.guiding.walk import HandOver, Walk

PRACTICES = load_practices([builtin_folder("scripts")])
RESPONSES = load_responses([builtin_folder("intents")])


@pytest.mark.parametrize("name", PRACTICES)
def test_what_is_left_grows_less_from_stage_to_stage(name: str) -> None:
    """Down to nothing, also where the walk itself goes another way; and looking ahead moves nobody."""
    walk = Walk(PRACTICES[name], {"room": "quieter", "talk": True, "fresh": True, "kept": "yes"})
    assert rest_s(walk.another()) == length_s(PRACTICES[name])
    left = [length_s(PRACTICES[name])]
    for _ in range(MOST_STAGES):
        stage = walk.next()
        if stage is None or isinstance(stage, HandOver):
            break
        left.append(left_s(walk, stage))
        assert left_s(walk, stage) == left[-1]
        if isinstance(stage, Ask):
            walk.take(stage.silence)
    assert left[-1] < left[0]
    assert all(seconds >= 0 for seconds in left)


BY_HAND = """
title: By hand
about: Nothing.
steps:
  - say: {text: "One two three four five.", pause: 1}
  - turn: {say: "Six seven eight nine ten.", seconds: 30}
  - label: question
  - ask:
      say: "Again, a practice, or the rest?"
      expect: {again: repeat, practice: [start: long-breath], rest: next}
      silence: end
  - measure: 5
  - choose: {by: room, cases: {quieter: [say: "It is quieter."]}, otherwise: [say: "It is not.", end]}
  - tone: soft-tone
"""
SAID, TURN, ASKED, MEASURED, LAST = 5 * 0.4 + 1.0, 5 * 0.4 + 30.0, 6 * 0.4 + 3.0, 5.0, 3 * 0.4 + 0.6 + 1.5 + 0.4


def test_a_length_is_what_is_said_answered_and_waited_for(tmp_path: Path) -> None:
    """At 150 words a minute, by the answer that goes on: neither back nor out, nor into another practice."""
    (tmp_path / "by-hand.yaml").write_text(BY_HAND, encoding="utf-8")
    practice = load_practice(tmp_path / "by-hand.yaml")
    parts = [SAID, TURN, ASKED, MEASURED, LAST]
    assert length_s(practice) == pytest.approx(sum(parts))
    walk = Walk(practice, {"room": "quieter"})
    for number in range(4):
        stage = walk.next()
        assert left_s(walk, stage) == pytest.approx(sum(parts[number + 1 :]))
        if isinstance(stage, Ask):
            walk.take(stage.expect["rest"])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under a minute"),
        (49, "under a minute"),
        (50, "1 minute"),
        (89, "1 minute"),
        (91, "2 minutes"),
        (600, "10 minutes"),
    ],
)
def test_a_length_in_words(seconds: float, words: str) -> None:
    """To the minute."""
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Almost done."),
        (14, "Almost done."),
        (16, "About half a minute."),
        (44, "About half a minute."),
        (46, "About one minute."),
        (89, "About one minute."),
        (91, "About 2 minutes."),
    ],
)
def test_what_is_left_in_words(seconds: float, words: str) -> None:
    """To half a minute where it is short."""
    assert RESPONSES.time_left(seconds) == words


def test_in_a_talk_the_turns_to_come_count() -> None:
    """In the first turn of listening what lies ahead is told, and what is left of the turn itself."""
    talk = Conversation(PRACTICES, RESPONSES)
    talk.receive(Understood(t=0.0, intent="x", practice="reflective-listening", starts=True))
    while talk.state is not State.LISTENING:
        talk.receive(Finished(t=1.0))
    talk.receive(Finished(t=2.0))
    told = [_told(talk, at_s) for at_s in (10.0, 40.0)]
    assert told[0] - told[1] == pytest.approx(30.0)
    assert 0.5 < told[0] / length_s(PRACTICES["reflective-listening"]) < 1.0


def _told(talk: Conversation, at_s: float) -> float:
    """What "how long" is answered with, besides what is held, seconds; the answer takes no time here."""
    (left,) = [
        effect.after_s
        for effect in talk.receive(Understood(t=at_s, intent="HowLong", control="how-long"))
        if isinstance(effect, do.SayTimeLeft)
    ]
    talk.receive(Finished(t=at_s))
    return left
