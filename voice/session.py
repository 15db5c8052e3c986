"""One conversation on one output clock: everything between microphone samples and loudspeaker samples, without devices.

The drives own time and devices. They tell the session how far the output has come (``advance``), give it what was
heard or typed, and take mixed samples from ``mixer``. Same calls, same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from voice.events import Event, Heard, TimerDue
from voice.guiding import effects as do
from voice.guiding.compiling import compile_steps, spoken
from voice.guiding.conversation import Conversation
from voice.guiding.effects import Effect
from voice.guiding.responses import Responses
from voice.guiding.steps import Say, Step
from voice.hearing.listener import Listener
from voice.speaking.performer import Performer
from voice.understanding.understander import Understander, as_event

Prepare = Callable[[Sequence[str], Callable[[], None]], None]
"""Renders texts, at once or in the background, and then calls back on the session's own thread."""


class Session:
    """Wires hearing, understanding, guiding and speaking together; owned by one thread."""

    def __init__(
        self,
        conversation: Conversation,
        understander: Understander,
        performer: Performer,
        responses: Responses,
        prepare: Prepare,
        log: Callable[[Event], None],
    ) -> None:
        """``log`` is given every event, in order."""
        self.conversation = conversation
        self.performer = performer
        self.listener: Listener | None = None
        self.frame = 0
        self._understander = understander
        self._responses = responses
        self._prepare = prepare
        self._log = log
        self._timers: dict[str, float] = {}
        self._plays = 0
        self._preparing: int | None = None

    @property
    def now_s(self) -> float:
        """Seconds on the output clock."""
        return self.frame / self.performer.rate

    @property
    def resting(self) -> bool:
        """True when nothing sounds, nothing is being prepared and nothing is timed: only words can change anything."""
        return not (self.performer.busy or self._preparing is not None or self._timers)

    def advance(self, frame: int, played: int | None = None) -> None:
        """Changes can be heard from ``frame`` on: report what was played, run timers out, place what comes next.

        ``played`` is the frame that is heard now, where that is earlier.
        """
        self.frame = frame
        for event in self.performer.played(frame if played is None else played):
            self.receive(event)
        for timer, due in sorted(self._timers.items(), key=lambda item: item[1]):
            if due <= self.now_s and self._timers.get(timer) == due:
                del self._timers[timer]
                self.receive(TimerDue(t=self.now_s, timer=timer))
        self.performer.place_until(frame)

    def hear(self, block: npt.NDArray[np.float32]) -> None:
        """Take microphone samples, float32 at 16 kHz."""
        if self.listener is not None:
            self._attend()
            for event in self.listener.feed(block):
                self.receive(event)
                self._attend()

    def read(self, text: str) -> None:
        """Take a typed line as if it had been heard."""
        now = self.now_s
        self.receive(Heard(t=now, text=text, final=True, confidence=1.0, start=now, end=now))
        recognition = self._understander.understand(text, self.conversation.state.value, self.conversation.expected)
        self.receive(as_event(recognition, now))

    def receive(self, event: Event) -> None:
        """Log one event, give it to the conversation, and carry out what it asks for."""
        self._log(event)
        for effect in self.conversation.receive(event):
            self._carry_out(effect)

    def _attend(self) -> None:
        assert self.listener is not None
        self.listener.attend(self.conversation.state.value, self.conversation.expected)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case do.Play(steps=steps, first_round=first):
                self._play(steps, first, beside=False)
            case do.Say(text=text):
                self._play((Step(say=Say(text=text)),), 1, beside=True)
            case do.SayTimeLeft():
                left = self._responses.time_left(self.performer.left_s(self.frame))
                self._play((Step(say=Say(text=left)),), 1, beside=True)
            case do.Hush(why=why, fade_ms=fade_ms):
                self._preparing = None
                self.performer.hush(self.frame, why, fade_ms)
            case do.Hold():
                self._preparing = None
                self.performer.hold(self.frame)
            case do.Resume():
                self.performer.resume(self.frame)
            case do.Stretch(factor=factor):
                self.performer.stretch(self.frame, factor)
            case do.Volume(change_db=change_db):
                self.performer.volume(self.frame, change_db)
            case do.Sound(name=name):
                self.performer.sound(name, self.frame)
            case do.SetTimer(timer=timer, after_s=after_s):
                self._timers[timer] = self.now_s + after_s
            case do.CancelTimer(timer=timer):
                self._timers.pop(timer, None)
            case do.CancelTimers():
                self._timers.clear()
            case do.Tell(event=event):
                self._log(event)

    def _play(self, steps: Sequence[Step], first_round: int, *, beside: bool) -> None:
        """Prepare the phrases, then start; a Hush or Hold in between calls it off."""
        self._plays += 1
        self._preparing = ticket = self._plays

        def start() -> None:
            if self._preparing != ticket:
                return
            self._preparing = None
            timeline = compile_steps(steps, self.performer.measure, first_round)
            (self.performer.play_beside if beside else self.performer.play)(timeline, self.frame)

        self._prepare(spoken(steps), start)
