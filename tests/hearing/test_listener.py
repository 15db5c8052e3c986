"""From samples to events, with a recognizer that knows what it will hear and a judge that knows three phrases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.child import ChildDied
from voice.events import Deaf, Error, Event, Heard, Ignored, Speech, Understood
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.hearing.recognizer import Found, Opinion, Recognizer, Transcript
from voice.understanding.grammar import Grammar
from voice.understanding.recognition import AMID, NOBODY, Candidate, Recognition

Say = Callable[..., npt.NDArray[np.float32]]
PHRASES = {"help us calm down": "CalmTogether", "stop": "Stop", "go on": "GoOn"}


class Judge:
    """Understands three phrases: exactly, or by the best score."""

    def __init__(self, *, nearly: bool = False) -> None:
        """Note what was asked; ``nearly``: whatever is weighed is nearly a start."""
        self.nearly = nearly
        self.asked: list[tuple[str, tuple[str, ...] | None]] = []

    def shortlist(self, text: str, state: str, expected: Sequence[str] | None = None) -> list[Candidate]:
        """All three."""
        self.asked.append((state, None if expected is None else tuple(expected)))
        return [Candidate(phrase, Recognition(phrase, intent)) for phrase, intent in PHRASES.items()]

    def grammar(self, state: str, expected: Sequence[str] | None = None) -> Grammar:
        """Nothing in particular."""
        return Grammar("k", (), (), frozenset(), frozenset())

    def weigh(
        self,
        transcript: Transcript,
        scored: Sequence[Found],
        state: str,
        expected: Sequence[str] | None = None,
        second: Callable[[Sequence[str]], Opinion | None] | None = None,
    ) -> Recognition:
        """Note what was compared, and take the best of the three, if it fits at all."""
        self.weighed = [one.phrase for one in scored]
        if self.nearly:
            near = Recognition("x", "Debrief", "debrief", score=0.4, metadata={"starts": "debrief"})
            return Recognition(transcript.text, why="not sure", near=near)
        best = max((one for one in scored if one.phrase in PHRASES), key=lambda one: one.mean)
        if best.mean < -3.4:
            return Recognition(transcript.text, why="it does not sound like any sentence")
        return Recognition(transcript.text, PHRASES[best.phrase], score=0.9)

    def decide(
        self,
        transcript: Transcript,
        shortlist: Sequence[Candidate],
        scores: Sequence[float],
        state: str,
        expected: Sequence[str] | None = None,
    ) -> Recognition:
        """The best, if it fits at all."""
        best = max(range(len(scores)), key=lambda at: scores[at])
        if scores[best] < -3.4:
            return Recognition(transcript.text, why="it does not sound like any sentence")
        return Recognition(transcript.text, shortlist[best].meaning.intent, score=0.9)


class Answering(Judge):
    """Takes one "yes" for an answer, and all else for talk."""

    def weigh(self, transcript: Transcript, *rest: object, **named: object) -> Recognition:
        """By its words alone."""
        if transcript is not YES:
            return Recognition(transcript.text, why="no sentence is near enough")
        return Recognition(transcript.text, "Answer", answer="yes")


class Told:
    """A recognizer that is told what it hears, and notes what was done with it."""

    name = "told"

    def __init__(self, *transcripts: Transcript, fails: str | None = None, often: bool = False) -> None:
        """``fails`` is the method that dies when it is called first, or each time with ``often``."""
        self.transcripts = list(transcripts)
        self.did: list[str] = []
        self.fed = 0
        self.fails = fails
        self.often = often
        self.finds: list[Found] | None = None

    def _do(self, what: str) -> None:
        self.did.append(what)
        if what == self.fails:
            self.fails = self.fails if self.often else None
            raise ChildDied("The recognizer ended unexpectedly.")

    def wait_ready(self) -> None:
        """At once."""

    def expect(self, phrases: Sequence[str] | None) -> None:
        """Note it."""
        self._do(f"expect {phrases}")

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Count samples."""
        self._do("feed")
        self.fed += len(block)
        return []

    def settle(self, grammar: Grammar | None = None) -> None:
        """Note it."""
        self._do("settle")

    def finish(self) -> list[Transcript]:
        """The next transcript."""
        self._do("finish")
        return [self.transcripts.pop(0)]

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """ "stop" fits; what it would be worth without sound is known where it can be held to phrases."""
        self._do("score")
        prior = 0.0 if self.finds is None else -9.0
        return [Found(phrase, -0.5 if phrase == "stop" else -5.0, prior=prior) for phrase in phrases]

    def search(self, grammar: Grammar) -> list[Found] | None:
        """What it was told to find; it cannot be held to phrases otherwise."""
        self._do("search")
        return self.finds

    def second(self, phrases: Sequence[str]) -> None:
        """There is no second one."""

    def close(self) -> None:
        """Nothing to do."""


