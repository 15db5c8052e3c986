"""The way to one Wyoming satellite: connects, lets it run, carries sound both ways, and comes back when it is lost."""

from __future__ import annotations

import asyncio

import numpy as np
import numpy.typing as npt
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import RunSatellite

from voice.events import Error
from voice.rooms.address import Address
from voice.rooms.house import RATE, House
from voice.rooms.peer import Patience, Peer
from voice.rooms.room import Room
from voice.rooms.sound import pcm
from voice.rooms.wire import Limits, Refused

AGAIN_S = 1.0
"""A satellite that is not there is tried again so often, seconds."""
CONNECT_S = 3.0
"""It has so long to take a connection, and to say what it is, seconds."""
MOST_WAITING = 256 * 1024
"""Bytes of sound that a satellite may leave untaken: six seconds."""
UNHEARD_S = 8.0
"""After its wake word somebody has so long to say something, seconds."""
SILENT_S = 3600.0
"""A satellite that waits for its wake word sends nothing for long; the kernel notices where it is gone."""

LIMITS = Limits(payload_bytes=128 * 1024)
PATIENCE = Patience(idle_s=SILENT_S)


class Satellite:
    """Keeps one room's connection; everything runs on the house's thread."""

    def __init__(self, address: Address, house: House, room: Room) -> None:
        """Nothing is opened before :meth:`keep`."""
        self._address = address
        self._house = house
        self._room = room
        self._peer: Peer | None = None
        self._playing = False
        self._wakes = False
        """Whether it sends only after its wake word, and waits to be told that a turn is over."""
        self._complained = False

    async def keep(self) -> None:
        """Connect again and again until the task is cancelled."""
        while True:
            try:
                await self._once()
            except Refused as why:
                self._complain(why.text)
            except (OSError, TimeoutError):
                self._complain("It does not answer.")
            self._peer, self._playing = None, False
            self._room.disconnect()
            await asyncio.sleep(AGAIN_S)

    def _complain(self, what: str) -> None:
        """Once, until it was there again."""
        if not self._complained:
            self._complained = True
            text = f"The satellite at {self._address}: {what} It is tried again every second."
            self._room.note(Error(t=self._house.now_s, what=text))

    async def _once(self) -> None:
        opening = asyncio.open_connection(self._address.host, self._address.port)
        reader, writer = await asyncio.wait_for(opening, CONNECT_S)
        peer = Peer(reader, writer, LIMITS, PATIENCE)
        try:
            peer.notice_when_gone()
            await asyncio.wait_for(self._greet(peer), CONNECT_S)
            self._peer, self._complained = peer, False
            self._room.connect(self, self._house.frame)
            while (event := await peer.next()) is not None:
                await self._take(event, peer)
        except Refused as why:
            await peer.refuse(why)
            raise
        finally:
            await peer.close()

    async def _greet(self, peer: Peer) -> None:
        await peer.send(Describe())
        while (event := await peer.next()) is not None:
            if Info.is_type(event.type):
                if not event.data.get("satellite"):
                    raise Refused("no-satellite", "This is no satellite.")
                await peer.send(RunSatellite())
                return
        raise Refused("gone", "It went away.")

    async def _take(self, event: Event, peer: Peer) -> None:
        """What a satellite says; anything else is let pass."""
        try:
            if AudioChunk.is_type(event.type):
                self._room.microphone.take(AudioChunk.from_event(event), self._house.now_s)
            elif AudioStop.is_type(event.type):
                self._room.microphone.quiet(self._house.now_s)
            elif RunPipeline.is_type(event.type):
                self._wakes = RunPipeline.from_event(event).start_stage is PipelineStage.ASR
                self._room.may_sleep(UNHEARD_S)
            elif Ping.is_type(event.type):
                await peer.send(Pong(text=Ping.from_event(event).text))
        except (KeyError, ValueError, TypeError, AttributeError):
            raise Refused("not-wyoming", f"An event {event.type} lacks what it needs.") from None

    # What the room wants of it

    def play(self, samples: npt.NDArray[np.float32], start_frame: int) -> None:
        """See :class:`voice.rooms.room.Link`; the chunk says when it is to be heard on the clock of the house."""
        self._send(*self._chunks(samples, start_frame))

    def _chunks(self, samples: npt.NDArray[np.float32], start_frame: int) -> list[AudioStart | AudioChunk]:
        events: list[AudioStart | AudioChunk] = []
        time_ms = start_frame * 1000 // RATE
        if not self._playing:
            self._playing = True
            events.append(AudioStart(RATE, 2, 1, timestamp=time_ms))
        return [*events, AudioChunk(RATE, 2, 1, pcm(samples), timestamp=time_ms)]

    def rest(self) -> None:
        """The stream is over; a satellite with a wake word may wait for it again."""
        if self._playing:
            self._playing = False
            self._send(AudioStop())

    def heard(self) -> None:
        """A turn is over, and nothing is awaited: a satellite with a wake word stops sending."""
        if self._wakes:
            self._send(Transcript(text=""))

    def _send(self, *events: AudioStart | AudioChunk | AudioStop | Transcript) -> None:
        if self._peer is None:
            return
        try:
            for event in events:
                self._peer.send_soon(event, MOST_WAITING)
        except Refused as why:
            self._peer = None
            self._complain(why.text)
