"""A session whose sounds take time to be made, as they do in the room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import pytest

from voice.app import FILE_RATE, Options, build_session, load_content
from voice.drives.virtual import VirtualClock
from voice.events import Beat, Cue, Deaf, Doubted, Ducked, Event, Heard, Ignored, Silenced, Speech, Understood
from voice.guiding.compiling import NUMBERS
from voice.guiding.timeline import Sound
from voice.hearing.barge_in import BargeIn
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.session import Session
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice
from voice.understanding.recognition import NOBODY


class Later:
    """Makes sounds when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, sounds: Sequence[Sound], then: Callable[[], None]) -> None:
        """Remember what to do when they are made."""
        self.waiting.append(then)

    def make_all(self) -> None:
        """Everything asked for so far is made."""
        waiting, self.waiting = self.waiting, []
        for then in waiting:
            then()


@pytest.fixture
def events() -> list[Event]:
    """What happened."""
    return []


@pytest.fixture
def later() -> Later:
    """The maker of sounds."""
    return Later()


@pytest.fixture
def session(events: list[Event], later: Later) -> Iterator[Session]:
    """The built-in practices with the real voice."""
    voice = Voice(FILE_RATE)
    yield build_session(load_content(Options()), voice, Mixer(FILE_RATE), FILE_RATE, later, events.append)
    voice.close()


def run(session: Session, later: Later, seconds: float) -> None:
    """Let time pass while sounds are made at once."""
    clock = VirtualClock(session, None)
    end = session.now_s + seconds
    while session.now_s < end:
        later.make_all()
        clock.step()


def test_a_pause_before_the_first_sound_loses_nothing(session: Session, later: Later, events: list[Event]) -> None:
    """What was being prepared begins after "go on"."""
    session.read("help us calm down")
    session.read("pause")
    run(session, later, 5)
    assert not [event for event in events if isinstance(event, Beat)]
    session.read("go on")
    run(session, later, 20)
    assert next(event.round for event in events if isinstance(event, Beat)) == 1


@pytest.mark.parametrize("held_s", [1.0, 3.27, 6.5])
def test_after_go_on_the_first_thing_heard_is_an_inhale_on_an_exact_grid(
    session: Session, later: Later, events: list[Event], held_s: float
) -> None:
    """Wherever in a breath they paused, and however long."""
    session.read("help us calm down")
    run(session, later, 17 + held_s)
    session.read("pause")
    run(session, later, held_s)
    session.read("go on")
    said_s, known = session.now_s, len(events)
    run(session, later, 24)
    beats = [event for event in events[known:] if isinstance(event, Beat)]
    cues = [event for event in events if isinstance(event, Cue) and event.start >= said_s]
    assert (beats[0].phase, beats[0].beat) == ("in", 1)
    first = [cue.text for cue in cues if cue.start == min(cue.start for cue in cues)]
    assert "breathe-in" in first
    assert abs(min(cue.start for cue in cues) - beats[0].t) < 0.001
    assert all(abs(after.t - before.t - 1.0) < 1e-9 for before, after in pairwise(beats))
    assert len(beats) > 20


def test_how_long_before_the_first_sound_is_how_long_it_takes(
    session: Session, later: Later, events: list[Event]
) -> None:
    """What is still being made lies ahead, too, at the pace that was chosen: twelve breaths of 17.5 s are 3.5 min."""
    for slower in (0, 4):
        known = len(said(events))
        session.read("help us calm down")
        for _ in range(slower):
            session.read("slower")
        session.read("how long")
        run(session, later, 8)
        assert said(events)[known] == ("About 4 minutes." if slower else "About 2 minutes.")
        session.read("stop")


def beat_s(events: list[Event]) -> float:
    """The distance of the last two beats, seconds."""
    before, last = [event.t for event in events if isinstance(event, Beat)][-2:]
    return round(last - before, 3)


def test_slower_lasts_as_long_as_the_practice(session: Session, later: Later, events: list[Event]) -> None:
    """ "Again" and "more" are as slow, and can be made slower still; the next practice breathes as usual."""
    session.read("help us calm down")
    run(session, later, 20)
    session.read("slower")
    session.read("again")
    run(session, later, 30)
    assert beat_s(events) == 1.15
    session.read("slower")
    run(session, later, 30)
    assert beat_s(events) == 1.322
    session.read("skip")
    run(session, later, 8)
    session.read("more")
    run(session, later, 30)
    assert beat_s(events) == 1.322
    session.read("stop")
    session.read("help us calm down")
    run(session, later, 30)
    assert beat_s(events) == 1.0


