"""A room whose hearing ends by a fault: no guide may go on that cannot hear "stop"."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from voice.app import Options
from voice.drives import room
from voice.drives.paced import PacedOutput
from voice.events import Error, Event
from voice.speaking.mixer import Mixer
from voice.speaking.phrase import Phrase
from voice.speaking.reference import Reference

RATE = 16_000


class Loudspeaker(PacedOutput):
    """One that nobody hears."""

    name = "any"

    def __init__(self) -> None:
        """At 16 kHz."""
        self.mixer = Mixer(RATE)
        self.reference = Reference(RATE)
        super().__init__(self.mixer, RATE, None)

    def clock_s(self, time_s: float) -> float:
        """It has one clock."""
        return time_s


class Microphone:
    """One whose samples are a fault of ours."""

    name = "any"

    def start(self) -> None:
        """Nothing to do."""

    def read(self, timeout_s: float) -> None:
        """What nobody expected."""
        raise LookupError("a bug")

    def time_of(self, frame: int) -> float:
        """Any."""
        return 0.0

    def close(self) -> None:
        """Nothing to do."""


class Silent:
    """A voice, and ears, that do nothing."""

    name = "silent"

    def say(self, text: str, *, slow: bool = False) -> Phrase:
        """Silence."""
        return Phrase(np.zeros(RATE // 10, np.float32), 0, RATE)

    def has(self, text: str, *, slow: bool = False) -> bool:
        """Always."""
        return True

    def prepare(self, texts: object, *, slow: bool = False, pin: bool = False) -> None:
        """Nothing to make."""

    def wait_ready(self) -> None:
        """At once."""

    def close(self) -> None:
        """Nothing to do."""


def test_a_fault_in_the_hearing_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told and raised, so that systemd, which restarts after a failure, starts it again."""
    for folder in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{folder}_HOME", str(tmp_path))
    monkeypatch.setattr(room, "open_ears", lambda *given: Silent())
    monkeypatch.setattr(room, "open_voice", lambda *given: Silent())
    monkeypatch.setattr(room, "open_spotter", lambda: None)
    monkeypatch.setattr(room, "Loudspeaker", SimpleNamespace(open=lambda name: Loudspeaker()))
    monkeypatch.setattr(room, "Microphone", SimpleNamespace(open=lambda name: Microphone()))
    for ours in ("hurry", "settle"):
        monkeypatch.setattr(room, ours, lambda: None)
    monkeypatch.setattr(room, "_end_when_asked", lambda loop: [])
    events: list[Event] = []
    with pytest.raises(LookupError, match="a bug"):
        room.run_room(Options(), events.append)
    assert "Hearing ended: a bug" in [event.what for event in events if isinstance(event, Error)]
