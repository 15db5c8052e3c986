"""What the two say to a question, or in their turn to speak."""

from __future__ import annotations

from voice.events import Event, Finished, Heard, Ignored, Understood
from voice.guiding import effects as do
from voice.guiding.asides import Asides
from voice.guiding.effects import Effect
from voice.guiding.steps import Action, Ask
from voice.guiding.transitions import State
from voice.guiding.turn_taking import THINKING_S


class Answers(Asides):
    """Waits for answers, and for people who are telling something."""

    def _await_answer(self, event: Event) -> list[Effect]:
        assert isinstance(self._stage, Ask)
        if isinstance(event, Finished):
            self._prompting = False
        waits = not (self._prompting or self._somebody_talks)
        return [do.SetTimer("silence", self._stage.wait)] if waits else []

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
        return self._turn.begin(event.t, talking=self._somebody_talks)

    def _await_more(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        return [] if self._prompting else self._turn.speech_ends()

    def _look_at_words(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        if isinstance(event, Heard) and not event.final:
            return []
        text = event.text if isinstance(event, Heard | Ignored) else ""
        confidence, endings = (event.confidence, event.endings) if isinstance(event, Heard) else (1.0, None)
        return [] if self._prompting else self._turn.words(text, confidence, endings)

    def _turn_is_silent(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        response = self._turn.silence()
        if response is None:
            return self._proceed(event)
        return self._aside(event, do.Say(self._sentence(response, self._how_often(response))))

    def _how_often(self, response: str) -> str:
        """That nobody need speak is said in full once a practice, then shortly and by turns in two ways."""
        if response != "NoNeedTo":
            return "default"
        self._silent_turns += 1
        return "default" if self._silent_turns == 1 else "later" if self._silent_turns % 2 else "again"

    def _turn_is_done(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        wait = self._turn.done(event.t)
        return self._proceed(event) if wait is None else wait

    def _more_time(self, event: Event) -> list[Effect]:
        assert self._turn is not None
        return self._turn.more_time(event.t)

    def _wait_longer(self, event: Event) -> list[Effect]:
        return [do.SetTimer("silence", THINKING_S)]

    def _limit_near(self, event: Event) -> list[Effect]:
        return [do.Sound("soft-tone")]
