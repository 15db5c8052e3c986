"""The conversation, event by event, without sound: what the table promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from voice.content import builtin_folder
from voice.events import Doubted, Ducked, Due, Error, Event, Finished, Heard, Ignored, Speech, TimerDue, Understood
from voice.guiding import effects as do
from voice.guiding.conversation import Conversation
from voice.guiding.practice import load_practices
from voice.guiding.responses import load_responses
from voice.guiding.steps import Ask, Turn
from voice.guiding.transitions import TRANSITIONS, State, trigger_of

PRACTICES = load_practices([builtin_folder("scripts")])
RESPONSES = load_responses([builtin_folder("intents")])
NO_CONTROLS = {"start", "answer", "finished", "speech-start", "speech-end", "level", "heard", "ignored"}
CONTROLS = sorted({trigger for _, trigger in TRANSITIONS} - NO_CONTROLS)


def conversation() -> Conversation:
    """A new one over the built-in practices."""
    return Conversation(PRACTICES, RESPONSES)


def control(name: str, t: float = 0.0) -> Understood:
    """A spoken control."""
    return Understood(t=t, intent=name.title(), control=name)


def start(practice: str = "two-minute-reset") -> Understood:
    """A spoken start."""
    return Understood(t=0.0, intent="Start", practice=practice, starts=True)


events = st.one_of(
    st.sampled_from([control(name) for name in CONTROLS if not name.startswith("timer:")]),
    st.sampled_from([start(practice) for practice in PRACTICES]),
    st.sampled_from(
        [Understood(t=0.0, intent="Answer", answer=answer) for answer in ("more", "enough", "yes", "no", "nonsense")]
    ),
    st.sampled_from(
        [TimerDue(t=0.0, timer=name.removeprefix("timer:")) for name in CONTROLS if name.startswith("timer:")]
    ),
    st.just(Finished(t=0.0)),
    st.just(Ignored(t=0.0, text="the weather", why="not for me")),
    st.sampled_from([Speech(t=0.0, edge="start"), Speech(t=0.0, edge="end")]),
)


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order."""

    def __init__(self) -> None:
        """Begin idle."""
        super().__init__()
        self.talk = conversation()

    @rule(event=events)
    def happens(self, event: Event) -> None:
        """No event raises, and none leads where the table does not."""
        before = self.talk.state
        self.talk.receive(event)
        transition = TRANSITIONS.get((before, trigger_of(event)))
        assert self.talk.state in ((before,) if transition is None else transition.to)

    @rule()
    def stop(self) -> None:
        """From every reachable state "stop" is silence and idle, within one event, and nothing after it sounds."""
        before = self.talk.state
        effects = self.talk.receive(control("stop"))
        assert self.talk.state is State.IDLE
        if before is not State.IDLE:
            assert any(isinstance(effect, do.Hush) and effect.fade_ms <= 80 for effect in effects)
            assert do.CancelTimers() in effects
        assert not any(isinstance(effect, do.Play | do.Say | do.Sound | do.Resume) for effect in effects)

    @invariant()
    def unknown_words_change_nothing(self) -> None:
        """Words that mean nothing have no effect in any state; in a turn they are its words."""
        if self.talk.state is not State.LISTENING:
            assert self.talk.receive(Ignored(t=0.0, text="the weather", why="not for me")) == []


TestAnyOrder = AnyOrder.TestCase


@pytest.mark.parametrize(
    "control_name", ["pause", "skip", "again", "slower", "faster", "softer", "louder", "how-long", "go-on"]
)
def test_while_idle_controls_make_no_sound(control_name: str) -> None:
    """Idle, only a start or "what can I say" has an effect."""
    assert conversation().receive(control(control_name)) == []


def test_what_comes_due_without_its_script_is_told() -> None:
    """A talk that was planned, and whose pack is gone since, is an error that can be seen, as a start of it is."""
    talk = conversation()
    gone = do.Tell(Error(t=9.0, what="there is no practice 'gone'"))
    assert talk.receive(Due(t=9.0, what="follow-up", practice="gone")) == [gone]
    assert talk.receive(Understood(t=9.0, intent="Start", practice="gone", starts=True)) == [gone]
    assert talk.state is State.IDLE


def test_pause_holds_and_go_on_resumes() -> None:
    """A pause holds what plays and lets go after two minutes; "go on" resumes it."""
    talk = conversation()
    talk.receive(start())
    assert do.Hold() in talk.receive(control("pause"))
    assert talk.state is State.PAUSED
    assert do.Resume() in talk.receive(control("go-on"))
    assert talk.state is State.GUIDING


