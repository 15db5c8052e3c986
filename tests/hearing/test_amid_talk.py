"""Answers that may be meant for somebody else: held after talk, dropped in it, and never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.events import Heard
from voice.hearing.amid_talk import AFTER_S, QUIET_S, AmidTalk, Said
from voice.understanding.doubt import AGAIN_S
from voice.understanding.recognition import AMID, NOBODY, Recognition


def said(text: str, **meaning: object) -> Said:
    """A turn, with its words."""
    words = Heard(t=0.0, text=text, final=True, confidence=0.9, start=0.0, end=0.0)
    return Said(Recognition(text, **meaning), words if text else None)  # type: ignore[arg-type]


TALK = said("did you call your mother", why="no sentence is near enough")
MORE = said("then let us do that tomorrow", why="no sentence is near enough")
COUGH = said("hm", why="it does not sound enough like any sentence")
NOISE = said("", why=NOBODY)
YES, NO = (said(word, intent="Answer", answer=word, score=0.9) for word in ("yes", "no"))
STOP_HERE = said("stop", intent="Stop", answer="stop")
STOP = said("stop it", intent="Stop", metadata={"control": "stop"})
LOUDER = said("louder", intent="Louder", metadata={"control": "louder"})
NEVER_MIND = said("never mind", intent="Cancel", metadata={"control": "cancel"})
START = said("help us calm down", intent="CalmTogether", metadata={"starts": "two-minute-reset"})


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


def holding() -> AmidTalk:
    """The same, and "yes" from 3 to 3.4 s."""
    amid = after_talk()
    assert amid.heard(YES, 3.0, 3.4) == []
    return amid


def dropped(one: Said) -> Said:
    """What is told of an answer that does not count: its words, and why."""
    return Said(Recognition(one.found.text, score=one.found.score, why=AMID), one.words)


@pytest.mark.parametrize("before", [None, COUGH, NOISE])
def test_an_answer_alone_counts_at_once(before: Said | None) -> None:
    """Nothing, a cough or a noise before it is no talk."""
    amid = asked()
    if before is not None:
        amid.heard(before, 0.0, 0.5)
    assert amid.heard(YES, 1.0, 1.4) == [YES]


def test_an_answer_long_after_talk_counts_at_once() -> None:
    """They have thought about it."""
    assert after_talk().heard(YES, 2.0 + AFTER_S + 0.1, 11.0) == [YES]


def test_what_is_heard_over_the_guide_is_no_talk() -> None:
    """It may be the guide's own question, heard by the microphone."""
    amid = asked()
    assert amid.heard(TALK, 0.0, 2.0, over_guide=True) == [TALK]
    assert amid.heard(YES, 3.0, 3.4) == [YES]
    amid = holding()
    assert amid.heard(MORE, 4.0, 6.0, over_guide=True) == [MORE]
    assert amid.due(6.1 + QUIET_S) == [YES]


def test_what_was_said_before_the_question_is_no_talk_amid_it() -> None:
    """They fall silent for it, and answer."""
    amid = after_talk()
    amid.ask(("yes", "no", "later"))
    assert amid.heard(YES, 3.0, 3.4) == [YES]


def test_an_answer_after_talk_counts_once_it_is_quiet() -> None:
    """With its words; not before, and once."""
    amid = holding()
    assert amid.due(3.3 + QUIET_S) == []
    assert amid.due(3.5 + QUIET_S) == [YES]
    assert amid.due(99.0) == amid.finish() == []


def test_an_answer_amid_talk_is_none() -> None:
    """It is told why, before what followed."""
    amid = holding()
    assert amid.heard(MORE, 4.0, 6.0) == [dropped(YES), MORE]
    assert amid.due(99.0) == []


@pytest.mark.parametrize(("word", "after_s", "counts"), [(YES, 1.0, True), (NO, 1.0, False), (YES, AGAIN_S, False)])
def test_said_again_after_that_it_counts_at_once(word: Said, after_s: float, counts: bool) -> None:
    """Beside a television nothing would ever be quiet; the same answer, soon."""
    amid = holding()
    amid.heard(MORE, 4.0, 6.0)
    amid.heard(MORE, 6.0, 6.0 + after_s)
    assert amid.heard(word, 6.1 + after_s, 6.5 + after_s) == ([word] if counts else [])


def test_said_three_times_in_a_row_it_counts_at_once() -> None:
    """Twice is said to each other, too."""
    amid = holding()
    assert amid.heard(YES, 4.0, 4.4) == [dropped(YES)]
    assert amid.heard(YES, 5.0, 5.4) == [dropped(YES), YES]


@pytest.mark.parametrize("word", [STOP, STOP_HERE, LOUDER, START])
def test_stop_controls_and_starts_count_at_once(word: Said) -> None:
    """Whatever was said before."""
    assert after_talk().heard(word, 3.0, 3.4) == [word]


@pytest.mark.parametrize(
    ("word", "counts"), [(LOUDER, True), (STOP, False), (STOP_HERE, False), (NEVER_MIND, False), (START, False)]
)
def test_who_speaks_to_the_guide_meant_the_answer_too(word: Said, counts: bool) -> None:
    """But "stop" takes it back, "never mind", and a start."""
    assert holding().heard(word, 4.0, 4.4) == [YES if counts else dropped(YES), word]


@pytest.mark.parametrize("between", [COUGH, NOISE])
def test_a_noise_drops_no_answer(between: Said) -> None:
    """A dish, a cough: it is quiet again after it."""
    amid = holding()
    assert amid.heard(between, 4.0, 4.5) == [between]
    assert amid.due(4.6 + QUIET_S) == [YES]


def test_the_last_of_two_answers_counts() -> None:
    """ "Yes. No!" """
    amid = holding()
    assert amid.heard(NO, 4.0, 4.4) == [dropped(YES)]
    assert amid.due(5.0 + QUIET_S) == [NO]


def test_an_answer_is_for_its_question() -> None:
    """What was said to the last one is none to the next."""
    amid = holding()
    amid.ask(("breathe", "talk"))
    assert amid.due(4.0 + QUIET_S) == [dropped(YES)]


TURNS = st.lists(
    st.tuples(
        st.sampled_from([TALK, MORE, COUGH, NOISE, YES, NO, STOP, STOP_HERE, LOUDER, START]), st.floats(0.1, 9.0)
    ),
    max_size=12,
)


@given(turns=TURNS, looks=st.booleans())
def test_every_turn_is_told_once(turns: list[tuple[Said, float]], looks: bool) -> None:
    """With its words, and the same whether it is looked at in between or not."""

    def told(looks: bool) -> list[Said]:
        amid, found, now_s = asked(), [], 0.0
        for turn, pause_s in turns:
            start_s = now_s + pause_s
            found += amid.due(start_s) if looks else []
            now_s = start_s + 0.5
            found += amid.heard(turn, start_s, now_s)
        return found + amid.finish()

    assert told(looks) == told(not looks)
    assert sorted(one.found.text for one in told(looks)) == sorted(turn.found.text for turn, _ in turns)
    assert all(one.words is None or one.words.text == one.found.text for one in told(looks))
