"""The house's way to its hearing: what the rooms' microphones took goes there, and what was noticed comes back."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from voice.app import Options
from voice.child import Child, ChildDied
from voice.drives.echo_reference import EchoReference
from voice.errors import DeviceError
from voice.events import Deaf, DroppedBlocks, Error
from voice.hearing.microphone import Block
from voice.rooms.hearing import Caught, Piece, Scores

if TYPE_CHECKING:
    from voice.hearing.over_voice import OverVoice
    from voice.rooms.room import Room

LOGGER = logging.getLogger(__name__)

EXCHANGE_S = 0.02
"""How often what was heard is carried over, seconds."""
ANSWER_S = 15.0
"""Longest that an exchange may take, seconds: it waits for nothing but the interpreter."""
START_S = 90.0
"""Longest that the process may take to load with its recognizer, seconds."""
DEAF_AFTER = 2
"""Times that it dies one after the other from which the rooms are told."""
AGAIN_S = 2.0
"""How long it is waited before it is begun once more, seconds."""


@dataclass(slots=True)
class FarEars:
    """What a session asks of ears that are in another process."""

    spotter: Scores | None
    delay_s: float | None = None


class HearingProcess:
    """The process, and the thread that carries things there and back."""

    def __init__(self, rooms: int, options: Options, *, cancel: bool) -> None:
        """Start the process, for so many rooms; it loads in parallel. See :class:`voice.rooms.hearing.Hearing`."""
        factory = "voice.rooms.hearing:Hearing"
        self._child = Child(factory, rooms, options, cancel, timeout_s=ANSWER_S, start_s=START_S)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._deaths = 0

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._child.pid

    def listen(self, rooms: Sequence[Room]) -> str:
        """Hear for these rooms from now on; returns the recognizer's name.

        Waits until it is ready; raises ``DeviceError`` and ``ContentErrors``.
        """
        name, scores = cast("tuple[str, Scores | None]", self._child.call("about"))
        sides = [RoomSide(number, room, FarEars(scores)) for number, room in enumerate(rooms)]
        self._thread = threading.Thread(target=self._run, args=(sides,), name="hearing", daemon=True)
        self._thread.start()
        return name

    def close(self) -> None:
        """End the thread and the process."""
        self._ended.set()
        self._child.close()
        if self._thread is not None:
            self._thread.join()

    def _run(self, sides: Sequence[RoomSide]) -> None:
        while not self._ended.wait(EXCHANGE_S):
            pieces = [piece for side in sides for piece in side.pieces()]
            try:
                caught = cast("list[Caught]", self._child.call("exchange", pieces))
            except (DeviceError, RuntimeError) as error:  # a crash of it, or a bug in it: the next one hears again
                self._begin_anew(error, sides)
                continue
            for one in caught:
                self._deaths = 0
                sides[one.room].take(one)

    def _begin_anew(self, error: Exception, sides: Sequence[RoomSide]) -> None:
        if self._ended.is_set():
            return
        LOGGER.warning("hearing ended and is begun anew: %s", error)
        self._deaths += 1
        for side in sides:
            side.tell_lost(str(error).splitlines()[-1], deaf=self._deaths == DEAF_AFTER)
        if self._deaths > 1:
            self._ended.wait(AGAIN_S)
        with contextlib.suppress(ChildDied):  # it was closed in between
            self._child.restart()


class RoomSide:
    """One room, as the thread that carries things sees it."""

    def __init__(self, number: int, room: Room, ears: FarEars) -> None:
        """``number`` names the room to the process."""
        self._number, self._room, self._ears = number, room, ears
        self._reference = EchoReference(room)
        self._dropped = 0
        if ears.spotter is not None:
            room.session.hear_over_voice(cast("OverVoice", ears))

    def pieces(self) -> list[Piece]:
        """What the microphone took since, with what was played meanwhile."""
        found = []
        while (block := self._room.microphone.read(timeout_s=0.0)) is not None:
            if self._room.session.measuring:
                self._do(partial(self._room.session.measure, block.samples))
            found.append(self._piece(block))
        if self._room.microphone.dropped != self._dropped:
            self._dropped = self._room.microphone.dropped
            self._do(partial(self._room.note, DroppedBlocks(t=self._room.session.now_s, count=self._dropped)))
        return found

    def _piece(self, block: Block) -> Piece:
        session = self._room.session
        expected = session.conversation.expected
        return Piece(
            self._number,
            block.samples,
            self._reference.until_end_of(block),
            block.time_s,
            session.conversation.hearing_state(session.now_s),
            None if expected is None else tuple(expected),
            session.guiding,
            session.muted,
        )

    def take(self, caught: Caught) -> None:
        """Give the room what was noticed in it."""
        self._do(partial(self._noticed, caught))

    def _noticed(self, caught: Caught) -> None:
        self._ears.delay_s = caught.delay_s
        self._room.session.take(caught.event)

    def tell_lost(self, what: str, *, deaf: bool) -> None:
        """What was being said is lost; ``deaf`` where that happens again and again."""
        now_s = self._room.session.now_s
        self._do(self._room.session.hearing_lost)
        self._do(partial(self._room.session.take, Error(t=now_s, what=what)))
        if deaf:
            self._do(partial(self._room.session.take, Deaf(t=now_s)))

    def _do(self, work: Callable[[], None]) -> None:
        self._room.inbox.inbox.put(work)
