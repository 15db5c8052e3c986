"""Rooms on one clock, without a network: two conversations, one beat, one store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from wyoming.audio import AudioChunk

from voice.app import Content, prepare_now
from voice.events import Beat, Cue, Due, Event, Silenced, Understood
from voice.hearing.amid_talk import QUIET_S
from voice.hearing.turns import PATIENCE_MS
from voice.keeping.clock import clock_at, clock_from
from voice.keeping.due import Rules
from voice.keeping.keeper import Keeper
from voice.keeping.store import memory_store
from voice.rooms.house import RATE, TICK_S, House
from voice.rooms.microphone import RoomMicrophone
from voice.rooms.room import LEAD_S, Room
from voice.speaking.voice import Voice


@dataclass
class Time:
    """A clock that goes when it is told to."""

    now_s: float = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now_s


@dataclass
class Loudspeaker:
    """A satellite that keeps what it is sent."""

    streams: list[list[tuple[int, npt.NDArray[np.float32]]]] = field(default_factory=list)
    """Each stream's chunks, with their frame on the clock of the house."""
    over: bool = True
    turns: int = 0
    """How often it was told that a turn is over."""

    def play(self, samples: npt.NDArray[np.float32], start_frame: int) -> None:
        """Keep it."""
        if self.over:
            self.streams.append([])
            self.over = False
        self.streams[-1].append((start_frame, samples))

    def rest(self) -> None:
        """The stream is over."""
        self.over = True

    def heard(self) -> None:
        """Count."""
        self.turns += 1

    def loud_after(self, frame: int) -> bool:
        """Whether anything sounds after a frame."""
        return any(np.abs(samples).max(initial=0) > 0.001 for stream in self.streams for at, samples in stream
                   if at >= frame)  # fmt: skip


@dataclass
class Home:
    """A house of two rooms in a test."""

    house: House
    time: Time
    events: dict[str, list[Event]]
    speakers: dict[str, Loudspeaker]

    @property
    def kitchen(self) -> Room:
        """One room."""
        return self.house.rooms["kitchen"]

    @property
    def attic(self) -> Room:
        """The other."""
        return self.house.rooms["attic"]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds / TICK_S)):
            self.time.now_s += TICK_S
            self.house.tick()

    def beats(self, room: str, phase: str = "in", beat: int = 1) -> list[float]:
        """When a count came in a room: seconds on the clock of the house."""
        return [event.t for event in self.events[room]
                if isinstance(event, Beat) and (event.phase, event.beat) == (phase, beat)]  # fmt: skip

    def said(self, room: str) -> list[str]:
        """What was spoken in a room."""
        return [event.text for event in self.events[room] if isinstance(event, Cue) and event.kind == "speak"]


@pytest.fixture
def home(content: Content, voice: Voice) -> Iterator[Home]:
    """Two rooms, connected, on a clock of the test's own."""
    time, events = Time(), {"kitchen": [], "attic": []}  # type: ignore[var-annotated]
    clock = clock_from(clock_at("2026-03-10T18:00[Europe/Berlin]"))
    keeper = Keeper(memory_store(), clock, Rules(), content.responses, content.titles)
    with keeper.store:
        house = House(content, voice, keeper, lambda room, event: events[room].append(event), clock=time)
        speakers = {}
        for name in events:
            house.add(name, prepare=prepare_now)
            speakers[name] = Loudspeaker()
            house.rooms[name].connect(speakers[name], 0)
        yield Home(house, time, events, speakers)
        house.close()


@pytest.mark.parametrize("later_s", [0.0, 0.3, 4.5, 17.2])
def test_two_rooms_breathe_in_together(home: Home, later_s: float) -> None:
    """Whenever the other room asks: every in-breath of the later one is an in-breath of the first, to a millisecond."""
    home.wait(1.234)
    home.kitchen.session.read("help us calm down")
    home.wait(later_s)
    home.attic.session.read("help us calm down")
    home.wait(45)
    kitchen, attic = home.beats("kitchen"), home.beats("attic")
    assert len(attic) >= 2
    assert all(min(abs(beat - other) for other in kitchen) < 0.0015 for beat in attic)


