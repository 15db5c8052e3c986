"""Faults of a room that is running: on a virtual sound card, devices vanish and come back, engines stop and die.

One Attune for all of them. After each fault is over it starts a practice again when it is asked to, and stops.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from tests.reliability.running import LONGEST_S, Room, plug_in
from tests.soundcard import sound_card, why_missing

pytestmark = [pytest.mark.device, pytest.mark.audio]


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
    plug_in(room.card)
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


def test_an_audio_server_that_stands_still_is_waited_for(room: Room) -> None:
    """Both devices hang, amid a practice; the breathing goes on at an inhale once it answers."""
    room.say("help us calm down")
    room.until(lambda event: event["event"] == "beat" and event["phase"] == "out")
    room.card.stand_still()
    room.error("loudspeaker is gone")
    room.card.go_on()
    assert room.until(lambda event: event["event"] == "beat")["phase"] == "in"
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
