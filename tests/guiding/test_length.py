"""How long a practice takes, and what is left of it."""

from __future__ import annotations

import pytest

from voice.content import builtin_folder
from voice.events import Finished, Understood
from voice.guiding import effects as do
from voice.guiding.conversation import Conversation
from voice.guiding.length import MOST_STAGES, left_s, length_s, rest_s
from voice.guiding.practice import load_practices
from voice.guiding.responses import load_responses
from voice.guiding.steps import Ask
from voice.guiding.transitions import State
from voice.guiding.walk import HandOver, Walk

PRACTICES = load_practices([builtin_folder("scripts")])


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


def test_in_a_talk_the_turns_to_come_count() -> None:
    """In the first turn of listening what lies ahead is told, and what is left of the turn itself."""
    talk = Conversation(PRACTICES, load_responses([builtin_folder("intents")]))
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
