"""Who can come in: this machine only unless told otherwise, found by zeroconf only when switched on."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from tests.rooms.asking import Serve, run
from voice.arguments import build_parser
from voice.cli import main
from voice.errors import ContentErrors, DeviceError
from voice.keeping.settings import load_rooms
from voice.rooms.address import Address, read_address
from voice.rooms.announcing import KIND, announced


def test_it_listens_on_this_machine_only_unless_told_otherwise(serve: Serve) -> None:
    """By default, and in fact: no other address of this machine answers."""
    assert read_address(build_parser().parse_args(["rooms", "--serve"]).uri).is_loopback

    async def tried() -> list[str]:
        async with serve() as (service, _):
            return [listening.getsockname()[0] for listening in service._server.sockets]

    assert all(ipaddress.ip_address(host).is_loopback for host in run(tried()))


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("tcp://127.0.0.1:10800", True),
        ("tcp://localhost:10800", True),
        ("tcp://[::1]:10800", True),
        ("tcp://0.0.0.0:10800", False),
        ("tcp://192.168.1.20:10700", False),
        ("tcp://kitchen.local:10700", False),
    ],
)
def test_an_address_says_who_can_reach_it(text: str, loopback: bool) -> None:
    """And is written as it was read."""
    assert read_address(text).is_loopback is loopback
    assert str(read_address(text)) == text


@given(st.text(max_size=40) | st.text(max_size=20).map(lambda text: f"tcp://{text}"))
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    """Never another error."""
    with contextlib.suppress(DeviceError):
        assert 0 <= read_address(text).port < 65536


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rooms"], "No room is known."),
        (["rooms", "kitchen"], "is no address that Attune knows"),
        (["rooms", "--serve", "--uri", "http://127.0.0.1:1"], "is no address that Attune knows"),
        (["rooms", "tcp://127.0.0.1:1", "--announce"], "There is nothing to announce."),
        (["rooms", "--serve", "--uri", "tcp://192.0.2.1:10800"], "cannot be listened at"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In one sentence with a remedy, and exit code 1."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(words) == 1
    assert said in capsys.readouterr().err


def test_the_settings_name_rooms(tmp_path: Path) -> None:
    """A wrong address is refused with its line."""
    path = tmp_path / "settings.yaml"
    path.write_text('rooms: ["tcp://192.168.1.20:10700"]\n')
    assert load_rooms(path) == ("tcp://192.168.1.20:10700",)
    path.write_text('quiet_hours: off\nrooms: ["kitchen"]\n')
    with pytest.raises(ContentErrors, match=r"settings.yaml:2: 'rooms' is not right"):
        load_rooms(path)


def test_it_is_found_when_announced_and_not_before() -> None:
    """By a browser on the loopback, the only interface that is used."""

    async def browsed() -> tuple[str, int, list[str]]:
        zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
        found: asyncio.Queue[str] = asyncio.Queue()

        def changed(*, name: str, **_: object) -> None:
            found.put_nowait(name)

        browser = AsyncServiceBrowser(zeroconf.zeroconf, KIND, handlers=[changed])
        try:
            async with announced("127.0.0.1", 10_800, "Attune under test"):
                name = await asyncio.wait_for(found.get(), 10)
                info = AsyncServiceInfo(KIND, name)
                assert await info.async_request(zeroconf.zeroconf, 3000)
                return name, info.port or 0, info.parsed_addresses()
        finally:
            await browser.async_cancel()
            await zeroconf.async_close()

    assert run(browsed()) == (f"Attune under test.{KIND}", 10_800, ["127.0.0.1"])


@pytest.mark.parametrize("host", ["0.0.0.0", "kitchen.local", "::1"])
def test_only_one_address_of_this_machine_is_announced(host: str) -> None:
    """Never all of them at once."""

    async def tried() -> None:
        async with announced(host, 10_800):
            raise AssertionError("it was announced")

    with pytest.raises(DeviceError, match="cannot be announced"):
        run(tried())


def test_a_port_that_is_taken_is_said(serve: Serve, content: object, voice: object) -> None:
    """With what to do."""
    from voice.rooms.service import Service

    async def tried() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            service = Service(content, voice)  # type: ignore[arg-type]
            try:
                await service.start(Address("127.0.0.1", taken.getsockname()[1]))
            finally:
                await service.close()

    with pytest.raises(DeviceError, match="cannot be listened at"):
        run(tried())
