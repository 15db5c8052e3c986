"""The conversation: one event in, a list of effects out.

Theory of operation. The class knows no clock, no audio, no file and no thread. Whatever happens arrives as an event;
its trigger and the present state are looked up in ``TRANSITIONS``; the action found there returns effects, which the
session carries out. A practice is walked stage by stage: a segment is played and announced back by ``Finished``, a
question or a turn waits for words or for a timer. What the table does not name changes nothing, so an unknown word
can never start or stop anything. What can be said everywhere is answered beside the practice, which is held and then
goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice.errors import ContentErrors
from voice.events import Ducked, Error, Event, Finished, Heard, Ignored, Level, Muted, Safety, Understood
from voice.events import State as StateChanged
from voice.guiding import effects as do
from voice.guiding.dials import STEP_DB, Dials
from voice.guiding.effects import Effect
from voice.guiding.everywhere import BESIDE, ENDING
from voice.guiding.memory import Memory
from voice.guiding.practice import Practice
from voice.guiding.responses import Responses
from voice.guiding.settings import Settings
from voice.guiding.shouting import LEAVES_AFTER_S, STEP_BACK_DB, Shouting
from voice.guiding.steps import Action, Ask, Breathe, Say, Step, Turn
from voice.guiding.transitions import TRANSITIONS, State, trigger_of
from voice.guiding.turn_taking import GIVEN_BACK_S, TurnTaking
from voice.guiding.walk import HandOver, Measure, Segment, Stage, Walk

PAUSE_LASTS_S = 120.0
"""A pause that nobody ends lets go after two minutes."""
MUTED_S = 3600.0
"""How long "stop listening" closes the microphone."""
ROOM_STEP_DB = 3.0
"""A room counts as quieter or louder from this change on, decibels: about the least that people notice."""


class Conversation:
    """Two people and a guide."""

    def __init__(
        self, practices: Mapping[str, Practice], responses: Responses, settings: Settings | None = None
    ) -> None:
        """Begin idle; ``responses`` are the sentences said beside a practice."""
        self.state = State.IDLE
        self._practices = practices
        self._responses = responses
        self._settings = settings or Settings()
        self._walk: Walk | None = None
        self._stage: Stage | None = None
        self._turn: TurnTaking | None = None
        self._return_to = State.IDLE
        self._prompting = False
        self._closed = False
        self._rounds = 0
        self._room_db: float | None = None
        self._memory = Memory()
        self._dials = Dials()
        self._shouting = Shouting()

    @property
    def is_idle(self) -> bool:
        """True while nothing runs."""
        return self.state is State.IDLE

    @property
    def expected(self) -> tuple[str, ...] | None:
        """The answers of the open question, also while something is said beside it, or ``None``."""
        asking = State.ASKING in (self.state, self._return_to if self.state is State.ANSWERING else None)
        return tuple(self._stage.expect) if asking and isinstance(self._stage, Ask) else None

    @property
    def awaiting(self) -> bool:
        """True while words are awaited: when idle, in a pause, for an answer, in a turn."""
        return self.state in (State.IDLE, State.PAUSED) or (
            self.state in (State.ASKING, State.LISTENING) and not self._prompting
        )

    def hearing_state(self, now_s: float) -> str:
        """The state that words are understood in: the present one, or ``after`` a practice, when danger still
        counts.
        """
        danger = self.state is State.IDLE and self._memory.danger_counts(now_s)
        return "after" if danger else self.state.value

    def receive(self, event: Event) -> list[Effect]:
        """Take one event, change state by ``TRANSITIONS``, and say what is to happen."""
        transition = TRANSITIONS.get((self.state, trigger_of(event)))
        if transition is None:
            return []
        before = self.state
        action: Callable[[Event], list[Effect]] = getattr(self, "_" + transition.action)
        effects = action(event)
        if self.state not in transition.to:
            raise AssertionError(f"the table does not let {transition.action} lead from {before} to {self.state}")
        if self.state is not before:
            effects = [do.Tell(StateChanged(t=event.t, origin=before, to=self.state)), *effects]
        return effects

    # Starting and ending

    def _start(self, event: Event) -> list[Effect]:
        assert isinstance(event, Understood)
        practice = self._practices.get(event.practice or "")
        if practice is None:
            return [do.Tell(Error(t=event.t, what=f"there is no practice '{event.practice}'"))]
        told: list[Effect] = []
        try:
            practice = practice.with_settings({k: v for k, v in event.slots.items() if k in practice.settings})
        except ContentErrors as refused:
            told = [do.Tell(Error(t=event.t, what=f"kept the usual settings: {refused.errors[0].what}"))]
        self._begin(practice, event.t, alone=bool(event.slots.get("alone")))
        return [*told, *self._proceed(event)]

    def _begin(self, practice: Practice, now_s: float, *, alone: bool) -> None:
        facts = self._memory.facts(practice, now_s, alone=alone)
        self._walk = Walk(practice, facts, self._settings.invitations(self._responses, self._memory.begun))
        self._rounds, self._closed, self._room_db, self._shouting = 0, False, None, Shouting()
        self._dials.usual_pace()
        self._memory.begins(practice, now_s)

    def _stop(self, event: Event) -> list[Effect]:
        self._end(event.t)
        return [do.Hush("stop"), do.CancelTimers()]

    def _let_go(self, event: Event) -> list[Effect]:
        self._end(event.t)
        return [do.Hush("nobody went on"), do.CancelTimers(), do.Sound("soft-tone")]

    def _undo(self, event: Event) -> list[Effect]:
        """A plain "no" undoes a start while it is fresh; later they may be saying it to each other."""
        return self._stop(event) if self._memory.can_undo(event.t) else []

    def _stop_listening(self, event: Event) -> list[Effect]:
        self._end(event.t)
        told = do.Tell(Muted(t=event.t, seconds=MUTED_S))
        return [do.Hush("stop listening"), do.CancelTimers(), do.Sound("falling-tone"), do.Mute(MUTED_S), told]

    def _end_with_sentence(self, event: Event) -> list[Effect]:
        """End with one sentence; where it is about danger, the event file and nothing else says so."""
        assert isinstance(event, Understood)
        trigger = trigger_of(event)
        kind = event.safety or ("medical" if trigger in ("cant-breathe", "chest-hurts") else None)
        told: list[Effect] = [do.Tell(Safety(t=event.t, kind=kind))] if kind else []
        if kind == "other":
            self._memory.danger(event.t)
        self._end(event.t)
        self.state = State.ANSWERING
        self._return_to = State.IDLE
        return [*told, do.Hush("closing"), do.CancelTimers(), do.Say(self._sentence(ENDING[trigger]))]

    def _end(self, now_s: float) -> None:
        if self._walk:
            self._memory.ends(self._walk.practice, now_s)
        self.state, self._walk, self._stage, self._turn, self._prompting = State.IDLE, None, None, None, False

    # Going through the practice

    def _proceed(self, event: Event) -> list[Effect]:
        assert self._walk is not None
        leave: list[Effect] = [] if isinstance(event, Finished) else [do.Hush("next")]
        if self._shouting.stepped_back:
            self._end(event.t)
            return [*leave, do.CancelTimers()]
        self._stage = self._walk.next() or self._closing(self._walk.practice)
        return [*leave, do.CancelTimers(), *self._enter_stage(event.t)]

    def _closing(self, practice: Practice) -> Segment | None:
        """What is said once at the end of a finished practice, or ``None``."""
        talk = practice.script.kind == "talk"
        self._memory.finished(practice)
        if self._closed or not (talk or self._memory.first):
            return None
        self._closed, self._memory.first = True, False
        return Segment((_say(self._sentence("TalkClosing" if talk else "ForUs")),))

    def _enter_stage(self, now_s: float) -> list[Effect]:
        match self._stage:
            case Segment(steps=steps):
                self.state = State.GUIDING
                first = self._rounds + 1
                self._rounds += _rounds(steps)
                return [do.Play(steps, first)]
            case Measure(seconds=seconds):
                self.state = State.GUIDING
                return [do.MeasureRoom(seconds)]
            case Ask(say=text):
                self.state, self._prompting = State.ASKING, True
                return [do.Play((_say(text),))]
            case Turn(say=text, seconds=limit):
                self.state, self._prompting = State.LISTENING, text is not None
                self._turn = TurnTaking(limit, now_s)
                return [do.Play((_say(text),))] if text else self._turn.begin(now_s)
            case HandOver(practice=practice):
                return self._hand_over(practice, now_s)
        self._end(now_s)
        return []

    def _hand_over(self, practice: str, now_s: float) -> list[Effect]:
        assert self._walk is not None
        alone = bool(self._walk.facts.get("alone"))
        if practice not in self._practices:
            self._end(now_s)
            return [do.Tell(Error(t=now_s, what=f"there is no practice '{practice}'"))]
        self._begin(self._practices[practice], now_s, alone=alone)
        self._stage = self._walk.next()
        return self._enter_stage(now_s)

    def _again(self, event: Event) -> list[Effect]:
        if isinstance(self._stage, Segment):
            self._rounds -= _rounds(self._stage.steps)
        return [do.Hush("again"), do.CancelTimers(), *self._enter_stage(event.t)]

    def _take_level(self, event: Event) -> list[Effect]:
        assert isinstance(event, Level)
        assert self._walk is not None
        if not isinstance(self._stage, Measure):
            return []
        before, self._room_db = self._room_db, event.db
        self._walk.facts["room"] = _compared(before, event.db)
        return self._proceed(event)

    # Questions and turns

    def _await_answer(self, event: Event) -> list[Effect]:
        assert isinstance(self._stage, Ask)
        if isinstance(event, Finished):
            self._prompting = False
        return [] if self._prompting else [do.SetTimer("silence", self._stage.wait)]

    def _take_answer(self, event: Event) -> list[Effect]:
        assert isinstance(event, Understood)
        if not isinstance(self._stage, Ask):
            return []
        return self._follow(event, self._stage.expect.get(event.answer or "", self._stage.silence))

    def _take_silence(self, event: Event) -> list[Effect]:
        assert isinstance(self._stage, Ask)
        return self._follow(event, self._stage.silence)

    def _follow(self, event: Event, action: Action) -> list[Effect]:
        assert self._walk is not None
        self._walk.take(action)
        return self._proceed(event)

    def _somebody_speaks(self, event: Event) -> list[Effect]:
        if self._turn and self.state is State.LISTENING:
            return self._turn.speech_begins()
        return [do.CancelTimer("silence")]

    def _begin_turn(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        self._prompting = False
        return self._turn.begin(event.t)

    def _await_more(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        return [] if self._prompting else self._turn.speech_ends()

    def _look_at_words(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        text = event.text if isinstance(event, Heard | Ignored) else ""
        return [] if self._prompting else self._turn.words(text)

    def _turn_is_silent(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        response = self._turn.silence()
        return self._aside(event, do.Say(self._sentence(response))) if response else self._proceed(event)

    def _turn_is_done(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        wait = self._turn.done(event.t)
        return self._proceed(event) if wait is None else wait

    def _more_time(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        return self._turn.more_time(event.t)

    def _wait_longer(self, event: Event) -> list[Effect]:
        return [do.SetTimer("silence", 30.0)]

    def _limit_near(self, event: Event) -> list[Effect]:
        return [do.Sound("soft-tone")]

    # Controls

    def _pause(self, event: Event) -> list[Effect]:
        beside = self.state is State.ANSWERING
        self.state = State.PAUSED
        held: Effect = do.Hush("pause") if beside else do.Hold()
        return [held, do.CancelTimers(), do.SetTimer("pause", PAUSE_LASTS_S)]

    def _go_on(self, event: Event) -> list[Effect]:
        return [do.CancelTimers(), *self._back_to_stage(event.t)]

    def _back_to_stage(self, now_s: float) -> list[Effect]:
        if isinstance(self._stage, Segment):
            self.state = State.GUIDING
            return [do.Resume()]
        if isinstance(self._stage, Turn) and self._turn and not self._prompting:
            self.state = State.LISTENING
            return self._turn.begin(now_s)
        return self._enter_stage(now_s)

    def _say_time_left(self, event: Event) -> list[Effect]:
        return self._aside(event, do.SayTimeLeft())

    def _say_again(self, event: Event) -> list[Effect]:
        return self._aside(event, do.SayAgain(_simpler(self._stage)))

    def _say_whose_turn(self, event: Event) -> list[Effect]:
        person = self._walk.person if self._walk else None
        key = {1: "first", 2: "second"}.get(person or 0, "nobody")
        return self._aside(event, do.Say(self._responses.get("WhoseTurn", key)))

    def _answer_beside(self, event: Event) -> list[Effect]:
        control = trigger_of(event)
        given_back = GIVEN_BACK_S if control == "let-me-finish" else 0.0
        return self._aside(event, do.Say(self._sentence(BESIDE[control])), given_back)

    def _aside(self, event: Event, answer: Effect, given_back_s: float = 0.0) -> list[Effect]:
        if self._turn and self.state is State.LISTENING and not self._prompting:
            self._turn.interrupt(event.t, given_back_s)
        self._return_to = self.state
        self.state = State.ANSWERING
        return [do.Hold(), do.CancelTimers(), answer]

    def _return_to_practice(self, event: Event) -> list[Effect]:
        if self._return_to in (State.PAUSED, State.IDLE):
            self.state = self._return_to
            return [do.SetTimer("pause", PAUSE_LASTS_S)] if self.state is State.PAUSED else []
        return self._back_to_stage(event.t)

    def _slower(self, event: Event) -> list[Effect]:
        return self._dials.slower()

    def _faster(self, event: Event) -> list[Effect]:
        return self._dials.faster()

    def _softer(self, event: Event) -> list[Effect]:
        return self._dials.volume(-STEP_DB)

    def _louder(self, event: Event) -> list[Effect]:
        return self._dials.volume(STEP_DB)

    def _was_ducked(self, event: Event) -> list[Effect]:
        """Somebody talks over the guide; three times, and it steps back: tones only, no questions, never louder."""
        if not isinstance(event, Ducked) or event.db >= 0 or not self._shouting.ducked(event.t):
            return []
        if self.state is State.ASKING:
            self._end(event.t)
            return [do.Hush("they talk"), do.CancelTimers()]
        return [do.StepBack(STEP_BACK_DB), do.SetTimer("leave", LEAVES_AFTER_S)]

    def _leave(self, event: Event) -> list[Effect]:
        return [do.EndAfterBreath()]

    def _sentence(self, intent: str) -> str:
        if intent == "WhoToCall":
            return self._settings.whom_to_call(self._responses)
        return self._settings.with_numbers(self._responses.get(intent), self._responses)


def _say(text: str) -> Step:
    return Step(say=Say(text=text, pause=0))


def _rounds(steps: tuple[Step, ...]) -> int:
    return sum(step.body.rounds for step in steps if isinstance(step.body, Breathe))


def _simpler(stage: Stage | None) -> dict[str, str]:
    """Simpler words of what a stage says, by what they stand for."""
    said = [step.say for step in stage.steps] if isinstance(stage, Segment) else [stage]
    texts = [item for item in said if isinstance(item, Say | Ask | Turn)]
    pairs = [(item.text if isinstance(item, Say) else item.say, item.simple) for item in texts]
    return {text: simple for text, simple in pairs if text and simple}


def _compared(before: float | None, now: float) -> str:
    """How a room's level has changed; the name of the case in a script."""
    if now == float("-inf"):
        return "unknown"
    if before is None:
        return "first"
    if abs(now - before) < ROOM_STEP_DB:
        return "same"
    return "quieter" if now < before else "louder"
