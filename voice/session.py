"""One conversation on one output clock: everything between microphone samples and loudspeaker samples, without devices.

The drives own time and devices. They tell the session how far the output has come (``advance``), give it what was
heard (``Listening``), typed or pressed, and take mixed samples from ``mixer``. Same calls, same result.
"""

from __future__ import annotations

from collections.abc import Callable

from voice.acting import Prepare
from voice.events import Event, Heard, Level, Speech, TimerDue, Understood
from voice.guiding.conversation import Conversation
from voice.guiding.responses import Responses
from voice.keeping.keeper import Keeper
from voice.listening import Listening
from voice.speaking.performer import Performer
from voice.understanding.recognition import as_event
from voice.understanding.understander import Understander

WRITTEN_DOWN_EVERY_S = 900.0
"""How often it is said, when nothing runs, that words go into an events file."""


class Session(Listening):
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
        super().__init__(conversation, performer, responses, prepare, log, keeper)
        keeper.is_rare = self._is_rare
        self.written_down = False
        """Whether what is said goes into an events file; then it is said aloud, at the start and every 15 minutes."""
        self._understander = understander
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

    def _is_rare(self, words: str) -> bool:
        """Whether words can be a signal: no phrase of ours is near, and one of them stands in none."""
        known = set(self._understander.words())
        near = self._understander.understand(words, "any").intent is not None
        return not near and any(word not in known for word in words.split())