def test_ten_rooms_breathe_in_together(home: Home) -> None:
    """A sample of benchmarks/rooms.py: each asks at another moment, and all of them end up in one breath."""
    for number in range(8):
        name = f"room {number}"
        home.events[name], home.speakers[name] = [], Loudspeaker()
        home.house.add(name, prepare=prepare_now).connect(home.speakers[name], home.house.frame)
    for room in home.house.rooms.values():
        room.session.read("help us calm down")
        home.wait(0.74)
    home.wait(20)
    first = home.beats("kitchen")
    for name in home.house.rooms:
        assert home.beats(name)
        assert all(min(abs(beat - other) for other in first) < 0.0015 for beat in home.beats(name))


def test_what_is_sent_is_on_one_clock_too(home: Home) -> None:
    """Asked at the same moment, the two rooms are sent the same samples for the same frames."""
    home.wait(1)
    home.kitchen.session.read("help us calm down")
    home.attic.session.read("help us calm down")
    home.wait(30)
    kitchen, attic = (home.speakers[name].streams[0] for name in ("kitchen", "attic"))
    assert [at for at, _ in kitchen] == [at for at, _ in attic]
    assert np.array_equal(np.concatenate([s for _, s in kitchen]), np.concatenate([s for _, s in attic]))
    ends = [at + len(samples) for at, samples in kitchen]
    assert ends[:-1] == [at for at, _ in kitchen[1:]], "without a gap"


def test_a_long_wait_is_explained(home: Home) -> None:
    """Nobody is left in silence before the other room's next breath."""
    home.kitchen.session.read("help us calm down")
    home.wait(4.5)
    home.attic.session.read("help us calm down")
    home.wait(20)
    assert "The other room breathes too. Join its next breath." in home.said("attic")
    assert "The other room breathes too. Join its next breath." not in home.said("kitchen")


def test_counts_are_reported_once_also_where_a_room_is_waited_for(home: Home) -> None:
    """The first room waits for the second; its sentence and its counts are there once each."""
    home.kitchen.session.read("help us calm down")
    home.wait(1.5)
    home.attic.session.read("help us calm down")
    home.wait(40)
    assert home.said("kitchen").count("I'm here. Two minutes, for whoever likes. Breathe in.") == 1
    rounds = [(e.round, e.phase, e.beat) for e in home.events["kitchen"] if isinstance(e, Beat)]
    assert len(rounds) == len(set(rounds)) >= 30


def test_other_patterns_share_the_beat(home: Home) -> None:
    """Who breathes differently counts at the same moments."""
    home.wait(0.4)
    home.kitchen.session.read("help us calm down")
    home.wait(2.27)
    slots = {"in": 5, "out": 7}
    home.attic.session.receive(Understood(t=0.0, intent="Slow", practice="two-minute-reset", slots=slots, starts=True))
    home.wait(25)
    assert home.beats("attic", "out", 7)
    assert all(abs(t - round(t)) < 0.001 for room in ("kitchen", "attic") for t in home.beats(room))


def test_stop_in_one_room_stops_that_room_only(home: Home) -> None:
    """It is silent within the lead and its fade; the other goes on, beat for beat."""
    home.kitchen.session.read("help us calm down")
    home.attic.session.read("help us calm down")
    home.wait(20)
    home.kitchen.session.read("stop")
    silent = home.house.frame + round((LEAD_S + 0.1) * RATE)
    home.wait(30)
    assert any(isinstance(event, Silenced) for event in home.events["kitchen"])
    assert not home.speakers["kitchen"].loud_after(silent)
    assert home.speakers["kitchen"].over, "its stream has ended"
    assert not any(isinstance(event, Silenced) for event in home.events["attic"])
    assert np.diff(home.beats("attic")) == pytest.approx([10.0] * (len(home.beats("attic")) - 1))
    assert len(home.beats("attic")) >= 4