STOP = Transcript("Stop.", final=True, log_prob=-0.4, no_speech=0.1)
TALK, YES, MORE = (
    Transcript(text, final=True, log_prob=-0.4, no_speech=0.1)
    for text in ("Did you call your mother?", "Yes.", "Then let us do that tomorrow.")
)
INVENTED = Transcript("Thank you.", final=True, log_prob=-1.3, no_speech=0.8)


def seconds(frame: int) -> float:
    """The clock of a file."""
    return frame / 16_000


def events_of(listener: Listener, sound: npt.NDArray[np.float32], sizes: Sequence[int] = (320,)) -> list[Event]:
    """Everything a listener says to a sound."""
    events, at, turn = [], 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        events += listener.feed(sound[at : at + size])
        at, turn = at + size, turn + 1
    return events + listener.finish()


def test_a_word_becomes_events_in_order(say: Say) -> None:
    """Speech begins, ends, was heard, was understood; times are those of the sound."""
    engine = Told(STOP)
    events = events_of(Listener(engine, Judge(), clock=seconds), say("stop"))
    start, end, heard, understood = events
    assert [type(event) for event in events] == [Speech, Speech, Heard, Understood]
    assert isinstance(start, Speech)
    assert isinstance(end, Speech)
    assert isinstance(heard, Heard)
    assert isinstance(understood, Understood)
    assert (start.edge, end.edge) == ("start", "end")
    assert 0.95 < heard.start < start.t < heard.end < end.t == heard.t == understood.t
    assert (heard.text, heard.final, understood.intent) == ("Stop.", True, "Stop")
    assert heard.confidence == pytest.approx(0.67, abs=0.01)


def test_the_transcript_is_begun_before_the_turn_is_over(say: Say) -> None:
    """After 200 ms of silence the recognizer begins; nothing is fed after that."""
    engine = Told(STOP)
    events_of(Listener(engine, Judge(), clock=seconds), say("stop"))
    assert engine.did[-4:] == ["settle", "finish", "search", "score"]
    assert engine.did.count("settle") == 1


def test_it_is_understood_half_a_second_after_the_word(say: Say) -> None:
    """So that an answer can be heard within 0.7 s of it."""
    sound = say("help us calm down", "piper:joe")
    loud = np.flatnonzero(np.abs(sound) > 0.02)[-1] / 16_000
    events = events_of(Listener(Told(STOP), Judge(), clock=seconds), sound)
    assert 0.3 < events[-1].t - loud < 0.65


def test_inventions_are_not_told(say: Say) -> None:
    """Where nobody seems to have spoken no words are put into anybody's mouth."""
    events = events_of(Listener(Told(INVENTED), Judge(), clock=seconds), say("stop"))
    assert not any(isinstance(event, Heard) for event in events)


@settings(max_examples=8)
@given(sizes=st.lists(st.integers(1, 4000), min_size=1, max_size=5))
def test_blocks_do_not_matter(say: Say, sizes: list[int]) -> None:
    """Any cutting of the stream gives the same events."""
    sound = say("go on")
    once, cut = (events_of(Listener(Told(STOP), Judge(), clock=seconds), sound, way) for way in ([len(sound)], sizes))
    assert [event.to_json() | {"t": 0} for event in once] == [event.to_json() | {"t": 0} for event in cut]


