"""One room of the house: a conversation, and the sound that goes to and comes from a satellite.

The room's frames are those of the house's clock. Sound is mixed ``LEAD_S`` ahead of that clock and no further, so that
"stop" is silent as soon as the satellite has played what it was sent.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voice.drives.live import Preparer
from voice.events import Error, Event
from voice.rooms.microphone import RoomMicrophone
from voice.session import Session
from voice.speaking.reference import Reference

LEAD_S = 0.15
"""Sound is sent so far ahead of the clock, seconds: what a busy machine or a wireless network may be late."""
BEHIND_S = 1.0
"""Where the clock has run so far beyond what was sent, the machine slept: what is missing is left out, seconds."""
REST_S = 1.0
"""A stream of silence ends after this long, seconds."""
FORGOTTEN_S = 60.0
"""What was interrupted for longer than this does not go on, seconds."""


class Link(Protocol):
    """The way to a room's loudspeaker."""

    def play(self, samples: npt.NDArray[np.float32], start_frame: int) -> None:
        """Send float32[n]; ``start_frame`` counts on the clock of the house. The first call begins a stream."""

    def rest(self) -> None:
        """The stream is over."""

    def heard(self) -> None:
        """A turn is over, and nothing more is awaited."""


class Inbox:
    """What other threads want of a room, done on the house's thread."""

    def __init__(self) -> None:
        """Empty."""
        self.inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def work(self) -> list[Callable[[], None]]:
        """Everything that came in."""
        found = []
        while not self.inbox.empty():
            found.append(self.inbox.get_nowait())
        return found


class Room:
    """Belongs to the house's thread; only ``microphone`` and ``inbox`` are touched by others."""

    def __init__(
        self, name: str, inbox: Inbox, preparer: Preparer, session: Session, log: Callable[[Event], None]
    ) -> None:
        """``log`` is given what the room itself notices."""
        self.name = name
        self.inbox = inbox
        self.session = session
        self.microphone = RoomMicrophone()
        self.heard_s = float("-inf")
        """When somebody last spoke here, seconds on the clock of the house."""
        self._preparer = preparer
        self._log = log
        self._rate = session.performer.rate
        self.reference = Reference(self._rate)
        self._link: Link | None = None
        self._lost_at: int | None = None
        self._turn_over_s: float | None = None
        self._sent = 0
        self._rest_at: int | None = None

    @property
    def connected(self) -> bool:
        """Whether its satellite is there."""
        return self._link is not None

    @property
    def awake(self) -> bool:
        """Whether a satellite that waits for its wake word should go on sending: words may be an answer."""
        return not (self.session.resting and self.session.conversation.is_idle)

    def clock_s(self, time_s: float) -> float:
        """What the echo's reference asks of a loudspeaker: this room has only the house's clock."""
        return time_s

    def may_sleep(self, after_s: float = 0.0) -> None:
        """Its satellite may wait for its wake word again after so many seconds, once nothing more is awaited."""
        self._turn_over_s = self.session.now_s + after_s

    def note(self, event: Event) -> None:
        """Log something that happened on the way to the satellite."""
        self._log(event)

    def connect(self, link: Link, frame: int) -> None:
        """The satellite is there: go on with what was interrupted, breathing at an inhale."""
        self._link = link
        if self._lost_at is None:
            return
        if frame - self._lost_at > FORGOTTEN_S * self._rate:
            self.session.performer.hush(frame, "the satellite was gone")
        else:
            self.session.performer.restore(frame)
        self._lost_at = None

    def disconnect(self) -> None:
        """The satellite is gone: hold what plays, and end what was being said."""
        if self._link is None:
            return
        self._link, self._rest_at = None, None
        self._lost_at = self._sent
        self.session.performer.interrupt(self._sent)
        self.microphone.quiet(self.session.now_s)
        self._log(Error(t=self.session.now_s, what=f"The satellite {self.name} is gone; Attune waits for it."))

    def tick(self, frame: int) -> None:
        """The house's clock stands at ``frame``: let time pass in the room, and send what is due."""
        session, mixer = self.session, self.session.performer.mixer
        if frame - self._sent > BEHIND_S * self._rate:
            self._sent = frame
        session.advance(max(self._sent, frame), played=frame)
        for work in self.inbox.work():
            work()
        if self._turn_over_s is not None and session.now_s >= self._turn_over_s and not self.awake:
            self._turn_over_s = None
            if self._link is not None:
                self._link.heard()
        session.performer.place_until(session.frame)
        until = frame + round(LEAD_S * self._rate)
        if until > self._sent:
            self._play(self._sent, until)
        mixer.forget(self._sent)

    def _play(self, start: int, until: int) -> None:
        """Send what the mixer has, as long as there is something; a second of silence more, and the stream ends."""
        self._sent = until
        if self._link is not None and not self.session.resting:
            self._rest_at = until + round(REST_S * self._rate)
        if self._link is None or self._rest_at is None:
            self.reference.add(start, np.zeros(until - start, np.float32))
            return
        samples = self.session.performer.mixer.render(start, until - start)
        self.reference.add(start, samples)
        self._link.play(samples, start)
        if until >= self._rest_at:
            self._rest_at = None
            self._link.rest()

    def close(self) -> None:
        """End the preparing thread."""
        self._preparer.close()