def test_a_pause_nobody_ends_lets_go_with_one_soft_tone() -> None:
    """After two minutes the practice is over."""
    talk = conversation()
    talk.receive(start())
    effects = talk.receive(control("pause"))
    assert do.SetTimer("pause", 120.0) in effects
    assert do.Sound("soft-tone") in talk.receive(TimerDue(t=130.0, timer="pause"))
    assert talk.state is State.IDLE


def test_more_repeats_and_enough_ends() -> None:
    """The closing choice of the reset leads where the script says; silence ends."""
    for answer, leads_to in (("more", State.GUIDING), ("enough", State.IDLE)):
        talk = conversation()
        talk.receive(start())
        talk.receive(Finished(t=150.0))
        assert talk.expected == ("more", "enough")
        talk.receive(Finished(t=152.0))
        assert talk.awaiting
        talk.receive(Understood(t=153.0, intent="Answer", answer=answer))
        if talk.state is State.GUIDING and answer == "enough":
            talk.receive(Finished(t=156.0))  # once, how to go on by talking
            talk.receive(Finished(t=159.0))  # the first practice closes with what it is not for
        assert talk.state is leads_to


def test_rounds_are_counted_on_through_a_repetition() -> None:
    """The second two minutes begin with round thirteen."""
    talk = conversation()
    talk.receive(start())
    talk.receive(Finished(t=150.0))
    effects = talk.receive(Understood(t=153.0, intent="Answer", answer="more"))
    assert [effect.first_round for effect in effects if isinstance(effect, do.Play)] == [13]


@given(st.lists(st.sampled_from(["slower", "faster"]), max_size=30))
def test_slower_and_faster_stay_within_safe_limits(wishes: list[str]) -> None:
    """However often it is said, a beat stays between 0.76 and 1.75 seconds."""
    talk = conversation()
    talk.receive(start())
    beat = 1.0
    for wish in wishes:
        for effect in talk.receive(control(wish)):
            if isinstance(effect, do.Stretch):
                beat *= effect.factor
    assert 0.75 < beat < 1.76


@pytest.mark.parametrize(
    ("text", "confidence", "endings", "final", "waits_s"),
    [
        ("That made me sad.", 0.9, None, True, 4.3),
        ("I was so tired and...", 0.9, None, True, 8.0),
        ("I was so tired end.", 0.9, None, True, 8.0),
        ("It made me angry the cause.", 0.9, None, True, 8.0),
        ("It made me angry the class.", 0.8, {"class": 0.45, "cause": 0.4, "cost": 0.15}, True, 6.0),
        ("I thought about us, bud.", 0.8, {"but": 0.6, "bud": 0.3, "both": 0.1}, True, 8.0),
        ("The train was laid both days.", 0.8, {"days": 0.97, "and": 0.03}, True, 4.3),
        ("I thought I'm out of smoke.", 0.65, None, True, 6.0),
        ("I was so tired and", 0.3, None, False, None),
    ],
)
def test_a_turn_waits_as_long_as_its_words_ask_for(
    text: str, confidence: float, endings: dict[str, float] | None, final: bool, waits_s: float | None
) -> None:
    """Longer after a sentence that was broken off or badly heard; guesses while they speak say nothing."""
    talk = conversation()
    talk.receive(start("reflective-listening"))
    while talk.state is not State.LISTENING:
        talk.receive(Finished(t=1.0))
    talk.receive(Finished(t=2.0))
    effects = talk.receive(Speech(t=3.0, edge="start"))
    effects += talk.receive(Speech(t=5.0, edge="end")) if final else []
    heard = Heard(t=5.0, text=text, final=final, confidence=confidence, start=3.0, end=5.0, endings=endings)
    effects += talk.receive(heard)
    waits = [effect.after_s for effect in effects if isinstance(effect, do.SetTimer) and effect.timer == "silence"]
    assert (waits[-1] if waits else None) == waits_s


def test_who_answers_is_waited_for() -> None:
    """The silence after a question is counted from its end, not while somebody speaks, and longer where they ask."""
    talk = conversation()
    talk.receive(start())
    talk.receive(Finished(t=150.0))
    assert isinstance(talk._stage, Ask)
    assert not any(isinstance(effect, do.SetTimer) for effect in talk.receive(Speech(t=151.0, edge="end")))
    waits = do.SetTimer("silence", talk._stage.wait)
    assert waits in talk.receive(Finished(t=152.0))
    assert do.CancelTimer("silence") in talk.receive(Speech(t=153.0, edge="start"))
    assert waits in talk.receive(Speech(t=154.0, edge="end"))
    assert talk.receive(control("more-time", 155.0)) == [do.SetTimer("silence", 30.0)]
    assert talk.expected == ("more", "enough")


