"""Faults of a room that is running: on a virtual sound card, devices vanish and come back, engines stop and die.

One Attune for all of them. After each fault is over it starts a practice again when it is asked to, and stops.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.soundcard import MIC_RATE, SPEAKER_RATE, SoundCard, sound_card, why_missing

pytestmark = [pytest.mark.device, pytest.mark.audio]
LONGEST_S = 25.0
"""Nothing here takes longer to come."""
NULL_SINK, MONO = "module-null-sink", ("channels=1", "channel_map=mono")
MODULES = (
    (NULL_SINK, "sink_name=speaker", f"rate={SPEAKER_RATE}", *MONO),
    (NULL_SINK, "sink_name=micsink", f"rate={MIC_RATE}", *MONO),
    ("module-remap-source", "source_name=mic", "master=micsink.monitor"),
)
"""What the card is made of, to be put back."""
Event = dict[str, Any]


class Room:
    """A running Attune, its card, and two people."""

    def __init__(self, card: SoundCard, say: Any, folder: Path) -> None:
        """Start, and wait until it listens."""
        self.card, self._say = card, say
        self._file = folder / "events.jsonl"
        self._log = (folder / "log").open("w+")
        command = [sys.executable, "-m", "voice", "--engine", "whisper", "--events", str(self._file)]
        own = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA")}
        self.attune = subprocess.Popen(command, env=card.env | own, stdout=subprocess.DEVNULL, stderr=self._log)
        self.since = 0
        self.until(lambda event: event["event"] == "cue" and "written down" in event["text"])

    def close(self) -> None:
        """It ends as it should."""
        self.attune.send_signal(signal.SIGTERM)
        try:
            assert self.attune.wait(10) == 0
        finally:
            self.attune.kill()
            self._log.close()

    def until(self, happened: Callable[[Event], bool], longest_s: float = LONGEST_S) -> Event:
        """The first event since the last look for which it holds."""
        pause = threading.Event()
        for _ in range(round(longest_s / 0.05)):
            lines = self._file.read_text().splitlines() if self._file.exists() else []
            for number, line in enumerate(lines[self.since :], start=self.since):
                if happened(event := json.loads(line)):
                    self.since = number + 1
                    return event
            pause.wait(0.05)
        raise AssertionError(f"it did not come; since then: {lines[self.since :]}; log: {self.log()}")

    def log(self) -> str:
        """What was logged."""
        self._log.flush()
        return Path(self._log.name).read_text()

    def say(self, text: str) -> None:
        """They say it, once what was said before is over."""
        self.card.speak(self._say(text, "flite:slt")).wait()

    def works(self) -> None:
        """A practice starts when it is asked to, sounds, and stops."""
        self.say("help us calm down")
        self.until(lambda event: event["event"] == "understood" and event.get("practice") == "two-minute-reset")
        self.stop()

    def stop(self) -> None:
        """They say stop, and it is silent; on a busy machine they may have to say it twice."""
        for longest_s in (8.0, 8.0, LONGEST_S):
            self.say("stop")
            with contextlib.suppress(AssertionError):
                self.until(lambda event: event["event"] == "state" and event["to"] == "idle", longest_s)
                return
        raise AssertionError(f"it does not stop: {self.log()}")

    def error(self, words: str) -> Event:
        """The event that says what is wrong."""
        return self.until(lambda event: event["event"] == "error" and words in event["what"])

    def engine(self, library: str) -> psutil.Process:
        """The child process that has a library loaded."""
        children = psutil.Process(self.attune.pid).children()
        return next(child for child in children if any(library in place.path for place in child.memory_maps()))

    def said(self, before: int) -> list[str]:
        """What was spoken since an event's number."""
        events = [json.loads(line) for line in self._file.read_text().splitlines()[before:]]
        return [event["text"] for event in events if event["event"] == "cue" and event["kind"] == "speak"]


@pytest.fixture(scope="module")
def room(say: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One Attune in a room of its own."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        room = Room(card, say, tmp_path_factory.mktemp("room"))
        yield room
        room.close()


def test_a_recognizer_that_stands_still_is_replaced_and_hears(room: Room) -> None:
    """Stopped (SIGSTOP) in silence: nobody has to wait for it to be noticed."""
    before = room.since
    stopped = room.engine("ctranslate2")
    os.kill(stopped.pid, signal.SIGSTOP)
    psutil.wait_procs([stopped], LONGEST_S)
    assert not stopped.is_running()
    room.works()
    assert not [text for text in room.said(before) if "voice is gone" in text]
    assert "stands still" in room.log()


def test_a_recognizer_that_crashes_amid_a_practice_ends_nothing(room: Room) -> None:
    """The breathing goes on, and "stop" is heard by the next one."""
    room.say("help us calm down")
    room.until(lambda event: event["event"] == "beat")
    room.engine("ctranslate2").kill()
    room.until(lambda event: event["event"] == "beat" and event["phase"] == "out")
    room.until(lambda event: event["event"] == "beat" and event["phase"] == "in")
    room.stop()


def test_a_synthesizer_that_is_lost_amid_a_practice_lets_the_tones_go_on(room: Room) -> None:
    """Stopped (SIGSTOP): beats keep coming, and another synthesizer is there for the next practice."""
    room.say("help us calm down")
    room.until(lambda event: event["event"] == "beat")
    os.kill(room.engine("espeak").pid, signal.SIGSTOP)
    for phase in ("out", "in"):
        room.until(lambda event, phase=phase: event["event"] == "beat" and event["phase"] == phase)
    room.stop()
    room.works()


def test_devices_that_are_pulled_amid_a_practice_are_found_again(room: Room) -> None:
    """Microphone and loudspeaker are gone; the breathing waits, and goes on at an inhale when they are back."""
    before = room.since
    room.say("help us calm down")
    room.until(lambda event: event["event"] == "beat" and event["phase"] == "out")
    room.card.control("unload-module", "module-null-sink")
    room.error("loudspeaker is gone")
    for module in MODULES:
        room.card.control("load-module", *module)
    room.card.control("set-default-sink", "speaker")
    room.card.control("set-default-source", "mic")
    assert room.until(lambda event: event["event"] == "beat")["phase"] == "in"
    _again(room)
    assert not [text for text in room.said(before) if "gone" in text]


def test_a_suspended_card_goes_on_when_it_wakes(room: Room) -> None:
    """As after a closed lid."""
    for device in ("sink", "source"):
        room.card.control(f"suspend-{device}", "speaker" if device == "sink" else "mic", "1")
    threading.Event().wait(4)
    for device in ("sink", "source"):
        room.card.control(f"suspend-{device}", "speaker" if device == "sink" else "mic", "0")
    _again(room)


def test_an_audio_server_that_is_restarted_is_found_again(room: Room) -> None:
    """Both devices are gone at once, and back."""
    room.card.kill()
    room.error("loudspeaker is gone")
    room.card.start()
    _again(room)


def _again(room: Room) -> None:
    """It hears and speaks again: they say stop, and then ask once more, a few times if need be, as people do."""
    for _ in range(4):
        try:
            room.say("stop")
            room.works()
            return
        except AssertionError:
            continue
    raise AssertionError(f"it does not work any more: {room.log()}")
