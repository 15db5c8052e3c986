"""The hearing of all rooms, in a child process: what ten rooms take to be heard must not make the sound late.

Every room has a thread of its own here, for a turn's end waits for the recognizer; all of them share one.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import cast

import numpy as np
import numpy.typing as npt

from voice.app import Options, load_understander, open_ears
from voice.events import DroppedBlocks, Event
from voice.hearing.listener import Listener
from voice.hearing.microphone import RATE
from voice.hearing.over_voice import OverVoice
from voice.hearing.recognizer import Recognizer
from voice.hearing.spotter import Spotter, open_spotter
from voice.rooms.ears import Desk, RoomRecognizer
from voice.understanding.understander import Understander

LOGGER = logging.getLogger(__name__)
Samples = npt.NDArray[np.float32]

MOST_PIECES = 300
"""Pieces kept for a room that is late: about 20 s of 64 ms."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a room's microphone took, and what has to be known to understand it."""

    room: int
    heard: Samples
    """float32[n] at 16 kHz."""
    played: Samples
    """What was played meanwhile, float32[m] at 16 kHz."""
    time_s: float
    """When the first frame was heard, seconds on the clock of the house."""
    state: str
    """The conversation's."""
    expected: tuple[str, ...] | None
    """Answers that it asks for."""
    guiding: bool
    """Whether words over the guide are looked for."""
    muted: bool
    """Whether nothing of it may be heard."""


@dataclass(frozen=True, slots=True)
class Caught:
    """Something that was noticed in a room."""

    room: int
    event: Event
    delay_s: float | None
    """How much later the room's microphone hears what is played, seconds, where that is known."""


@dataclass(frozen=True, slots=True)
class Scores:
    """From which scores on a spotted word counts, 0 to 1; see :class:`voice.hearing.barge_in.BargeIn`."""

    sure: float
    doubtful: float
    alone: float


class Hearing:
    """Made in the child; asked by one thread."""

    def __init__(self, rooms: int, options: Options, cancel: bool) -> None:
        """Ears for so many rooms. Without ``cancel`` the satellites take the guide's voice out of what they hear.

        Waits until the recognizer is ready; raises ``DeviceError`` and ``ContentErrors``.
        """
        read = cache(lambda: load_understander(options))
        self._recognizer = open_ears(read, options)
        spotter = open_spotter() if cancel else None
        self._scores = Scores(spotter.sure, spotter.doubtful, spotter.alone) if spotter else None
        self._caught: queue.SimpleQueue[Caught] = queue.SimpleQueue()
        self._failed: queue.SimpleQueue[Exception] = queue.SimpleQueue()
        desk = Desk(self._recognizer)
        # One room computes at a time: ten that pass the interpreter's lock on with every operation take half as long
        # again. Who waits for the recognizer steps aside.
        working = threading.Lock()
        self._rooms = [
            RoomEars(
                number, RoomRecognizer(desk, partial(_aside, working)), read(), working, self._caught, self._failed,
                cancel=cancel, spotter=spotter,
            )
            for number in range(rooms)
        ]  # fmt: skip

    def about(self) -> tuple[str, Scores | None]:
        """The recognizer's name, and what a spotted word's score means, if there is a spotter."""
        return self._recognizer.name, self._scores

    def exchange(self, pieces: Sequence[Piece]) -> list[Caught]:
        """Take what the rooms heard, in order, and give what was noticed since; raises what ended a room's thread."""
        for piece in pieces:
            self._rooms[piece.room].hear(piece)
        if not self._failed.empty():
            raise self._failed.get()
        return [self._caught.get() for _ in range(self._caught.qsize())]


class RoomEars:
    """One room's ears, on a thread of their own."""

    def __init__(
        self,
        number: int,
        recognizer: Recognizer,
        understander: Understander,
        working: threading.Lock,
        caught: queue.SimpleQueue[Caught],
        failed: queue.SimpleQueue[Exception],
        *,
        cancel: bool,
        spotter: Spotter | None,
    ) -> None:
        """``working`` is held while the thread computes; ``caught`` is given what is noticed, ``failed`` what ended
        it.
        """
        self._number = number
        self._working = working
        self._caught, self._failed = caught, failed
        self._dropped = 0
        self._pieces: queue.Queue[Piece] = queue.Queue(MOST_PIECES)
        self._fed = 0
        self._anchor = (0, 0.0)
        listener = Listener(recognizer, understander, clock=self._time_of)
        own = spotter.another() if spotter else None
        # A listener alone has the two methods that are used here, with what is played left out.
        self._ears = OverVoice(listener, own, clock=self._time_of) if cancel else cast("OverVoice", CleanEars(listener))
        self._canceller = self._ears.canceller if cancel else None
        threading.Thread(target=self._run, name=f"ears {number}", daemon=True).start()

    def hear(self, piece: Piece) -> None:
        """Take a piece, or count it as dropped; from any thread."""
        try:
            self._pieces.put_nowait(piece)
        except queue.Full:
            self._dropped += 1
            self._tell(DroppedBlocks(t=piece.time_s, count=self._dropped))

    def _run(self) -> None:
        try:
            while True:
                piece = self._pieces.get()
                with self._working:
                    self._hear(piece)
        except Exception as error:
            LOGGER.exception("hearing ended")
            self._failed.put(error)

    def _hear(self, piece: Piece) -> None:
        self._anchor = (self._fed, piece.time_s)
        self._fed += len(piece.heard)
        if piece.muted:
            events = self._ears.skip(len(piece.heard), piece.played)
        else:
            self._ears.attend(piece.state, piece.expected)
            events = self._ears.feed(piece.heard, piece.played, guiding=piece.guiding)
        for event in events:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        delay_ms = self._canceller.delay_ms if self._canceller else None
        self._caught.put(Caught(self._number, event, None if delay_ms is None else delay_ms / 1000))

    def _time_of(self, frame: int) -> float:
        """When a frame, counted over all that was heard, was heard: seconds on the clock of the house."""
        anchor, time_s = self._anchor
        return time_s + (frame - anchor) / RATE


@contextmanager
def _aside(working: threading.Lock) -> Iterator[None]:
    """Let other rooms compute."""
    working.release()
    try:
        yield
    finally:
        working.acquire()


class CleanEars:
    """A listener in the place of one that hears over the guide's voice: the satellite leaves nothing of that."""

    def __init__(self, listener: Listener) -> None:
        """The room's own."""
        self.attend = listener.attend
        self._listener = listener

    def feed(self, heard: Samples, played: Samples, *, guiding: bool) -> list[Event]:
        """See :meth:`OverVoice.feed`."""
        return self._listener.feed(heard)

    def skip(self, heard: int, played: Samples) -> list[Event]:
        """Let it go by unheard."""
        return self._listener.skip(heard)
