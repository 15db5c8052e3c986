"""A running Attune on a virtual sound card, and two people who speak to it."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.soundcard import MIC_RATE, SPEAKER_RATE, SoundCard

LONGEST_S = 25.0
"""Nothing here takes longer to come."""
Event = dict[str, Any]
NULL_SINK, MONO = "module-null-sink", ("channels=1", "channel_map=mono")
MODULES = (
    (NULL_SINK, "sink_name=speaker", f"rate={SPEAKER_RATE}", *MONO),
    (NULL_SINK, "sink_name=micsink", f"rate={MIC_RATE}", *MONO),
    ("module-remap-source", "source_name=mic", "master=micsink.monitor"),
)
"""What the card is made of, to be put back."""


class Room:
    """A running Attune, its card, and two people."""

    def __init__(self, card: SoundCard, say: Any, folder: Path) -> None:
        """Start with its settings and its data in ``folder``, and wait until it listens."""
        self.card, self._say = card, say
        self._file = folder / "events.jsonl"
        self._log = (folder / "log").open("w+")
        command = [sys.executable, "-m", "voice", "--engine", "whisper", "--events", str(self._file)]
        own = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA")}
        self.attune = subprocess.Popen(command, env=card.env | own, stdout=subprocess.DEVNULL, stderr=self._log)
        self.since = 0
        try:
            self.until(lambda event: event["event"] == "cue" and "written down" in event["text"])
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """It ends as it should."""
        self.attune.send_signal(signal.SIGTERM)
        try:
            assert self.attune.wait(10) == 0
        finally:
            self._end()

    def _end(self) -> None:
        self.attune.kill()
        self.attune.wait()
        self._log.close()

    def until(self, happened: Callable[[Event], bool], longest_s: float = LONGEST_S) -> Event:
        """The first event since the last look for which it holds."""
        pause = threading.Event()
        for _ in range(round(longest_s / 0.05)):
            lines = self.events()
            for number, line in enumerate(lines[self.since :], start=self.since):
                if happened(event := json.loads(line)):
                    self.since = number + 1
                    return event
            pause.wait(0.05)
        raise AssertionError(f"it did not come; since then: {lines[self.since :]}; log: {self.log()}")

    def events(self) -> list[str]:
        """All that happened, as lines of JSON."""
        return self._file.read_text().splitlines() if self._file.exists() else []

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

    def cue(self, words: str) -> Event:
        """Something that it says."""
        return self.until(lambda event: event["event"] == "cue" and words in event.get("text", ""))

    def engine(self, library: str) -> psutil.Process:
        """The child process that has a library loaded."""
        children = psutil.Process(self.attune.pid).children()
        return next(child for child in children if any(library in place.path for place in child.memory_maps()))

    def said(self, before: int) -> list[str]:
        """What was spoken since an event's number."""
        events = [json.loads(line) for line in self.events()[before:]]
        return [event["text"] for event in events if event["event"] == "cue" and event["kind"] == "speak"]


def plug_in(card: SoundCard) -> None:
    """Microphone and loudspeaker are there again."""
    for module in MODULES:
        card.control("load-module", *module)
    card.control("set-default-sink", "speaker")
    card.control("set-default-source", "mic")
