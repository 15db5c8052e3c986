"""One connection to another program: events in and out, each within its time, and a word of farewell for who breaks the
rules.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from dataclasses import dataclass

from wyoming.error import Error
from wyoming.event import Event, Eventable

from voice.rooms.wire import EventReader, Limits, Refused, encode

READ_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a peer."""

    event_s: float = 10.0
    """For a whole event, from its first byte, seconds."""
    idle_s: float = 60.0
    """For the next event, seconds."""
    write_s: float = 15.0
    """Until it has taken what it is sent, seconds."""


class Peer:
    """Reads and writes events; for one task at a time in each direction."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits, patience: Patience
    ) -> None:
        """Take over a connection that has just been made."""
        self._reader = reader
        self._writer = writer
        self._events = EventReader(limits)
        self._patience = patience
        self._read: deque[Event] = deque()
        self._within_since: float | None = None
        self.taken_bytes = 0
        """How much it has sent."""

    async def next(self) -> Event | None:
        """The next event, or ``None`` when the peer has ended well; raises ``Refused`` for a broken or slow one."""
        while not self._read:
            if self._events.fault:
                raise self._events.fault
            chunk = await self._chunk()
            self._read += self._events.feed(chunk) if chunk else self._events.finish()
            self._within_since = (self._within_since or _now()) if self._events.within and not self._read else None
            if not chunk and not self._events.fault:
                return None
        return self._read.popleft()

    async def _chunk(self) -> bytes:
        wait_s = self._patience.idle_s
        if self._within_since is not None:
            wait_s = max(0.0, self._within_since + self._patience.event_s - _now())
        try:
            chunk = await asyncio.wait_for(self._reader.read(READ_BYTES), wait_s)
        except TimeoutError:
            raise Refused("too-slow", "An event took too long.") from None
        except OSError:
            return b""
        self.taken_bytes += len(chunk)
        return chunk

    async def send(self, *events: Eventable) -> None:
        """Write events and wait until the peer takes them; raises ``Refused`` where it does not."""
        try:
            self._writer.write(encode(*events))
            await asyncio.wait_for(self._writer.drain(), self._patience.write_s)
        except TimeoutError:
            self._writer.transport.abort()
            raise Refused("too-slow", "The peer does not read.") from None
        except OSError:
            raise Refused("gone", "The peer is gone.") from None

    def send_soon(self, event: Eventable, most_waiting: int) -> None:
        """Write an event without waiting; raises ``Refused`` where more than ``most_waiting`` bytes are not taken."""
        if self._writer.transport.get_write_buffer_size() > most_waiting:
            self._writer.transport.abort()
            raise Refused("too-slow", "The peer does not read.")
        self._writer.write(encode(event))

    async def refuse(self, why: Refused) -> None:
        """Say why in an error event, if the peer still listens."""
        with contextlib.suppress(Refused):
            await self.send(Error(text=why.text, code=why.code))

    async def close(self) -> None:
        """End the connection; a peer that does not let go is cut off."""
        with contextlib.suppress(OSError, TimeoutError):
            self._writer.close()
            await asyncio.wait_for(self._writer.wait_closed(), 1.0)
        self._writer.transport.abort()

    def notice_when_gone(self, after_s: int = 3) -> None:
        """Let the kernel find out whether a silent peer is still there."""
        connection = self._writer.get_extra_info("socket")
        if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", after_s), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 2)):
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _now() -> float:
    return asyncio.get_running_loop().time()
