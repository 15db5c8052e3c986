"""Content, a voice and a Wyoming service on loopback, shared by the tests of the rooms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.rooms.asking import Serve
from voice.app import Content, Options, load_content
from voice.rooms.address import Address
from voice.rooms.answers import of_the_house
from voice.rooms.house import RATE
from voice.rooms.service import Service, ServiceLimits
from voice.speaking.voice import Voice


@pytest.fixture(scope="session")
def content() -> Content:
    """Everything built in."""
    return of_the_house(load_content(Options()))


@pytest.fixture(scope="session")
def voice() -> Iterator[Voice]:
    """The real synthesizer at the rooms' rate."""
    voice = Voice(RATE)
    yield voice
    voice.close()


@pytest.fixture
def serve(content: Content, voice: Voice) -> Serve:
    """``async with serve(limits) as (service, port)``: a service on a free port of the loopback."""

    @asynccontextmanager
    async def serving(limits: ServiceLimits | None = None) -> AsyncIterator[tuple[Service, int]]:
        service = Service(content, voice, limits)
        port = await service.start(Address("127.0.0.1", 0))
        try:
            yield service, port
        finally:
            await service.close()

    return serving
