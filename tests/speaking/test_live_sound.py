"""The loudspeaker on a real PortAudio stream, on the virtual sound card."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.soundcard import SPEAKER_RATE, SoundCard, sound_card, why_missing

pytestmark = [
    pytest.mark.device,
    pytest.mark.real_time,
    pytest.mark.skipif(why_missing() is not None, reason=why_missing() or ""),
]
PLAYER = Path(__file__).with_name("player.py")
SECONDS = 8


@pytest.fixture
def card() -> Iterator[SoundCard]:
    """A virtual sound card."""
    with sound_card() as card:
        yield card


@pytest.fixture
def busy() -> Iterator[None]:
    """Two programs that take whatever processor they get."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for program in spinning:
        program.kill()
        program.wait()


def play(card: SoundCard, *what: str) -> subprocess.Popen[str]:
    """Start ``player.py`` on the card."""
    command = [sys.executable, str(PLAYER), *what]
    return subprocess.Popen(command, env=card.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def result(player: subprocess.Popen[str]) -> dict[str, float]:
    """What it reports at its end."""
    out, _ = player.communicate(timeout=60)
    assert player.returncode == 0
    report: dict[str, float] = json.loads(out.splitlines()[-1])
    return report


def test_clicks_keep_their_seconds_on_a_busy_machine(card: SoundCard, busy: None) -> None:
    """Recorded, they are one second apart to within a frame, all are there, and nothing was missing."""
    with card.recorded() as heard:
        report = result(play(card, "clicks", str(SECONDS)))
    loud = np.flatnonzero(np.abs(heard[0]) > 0.49)
    clicks = loud[np.insert(np.diff(loud) > 1000, 0, True)]
    assert len(clicks) == SECONDS
    assert np.max(np.abs(np.diff(clicks) - SPEAKER_RATE)) <= 1
    assert report["underflows"] == 0
    assert 0.02 < report["lag_s"] < 0.3


def test_a_stop_is_silent_within_its_fade_and_makes_no_click(card: SoundCard) -> None:
    """A steady tone, faded from the next free frame on: no step, and nothing after 60 ms of fade."""
    with card.recorded() as heard:
        report = result(play(card, "stop", "3"))
    sound = heard[0]
    begun = np.flatnonzero(np.abs(sound) > 0.01)
    assert report["stopped_s"] - report["asked_s"] < 0.08
    assert (begun[-1] - begun[0]) / SPEAKER_RATE == pytest.approx(report["stopped_s"] - 0.5 + 0.06, abs=0.01)
    step = 0.3 * 2 * np.pi * 300 / SPEAKER_RATE
    assert np.max(np.abs(np.diff(sound))) < 1.5 * step


@pytest.mark.parametrize("fault", ["killed", "unplugged"])
def test_a_vanished_device_is_noticed(card: SoundCard, fault: str) -> None:
    """The sound server dies, or the loudspeaker is pulled: not alive after a second, closed at once, open refused."""
    with card.recorded():
        player = play(card, "until-gone", "20")
        assert player.stdout is not None
        assert player.stdout.readline() == "playing\n"
        if fault == "killed":
            card.kill()
        else:
            card.control("unload-module", "module-null-sink")
        report = result(player)
    assert report["alive"] == 0
    assert report["noticed_s"] < 2
    assert report["closed_s"] < 0.5
    assert report["refused"] == 1