def test_it_attends_to_the_state_at_the_turns_end(say: Say) -> None:
    """The state may change while somebody speaks; the recognizer is told of answers only when they change."""
    engine, judge = Told(STOP), Judge()
    listener = Listener(engine, judge, clock=seconds)
    sound = say("stop")
    listener.attend("idle", None)
    listener.feed(sound[: len(sound) // 2])
    for _ in range(3):
        listener.attend("asking", ["more", "enough"])
    listener.feed(sound[len(sound) // 2 :])
    assert set(judge.asked) == {("asking", ("more", "enough"))}
    assert [did for did in engine.did if did.startswith("expect")] == ["expect ('more', 'enough')"]


def test_patience_may_change_while_it_waits(say: Say) -> None:
    """A patience given in the pause already counts for it."""
    listener = Listener(Told(STOP), Judge(), clock=seconds)
    listener.attend("turn", None, patience_ms=60_000)
    events = listener.feed(say("stop"))
    assert [type(event) for event in events] == [Speech]
    listener.attend("idle", None)
    assert [type(event) for event in listener.feed(np.zeros(512, np.float32))] == [Speech, Heard, Understood]


@pytest.mark.parametrize("method", ["feed", "settle", "finish", "search", "score"])
def test_a_recognizer_that_dies_loses_one_turn(say: Say, method: str) -> None:
    """It is told once, speech still ends, and the next word is understood."""
    listener = Listener(Told(STOP, STOP, fails=method), Judge(), clock=seconds)
    first = events_of(listener, say("stop"))
    assert [type(event) for event in first if not isinstance(event, Speech | Heard)] == [Error]
    assert [event.edge for event in first if isinstance(event, Speech)] == ["start", "end"]
    second = events_of(listener, say("stop"))
    assert isinstance(second[-1], Understood)


@pytest.mark.parametrize("method", ["feed", "finish", "score"])
def test_that_nothing_can_be_heard_is_told(say: Say, method: str) -> None:
    """Once, when two turns were lost one after the other, whatever the recognizer dies of."""
    listener = Listener(Told(*[STOP] * 4, fails=method, often=True), Judge(), clock=seconds)
    lost = [sum(isinstance(event, Deaf) for event in events_of(listener, say("stop"))) for _ in range(4)]
    assert lost == [0, 1, 0, 0]


def test_a_microphone_that_closes_ends_what_was_begun(say: Say) -> None:
    """Speech that began ends, nothing is understood of it, and the next word is."""
    listener = Listener(Told(STOP, STOP), Judge(), clock=seconds)
    sound = say("stop")
    assert [type(event) for event in listener.feed(sound[:20_000])] == [Speech]
    ended, ignored = listener.skip(16_000) + listener.skip(16_000)
    assert (ended, ignored) == (Speech(t=ended.t, edge="end"), Ignored(t=ended.t, text="", why=NOBODY))
    assert isinstance(events_of(listener, sound)[-1], Understood)


@pytest.mark.audio
@pytest.mark.parametrize("voice", ["espeak-ng:en-us", "flite:slt", "piper:joe"])
def test_with_the_real_engine(whisper: Recognizer, say: Say, voice: str) -> None:
    """The start phrase, other talk and a control, one after the other, in one stream; the same twice."""
    sound = np.concatenate([say("help us calm down", voice), say("my train was late", voice), say("stop", voice)])
    once, twice = (events_of(Listener(whisper, Judge(), clock=seconds), sound) for _ in range(2))
    assert once == twice
    decided = [event for event in once if isinstance(event, Understood | Ignored)]
    assert [getattr(event, "intent", None) for event in decided] == ["CalmTogether", None, "Stop"]


def test_what_was_found_is_weighed_with_the_text(say: Say) -> None:
    """Where phrases can be looked for, the free text comes first, then those near it, each phrase once."""
    engine, judge = Told(STOP), Judge()
    engine.finds = [Found("go on", -1.0, prior=-9.0)]
    events_of(Listener(engine, judge, clock=seconds), say("stop"))
    assert judge.weighed == ["Stop", "help us calm down", "stop", "go on"]


def test_long_talk_is_weighed_with_what_is_near_it(say: Say) -> None:
    """Where nothing was worth a search, its text alone does not decide: it is weighed as everything else."""
    engine, judge = Told(STOP), Judge()
    engine.finds = []
    events_of(Listener(engine, judge, clock=seconds), say("stop"))
    assert judge.weighed == ["Stop", "help us calm down", "stop", "go on"]


def test_a_near_miss_said_again_counts(say: Say) -> None:
    """Nearly understood twice within fifteen seconds is understood."""
    engine = Told(STOP, STOP)
    engine.finds = [Found("go on", -1.0, prior=-9.0)]
    events = events_of(Listener(engine, Judge(nearly=True), clock=seconds), np.concatenate([say("stop"), say("stop")]))
    assert [type(event) for event in events if isinstance(event, Ignored | Understood)] == [Ignored, Understood]


def test_an_answer_amid_talk_waits_for_quiet(say: Say) -> None:
    """After talk it counts two seconds after its last word; where talk goes on it is none; in any cutting."""
    sounds = [say("did you call your mother"), say("yes"), say("then let us do that tomorrow")[14_000:]]

    def decided(sound: npt.NDArray[np.float32], size: int) -> list[Event]:
        engine = Told(TALK, YES, MORE)
        engine.finds = []
        listener = Listener(engine, Answering(), clock=seconds)
        listener.attend("asking", ["yes", "no"])
        return [event for event in events_of(listener, sound, [size]) if not isinstance(event, Speech)]

    quiet = np.zeros(3 * 16_000, np.float32)
    for size in (320, 10**6):
        events = decided(np.concatenate([*sounds[:2], quiet]), size)
        assert [type(event) for event in events] == [Heard, Ignored, Heard, Understood]
        heard, answer = events[2:]
        assert isinstance(heard, Heard)
        assert size > 320 or answer.t == pytest.approx(heard.end + 2.0, abs=0.03)
        talked = decided(np.concatenate(sounds), size)
        assert not any(isinstance(event, Understood) for event in talked)


def test_an_answer_amid_talk_is_none_where_the_microphone_goes(say: Say) -> None:
    """Whether it was quiet after it is not known."""
    engine = Told(TALK, YES)
    engine.finds = []
    listener = Listener(engine, Answering(), clock=seconds)
    listener.attend("asking", ["yes", "no"])
    events = listener.feed(np.concatenate([say("did you call her"), say("yes")[:-8_000]])) + listener.skip(0)
    assert [event.why for event in events if isinstance(event, Ignored)] == ["no sentence is near enough", AMID]
    later = listener.feed(np.zeros(4 * 16_000, np.float32))
    assert not any(isinstance(event, Understood) for event in [*events, *later])


@pytest.mark.parametrize("guiding", [True, False])
def test_what_begins_over_the_guide_is_no_talk(say: Say, guiding: bool) -> None:
    """It may be the guide's own question: the answer after it counts at once, and not only after two seconds."""
    engine = Told(TALK, YES)
    engine.finds = []
    ears = OverVoice(Listener(engine, Answering(), clock=seconds), None, clock=seconds, echo="off")
    ears.attend("asking", ["yes", "no"])
    events: list[Event] = []
    for sound, over in ((say("did you call your mother"), guiding), (say("yes"), False)):
        for at in range(0, len(sound), 320):
            block = sound[at : at + 320]
            events += ears.feed(block, np.zeros_like(block), guiding=over)
    heard = [event for event in events if isinstance(event, Heard)]
    answers = [event for event in [*events, *ears.finish()] if isinstance(event, Understood)]
    assert len(heard) == (2 if guiding else 1)
    assert len(answers) == guiding