def test_a_lost_satellite_holds_its_room_and_goes_on_with_an_in_breath(home: Home) -> None:
    """In step with the room that went on breathing."""
    home.kitchen.session.read("help us calm down")
    home.attic.session.read("help us calm down")
    home.wait(20)
    home.attic.disconnect()
    home.wait(3)
    gone = home.house.now_s
    home.attic.connect(home.speakers["attic"], home.house.frame)
    home.wait(25)
    again = [beat for beat in home.beats("attic") if beat > gone]
    assert again
    assert all(min(abs(beat - other) for other in home.beats("kitchen")) < 0.0015 for beat in again)


def test_who_was_speaking_when_a_satellite_went_has_ended(home: Home) -> None:
    """No more of them will come, so there is the silence that ends what they said."""
    home.attic.disconnect()
    heard: list[npt.NDArray[np.float32]] = []
    while (block := home.attic.microphone.read(timeout_s=0.0)) is not None:
        heard.append(block.samples)
    silence = np.concatenate(heard)
    assert len(silence) > 16_000 * PATIENCE_MS / 1000
    assert not silence.any()


def test_what_is_kept_belongs_to_the_house(home: Home) -> None:
    """A time-out asked for in the kitchen comes back where somebody was heard last, and only there."""
    home.kitchen.session.read("I need space")
    home.wait(20)
    home.attic.session.read("who hears this")
    home.wait(10)
    home.time.now_s += 19 * 60  # nothing happens meanwhile
    home.wait(60)
    due = {room: [e for e in home.events[room] if isinstance(e, Due) and e.what == "return"] for room in home.events}
    assert (len(due["kitchen"]), len(due["attic"])) == (0, 1)


def test_the_copy_is_made_anew_when_no_room_sounds(home: Home) -> None:
    """What was forgotten goes from it without a gap in another room's practice: one thread makes all their sound."""
    home.attic.session.read("help us calm down")
    home.wait(5)
    home.kitchen.session.read("who hears this")
    home.wait(15)
    store = home.kitchen.session.keeper.store
    store.copy_remembers = True
    home.wait(5)
    assert store.copy_remembers
    home.attic.session.read("stop")
    home.wait(5)
    assert not store.copy_remembers


def test_a_stream_ends_when_nothing_sounds_and_a_waiting_satellite_is_told(home: Home) -> None:
    """In an idle house nothing is sent at all."""
    home.wait(10)
    assert home.speakers["kitchen"].streams == []
    home.kitchen.session.read("what can I say")
    home.kitchen.session.read("stop")
    home.wait(20)
    assert home.speakers["kitchen"].over
    assert home.speakers["kitchen"].turns >= 1
    assert home.speakers["attic"].streams == []


def test_a_machine_that_slept_sends_no_flood(home: Home) -> None:
    """What nobody could hear is left out."""
    home.kitchen.session.read("help us calm down")
    home.wait(10)
    home.time.now_s += 3600
    home.house.tick()
    sent: list[Any] = home.speakers["kitchen"].streams[-1]
    assert len(sent[-1][1]) <= 2 * RATE


def test_silence_follows_what_a_satellite_stops_sending() -> None:
    """Enough to end what was said, and for an answer amid talk to count; in its order on the clock."""
    microphone = RoomMicrophone()
    microphone.take(AudioChunk(16_000, 2, 1, b"\0\0" * 1024), 9.2)
    microphone.quiet(10.0)
    first, *quiet = iter(lambda: microphone.read(0.0), None)
    assert len(first.samples) == 1024
    assert not any(block.samples.any() for block in quiet)
    end_s = quiet[-1].time_s + len(quiet[-1].samples) / 16_000
    assert 10.0 - PATIENCE_MS / 1000 > quiet[0].time_s > first.time_s
    assert end_s >= 10.0 + QUIET_S
