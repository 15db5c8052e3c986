"""Faults that are there before Attune starts: a sound card that others hold, and a clock that cannot be right."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.running import Room
from tests.soundcard import SoundCard, sound_card, why_missing

pytestmark = [pytest.mark.device, pytest.mark.audio]
MOST_CLIENTS = 64
"""Programs that one PulseAudio server serves at once (``MAX_CONNECTIONS`` of its native protocol)."""
ATTUNE = (sys.executable, "-m", "voice")


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    """One card for both."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        yield card


def test_a_card_that_others_hold_is_said_and_taken_when_it_is_free(card: SoundCard, say: Any, tmp_path: Path) -> None:
    """Every place at the sound server is taken: the first scene is shown instead; later it starts as ever."""
    recorder = ["parec", "-d", "mic", "--raw", "--latency-msec=2000"]
    others: list[subprocess.Popen[bytes]] = []
    try:
        while len(others) < MOST_CLIENTS or _has_a_place(card):
            some = [subprocess.Popen(recorder, env=card.env, stdout=subprocess.PIPE) for _ in range(8)]
            others += some
            for other in some:
                assert other.stdout is not None
                other.stdout.read(1)  # it has its place once it records, or else has ended
        start = subprocess.Popen(ATTUNE, env=card.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True, cwd=tmp_path)  # fmt: skip
        assert start.stderr is not None
        said = [start.stderr.readline() for _ in range(3)]
        start.kill()
        start.communicate()
    finally:
        for other in others:
            other.kill()
            other.communicate()
    assert "There is no loudspeaker. Connect one" in said[1]
    assert "attune demo" in said[2]
    room = Room(card, say, tmp_path)
    try:
        room.works()
    finally:
        room.close()


def _has_a_place(card: SoundCard) -> bool:
    return subprocess.run(["pactl", "info"], env=card.env, capture_output=True).returncode == 0


def test_a_sound_server_that_stands_still_is_said_at_a_start_and_held_up_by_at_no_end(
    card: SoundCard, say: Any, tmp_path: Path
) -> None:
    """It takes connections and answers nothing: a start says so and shows the first scene; who is asked to end ends."""
    room = Room(card, say, tmp_path)
    card.stand_still()
    try:
        room.error("loudspeaker is gone")
        room.close()
        start = subprocess.run(ATTUNE, env=card.env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               cwd=tmp_path)  # fmt: skip
        assert "The sound server does not answer" in start.stderr
        assert start.returncode == 0
    finally:
        card.go_on()


def test_a_clock_before_what_was_kept_is_asked_about_until_they_say_the_time(
    card: SoundCard, say: Any, tmp_path: Path
) -> None:
    """A ritual was kept years after what the machine's clock shows now."""
    own = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA")}
    years_ahead = [*ATTUNE, "type", "--clock", "2036-11-20T10:00[Europe/Berlin]"]
    wish = "remind us of a walk every evening at six\n"
    subprocess.run(years_ahead, env=os.environ | own, check=True, capture_output=True, text=True, input=wish)
    room = Room(card, say, tmp_path)
    try:
        room.say("the soup was good tonight")
        room.cue("I'm not sure of the time.")
        room.say("sunday, half past eight in the evening")
        room.cue("Thank you.")
    finally:
        room.close()