@pytest.mark.parametrize("paused", [True, False])
def test_slower_before_the_first_sound_is_slower(
    session: Session, later: Later, events: list[Event], paused: bool
) -> None:
    """While it is still being made, and in a pause before it, which stays one; it begins once."""
    session.read("help us calm down")
    if paused:
        session.read("pause")
    session.read("slower")
    if paused:
        run(session, later, 5)
        assert said(events) == []
        session.read("go on")
    run(session, later, 30)
    assert beat_s(events) == 1.15
    assert next(event.round for event in events if isinstance(event, Beat)) == 1
    assert said(events).count("I'm here. Two minutes, for whoever likes. Breathe in.") == 1


def test_a_stop_before_the_first_sound_is_a_stop(session: Session, later: Later, events: list[Event]) -> None:
    """Nothing begins, not even after "go on"."""
    session.read("help us calm down")
    session.read("stop")
    session.read("go on")
    run(session, later, 10)
    assert session.conversation.is_idle
    assert not [event for event in events if isinstance(event, Beat)]


def test_what_was_said_can_be_asked_for_twice(session: Session, later: Later, events: list[Event]) -> None:
    """The second time, too, it is the whole sentence, and not the last piece of how it was said again."""
    session.read("help us calm down")
    while "Look at each other, or hold hands, if you both like." not in said(events):
        run(session, later, 1)
    for _ in range(2):
        begun = len(said(events))
        session.read("what did you say")
        run(session, later, 8)
        pieces = ["Look at each other,", "or hold hands,", "if you both like."]
        assert [text for text in said(events)[begun:] if text not in NUMBERS] == pieces
        assert session.conversation.state.value == "guiding"


def test_two_who_cannot_be_heard_are_told_beside_the_breathing(
    session: Session, later: Later, events: list[Event]
) -> None:
    """One sentence; the rounds go on."""
    session.read("help us calm down")
    run(session, later, 20)
    session.take(Deaf(t=session.now_s))
    rounds = sum(isinstance(event, Beat) for event in events)
    run(session, later, 20)
    assert "I can't hear you just now. I keep trying." in [event.text for event in events if isinstance(event, Cue)]
    assert sum(isinstance(event, Beat) for event in events) > rounds


@pytest.mark.parametrize(("why", "steps_back"), [(NOBODY, False), ("not for me", True)])
def test_only_somebody_can_shout_the_guide_down(
    session: Session, later: Later, events: list[Event], why: str, steps_back: bool
) -> None:
    """Noises lower it as often as they like; three voices within twenty seconds make it step back."""
    session.over_voice = OverVoice(object.__new__(Listener), None, clock=float)
    session.read("help us calm down")
    run(session, later, 8)
    for _ in range(4):
        session.take(Speech(t=session.now_s, edge="start"))
        run(session, later, 1)
        session.take(Speech(t=session.now_s, edge="end"))
        session.take(Ignored(t=session.now_s, text="", why=why))
        run(session, later, 1)
    assert len([event for event in events if isinstance(event, Ducked) and event.db < 0]) == 4
    assert session.conversation._shouting.stepped_back == steps_back


def test_a_doubt_without_any_voice_is_no_shouting(session: Session, later: Later, events: list[Event]) -> None:
    """The guide's own echo may sound a little like a control word."""
    session.over_voice = OverVoice(object.__new__(Listener), None, clock=float)
    session._barge_in = BargeIn(sure=0.9, doubtful=0.5, alone=0.98)
    session.read("help us calm down")
    run(session, later, 8)
    for _ in range(3):
        session._ducked_s = None
        session._decided(session._barge_in._lower(session.now_s))
        run(session, later, 2)
    assert len([event for event in events if isinstance(event, Ducked) and event.db < 0]) == 3
    assert not session.conversation._shouting.stepped_back


