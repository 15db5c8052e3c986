"""How tests of the rooms run coroutines, and ask a Wyoming service as Home Assistant does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from wyoming.client import AsyncTcpClient
from wyoming.event import Event, Eventable

WAIT_S = 20.0
"""Longest that anything is waited for, seconds."""
Serve = Callable[..., Any]
"""The fixture of the same name."""


def run(work: Awaitable[Any]) -> Any:
    """Run a coroutine to its end, within bounds."""

    async def bounded() -> Any:
        return await asyncio.wait_for(work, 60)

    return asyncio.run(bounded())


async def ask(port: int, *events: Eventable, last: str, most: int = 2000) -> list[Event]:
    """Send events as Home Assistant does, on a connection of their own, and read until an event of type ``last``."""
    async with AsyncTcpClient("127.0.0.1", port) as client:
        for event in events:
            await client.write_event(event.event())
        heard: list[Event] = []
        while len(heard) < most:
            got = await asyncio.wait_for(client.read_event(), WAIT_S)
            assert got is not None, f"the connection ended after {[event.type for event in heard]}"
            heard.append(got)
            if got.type == last:
                return heard
        raise AssertionError(f"no {last} among {most} events")
