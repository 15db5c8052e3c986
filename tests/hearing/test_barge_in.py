"""Voices over the guide: lowered at once, then stopped, paused, or back up within 0.6 s."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.hearing.barge_in import CONFIRM_S, DECIDE_S, Act, BargeIn, ComeUp, Decision, Duck

TICK_S = 0.01


def decide(noticed: list[tuple[float, float | None]], until_s: float = 4.0) -> list[tuple[float, Decision]]:
    """Decisions with their times; noticed are times with a score, or ``None`` for a voice."""
    barge_in, found, waiting = BargeIn(0.9, 0.5, 0.98), [], sorted(noticed, key=lambda item: item[0])
    for tick in range(round(until_s / TICK_S)):
        now = tick * TICK_S
        decisions = barge_in.advance(now)
        while waiting and waiting[0][0] <= now:
            _, score = waiting.pop(0)
            heard = score is None
            decisions += barge_in.voice(now, over_guide=True) if heard else barge_in.spotted(now, "stop", score or 0.0)
        found += [(now, decision) for decision in decisions]
    return found


def test_a_voice_lowers_the_guide_which_comes_back_up() -> None:
    (first, duck), (second, up) = decide([(1.0, None)])
    assert (first, duck, up) == (pytest.approx(1.0), Duck(), ComeUp())
    assert second - first == pytest.approx(DECIDE_S, abs=TICK_S)


def test_duck_lies_between_12_and_18_db() -> None:
    assert -18 <= Duck().db <= -12


def test_a_sure_word_acts_at_once() -> None:
    told = [decision for _, decision in decide([(1.0, None), (1.3, 0.95)])]
    assert told == [Duck(), Act("stop", 0.95, sure=True), ComeUp()]


def test_a_doubtful_word_pauses_unless_it_becomes_sure() -> None:
    found = decide([(1.0, None), (1.3, 0.6)])
    assert [decision for _, decision in found] == [Duck(), Act("stop", 0.6, sure=False), ComeUp()]
    assert found[1][0] - 1.3 <= CONFIRM_S + 2 * TICK_S
    assert decide([(1.0, None), (1.3, 0.6), (1.38, 0.97)])[1][1] == Act("stop", 0.97, sure=True)


def test_a_doubtful_word_at_the_end_of_the_duck_pauses_too() -> None:
    assert [decision for _, decision in decide([(1.0, None), (1.5, 0.6)])][1] == Act("stop", 0.6, sure=False)


def test_without_a_voice_a_word_must_be_beyond_doubt() -> None:
    assert decide([(1.0, 0.95)]) == []
    assert decide([(1.0, 0.99)]) == [(pytest.approx(1.0), Act("stop", 0.99, sure=True))]


def test_without_a_voice_something_beside_the_guide_is_enough() -> None:
    assert BargeIn(0.9, 0.5, 0.98).spotted(1.0, "stop", 0.95, voiced=True) == [Act("stop", 0.95, sure=True)]


def test_a_voice_that_is_noticed_after_its_word_still_counts() -> None:
    assert [d for _, d in decide([(1.0, 0.95), (1.3, None)])] == [Duck(), Act("stop", 0.95, sure=True), ComeUp()]
    assert [d for _, d in decide([(1.0, 0.95), (2.0, None)])] == [Duck(), ComeUp()]


@pytest.mark.parametrize("after_s", [0.0, 3.0])
def test_the_surest_word_of_just_now_counts(after_s: float) -> None:
    """A weaker score of the same word does not hide it; a word of long ago hides none."""
    begun, weaker, voice = after_s + 0.1, after_s + 0.2, after_s + 0.4
    surest = decide([(begun, 0.95), (weaker, 0.4), (voice, None)], until_s=8.0)
    assert [d for _, d in surest] == [Duck(), Act("stop", 0.95, sure=True), ComeUp()]
    grown = decide([(begun, 0.4), (weaker, 0.95), (voice, None)], until_s=8.0)
    assert grown == surest
    later = decide([(begun, 0.97), (begun + 2.0, 0.92), (voice + 2.0, None)], until_s=8.0)
    assert [d for _, d in later] == [Duck(), Act("stop", 0.92, sure=True), ComeUp()]


def test_where_nothing_sounds_nothing_is_lowered() -> None:
    """Nor brought up again; who speaks is known to speak."""
    barge_in = BargeIn(0.9, 0.5, 0.98)
    assert barge_in.voice(1.0, over_guide=False) == []
    assert [barge_in.advance(1.0 + tick * TICK_S) for tick in range(200)] == [[]] * 200
    assert barge_in.spotted(3.0, "stop", 0.95) == [Act("stop", 0.95, sure=True)]


def test_it_is_decided_within_six_tenths_of_a_second() -> None:
    """And a doubt in less than two, or the guide would speak on over somebody's "stop"."""
    assert 0.3 <= DECIDE_S <= 0.6
    assert 0.08 <= CONFIRM_S <= 0.2


def test_once_they_are_quiet_a_word_needs_a_voice_again() -> None:
    barge_in = BargeIn(0.9, 0.5, 0.98)
    barge_in.voice(1.0, over_guide=False)
    barge_in.quiet()
    assert barge_in.spotted(1.5, "stop", 0.95) == []


def test_a_word_that_is_none_changes_nothing() -> None:
    assert decide([(1.0, None), (1.2, 0.3)])[1:] == decide([(1.0, None)])[1:]


TIMES = st.floats(0.0, 3.0)


@given(st.lists(st.tuples(TIMES, st.none() | st.floats(0.0, 1.0)), max_size=12))
def test_whatever_happens_no_duck_lasts(noticed: list[tuple[float, float | None]]) -> None:
    found = decide(noticed, until_s=5.0)
    down: float | None = None
    for now, decision in found:
        if isinstance(decision, Duck):
            assert down is None
            down = now
        elif isinstance(decision, ComeUp):
            assert down is not None
            assert now - down <= DECIDE_S + CONFIRM_S + 2 * TICK_S
            down = None
    assert down is None
    acts = [decision for _, decision in found if isinstance(decision, Act)]
    assert all(act.score < 0.9 for act in acts if not act.sure)
    assert len([act for act in acts if act.sure]) >= len([s for _, s in noticed if s is not None and s >= 0.98])