@pytest.mark.parametrize(
    ("heard", "goes_on"),
    [
        ("Two minutes for whoever likes.", True),
        ("Two minutes for whoever stop.", False),
        ("Two of us like it.", False),
        ("two minutes", False),
    ],
)
def test_a_doubt_that_its_own_words_raised_is_none(
    session: Session, later: Later, events: list[Event], heard: str, goes_on: bool
) -> None:
    """The recognizer tells what the spotter could not: it goes on, unless a word among them was nobody's but theirs."""
    perhaps_stopped(session, later)
    hear_over_the_sentence(session, heard)
    assert (session.conversation.state.value == "guiding") == goes_on


def test_its_own_words_explain_one_doubt_a_practice(session: Session, later: Later, events: list[Event]) -> None:
    """In a room where it cannot be told from them it does not say the same sentence for ever."""
    perhaps_stopped(session, later)
    hear_over_the_sentence(session, "Two minutes for whoever likes.")
    run(session, later, 2)
    session.receive(Doubted(t=session.now_s))
    hear_over_the_sentence(session, "Two minutes for whoever likes.")
    assert session.conversation.state.value == "paused"


@pytest.mark.parametrize(
    ("control", "stands"), [("louder", "guiding"), ("how-long", "answering"), ("skip", "asking"), ("go-on", "guiding")]
)
def test_a_doubt_that_another_word_raised_is_none(session: Session, later: Later, control: str, stands: str) -> None:
    """To the spotter "louder" sounds a little like "stop"; once understood it is done, and nothing is asked."""
    perhaps_stopped(session, later)
    understand_over(session, Understood(t=session.now_s, intent="AnyName", control=control))
    assert session.conversation.state.value == stands


@pytest.mark.parametrize("control", ["stop", "pause", "cancel"])
def test_a_doubt_that_its_word_confirms_stays_silent(session: Session, later: Later, control: str) -> None:
    """What may have been "stop", and was."""
    perhaps_stopped(session, later)
    understand_over(session, Understood(t=session.now_s, intent="AnyName", control=control))
    assert session.conversation.state.value in ("idle", "paused")


def test_what_is_said_after_a_doubt_is_no_answer_to_it(session: Session, later: Later) -> None:
    """The other one speaks into the silence: whether "stop" was said is still open."""
    perhaps_stopped(session, later)
    run(session, later, 1)
    understand_over(session, Understood(t=session.now_s, intent="AnyName", control="louder"))
    assert session.conversation.state.value == "paused"


def test_an_answer_that_sounds_like_stop_is_an_answer(session: Session, later: Later) -> None:
    """A doubt closes no question: its answers are still expected, and taken."""
    session.over_voice = OverVoice(object.__new__(Listener), None, clock=float)
    session.read("welcome us")
    run(session, later, 6)
    assert session.conversation.expected is not None
    session.receive(Doubted(t=session.now_s))
    assert session.conversation.state.value == "paused"
    assert "i'm here" in (session.conversation.expected or ())
    assert session.conversation.hearing_state(session.now_s) == "asking"
    understand_over(session, Understood(t=session.now_s, intent="Answer", answer="i'm here"))
    run(session, later, 1)
    assert session.conversation.state.value == "guiding"
    run(session, later, 6)
    assert session.conversation.expected is not None
    assert "fine" in session.conversation.expected


def test_an_answer_from_before_a_doubt_settles_none(session: Session, later: Later) -> None:
    """It was held, as it came amid talk; what may have been "stop" came after it."""
    session.over_voice = OverVoice(object.__new__(Listener), None, clock=float)
    session.read("welcome us")
    run(session, later, 6)
    session.receive(Doubted(t=session.now_s))
    understand_over(session, Understood(t=session.now_s, intent="Answer", answer="i'm here"), session.now_s - 2.0)
    assert session.conversation.state.value == "paused"


def test_a_doubt_over_an_answer_in_a_pause_leaves_the_pause(
    session: Session, later: Later, events: list[Event]
) -> None:
    """They had said "pause": whatever raised the doubt, only "go on" ends that."""
    session.over_voice = OverVoice(object.__new__(Listener), None, clock=float)
    session.read("help us calm down")
    run(session, later, 2)
    session.read("pause")
    session.read("how long")
    run(session, later, 0.5)
    session.receive(Doubted(t=session.now_s))
    understand_over(session, Understood(t=session.now_s, intent="AnyName", control="louder"))
    assert session.conversation.state.value == "paused"
    run(session, later, 10)
    assert session.conversation.state.value == "paused"
    assert not any(isinstance(event, Cue) and event.text == "Go on, or stop?" for event in events)


