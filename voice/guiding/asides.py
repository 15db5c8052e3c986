"""What is said beside a practice, which is held meanwhile; and pauses."""

from __future__ import annotations

from voice.events import Doubted, Event, Speech, Understood
from voice.guiding import effects as do
from voice.guiding.effects import Effect
from voice.guiding.everywhere import BESIDE
from voice.guiding.length import left_s
from voice.guiding.shouting import LEAVES_AFTER_S
from voice.guiding.stages import Stages
from voice.guiding.steps import Ask, Say, Turn
from voice.guiding.transitions import DENYING, State, trigger_of
from voice.guiding.turn_taking import GIVEN_BACK_S
from voice.guiding.walk import Segment, Stage

PAUSE_LASTS_S = 120.0
"""A pause that nobody ends lets go after two minutes."""
QUIET_FIRST_S = 2.0
"""After a doubtful "stop" it is silent until nobody has spoken for so long, and then asks."""
MEANS_STOP_S = 4.0
"""Silence after "Go on, or stop?" means stop."""
SAME_WORD_S = 0.5
"""A voice noticed so long after a doubt may still be that of the word that raised it; see ``barge_in.LATE_S``."""
TALKING_S = 10.0
"""Who spoke within this time is taken to be still talking."""


class Asides(Stages):
    """Holds a practice, answers, and goes back to where it stood."""

    def _pause(self, event: Event) -> list[Effect]:
        self._doubt_open = self._doubt_asked = False
        return self._held(event, do.SetTimer("pause", PAUSE_LASTS_S))

    def _held(self, event: Event, *timers: Effect) -> list[Effect]:
        """Silent until "go on"; a sentence with no practice behind it just ends."""
        if self._walk is None:
            self._end(event.t)
            return [do.Hush("stop"), do.CancelTimers()]
        self._interrupt_turn(event)
        self.state = State.PAUSED
        return [do.Hold(), do.CancelTimers(), *timers]

    def _doubt(self, event: Event) -> list[Effect]:
        """Perhaps a "stop": silent at once, one question later; a second one in a practice is taken as said."""
        if self._doubted:
            self._end(event.t)
            return [do.Hush("stop"), do.CancelTimers()]
        self._doubted = self._doubt_open = self._doubts_turn = True
        self._doubted_s = event.t
        self._doubted_in = self._return_to if self.state is State.ANSWERING else self.state
        talking = isinstance(event, Doubted) and event.talking
        return self._held(event, *([] if talking else [do.SetTimer("doubt", QUIET_FIRST_S)]))

    def _ask_whether_to_go_on(self, event: Event) -> list[Effect]:
        self._doubt_open, self._doubt_asked = False, True
        return self._aside(event, do.Say(self._sentence("GoOnOrStop")))

    def _take_back_doubt(self, event: Event) -> list[Effect]:
        """It was the guide itself: it goes on, once in a practice; its room may deceive it again."""
        if self._doubt_taken_back:
            return []
        self._doubt_taken_back = self._doubt_open
        return self._no_doubt(event)

    def _no_doubt(self, event: Event) -> list[Effect]:
        """Nobody said "stop": it stands where it stood."""
        if not self._doubt_open:
            return []
        self._doubted = False
        if self._doubted_in is State.PAUSED:
            self._doubt_open = False
            return [do.CancelTimers(), do.SetTimer("pause", PAUSE_LASTS_S)]
        return self._go_on(event)

    @property
    def may_deny(self) -> bool:
        """Whether it stands still for words that are not understood yet."""
        return self.state is State.PAUSED and self._doubt_open and self._doubts_turn

    def denies_doubt(self, event: Event, words_end_s: float) -> bool:
        """Whether the words that raised a doubt were others: the recognizer hears more of them than the spotter.
        ``words_end_s``: when the last words ended, which may be an answer's before the doubt."""
        same = words_end_s >= self._doubted_s - SAME_WORD_S
        return self.may_deny and same and isinstance(event, Understood) and trigger_of(event) in DENYING

    def _note_talk(self, event: Event) -> list[Effect]:
        """Somebody talks during a pause: nothing is asked into it, and it is no silence."""
        begins = isinstance(event, Speech) and event.edge == "start"
        if begins and event.t > self._doubted_s + SAME_WORD_S:
            self._doubts_turn = False
        self._talked_until = float("inf") if begins else event.t
        waits = self._waits_in_doubt()
        if waits is None:
            return []
        return [do.CancelTimer(waits.timer)] if begins else [waits]

    def _waits_in_doubt(self) -> do.SetTimer | None:
        """For what it waits in a doubt's pause: to ask, or for the answer."""
        if self._doubt_asked:
            return do.SetTimer("no-answer", MEANS_STOP_S)
        return do.SetTimer("doubt", QUIET_FIRST_S) if self._doubt_open else None

    def _let_go(self, event: Event) -> list[Effect]:
        """A pause has lasted: one soft tone, unless people are talking."""
        self._end(event.t)
        tone = [do.Sound("soft-tone")] if event.t - self._talked_until > TALKING_S else []
        return [do.Hush("nobody went on"), do.CancelTimers(), *tone]

    def _go_on(self, event: Event) -> list[Effect]:
        if self.state is State.ANSWERING and self._return_to is not State.PAUSED:
            return []
        self._doubt_open = self._doubt_asked = False
        return [do.Hold(), do.CancelTimers(), *self._back_to_stage(event.t)]

    def _back_to_stage(self, now_s: float) -> list[Effect]:
        if isinstance(self._stage, Segment):
            self.state = State.GUIDING
            leaves = [do.SetTimer("leave", LEAVES_AFTER_S)] if self._shouting.stepped_back else []
            return [do.Resume(), *leaves]
        if isinstance(self._stage, Turn) and self._turn and not self._prompting:
            self.state = State.LISTENING
            return self._turn.begin(now_s, talking=self._somebody_talks)
        return self._enter_stage(now_s)

    def _aside(self, event: Event, answer: Effect, given_back_s: float = 0.0) -> list[Effect]:
        self._interrupt_turn(event, given_back_s)
        self._return_to = self.state
        self.state = State.ANSWERING
        return [do.Hold(), do.CancelTimers(), answer]

    def _interrupt_turn(self, event: Event, given_back_s: float = 0.0) -> None:
        """The time of whoever speaks stands still."""
        if self._turn and self.state is State.LISTENING and not self._prompting:
            self._turn.interrupt(event.t, given_back_s)

    def _return_to_practice(self, event: Event) -> list[Effect]:
        if self._return_to in (State.PAUSED, State.IDLE):
            self.state = self._return_to
            if self.state is State.IDLE:
                return []
            waits = self._waits_in_doubt()
            if waits is None:
                return [do.SetTimer("pause", PAUSE_LASTS_S)]
            return [] if self._somebody_talks else [waits]
        return self._back_to_stage(event.t)

    def _say_time_left(self, event: Event) -> list[Effect]:
        self._interrupt_turn(event)  # its clock tells what is left of it
        own_s = self._turn.left_s if self._turn and isinstance(self._stage, Turn) else 0.0
        return self._aside(event, do.SayTimeLeft(own_s + (left_s(self._walk, self._stage) if self._walk else 0.0)))

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


def _simpler(stage: Stage | None) -> dict[str, str]:
    """Simpler words of what a stage says, by what they stand for."""
    said = [step.say for step in stage.steps] if isinstance(stage, Segment) else [stage]
    texts = [item for item in said if isinstance(item, Say | Ask | Turn)]
    pairs = [(item.text if isinstance(item, Say) else item.say, item.simple) for item in texts]
    return {text: simple for text, simple in pairs if text and simple}
