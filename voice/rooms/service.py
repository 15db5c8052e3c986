"""A Wyoming service: what Home Assistant's Assist asks, Attune answers, and plays the practice that it has named.

Each peer has its own task, its own limits and its own turn at the two threads that think and render, so that a slow or
hostile one costs the others nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import wyoming.asr as asr
import wyoming.handle as handle
import wyoming.intent as intent
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import Describe
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize

from voice.app import Content
from voice.errors import DeviceError
from voice.rooms.address import Address
from voice.rooms.answers import MOST_CHARACTERS, Answer, Answers
from voice.rooms.peer import Patience, Peer
from voice.rooms.programs import info_of
from voice.rooms.rendering import Rendering
from voice.rooms.sound import pcm
from voice.rooms.wire import Limits, Refused
from voice.speaking.voice import Voice

LOGGER = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """What all peers together may cost."""

    peers: int = 16
    """At a time; one more is refused."""
    bytes_each: int = 1024 * 1024
    """That one connection may send."""
    life_s: float = 1800.0
    """How long a connection may last, seconds."""
    event: Limits = field(default=Limits(payload_bytes=0))
    """No sound is taken here."""
    patience: Patience = field(default=Patience())


class Service:
    """Listens at one address; runs on an event loop."""

    def __init__(self, content: Content, voice: Voice, limits: ServiceLimits | None = None) -> None:
        """``voice`` speaks and renders; its rate is the sound's."""
        self.limits = limits or ServiceLimits()
        self.peers = 0
        """How many are connected."""
        self.refused = 0
        """How many were dropped with an error event."""
        self._content = content
        self._voice = voice
        self._answers = Answers(content)
        self._info = info_of(voice.name)
        # One thread, since answers remember what they have begun; two for sound, so that a long practice blocks nobody.
        self._thinking = ThreadPoolExecutor(1, thread_name_prefix="answering")
        self._rendering = ThreadPoolExecutor(2, thread_name_prefix="rendering")
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, address: Address) -> int:
        """Listen, and return the port (of use where port 0 was asked for); raises ``DeviceError`` where it is taken."""
        try:
            self._server = await asyncio.start_server(self._connected, address.host, address.port)
        except (OSError, OverflowError) as error:
            raise DeviceError(f"{address} cannot be listened at ({error}).", "Choose another: --uri tcp://…") from error
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Let every peer go."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._thinking.shutdown(cancel_futures=True)
        self._rendering.shutdown(cancel_futures=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        peer = Peer(reader, writer, self.limits.event, self.limits.patience)
        self.peers += 1
        try:
            async with asyncio.timeout(self.limits.life_s):
                await self._serve(peer)
        except Refused as why:
            self.refused += 1
            LOGGER.info("a peer was refused: %s", why.code)
            await peer.refuse(why)
        except (TimeoutError, asyncio.CancelledError, OSError):
            pass
        except Exception:
            LOGGER.exception("a peer found a bug")
            await peer.refuse(Refused("failed", "Attune could not do this."))
        finally:
            self.peers -= 1
            self._tasks.discard(task)
            await peer.close()

    async def _serve(self, peer: Peer) -> None:
        if self.peers > self.limits.peers:
            raise Refused("too-many", "Too many are connected.")
        while (event := await peer.next()) is not None:
            if peer.taken_bytes > self.limits.bytes_each:
                raise Refused("too-much", "This connection has sent too much.")
            await self._answer(event, peer)

    async def _answer(self, event: Event, peer: Peer) -> None:
        """What is not known is let pass, as the protocol asks for."""
        kinds: list[tuple[Callable[[str], bool], Callable[[Event, Peer], Awaitable[None]]]] = [
            (Describe.is_type, self._describe),
            (Ping.is_type, self._pong),
            (asr.Transcript.is_type, self._handle),
            (intent.Recognize.is_type, self._recognize),
            (Synthesize.is_type, self._synthesize),
        ]
        for is_type, work in kinds:
            if is_type(event.type):
                await work(event, peer)

    async def _describe(self, event: Event, peer: Peer) -> None:
        await peer.send(self._info)

    async def _pong(self, event: Event, peer: Peer) -> None:
        text = event.data.get("text")
        await peer.send(Pong(text=text if isinstance(text, str) else None))

    async def _handle(self, event: Event, peer: Peer) -> None:
        answer = await self._asked(event)
        kind = handle.Handled if answer.handled else handle.NotHandled
        await peer.send(kind(text=answer.text, context=_context(event)))

    async def _recognize(self, event: Event, peer: Peer) -> None:
        answer = await self._asked(event)
        if answer.intent is None:
            await peer.send(intent.NotRecognized(text=answer.text, context=_context(event)))
            return
        entities = [intent.Entity(name, value) for name, value in (answer.slots or {}).items()]
        await peer.send(intent.Intent(answer.intent, entities, text=answer.text, context=_context(event)))

    async def _asked(self, event: Event) -> Answer:
        return await self._run(self._thinking, lambda: self._answers.answer(_text(event)))

    async def _synthesize(self, event: Event, peer: Peer) -> None:
        text = _text(event)
        start = await self._run(self._thinking, lambda: self._answers.practice_of(text))
        if start is None:
            if len(text) > MOST_CHARACTERS * 4:
                raise Refused("too-large", "This text is too long to be spoken.")
            phrase = await self._run(self._rendering, lambda: self._voice.say(text))
            await self._play(peer, [pcm(phrase.samples)])
            return
        rendering = await self._run(self._rendering, lambda: Rendering(self._content, self._voice, start))
        await peer.send(AudioStart(rendering.rate, 2, 1, timestamp=0))
        sent = 0
        while chunk := await self._run(self._rendering, rendering.next):
            await peer.send(AudioChunk(rendering.rate, 2, 1, chunk, timestamp=sent * 1000 // (2 * rendering.rate)))
            sent += len(chunk)
        await peer.send(AudioStop(timestamp=sent * 1000 // (2 * rendering.rate)))

    async def _play(self, peer: Peer, chunks: list[bytes]) -> None:
        rate = self._voice.rate
        await peer.send(AudioStart(rate, 2, 1), *(AudioChunk(rate, 2, 1, chunk) for chunk in chunks), AudioStop())

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _text(event: Event) -> str:
    text = event.data.get("text")
    if not isinstance(text, str):
        raise Refused("not-wyoming", f"An event {event.type} needs a text.")
    return text


def _context(event: Event) -> dict[str, object] | None:
    """What the program wants to have back."""
    context = event.data.get("context")
    return context if isinstance(context, dict) else None
