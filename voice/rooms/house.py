"""The rooms of a house on one clock: one thread lets time pass in all of them; a frame means the same in each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from voice.acting import Prepare
from voice.app import Content
from voice.drives.live import Preparer
from voice.events import Event, Ignored, Speech, Understood
from voice.guiding.conversation import Conversation
from voice.keeping.keeper import Keeper
from voice.rooms.keeping import RoomKeeper
from voice.rooms.performer import RoomPerformer
from voice.rooms.room import Inbox, Room
from voice.rooms.unison import Unison
from voice.session import Session
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

if TYPE_CHECKING:
    from voice.drives.live import Loop

RATE = 22_050
"""Output rate of every room, Hz: what a satellite's loudspeaker and the synthesizer have unless told otherwise."""
TICK_S = 0.02
"""How often the rooms are looked at, seconds."""

Log = Callable[[str, Event], None]
"""Is given a room's name and what happened in it."""


class House:
    """Owns the rooms; everything but a room's microphone and inbox belongs to one thread."""

    def __init__(
        self, content: Content, voice: Voice, keeper: Keeper, log: Log, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``voice`` has the rate ``RATE``; ``clock`` gives seconds that never go back."""
        self.content = content
        self.rooms: dict[str, Room] = {}
        self._voice = voice
        self._keeper = keeper
        self._log = log
        self._clock = clock
        self._start_s = clock()
        self._unison = Unison(RATE)

    @property
    def now_s(self) -> float:
        """Seconds since the house began."""
        return self._clock() - self._start_s

    @property
    def frame(self) -> int:
        """The frame that is to be heard now, in every room."""
        return int(self.now_s * RATE)

    def add(self, name: str, prepare: Prepare | None = None) -> Room:
        """A new room; ``prepare`` makes sounds in another way than on a thread of the room's own."""
        log = partial(self._happened, name)
        inbox = Inbox()
        preparer = Preparer(cast("Loop", inbox))
        performer = RoomPerformer(
            Mixer(RATE), self._voice, RATE, self.content.responses.get("VoiceLost"), self._unison,
            self.content.responses.get("OtherRoom"), self.content.home.ambience,
        )  # fmt: skip
        preparer.performer = performer
        conversation = Conversation(self.content.practices, self.content.responses, self.content.settings)
        responses, titles = self.content.responses, self.content.titles
        keeper = RoomKeeper(
            self._keeper, responses, titles, lambda: self._brings_up() is self.rooms.get(name), self._is_busy
        )
        session = Session(
            conversation, self.content.understander, performer, responses, prepare or preparer, log, keeper
        )
        self.rooms[name] = Room(name, inbox, preparer, session, log)
        if prepare is None:
            preparer.warm(self.content.first_sounds("two-minute-reset"))
        return self.rooms[name]

    def tick(self) -> None:
        """Let time pass in every room, up to now: the same frame for all."""
        frame = self.frame
        for room in self.rooms.values():
            room.tick(frame)

    async def run(self, ended: asyncio.Event) -> None:
        """Tick until ``ended`` is set."""
        while not ended.is_set():
            self.tick()
            # The next tick is counted from the beginning, so that a late one delays none after it.
            await asyncio.sleep(TICK_S - self.now_s % TICK_S)

    def close(self) -> None:
        """End every room's threads."""
        for room in self.rooms.values():
            room.close()

    def _happened(self, name: str, event: Event) -> None:
        if isinstance(event, Speech) and name in self.rooms:
            self.rooms[name].heard_s = event.t
        if isinstance(event, Understood | Ignored) and name in self.rooms:
            self.rooms[name].may_sleep()
        self._log(name, event)

    def _is_busy(self) -> bool:
        return any(room.connected and room.awake for room in self.rooms.values())

    def _brings_up(self) -> Room | None:
        """Where somebody was last heard, of the rooms whose satellite is there."""
        there = [room for room in self.rooms.values() if room.connected]
        return max(there, key=lambda room: room.heard_s, default=None)