def silences(effects: list[do.Effect]) -> list[float]:
    """How long silence is waited for, seconds."""
    return [effect.after_s for effect in effects if isinstance(effect, do.SetTimer) and effect.timer == "silence"]


def test_who_answers_before_the_question_is_over_is_waited_for() -> None:
    """Their silence begins when they have spoken, not when the question has."""
    talk = conversation()
    talk.receive(start())
    talk.receive(Finished(t=150.0))
    assert isinstance(talk._stage, Ask)
    talk.receive(Speech(t=151.5, edge="start"))
    assert silences(talk.receive(Finished(t=152.0))) == []
    assert silences(talk.receive(Speech(t=165.0, edge="end"))) == [talk._stage.wait]


def test_more_is_asked_again_once_it_was_breathed() -> None:
    """No other answer, and no silence, comes back to the question."""
    talk = conversation()
    talk.receive(start())
    talk.receive(Finished(t=150.0))
    talk.receive(Understood(t=153.0, intent="Answer", answer="more"))
    assert talk.state is State.GUIDING
    talk.receive(Finished(t=300.0))
    assert (talk.state, talk.expected) == (State.ASKING, ("more", "enough"))


def test_after_a_question_nobody_answers_its_silence_follows() -> None:
    """As after an answer that it has none for; neither is taken for "more"."""
    for event in (TimerDue(t=170.0, timer="silence"), Understood(t=170.0, intent="Answer", answer="purple")):
        talk = conversation()
        talk.receive(start())
        talk.receive(Finished(t=150.0))
        talk.receive(Finished(t=152.0))
        talk.receive(event)
        talk.receive(Finished(t=180.0))
        talk.receive(Finished(t=185.0))
        assert talk.state is State.IDLE


def listening() -> Conversation:
    """In the first turn of a talk, which begins at 2 s."""
    talk = conversation()
    talk.receive(start("reflective-listening"))
    while talk.state is not State.LISTENING:
        talk.receive(Finished(t=1.0))
    talk.receive(Finished(t=2.0))
    return talk


def test_who_speaks_in_a_turn_is_not_cut_off() -> None:
    """Neither their silence nor their "I'm done" runs on while they speak; then a silence ends the turn, and nobody is
    told that they need not speak.
    """
    talk = listening()
    turn = talk._stage
    assert talk.receive(control("done", 3.0)) == [do.SetTimer("done", 2.0)]
    begun = talk.receive(Speech(t=4.0, edge="start"))
    assert {do.CancelTimer("silence"), do.CancelTimer("done")} <= set(begun)
    assert talk.receive(Speech(t=9.0, edge="end")) == [do.SetTimer("silence", 4.3)]
    assert talk._stage is turn
    effects = talk.receive(TimerDue(t=14.0, timer="silence"))
    assert not any(isinstance(effect, do.Say) for effect in effects)
    assert talk._stage is not turn


def test_who_begins_their_turn_over_its_invitation_is_not_cut_off() -> None:
    """They have spoken: the turn has its limit, and is over after the silence that follows their words."""
    talk = conversation()
    talk.receive(start("reflective-listening"))
    while talk.state is not State.LISTENING:
        talk.receive(Finished(t=1.0))
    talk.receive(Speech(t=1.5, edge="start"))
    begun = talk.receive(Finished(t=2.0))
    assert silences(begun) == []
    assert "limit" in [effect.timer for effect in begun if isinstance(effect, do.SetTimer)]
    assert silences(talk.receive(Speech(t=40.0, edge="end"))) == [4.3]


@pytest.mark.parametrize("goes_on", ["how-long", "pause"])
def test_who_speaks_on_over_what_is_said_beside_their_turn_is_not_cut_off(goes_on: str) -> None:
    """Whatever held it; and nobody who has spoken is told that they need not."""
    talk = listening()
    turn = talk._stage
    talk.receive(control(goes_on, 4.0))
    talk.receive(Speech(t=5.0, edge="start"))
    back = talk.receive(Finished(t=7.0) if goes_on == "how-long" else control("go-on", 7.0))
    assert talk.state is State.LISTENING
    assert silences(back) == []
    assert silences(talk.receive(Speech(t=30.0, edge="end"))) == [4.3]
    assert not any(isinstance(effect, do.Say) for effect in talk.receive(TimerDue(t=35.0, timer="silence")))
    assert talk._stage is not turn


