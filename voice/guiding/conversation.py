"""The conversation: one event in, a list of effects out.

Theory of operation. The class knows no clock, no audio, no file and no thread. Whatever happens arrives as an event;
its trigger and the present state are looked up in ``TRANSITIONS``; the action found there returns effects, which the
session carries out. A practice is walked stage by stage: a segment is played and announced back by ``Finished``, a
question or a turn waits for words or for a timer. What the table does not name changes nothing, so an unknown word
can never start or stop anything. What can be said everywhere is answered beside the practice, which is held and then
goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voice.errors import ContentErrors
from voice.events import Ducked, Error, Event, Muted, Safety, Speech, Understood
from voice.events import State as StateChanged
from voice.guiding import effects as do
from voice.guiding.dials import STEP_DB
from voice.guiding.effects import Effect
from voice.guiding.everywhere import BODILY, CANNOT_GO_ON, ENDING
from voice.guiding.promises import Promises
from voice.guiding.shouting import LEAVES_AFTER_S, STEP_BACK_DB
from voice.guiding.steps import Ask
from voice.guiding.transitions import TRANSITIONS, State, trigger_of

MUTED_S = 3600.0
"""How long "stop listening" closes the microphone."""


class Conversation(Promises):
    """Two people and a guide."""

    _tells_whom_to_call = False
    """Whether the sentence of who helps in danger is being said."""

    @property
    def is_idle(self) -> bool:
        """True while nothing runs."""
        return self.state is State.IDLE

    @property
    def expected(self) -> tuple[str, ...] | None:
        """The answers of the open question, also while something is said beside it, or ``None``."""
        stage = self._stage  # the hearing thread looks, while the loop may go on
        beside = self._return_to if self.state is State.ANSWERING else self._doubted_in if self.may_deny else None
        asking = State.ASKING in (self.state, beside)
        return tuple(stage.expect) if asking and isinstance(stage, Ask) else None

    @property
    def awaiting(self) -> bool:
        """True while words are awaited: when idle, in a pause, for an answer, in a turn."""
        return self.state in (State.IDLE, State.PAUSED) or (
            self.state in (State.ASKING, State.LISTENING) and not self._prompting
        )

    def hearing_state(self, now_s: float) -> str:
        """The state that words are understood in: the present one; until the words that raised a doubt are understood,
        the one before; while something is said and nothing else runs, idle; and while nothing runs, what lies shortly
        behind.
        """
        if self.may_deny:
            return self._doubted_in.value
        state = self._return_to if self.state is State.ANSWERING and self._return_to is State.IDLE else self.state
        if state is not State.IDLE:
            return state.value
        if self._memory.danger_counts(now_s) and not self._between(now_s):
            return "after"
        return self._between(now_s) or ("lately" if self._memory.is_lately(now_s) else "idle")

    def addressed(self, now_s: float) -> None:
        """What comes now is typed, and so meant for the guide: words of danger count as they do after a practice."""
        self._memory.addressed(now_s)

    def receive(self, event: Event) -> list[Effect]:
        """Take one event, change state by ``TRANSITIONS``, and say what is to happen."""
        if isinstance(event, Speech):
            self._somebody_talks = event.edge == "start"
        transition = TRANSITIONS.get((self.state, trigger_of(event)))
        if transition is None:
            return []
        before = self.state
        action: Callable[[Event], list[Effect]] = getattr(self, "_" + transition.action)
        effects = action(event)
        effects = [*self._taken_notes(), *effects]
        self._tells_whom_to_call = self._tells_whom_to_call and self.state is State.ANSWERING
        if self.state not in transition.to:
            raise AssertionError(f"the table does not let {transition.action} lead from {before} to {self.state}")
        if self.state is not before:
            effects = [do.Tell(StateChanged(t=event.t, origin=before, to=self.state)), *effects]
        return effects

    def _start(self, event: Event) -> list[Effect]:
        assert isinstance(event, Understood)
        if self._tells_whom_to_call and self.state is State.ANSWERING:
            return []  # nothing is worth not hearing that to the end, and "I cannot go on" is no wish for a break then
        danger = self._memory.lately_in_danger(event.t) if event.intent == CANNOT_GO_ON else None
        if danger:
            return self._end_with_sentence(replace(event, safety=danger))
        practice = self._practices.get(event.practice or "")
        if practice is None:
            return self._tell_missing(event)
        told: list[Effect] = []
        try:
            practice = practice.with_settings({k: v for k, v in event.slots.items() if k in practice.settings})
        except ContentErrors as refused:
            told = [do.Tell(Error(t=event.t, what=f"kept the usual settings: {refused.errors[0].what}"))]
        self._begin(practice, event.t, alone=bool(event.slots.get("alone")))
        return [*told, *self._proceed(event)]

    def _not_today(self, event: Event) -> list[Effect]:
        """Of a ritual; in a time-out it means the meeting."""
        if self.state is State.IDLE and self._between(event.t):
            meant = Understood(t=event.t, intent="NotToday", practice="time-out", slots={"manner": "no-time"})
            return self._start(meant)
        self._end(event.t)
        self._return_to, self.state = State.IDLE, State.ANSWERING
        return [do.NotToday(), do.Hush("not today"), do.CancelTimers(), do.Say(self._sentence("NotToday"))]

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
        kind = event.safety or ("medical" if trigger in BODILY else None)
        told: list[Effect] = [do.Tell(Safety(t=event.t, kind=kind))] if kind else []
        if kind:
            self._memory.danger(kind, event.t)
        self._end(event.t)
        self.state = State.ANSWERING
        self._return_to = State.IDLE
        self._tells_whom_to_call = kind in ("self", "medical")
        return [*told, do.Hush("closing"), do.CancelTimers(), do.Say(self._sentence(ENDING[trigger]))]

    def _end_with_sentence_lately(self, event: Event) -> list[Effect]:
        """The same while nothing runs, where words of danger count."""
        return self._end_with_sentence(event) if self._memory.danger_counts(event.t) else []

    def _slower(self, event: Event) -> list[Effect]:
        return self._dials.slower()

    def _faster(self, event: Event) -> list[Effect]:
        return self._dials.faster()

    def _softer(self, event: Event) -> list[Effect]:
        return self._dials.volume(-STEP_DB)

    def _louder(self, event: Event) -> list[Effect]:
        return self._dials.volume(STEP_DB)

    def nobody_spoke(self, since_s: float) -> None:
        """What lowered the guide since then was its own voice or a noise, and is no shouting."""
        self._shouting.nobody_spoke(since_s)

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
