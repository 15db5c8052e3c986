"""The conversation: one event in, a list of effects out.

Theory of operation. The class knows no clock, no audio, no file and no thread. Whatever happens arrives as an event;
its trigger and the present state are looked up in ``TRANSITIONS``; the action found there returns effects, which the
session carries out. A practice is walked stage by stage: a segment is played and announced back by ``Finished``, a
question or a turn waits for words or for a timer. What the table does not name changes nothing, so an unknown word
can never start or stop anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice.errors import ContentErrors
from voice.events import Error, Event, Finished, Speech, TimerDue, Understood
from voice.events import State as StateChanged
from voice.guiding import effects as do
from voice.guiding.effects import Effect
from voice.guiding.practice import Practice
from voice.guiding.responses import Responses
from voice.guiding.steps import Action, Ask, Breathe, Step, Turn
from voice.guiding.steps import Say as SayStep
from voice.guiding.transitions import TRANSITIONS, State
from voice.guiding.walk import Segment, Stage, Walk

PAUSE_LASTS_S = 120.0
"""A pause that nobody ends lets go after two minutes."""
NO_WORD_S = 12.0
"""Somebody whose turn it is may keep silent this long."""
AFTER_WORDS_S = 4.0
"""Silence that ends a turn once they have spoken; people pause up to 3 s inside what they tell."""
LIMIT_NEAR_S = 15.0
"""A gentle tone sounds this long before a turn's limit."""
STRETCH = 1.15
"""One "slower": the next breath is 15 % longer."""
SLOWEST, FASTEST = 1.75, 0.76
"""Limits of all stretching together: a beat of 1.75 s, or 0.76 s."""
STEP_DB = 4.0
"""One "softer" or "louder", decibels."""
LOUDEST_DB, SOFTEST_DB = 6.0, -18.0