def understand_over(session: Session, event: Understood, end_s: float | None = None) -> None:
    """What the words over the guide mean; they end now, or where an answer was held, at ``end_s``."""
    now_s = session.now_s
    end_s = now_s if end_s is None else end_s
    session.take(Speech(t=now_s, edge="start"))
    session.take(Speech(t=now_s, edge="end"))
    session.take(Heard(t=now_s, text="xyzzy", final=True, confidence=0.8, start=end_s - 0.5, end=end_s))
    session.take(event)


def perhaps_stopped(session: Session, later: Later) -> None:
    """A practice that is held in its first sentence, for a doubt."""
    session.over_voice = OverVoice(object.__new__(Listener), None, clock=float)
    session.read("help us calm down")
    run(session, later, 2)
    session.receive(Doubted(t=session.now_s))


def hear_over_the_sentence(session: Session, text: str) -> None:
    """What the recognizer makes of the turn in which it was said."""
    start_s = session.performer.said[-1].start_s + 0.5
    session.take(Heard(t=session.now_s, text=text, final=True, confidence=0.8, start=start_s, end=start_s + 1.5))


def test_a_sentence_that_was_cut_off_is_not_being_said_any_more(session: Session, later: Later) -> None:
    """What they say into a pause is theirs, even where the sentence would still last."""
    session.over_voice = OverVoice(object.__new__(Listener), None, clock=float)
    session.read("help us calm down")
    run(session, later, 2)
    session.read("pause")
    assert max(one.end_s for one in session.performer.said) < session.now_s + 0.5


PERSON = "This needs a person now. Your emergency number answers, day and night."
BREATHE = "No counting. Breathe as it comes. Feel your feet. If it stays hard, call your emergency number."
CALL_NOW = "Please call your emergency number now. They will tell you what to do."
WHOM_TO_CALL = {
    "I want to kill myself": PERSON,
    "I don't want to live any more": PERSON,
    "my chest hurts": BREATHE,
    "I can't breathe": BREATHE,
    "call an ambulance": CALL_NOW,
    "he collapsed": CALL_NOW,
}


def said(events: list[Event]) -> list[str]:
    """The guide's sentences."""
    return [event.text for event in events if isinstance(event, Cue) and event.kind == "speak"]


@pytest.mark.parametrize("text", WHOM_TO_CALL)
def test_words_of_danger_count_at_any_time_where_they_are_typed(
    session: Session, later: Later, events: list[Event], text: str
) -> None:
    """Said in a room in which nothing runs they may be a story; a line is typed to the guide."""
    session.read(text)
    run(session, later, 5)
    assert said(events) == []
    session.typed(text)
    run(session, later, 12)
    assert said(events) == [WHOM_TO_CALL[text]]


@pytest.mark.parametrize("text", ["I cannot go on", "I can't go on any more", "I can't do this anymore"])
@pytest.mark.parametrize("danger", ["I want to kill myself", "call an ambulance", "he hits me"])
def test_that_one_cannot_go_on_is_answered_like_the_words_of_danger_before_it(
    session: Session, later: Later, events: list[Event], text: str, danger: str
) -> None:
    """For ten minutes: no break with a way back is what somebody then needs. Before and later, it is a time-out."""
    session.typed(danger)
    run(session, later, 20)
    (answer,) = said(events)
    session.typed(text)
    run(session, later, 12)
    assert said(events) == [answer, answer]
    run(session, later, 600)
    session.typed(text)
    run(session, later, 12)
    assert said(events)[2].startswith("Twenty minutes. A break to come back from")


@pytest.mark.parametrize("text", ["I cannot go on", "help us calm down"])
def test_nothing_begins_over_the_sentence_of_whom_to_call(
    session: Session, later: Later, events: list[Event], text: str
) -> None:
    """It is heard to its end; what is said after it counts again, and "stop" always."""
    session.typed("I have taken pills")
    run(session, later, 3)
    session.typed(text)
    run(session, later, 6)
    assert said(events) == [PERSON]
    assert not any(isinstance(event, Silenced) for event in events)
    session.typed("help us calm down")
    run(session, later, 8)
    assert len(said(events)) > 1
