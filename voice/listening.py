"""What a session hears: the words of the two, voices over the guide, and its own words, which are none of theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from voice.acting import Actor, Prepare
from voice.events import Doubted, Ducked, Event, Heard, Ignored, NoDoubt, OwnWords, Speech, Spotted, Understood
from voice.guiding.conversation import Conversation
from voice.guiding.responses import Responses
from voice.hearing.barge_in import Act, BargeIn, Decision, Duck
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.hearing.own_words import are_nothing_else, are_own
from voice.keeping.answering import as_answer
from voice.keeping.keeper import Keeper
from voice.speaking.performer import Performer
from voice.understanding.recognition import NOBODY

TALKED_S = 10.0
"""People count as talking for this long after their last word."""
ANSWERED_S = 0.9
"""The guide goes on so long after the end of an answer and no sooner: at once would be cutting in."""


class Listening(Actor):
    """Takes what is heard, and whatever else happens; what it does about it is the actor's."""

    def __init__(
        self,
        conversation: Conversation,
        performer: Performer,
        responses: Responses,
        prepare: Prepare,
        log: Callable[[Event], None],
        keeper: Keeper,
    ) -> None:
        """Hear nothing yet; ``log`` is given every event, in order."""
        super().__init__(performer, responses, prepare, log, keeper)
        self.conversation = conversation
        self.listener: Listener | None = None
        self.over_voice: OverVoice | None = None
        """Hears people while the guide speaks, where it is known what is played."""
        self._barge_in = BargeIn(sure=2.0, doubtful=2.0, alone=2.0)
        self._talked_s = self._heard_voice_s = float("-inf")
        self._words_end_s = 0.0
        self._talking = False
        self._own = False
        self._ducked_s: float | None = None
        """When it was lowered for a voice that is not known yet to be somebody's."""

    def receive(self, event: Event) -> None:
        """Log one event, give it to the conversation, and carry out what it asks for."""
        if isinstance(event, Speech):
            self._talking, self._talked_s = event.edge == "start", event.t
        if isinstance(event, Heard) and event.final:
            self.keeper.hear(event.text)
        talk = self.conversation
        event = as_answer(event, talk.expected or (), self.keeper, self.now_s, tries_signal=talk.tries_signal)
        self._log(event)
        for effect in talk.receive(event):
            for come in self.carry_out(effect):
                self.receive(come)

    @property
    def people_talk(self) -> bool:
        """Whether somebody speaks, or did just now."""
        return self._talking or self.now_s < self._talked_s + TALKED_S

    def hear(self, block: npt.NDArray[np.float32], played: npt.NDArray[np.float32] | None = None) -> None:
        """Take microphone samples, float32 at 16 kHz, and what the loudspeaker played since, at 16 kHz too."""
        if self.listener is None:
            return
        self._attend()
        self.measure(block)
        if self.over_voice is None or played is None:
            events = self.listener.skip(len(block)) if self.muted else self.listener.feed(block)
        elif self.muted:
            events = self.over_voice.skip(len(block), played)
        else:
            events = self.over_voice.feed(block, played, guiding=self.guiding)
        for event in events:
            self.take(event)
            self._attend()

    def hear_over_voice(self, ears: OverVoice) -> None:
        """Hear people while the guide speaks."""
        self.over_voice = ears
        if ears.spotter is not None:
            self._barge_in = BargeIn(ears.spotter.sure, ears.spotter.doubtful, ears.spotter.alone)

    def finish(self) -> None:
        """Nothing more will be heard."""
        ears = self.over_voice or self.listener
        for event in ears.finish() if ears else []:
            self.take(event)

    def hearing_lost(self) -> None:
        """Whoever was speaking is not heard to the end, and is not waited for."""
        if self._talking:
            self.take(Speech(t=self.now_s, edge="end"))

    @property
    def guiding(self) -> bool:
        """Whether something sounds or is about to, and may be spoken over."""
        return self.performer.busy and self.conversation.state.value in ("guiding", "asking", "answering", "turn")

    def take(self, event: Event) -> None:
        """Take an event of hearing: words that the guide itself has just said are not taken for theirs, and voices
        over it lower it.
        """
        if isinstance(event, Heard) and event.final:
            self._own = self.over_voice is not None and are_own(
                event.text,
                (event.start, event.end),
                event.confidence,
                self.performer.said,
                self.over_voice.delay_s,
                self.conversation.expected or (),
            )
            self._words_end_s = event.end
        if isinstance(event, Understood | Heard | Ignored) and self._own:
            self._nobody_spoke()
            if isinstance(event, Heard) and are_nothing_else(event.text, self.performer.said):
                self.receive(OwnWords(t=event.t))
            elif isinstance(event, Understood):
                self._log(Ignored(t=event.t, text="", why="the guide's own words"))
            return
        if isinstance(event, Ignored) and event.why == NOBODY:
            self._nobody_spoke()
        if isinstance(event, Understood) and event.answer is not None:
            self._not_before_s = self._words_end_s + ANSWERED_S
        if self.conversation.denies_doubt(event, self._words_end_s):
            self.receive(NoDoubt(t=event.t))
        self.receive(event)
        if self.over_voice is None:
            return
        if isinstance(event, Speech):
            self._own = False
            if event.edge == "start":
                self._heard_voice_s = self.now_s
                self._decided(self._barge_in.voice(self.now_s, over_guide=self.guiding))
            else:
                self._barge_in.quiet()
        elif isinstance(event, Spotted) and self.guiding:
            self._decided(self._barge_in.spotted(self.now_s, event.word, event.score, voiced=event.voiced))

    def _decided(self, decisions: Sequence[Decision]) -> None:
        """Carry out what to do about a voice over the guide."""
        for decision in decisions:
            if isinstance(decision, Act):
                self.receive(self._meant(decision))
                continue
            db = decision.db if isinstance(decision, Duck) else 0.0
            if isinstance(decision, Duck):
                self._ducked_s = self.now_s
            elif self._ducked_s is not None and self._heard_voice_s < self._ducked_s and not self._talking:
                self._nobody_spoke()
            self.performer.duck(self.frame, db)
            self.receive(Ducked(t=self.now_s, db=db))

    def _nobody_spoke(self) -> None:
        """It was lowered for its own words, or for a noise: that is no sign that they shout."""
        if self._ducked_s is not None:
            self.conversation.nobody_spoke(self._ducked_s)
            self._ducked_s = None

    def _meant(self, act: Act) -> Event:
        """A control word that was surely said, or the doubt about it."""
        if not act.sure:
            return Doubted(t=self.now_s, talking=self._talking)
        return Understood(t=self.now_s, intent="Spotted", control=act.control, score=act.score)

    def _attend(self) -> None:
        assert self.listener is not None
        self.listener.attend(self.conversation.hearing_state(self.now_s), self.conversation.expected)