class Conversation:
    """Two people and a guide."""

    def __init__(self, practices: Mapping[str, Practice], responses: Responses) -> None:
        """Begin idle.

        ``responses`` are the sentences said beside a practice.
        """
        self.state = State.IDLE
        self._practices = practices
        self._responses = responses
        self._walk: Walk | None = None
        self._stage: Stage | None = None
        self._return_to = State.IDLE
        self._prompting = False
        self._rounds = 0
        self._stretch = 1.0
        self._volume_db = 0.0

    @property
    def expected(self) -> tuple[str, ...] | None:
        """The answers of the open question, or ``None``."""
        return tuple(self._stage.expect) if self.state is State.ASKING and isinstance(self._stage, Ask) else None

    @property
    def awaiting(self) -> bool:
        """True while words are awaited: when idle, in a pause, for an answer, in a turn."""
        return self.state in (State.IDLE, State.PAUSED) or (
            self.state in (State.ASKING, State.LISTENING) and not self._prompting
        )

    def receive(self, event: Event) -> list[Effect]:
        """Take one event, change state by ``TRANSITIONS``, and say what is to happen."""
        transition = TRANSITIONS.get((self.state, _trigger(event)))
        if transition is None:
            return []
        before = self.state
        action: Callable[[Event], list[Effect]] = getattr(self, "_" + transition.action)
        effects = action(event)
        if self.state not in transition.to:
            raise AssertionError(
                f"{transition.action} led from {before} to {self.state}, which the table does not allow"
            )
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
        self._walk = Walk(practice, {"alone": bool(event.slots.get("alone"))})
        self._rounds, self._stretch = 0, 1.0
        return [*told, *self._proceed(event)]

    def _stop(self, event: Event) -> list[Effect]:
        self._end()
        return [do.Hush("stop"), do.CancelTimers()]

    def _let_go(self, event: Event) -> list[Effect]:
        self._end()
        return [do.Hush("nobody went on"), do.CancelTimers(), do.Sound("soft-tone")]

    def _end(self) -> None:
        self.state, self._walk, self._stage, self._prompting = State.IDLE, None, None, False

    # Going through the practice

    def _proceed(self, event: Event) -> list[Effect]:
        assert self._walk is not None
        leave: list[Effect] = (
            [do.CancelTimers()] if isinstance(event, Finished) else [do.Hush("next"), do.CancelTimers()]
        )
        self._stage = self._walk.next()
        return leave + self._enter_stage()

    def _enter_stage(self) -> list[Effect]:
        match self._stage:
            case Segment(steps=steps):
                self.state = State.GUIDING
                first = self._rounds + 1
                self._rounds += sum(step.body.rounds for step in steps if isinstance(step.body, Breathe))
                return [do.Play(steps, first)]
            case Ask(say=text):
                self.state, self._prompting = State.ASKING, True
                return [_prompt(text)]
            case Turn(say=text):
                self.state, self._prompting = State.LISTENING, text is not None
                return [_prompt(text)] if text else self._begin_turn()
        self._end()
        return []

    def _again(self, event: Event) -> list[Effect]:
        if isinstance(self._stage, Segment):
            self._rounds -= sum(step.body.rounds for step in self._stage.steps if isinstance(step.body, Breathe))
        return [do.Hush("again"), do.CancelTimers(), *self._enter_stage()]

    # Questions and turns

    def _await_answer(self, event: Event) -> list[Effect]:
        assert isinstance(self._stage, Ask)
        if isinstance(event, Finished):
            self._prompting = False
        return [] if self._prompting else [do.SetTimer("silence", self._stage.wait)]

    def _take_answer(self, event: Event) -> list[Effect]:
        assert isinstance(event, Understood)
        assert isinstance(self._stage, Ask)
        return self._follow(event, self._stage.expect.get(event.answer or "", self._stage.silence))

    def _take_silence(self, event: Event) -> list[Effect]:
        assert isinstance(self._stage, Ask)
        return self._follow(event, self._stage.silence)

    def _follow(self, event: Event, action: Action) -> list[Effect]:
        assert self._walk is not None
        self._walk.take(action)
        return self._proceed(event)

    def _begin_turn(self, event: Event | None = None) -> list[Effect]:
        assert isinstance(self._stage, Turn)
        self._prompting = False
        limit = self._stage.seconds
        near: list[Effect] = [do.SetTimer("limit-near", limit - LIMIT_NEAR_S)] if limit > 2 * LIMIT_NEAR_S else []
        return [do.SetTimer("limit", limit), *near, do.SetTimer("silence", NO_WORD_S)]

    def _limit_near(self, event: Event) -> list[Effect]:
        return [do.Sound("soft-tone")]

    def _somebody_speaks(self, event: Event) -> list[Effect]:
        return [do.CancelTimer("silence")]

    def _await_more(self, event: Event) -> list[Effect]:
        return [] if self._prompting else [do.SetTimer("silence", AFTER_WORDS_S)]

    # Controls

    def _pause(self, event: Event) -> list[Effect]:
        beside = self.state is State.ANSWERING
        self.state = State.PAUSED
        return [do.Hush("pause") if beside else do.Hold(), do.CancelTimers(), do.SetTimer("pause", PAUSE_LASTS_S)]

    def _go_on(self, event: Event) -> list[Effect]:
        return [do.CancelTimers(), *self._back_to_stage()]

    def _back_to_stage(self) -> list[Effect]:
        if isinstance(self._stage, Segment):
            self.state = State.GUIDING
            return [do.Resume()]
        return self._enter_stage()

    def _say_time_left(self, event: Event) -> list[Effect]:
        return self._aside(do.SayTimeLeft())

    def _say_controls(self, event: Event) -> list[Effect]:
        return self._aside(do.Say(self._responses.get("WhatCanISay")))

    def _aside(self, answer: Effect) -> list[Effect]:
        self._return_to = self.state
        self.state = State.ANSWERING
        return [do.Hold(), do.CancelTimers(), answer]

    def _return_to_practice(self, event: Event) -> list[Effect]:
        if self._return_to is State.PAUSED:
            self.state = State.PAUSED
            return [do.SetTimer("pause", PAUSE_LASTS_S)]
        return self._back_to_stage()

    def _slower(self, event: Event) -> list[Effect]:
        return self._stretched(STRETCH)

    def _faster(self, event: Event) -> list[Effect]:
        return self._stretched(1 / STRETCH)

    def _stretched(self, factor: float) -> list[Effect]:
        wanted = min(SLOWEST, max(FASTEST, self._stretch * factor))
        factor, self._stretch = wanted / self._stretch, wanted
        return [do.Stretch(factor)] if abs(factor - 1) > 0.01 else []

    def _softer(self, event: Event) -> list[Effect]:
        return self._changed_volume(-STEP_DB)

    def _louder(self, event: Event) -> list[Effect]:
        return self._changed_volume(STEP_DB)

    def _changed_volume(self, change_db: float) -> list[Effect]:
        wanted = min(LOUDEST_DB, max(SOFTEST_DB, self._volume_db + change_db))
        change_db, self._volume_db = wanted - self._volume_db, wanted
        return [do.Volume(change_db)] if change_db else []


def _prompt(text: str) -> do.Play:
    return do.Play((Step(say=SayStep(text=text, pause=0)),))


def _trigger(event: Event) -> str:
    """The name under which an event stands in the table."""
    match event:
        case Understood(answer=str()):
            return "answer"
        case Understood(control=str(control)):
            return control
        case Understood(starts=True):
            return "start"
        case TimerDue(timer=timer):
            return f"timer:{timer}"
        case Speech(edge=edge):
            return f"speech-{edge}"
    return event.name()
