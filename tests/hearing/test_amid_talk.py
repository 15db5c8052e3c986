"""Answers that may be meant for somebody else: held after talk, dropped in it, and never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.hearing.amid_talk import AFTER_S, AMID, QUIET_S, AmidTalk
from voice.understanding.doubt import AGAIN_S
from voice.understanding.recognition import NOBODY, Recognition

TALK = Recognition("did you call your mother", why="no sentence is near enough")
MORE = Recognition("then let us do that tomorrow", why="no sentence is near enough")
COUGH = Recognition("hm", why="it does not sound enough like any sentence")
NOISE = Recognition("", why=NOBODY)
YES, NO = (Recognition(word, "Answer", answer=word, score=0.9) for word in ("yes", "no"))
STOP = Recognition("stop", "Stop", answer="stop", metadata={"control": "stop"})
LOUDER = Recognition("louder", "Louder", metadata={"control": "louder"})


def asked(*answers: str) -> AmidTalk:
    """After a question."""
    amid = AmidTalk()
    amid.ask(answers or ("yes", "no", "stop"))
    return amid


def after_talk() -> AmidTalk:
    """After a question, and talk from 0 to 2 s."""
    amid = asked()
    assert amid.heard(TALK, 0.0, 2.0) == [TALK]
    return amid


@pytest.mark.parametrize("before", [None, COUGH, NOISE])
def test_an_answer_alone_counts_at_once(before: Recognition | None) -> None:
    """Nothing, a cough or a noise before it is no talk."""
    amid = asked()
    if before is not None:
        amid.heard(before, 0.0, 0.5)
    assert amid.heard(YES, 1.0, 1.4) == [YES]


def test_an_answer_long_after_talk_counts_at_once() -> None:
    """They have thought about it."""
    assert after_talk().heard(YES, 2.0 + AFTER_S + 0.1, 11.0) == [YES]


def test_an_answer_after_talk_counts_once_it_is_quiet() -> None:
    """Not before, and once."""
    amid = after_talk()
    assert amid.heard(YES, 3.0, 3.4) == []
    assert amid.due(3.3 + QUIET_S) == []
    assert amid.due(3.5 + QUIET_S) == [YES]
    assert amid.due(99.0) == amid.finish() == []


def test_an_answer_amid_talk_is_none() -> None:
    """It is told why, before what followed."""
    amid = after_talk()
    amid.heard(YES, 3.0, 3.4)
    dropped, talk = amid.heard(MORE, 4.0, 6.0)
    assert (dropped.text, dropped.intent, dropped.why, talk) == ("yes", None, AMID, MORE)
    assert amid.due(99.0) == []


@pytest.mark.parametrize(("word", "after_s", "counts"), [(YES, 1.0, True), (NO, 1.0, False), (YES, AGAIN_S, False)])
def test_said_again_it_counts_at_once(word: Recognition, after_s: float, counts: bool) -> None:
    """Beside a television nothing would ever be quiet; the same answer, soon."""
    amid = after_talk()
    amid.heard(YES, 3.0, 3.4)
    amid.heard(MORE, 4.0, 6.0)
    amid.heard(MORE, 6.0, 6.0 + after_s)
    assert amid.heard(word, 6.1 + after_s, 6.5 + after_s) == ([word] if counts else [])


@pytest.mark.parametrize("word", [STOP, LOUDER])
def test_stop_and_controls_count_at_once(word: Recognition) -> None:
    """Whatever was said before."""
    assert after_talk().heard(word, 3.0, 3.4) == [word]


@pytest.mark.parametrize("between", [COUGH, NOISE])
def test_a_noise_drops_no_answer(between: Recognition) -> None:
    """A dish, a cough: it is quiet again after it."""
    amid = after_talk()
    amid.heard(YES, 3.0, 3.4)
    assert amid.heard(between, 4.0, 4.5) == [between]
    assert amid.due(4.6 + QUIET_S) == [YES]


def test_the_last_of_two_answers_counts() -> None:
    """ "No. Yes!" """
    amid = after_talk()
    amid.heard(NO, 3.0, 3.4)
    (dropped,) = amid.heard(YES, 4.0, 4.4)
    assert (dropped.text, dropped.why) == ("no", AMID)
    assert amid.due(5.0 + QUIET_S) == [YES]


def test_an_answer_is_for_its_question() -> None:
    """What was said to the last one is none to the next."""
    amid = after_talk()
    amid.heard(YES, 3.0, 3.4)
    amid.ask(("breathe", "talk"))
    assert [one.why for one in amid.due(4.0 + QUIET_S)] == [AMID]


def test_what_was_said_before_the_question_is_no_talk_amid_it() -> None:
    """They fall silent for it, and answer."""
    amid = after_talk()
    amid.ask(("yes", "no", "later"))
    assert amid.heard(YES, 3.0, 3.4) == [YES]


TURNS = st.lists(
    st.tuples(st.sampled_from([TALK, MORE, COUGH, NOISE, YES, NO, STOP, LOUDER]), st.floats(0.1, 9.0)), max_size=12
)


@given(turns=TURNS, looks=st.booleans())
def test_every_turn_is_told_once(turns: list[tuple[Recognition, float]], looks: bool) -> None:
    """In its order, and the same whether it is looked at in between or not."""
    amid, told, now_s = asked(), [], 0.0
    for found, pause_s in turns:
        start_s = now_s + pause_s
        told += amid.due(start_s) if looks else []
        now_s = start_s + 0.5
        told += amid.heard(found, start_s, now_s)
    told += amid.finish()
    assert sorted(one.text for one in told) == sorted(found.text for found, _ in turns)
    unheld, at_once = asked(), []
    now_s = 0.0
    for found, pause_s in turns:
        at_once += unheld.heard(found, now_s + pause_s, now_s + pause_s + 0.5)
        now_s += pause_s + 0.5
    assert [one.intent for one in [*at_once, *unheld.finish()]] == [one.intent for one in told]
