"""The drive of the rooms: connects the satellites, listens for other programs where that was asked for, and runs until
it is told to end.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache

from voice.app import Content, Options, load_content, open_voice
from voice.events import Ready
from voice.keeping.clock import system_clock
from voice.keeping.opening import open_keeper
from voice.keeping.timekeeping import has_a_clock
from voice.memory import settle
from voice.rooms.address import Address
from voice.rooms.answers import of_the_house
from voice.rooms.hearing_process import HearingProcess
from voice.rooms.house import RATE, House, Log
from voice.rooms.satellite import Satellite
from voice.rooms.service import Service
from voice.speaking.voice import Voice


@dataclass(frozen=True, slots=True)
class Doors:
    """What is connected to what."""

    satellites: Sequence[Address]
    """Rooms, each by its satellite."""
    service: Address | None = None
    """Where other programs may come in; ``None`` for nowhere."""
    cancelled: bool = False
    """Whether the satellites take the guide's voice out of what they hear."""
    announce: bool = False
    """Whether the local network is told of the service."""


def run_rooms(doors: Doors, options: Options, log: Log, *, written_down: bool = False) -> int:
    """Run until SIGTERM (returns 0) or Ctrl-C (raises ``KeyboardInterrupt``).

    ``written_down``: ``log`` keeps what is said, and the rooms are told so. Raises ``DeviceError`` and
    ``ContentErrors``.
    """
    asked = asyncio.run(_run(doors, options, log, written_down))
    if asked == signal.SIGINT:
        raise KeyboardInterrupt
    return 0


async def _run(doors: Doors, options: Options, log: Log, written_down: bool) -> int:
    ended = asyncio.Event()
    asked = _end_when_asked(ended)
    read = cache(lambda: of_the_house(load_content(options)))
    with ExitStack() as stack:
        async with AsyncExitStack() as waiting:
            satellites = list(dict.fromkeys(doors.satellites))
            ears = HearingProcess(len(satellites), options, cancel=not doors.cancelled) if satellites else None
            if ears:
                stack.callback(ears.close)
            voice = open_voice(RATE, options)
            stack.callback(voice.close)
            if doors.service:
                await waiting.enter_async_context(_serving(doors, doors.service, read(), voice))
            engine = "text"
            if ears:
                keeper = stack.enter_context(
                    open_keeper(read().responses, read().titles, system_clock, has_a_clock=has_a_clock)
                )
                house = House(read(), voice, keeper, log)
                stack.callback(house.close)
                living = _living(house, satellites, ears, ended, written_down)
                engine = await waiting.enter_async_context(living)
            settle()
            log("house", Ready(t=0.0, engine=engine, voice=voice.name))
            await ended.wait()
    return asked[0] if asked else 0


@asynccontextmanager
async def _serving(doors: Doors, address: Address, content: Content, voice: Voice) -> AsyncIterator[None]:
    """Other programs may come in while the context lasts."""
    service = Service(content, voice)
    port = await service.start(address)
    told = "only programs on this machine" if address.is_loopback else "ANY MACHINE that reaches this one"
    print(f"Wyoming service at {Address(address.host, port)}: {told} can come in.", file=sys.stderr)
    try:
        async with AsyncExitStack() as stack:
            if doors.announce:
                from voice.rooms.announcing import announced

                await stack.enter_async_context(announced(address.host, port))
                whom = "This machine alone" if address.is_loopback else "The local network"
                print(f"{whom} is told of it (zeroconf).", file=sys.stderr)
            yield
    finally:
        await service.close()


@asynccontextmanager
async def _living(
    house: House, satellites: Sequence[Address], ears: HearingProcess, ended: asyncio.Event, written_down: bool
) -> AsyncIterator[str]:
    """The rooms live while the context lasts; gives the recognizer's name."""
    rooms = [(address, house.add(f"{address.host}:{address.port}")) for address in satellites]
    for _, room in rooms:
        room.session.written_down = written_down
    engine = await asyncio.get_running_loop().run_in_executor(None, ears.listen, [room for _, room in rooms])
    tasks = [asyncio.create_task(Satellite(address, house, room).keep()) for address, room in rooms]
    ticking = asyncio.create_task(house.run(ended))
    ticking.add_done_callback(lambda task: ended.set())
    try:
        yield engine
    finally:
        ended.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ticking


def _end_when_asked(ended: asyncio.Event) -> list[int]:
    """SIGTERM and Ctrl-C end the rooms; the list gets what came."""
    asked: list[int] = []
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        asked.append(number)
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, end, number)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda got, frame: loop.call_soon_threadsafe(end, got))
    return asked
