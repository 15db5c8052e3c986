"""Devices that vanish while it runs, and come back: it waits, says so in the log, and goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.soundcard import SoundCard, sound_card, why_missing

pytestmark = [pytest.mark.device, pytest.mark.audio]
PATIENCE_S = 30


@pytest.fixture
def card() -> Iterator[SoundCard]:
    """A sound card of our own."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        yield card


class Room:
    """Attune, listening on a card."""

    def __init__(self, card: SoundCard, folder: Path) -> None:
        """Start it and wait until it is ready."""
        self.events_file = folder / "events.jsonl"
        command = [sys.executable, "-m", "voice", "--engine", "whisper", "--events", str(self.events_file)]
        self.attune = subprocess.Popen(command, env=card.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(lambda event: event["event"] == "ready")

    def events(self) -> list[dict[str, Any]]:
        """What happened so far."""
        lines = self.events_file.read_text().splitlines() if self.events_file.exists() else []
        return [json.loads(line) for line in lines if line.endswith("}")]

    def until(self, happened: Callable[[dict[str, Any]], bool], after: int = 0) -> int:
        """Wait for an event after the first ``after`` ones; how many there are then."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            events = self.events()
            if any(happened(event) for event in events[after:]):
                return len(events)
            assert self.attune.poll() is None, "it ended"
            time.sleep(0.1)
        raise AssertionError(f"it did not happen; there were {[event['event'] for event in self.events()[after:]]}")

    def end(self) -> None:
        """Ctrl-C."""
        self.attune.send_signal(signal.SIGINT)
        assert self.attune.wait(10) == 130


@pytest.fixture
def room(card: SoundCard, tmp_path: Path) -> Iterator[Room]:
    """Attune, listening."""
    room = Room(card, tmp_path)
    yield room
    room.attune.kill()
    room.attune.wait()


def is_lost(what: str) -> Callable[[dict[str, Any]], bool]:
    """The event that tells of a device that is gone."""
    return lambda event: event["event"] == "error" and what in event["what"]


def test_a_microphone_that_goes_is_found_again(card: SoundCard, room: Room, say: Any) -> None:
    """What carries it is unloaded and loaded again; the next phrase is heard."""
    for line in reversed(card.control("list", "short", "modules").splitlines()):
        if "name=mic" in line:
            card.control("unload-module", line.split("\t")[0])
    before = room.until(is_lost("microphone"))
    card.control("load-module", "module-null-sink", "sink_name=micsink", "rate=16000", "channels=1")
    card.control("load-module", "module-remap-source", "source_name=mic", "master=micsink.monitor")
    card.control("set-default-source", "mic")
    time.sleep(2)  # it looks once a second
    card.speak(say("help us calm down", "flite:slt")).wait()
    room.until(lambda event: event["event"] == "beat", before)
    room.end()
