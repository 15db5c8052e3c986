"""One conversation on one output clock: everything between microphone samples and loudspeaker samples, without devices.

The drives own time and devices. They tell the session how far the output has come (``advance``), give it what was
heard or typed, and take mixed samples from ``mixer``. Same calls, same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from voice.acting import Actor, Prepare
from voice.events import (
    Doubted,
    Ducked,
    Event,
    Heard,
    Ignored,
    Level,
    NoDoubt,
    OwnWords,
    Speech,
    Spotted,
    TimerDue,
    Understood,
)
from voice.guiding.conversation import Conversation
from voice.guiding.responses import Responses
from voice.hearing.barge_in import Act, BargeIn, Decision, Duck
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.hearing.own_words import are_nothing_else, are_own
from voice.keeping.answering import as_answer
from voice.keeping.keeper import Keeper
from voice.speaking.performer import Performer
from voice.understanding.recognition import NOBODY, as_event
from voice.understanding.understander import Understander

TALKED_S = 10.0
"""People count as talking for this long after their last word."""
ANSWERED_S = 0.9
"""The guide goes on so long after the end of an answer and no sooner: at once would be cutting in."""
WRITTEN_DOWN_EVERY_S = 900.0
"""How often it is said, when nothing runs, that words go into an events file."""


class Session(Actor):
    """Wires hearing, understanding, guiding and speaking together; owned by one thread."""

    def __init__(
        self,
        conversation: Conversation,
        understander: Understander,
        performer: Performer,
        responses: Responses,
        prepare: Prepare,
        log: Callable[[Event], None],
        keeper: Keeper,
    ) -> None:
        """``log`` is given every event, in order."""
        super().__init__(performer, responses, prepare, log, keeper)
        keeper.is_rare = self._is_rare
        self.conversation = conversation
        self.listener: Listener | None = None
        self.over_voice: OverVoice | None = None
        """Hears people while the guide speaks, where it is known what is played."""
        self.written_down = False
        """Whether what is said goes into an events file; then it is said aloud, at the start and every 15 minutes."""
        self._understander = understander
        self._barge_in = BargeIn(sure=2.0, doubtful=2.0, alone=2.0)
        self._talked_s = self._heard_voice_s = float("-inf")
        self._words_end_s = 0.0
        self._talking = False
        self._own = False
        self._ducked_s: float | None = None
        """When it was lowered for a voice that is not known yet to be somebody's."""
        self._tell_next_s = 0.0

    def advance(self, frame: int, played: int | None = None) -> None:
        """Changes can be heard from ``frame`` on: report what was played, run timers out, place what comes next.

        ``played`` is the frame that is heard now, where that is earlier.
        """
        self.frame = frame
        self._decided(self._barge_in.advance(self.now_s))
        for event in self.performer.played(frame if played is None else played):
            self.receive(event)
        for timer, due in sorted(self._timers.items(), key=lambda item: item[1]):
            if due <= self.now_s and self._timers.get(timer) == due:
                del self._timers[timer]
                self.receive(TimerDue(t=self.now_s, timer=timer))
        if self._measuring is not None and self.now_s >= self._measuring.until_s:
            level, self._measuring = self._measuring.db, None
            self.receive(Level(t=self.now_s, db=level))
        if self._tells_of_writing:
            self._tell_next_s = self.now_s + WRITTEN_DOWN_EVERY_S
            self.receive(TimerDue(t=self.now_s, timer="written-down"))
        for event in self.keeper.tick(
            self.now_s, busy=not (self.conversation.is_idle and self.resting), talking=self.people_talk,
            upset=self.conversation.is_upset(self.now_s), closed=self.muted,
        ):  # fmt: skip
            self.receive(event)
        self.performer.place_until(frame)

    @property
    def _tells_of_writing(self) -> bool:
        """Whether it is time to say that words go into an events file; while the microphone is closed none do."""
        due = self.written_down and self.now_s >= self._tell_next_s
        return due and self.resting and self.conversation.is_idle and not self.muted

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
        if self.conversation.denies_doubt(event):
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

    def typed(self, text: str) -> None:
        """Take a line typed to the guide: unlike what is said in a room, words of danger in it count at any time."""
        self.conversation.addressed(self.now_s)
        self.read(text)

    def read(self, text: str) -> None:
        """Take a line as if it had been heard."""
        now = self.now_s
        self._muted_until = now
        self.receive(Speech(t=now, edge="start"))
        self.receive(Speech(t=now, edge="end"))
        self.receive(Heard(t=now, text=text, final=True, confidence=1.0, start=now, end=now))
        recognition = self._understander.understand(
            text, self.conversation.hearing_state(now), self.conversation.expected
        )
        self.receive(as_event(recognition, now))

    def press(self, key: str) -> None:
        """Take a key: space holds or goes on, q stops."""
        self.steer({" ": "pause", "q": "stop"}.get(key))

    def steer(self, control: str | None) -> None:
        """Take the control of a key or button, or ``None`` for another key; in a pause ``pause`` goes on.

        Any opens a closed microphone, and does what it does: who presses "stop" is never asked to press it again.
        """
        now = self._muted_until = self.now_s
        if control == "pause" and self.conversation.state.value == "paused":
            control = "go-on"
        if control:
            self.receive(Understood(t=now, intent="Key", control=control))

    def receive(self, event: Event) -> None:
        """Log one event, give it to the conversation, and carry out what it asks for."""
        if isinstance(event, Speech):
            self._talking, self._talked_s = event.edge == "start", event.t
        if isinstance(event, Heard) and event.final:
            self.keeper.hear(event.text)
        event = as_answer(event, self.conversation.expected or (), self.keeper, self.now_s)
        self._log(event)
        for effect in self.conversation.receive(event):
            for come in self.carry_out(effect):
                self.receive(come)

    def _is_rare(self, words: str) -> bool:
        """Whether words can be a signal: no phrase of ours is near, and one of them stands in none."""
        known = set(self._understander.words())
        near = self._understander.understand(words, "any").intent is not None
        return not near and any(word not in known for word in words.split())

    def _attend(self) -> None:
        assert self.listener is not None
        self.listener.attend(self.conversation.hearing_state(self.now_s), self.conversation.expected)
