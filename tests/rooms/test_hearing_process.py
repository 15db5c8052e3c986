"""The house's hearing in its own process: what each room says is that room's, and a process that dies is another by the
next word.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from wyoming.audio import AudioChunk

from voice.app import Content, Options
from voice.events import Error, Event, Heard, Speech, Understood
from voice.keeping.clock import clock_from, system_clock
from voice.keeping.opening import passing_keeper
from voice.rooms.hearing_process import FarEars, HearingProcess, RoomSide
from voice.rooms.house import TICK_S, House
from voice.speaking.voice import Voice

CHUNK = 1024
"""Frames that a satellite sends at once."""
LONGEST_S = 60.0


class Home:
    """Two rooms that hear, without satellites: sound is put into their microphones in real time."""

    def __init__(self, content: Content, voice: Voice) -> None:
        """Start the process, and wait until it hears."""
        self.events: dict[str, list[Event]] = {"kitchen": [], "attic": []}
        keeper = passing_keeper(content.responses, content.titles, clock_from(system_clock()))
        self.house = House(content, voice, keeper, lambda room, event: self.events[room].append(event))
        self.ears = HearingProcess(2, Options(engine="whisper"), cancel=True)
        rooms = [self.house.add(name) for name in self.events]
        self.name = self.ears.listen(rooms)

    def speak(self, **said: npt.NDArray[np.float32]) -> None:
        """Sound for some rooms at once, float32 at 16 kHz, chunk by chunk as it comes from a satellite."""
        size = max(map(len, said.values()))
        for at in range(0, size, CHUNK):
            for name, samples in said.items():
                pcm = (samples[at : at + CHUNK] * 32767).astype("<i2").tobytes()
                self.house.rooms[name].microphone.take(AudioChunk(16_000, 2, 1, pcm), self.house.now_s)
            self._live(CHUNK / 16_000)

    def _live(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.house.tick()
            time.sleep(TICK_S / 2)

    def until(self, fits: Callable[[], object]) -> None:
        """Let time pass until something is so."""
        begun = time.monotonic()
        while not fits():
            assert time.monotonic() - begun < LONGEST_S, self.events
            self._live(TICK_S)

    def of(self, room: str, kind: type[Event]) -> list[Any]:
        """A room's events of one kind."""
        return [event for event in self.events[room] if isinstance(event, kind)]


@pytest.fixture(scope="module")
def home(content: Content, voice: Voice, whisper: object) -> Iterator[Home]:
    """A house of two rooms with the real recognizer."""
    home = Home(content, voice)
    yield home
    home.ears.close()
    home.house.close()


def test_who_was_speaking_when_hearing_was_lost_is_not_waited_for(content: Content, voice: Voice) -> None:
    """The next process knows nothing of them; a room in which nobody spoke is told nothing of speech."""
    events: dict[str, list[Event]] = {"kitchen": [], "attic": []}
    keeper = passing_keeper(content.responses, content.titles, clock_from(system_clock()))
    house = House(content, voice, keeper, lambda room, event: events[room].append(event))
    ears = FarEars(None)
    sides = [RoomSide(number, house.add(name), ears) for number, name in enumerate(events)]
    house.rooms["kitchen"].session.take(Speech(t=house.now_s, edge="start"))
    for side in sides:
        side.tell_lost("it died", deaf=False)
    house.tick()
    house.close()
    speech = {name: [event.edge for event in told if isinstance(event, Speech)] for name, told in events.items()}
    assert speech == {"kitchen": ["start", "end"], "attic": []}


@pytest.mark.audio
@pytest.mark.real_time
def test_two_rooms_that_speak_at_once_are_heard_each_for_itself(home: Home, say: Any) -> None:
    """One recognizer, two turns that end together; what was said when is told on the clock of the house."""
    assert home.name == "whisper tiny.en"
    begun = home.house.now_s
    kitchen, attic = say("who hears this", "flite:slt"), say("what can I say", "flite:slt")
    home.speak(kitchen=kitchen, attic=attic)
    home.until(lambda: home.of("kitchen", Understood) and home.of("attic", Understood))
    assert home.of("kitchen", Understood)[0].control == "who-hears"
    assert home.of("attic", Understood)[0].control == "what-can-i-say"
    heard = home.of("kitchen", Heard)[-1]
    assert begun < heard.start < heard.end < begun + len(kitchen) / 16_000 + 0.5


@pytest.mark.audio
@pytest.mark.real_time
def test_a_process_that_dies_is_told_and_begun_anew(home: Home, say: Any) -> None:
    """Every room is told once; what is said then is heard again, with nothing to be done by anybody."""
    os.kill(home.ears.pid, signal.SIGKILL)
    home.until(lambda: home.of("kitchen", Error) and home.of("attic", Error))
    before = len(home.of("attic", Understood))

    def again() -> bool:
        if len(home.of("attic", Understood)) == before:
            home.speak(attic=say("stop listening", "flite:slt"))
        return len(home.of("attic", Understood)) > before

    home.until(again)
    assert len(home.of("kitchen", Error)) == 1
