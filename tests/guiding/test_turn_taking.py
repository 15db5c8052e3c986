"""One person's turn: its clock is fair to both, whatever is said beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.guiding import effects as do
from voice.guiding.effects import Effect
from voice.guiding.turn_taking import TurnTaking


def timers(effects: list[Effect] | None) -> dict[str, float]:
    """What is waited for, and how long."""
    return {effect.timer: effect.after_s for effect in effects or [] if isinstance(effect, do.SetTimer)}


SPOKEN_S, BESIDE_S = st.floats(0.5, 20.0), st.floats(0.0, 60.0)


@given(st.lists(st.tuples(SPOKEN_S, BESIDE_S), max_size=5))
def test_what_is_said_beside_a_turn_takes_nothing_of_it(parts: list[tuple[float, float]]) -> None:
    """The one who is interrupted has as long as the one who is not."""
    turn, now_s, spoken_s = TurnTaking(180.0, 7.0), 7.0, 0.0
    for part_s, beside_s in parts:
        assert timers(turn.begin(now_s))["limit"] == pytest.approx(180.0 - spoken_s)
        now_s, spoken_s = now_s + part_s, spoken_s + part_s
        turn.interrupt(now_s)
        assert turn.left_s == pytest.approx(180.0 - spoken_s)
        now_s += beside_s
    assert timers(turn.begin(now_s))["limit"] == pytest.approx(180.0 - spoken_s)


def test_an_interruption_just_before_the_end_leaves_a_second() -> None:
    """A turn does not end while something is said beside it, nor is a limit ever behind."""
    turn = TurnTaking(60.0, 0.0)
    turn.interrupt(75.0)
    assert timers(turn.begin(80.0))["limit"] == 1.0


def test_what_is_given_back_is_added_to_what_is_left() -> None:
    """For who was cut short; and a minute for who asks for more time, counted from then."""
    turn = TurnTaking(120.0, 0.0)
    turn.interrupt(30.0, given_back_s=15.0)
    assert timers(turn.begin(40.0))["limit"] == 105.0
    assert timers(turn.more_time(50.0))["limit"] == 155.0
    turn.interrupt(60.0)
    assert turn.left_s == 145.0


def test_the_tone_comes_a_quarter_of_a_minute_before_the_end() -> None:
    """And none in a turn so short that it would come before half of it."""
    assert timers(TurnTaking(120.0, 0.0).begin(0.0)) == {"limit": 120.0, "limit-near": 105.0, "silence": 8.0}
    assert timers(TurnTaking(31.0, 0.0).begin(0.0))["limit-near"] == 16.0
    assert "limit-near" not in timers(TurnTaking(30.0, 0.0).begin(0.0))


def test_who_needs_more_time_may_think_for_half_a_minute() -> None:
    """Also once they have spoken; when they have spoken again, a silence is as long as any."""
    turn = TurnTaking(120.0, 0.0)
    turn.begin(0.0)
    turn.speech_begins()
    assert timers(turn.more_time(20.0)) == {"limit": 160.0, "limit-near": 145.0, "silence": 30.0}
    turn.speech_begins()
    assert timers(turn.speech_ends()) == {"silence": 4.3}


@pytest.mark.parametrize(("at_s", "waits"), [(1.0, {"done": 2.0}), (59.0, {"done": 2.0}), (61.0, None), (119.0, None)])
def test_one_cannot_end_the_turn_of_the_other(at_s: float, waits: dict[str, float] | None) -> None:
    """In its first half "I'm done" needs silence after it; then it ends the turn at once."""
    turn = TurnTaking(120.0, 10.0)
    turn.begin(10.0)
    done = turn.done(10.0 + at_s)
    assert (done if done is None else timers(done)) == waits


def test_who_speaks_on_was_not_done() -> None:
    """Nothing waits for the silence of somebody who speaks; a pause of theirs is waited out as if nothing had been."""
    turn = TurnTaking(120.0, 0.0)
    turn.begin(0.0)
    turn.speech_begins()
    assert timers(turn.words("I was so tired and...")) == {"silence": 8.0}
    assert set(turn.speech_begins()) == {do.CancelTimer("silence"), do.CancelTimer("done")}
    assert timers(turn.speech_ends()) == {"silence": 4.3}


def test_somebody_is_told_once_to_take_their_time() -> None:
    """Who has not begun need not; who broke off may take their time; after that, and after a whole sentence, silence
    ends the turn.
    """
    silent = TurnTaking(120.0, 0.0)
    assert [silent.silence(), silent.silence()] == ["NoNeedTo", None]
    sobbing = TurnTaking(120.0, 0.0)
    sobbing.speech_begins()
    sobbing.words("")
    assert [sobbing.silence(), sobbing.silence()] == ["TakeYourTime", None]
    spoken = TurnTaking(120.0, 0.0)
    spoken.speech_begins()
    assert spoken.words("That made me sad.") == []
    assert spoken.silence() is None