def test_who_answers_whether_to_go_on_before_it_is_asked_to_the_end_is_waited_for() -> None:
    """Silence after "Go on, or stop?" means stop, and they are not silent."""
    talk = conversation()
    talk.receive(start())
    talk.receive(Doubted(t=10.0))
    talk.receive(TimerDue(t=12.0, timer="doubt"))
    talk.receive(Speech(t=13.0, edge="start"))
    assert talk.receive(Finished(t=13.5))[1:] == []
    assert talk.state is State.PAUSED
    assert talk.receive(Speech(t=18.0, edge="end")) == [do.SetTimer("no-answer", 4.0)]


@pytest.mark.parametrize("aside", ["how-long", "pause"])
def test_who_was_shouted_down_leaves_also_after_something_was_said_beside(aside: str) -> None:
    """Whoever speaks to it listens: it has its minute anew, and no more than that. Without shouting nothing leaves."""
    for shouted in (True, False):
        talk = conversation()
        talk.receive(start())
        for t in (10.0, 11.0, 12.0):
            talk.receive(Ducked(t=t, db=-15.0 if shouted else 0.0))
        assert do.CancelTimers() in talk.receive(control(aside, 20.0))
        back = talk.receive(Finished(t=23.0) if aside == "how-long" else control("go-on", 23.0))
        assert talk.state is State.GUIDING
        assert (do.SetTimer("leave", 60.0) in back) == shouted


def test_who_says_nothing_is_told_once_that_they_need_not() -> None:
    """The turn is theirs until then, and is over after the next silence."""
    talk = listening()
    turn = talk._stage
    effects = talk.receive(TimerDue(t=10.0, timer="silence"))
    assert [effect.text for effect in effects if isinstance(effect, do.Say)] == [RESPONSES.get("NoNeedTo")]
    talk.receive(Finished(t=13.0))
    assert (talk.state, talk._stage) == (State.LISTENING, turn)
    talk.receive(TimerDue(t=21.0, timer="silence"))
    assert talk._stage is not turn


def test_done_ends_a_turn_in_its_second_half_at_once() -> None:
    """In its first half it does once they have been silent."""
    talk = listening()
    turn = talk._stage
    assert isinstance(turn, Turn)
    talk.receive(control("done", 2.0 + turn.seconds / 2 + 1.0))
    assert talk._stage is not turn
    early = listening()
    turn = early._stage
    early.receive(control("done", 4.0))
    assert early._stage is turn
    early.receive(TimerDue(t=6.0, timer="done"))
    assert early._stage is not turn


def not_today(between: bool) -> tuple[Conversation, list[str]]:
    """Said while nothing runs, in a time-out or not; and the names of what is done."""
    talk = conversation()
    if between:
        talk._apart_until = 1200.0
    effects = talk.receive(control("not-today", 60.0))
    return talk, [type(effect).__name__ for effect in effects]


def test_not_today_means_the_meeting_in_a_time_out_and_a_ritual_else() -> None:
    """Who is apart lets go of the meeting; their rituals still come."""
    talk, done = not_today(between=True)
    assert "NotToday" not in done
    assert talk._walk is not None
    assert (talk._walk.practice.id, talk._walk.facts["manner"]) == ("time-out", "no-time")
    talk, done = not_today(between=False)
    assert "NotToday" in done
    assert talk.state is State.ANSWERING


def test_a_plain_no_undoes_a_fresh_start_only() -> None:
    """Later they may be saying it to each other."""
    for at_s, runs_on in ((2.0, False), (100.0, True)):
        talk = conversation()
        talk.receive(start())
        effects = talk.receive(control("undo", at_s))
        assert (talk.state is State.GUIDING) == runs_on
        assert (effects == []) == runs_on


def test_what_was_asked_for_is_how_long_it_takes() -> None:
    """ "Three minutes" is three; a word that the practice cannot be set by changes nothing."""
    asked = Understood(t=0.0, intent="Start", practice="two-minute-reset", starts=True, slots={"minutes": 3, "x": 1})
    usual, longer = conversation(), conversation()
    usual.receive(start())
    longer.receive(asked)
    assert usual._walk is not None
    assert longer._walk is not None
    assert longer._walk.practice.settings == {**usual._walk.practice.settings, "minutes": 3}
