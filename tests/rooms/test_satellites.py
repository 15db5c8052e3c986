"""The whole house with real satellites on loopback: two processes of wyoming-satellite, the real recognizer and voice.

In real time, since the satellites are: about half a minute, most of it waiting.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.rooms.asking import run
from tests.rooms.satellites import Body, satellite_python

Lines = list[dict[str, Any]]


class Attune:
    """A running ``attune rooms``, seen through its events file."""

    def __init__(self, events: Path) -> None:
        """``events`` is the file."""
        self._events = events

    def lines(self) -> Lines:
        """All events so far."""
        text = self._events.read_text() if self._events.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]

    async def until(self, fits: Callable[[Lines], object], within_s: float = 25.0) -> Any:
        """Wait until something is true of the events."""
        for _ in range(round(within_s / 0.05)):
            if found := fits(self.lines()):
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"not within {within_s} s; the last events: {self.lines()[-5:]}")


def of(lines: Lines, room: Body, event: str, **more: object) -> Lines:
    """The events of one kind in a room."""
    name = f"127.0.0.1:{room.port}"
    return [e for e in lines if (e["room"], e["event"]) == (name, event) and more.items() <= e.items()]


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def house(folder: Path, rooms: list[Body]) -> AsyncIterator[Attune]:
    """``attune rooms`` with a home of its own, connected to every satellite."""
    keep = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    told = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data")}
    uris = [f"tcp://127.0.0.1:{room.port}" for room in rooms]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "voice", "--engine", "whisper", "rooms", *uris, "--events", str(folder / "events.jsonl"),
        env=keep | told, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Attune(folder / "events.jsonl")
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.audio
@pytest.mark.real_time
def test_two_rooms_of_real_satellites(say: Any, whisper: Any, tmp_path: Path) -> None:
    """Both breathe on one clock; "stop" stops one room only; a satellite killed and restarted is there within 5 s."""
    satellite_python()
    run(_two_rooms(say, tmp_path))


async def _two_rooms(say: Any, folder: Path) -> None:
    kitchen, attic = rooms = [Body("kitchen", free_port()), Body("attic", free_port())]
    try:
        await asyncio.gather(*(room.open() for room in rooms))
        async with house(folder, rooms) as attune:
            await attune.until(lambda lines: all(of(lines, room, "cue", kind="speak") for room in rooms))
            for room in rooms:
                room.speak(say("help us calm down", "flite:slt"))
            await attune.until(lambda lines: all(len(of(lines, room, "beat")) >= 7 for room in rooms))
            _one_clock(attune.lines(), kitchen, attic)
            kitchen.speak(say("stop", "flite:slt"))
            await attune.until(lambda lines: of(lines, kitchen, "silenced"))
            before = len(of(attune.lines(), attic, "beat"))
            await attic.kill()
            await attune.until(lambda lines: [e for e in of(lines, attic, "error") if "is gone" in e["what"]])
            await attic.start()
            await asyncio.wait_for(attic.got_sound.wait(), 5)
            await attune.until(lambda lines: len(of(lines, attic, "beat")) >= before + 3)
            assert not of(attune.lines(), attic, "silenced")
            assert not of(attune.lines(), kitchen, "beat")[before + 3 :]
    finally:
        await asyncio.gather(*(room.close() for room in rooms))


def _one_clock(lines: Lines, kitchen: Body, attic: Body) -> None:
    """Counts within 20 ms of each other: by the events, and by the sound that the two loudspeakers were given."""
    first, second = ([e["t"] for e in of(lines, room, "beat")] for room in (kitchen, attic))
    common = [(a, b) for a in first for b in second if abs(a - b) < 0.5]
    assert len(common) >= 4
    assert max(abs(a - b) for a, b in common) < 0.02
    ins = [[e["t"] for e in of(lines, room, "beat", phase="in", beat=1)] for room in (kitchen, attic)]
    assert any(abs(a - b) < 0.02 for a in ins[0] for b in ins[1])
    start, end = common[0][0] - 0.2, common[-1][0] - 0.2
    sounds = [room.sound(start, end) for room in (kitchen, attic)]
    likeness = np.fft.irfft(np.fft.rfft(sounds[0]) * np.conj(np.fft.rfft(sounds[1])), len(sounds[0]))
    lag = int(np.argmax(likeness))
    lag -= len(likeness) if lag > len(likeness) // 2 else 0
    assert abs(lag) / kitchen.rate < 0.02
