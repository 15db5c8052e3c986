"""The loudspeaker on a device that is played by the test."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pytest

from voice.errors import DeviceError
from voice.speaking import loudspeaker as module
from voice.speaking.loudspeaker import GONE_S, STARTING_S, Loudspeaker
from voice.speaking.mixer import Mixer

RATE = 48_000
BLOCK = 480
LATENCY = 0.1


class Device:
    """A stream of PortAudio's with a clock that the test moves."""

    def __init__(self) -> None:
        self.active = True
        self.closed = False
        self.time = 100.0
        self.calls: list[str] = []

    def start(self) -> None:
        """Noted."""
        self.calls.append("start")

    def stop(self, ignore_errors: bool = False) -> None:
        """Noted."""
        self.calls.append("stop")

    def close(self, ignore_errors: bool = False) -> None:
        """Noted."""
        self.calls.append("close")
        self.closed = True


class Room:
    """A loudspeaker, its device, and what is heard."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mixer = Mixer(RATE)
        self.device = Device()
        self.speaker = Loudspeaker(self.mixer, self.device, latency_s=LATENCY)
        self.heard: list[npt.NDArray[np.float32]] = []
        monkeypatch.setattr(module, "hurry", lambda: None)
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.device.time))

    def play(self, blocks: int, *, underflow: bool = False) -> None:
        """The device takes blocks of 10 ms, in time; the loop tops up after each."""
        for _ in range(blocks):
            out = memoryview(bytearray(BLOCK * 4))
            times = SimpleNamespace(currentTime=self.device.time, outputBufferDacTime=self.device.time + LATENCY)
            self.speaker.give(out, BLOCK, times, SimpleNamespace(output_underflow=underflow))
            self.heard.append(np.frombuffer(out, np.float32))
            self.device.time += BLOCK / RATE
            self.speaker.top_up()


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """A loudspeaker that has begun."""
    room = Room(monkeypatch)
    room.mixer.place(np.random.default_rng(2).uniform(-0.5, 0.5, 10 * RATE).astype(np.float32), 0)
    room.speaker._ring.top_up()
    return room


def test_a_change_from_the_next_free_frame_on_is_heard_without_a_step(room: Room) -> None:
    """Stop: also if a burst of blocks is taken between asking and revising."""
    room.play(20)
    frame = room.speaker.next_free_frame
    room.mixer.fade_out(frame, 60)
    room.play(4)
    room.speaker.revise()
    room.play(30)
    assert np.array_equal(np.concatenate(room.heard), room.mixer.render(0, 54 * BLOCK))
    assert frame - 20 * BLOCK == round(RATE * (LATENCY / 2 + 0.01))
    assert room.speaker.underflows == 0


def test_the_clock_is_the_frame_at_the_converter(room: Room) -> None:
    """What is heard now was given one latency ago; the microphone's time is mapped the same way."""
    room.play(50)
    assert room.speaker.played_frame == pytest.approx((0.5 - LATENCY) * RATE, abs=1)
    assert room.speaker.clock_s(room.device.time - 0.05) == pytest.approx(0.5 - LATENCY - 0.05, abs=1e-6)


def test_what_is_heard_never_goes_back(room: Room) -> None:
    """Not even when the system's clock is set."""
    room.play(50)
    before = room.speaker.played_frame
    room.device.time -= 3600
    assert room.speaker.played_frame == before
    room.device.time += 7200
    assert room.speaker.played_frame == 50 * BLOCK
    room.play(300)
    assert room.speaker.played_frame == pytest.approx(350 * BLOCK - LATENCY * RATE, abs=1)


def test_the_reference_holds_what_was_given(room: Room) -> None:
    """Two seconds of it, sample by sample, on the output clock."""
    room.play(400)
    assert np.array_equal(room.speaker.reference.at(3.0, RATE // 2, RATE), room.mixer.render(3 * RATE, RATE // 2))


def test_a_loop_that_sleeps_three_seconds_is_counted_and_forgiven(room: Room) -> None:
    """Silence and underflows; then everything is at its place again, also in the reference."""
    room.play(10)
    top_up, room.speaker.top_up = room.speaker.top_up, lambda: None  # type: ignore[method-assign]
    room.play(300)
    room.speaker.top_up = top_up  # type: ignore[method-assign]
    assert room.speaker.underflows > 200
    room.speaker.top_up()
    counted = room.speaker.underflows
    room.play(100)
    assert room.speaker.underflows == counted
    assert np.array_equal(np.concatenate(room.heard[-100:]), room.mixer.render(310 * BLOCK, 100 * BLOCK))
    assert not room.speaker.reference.at(2.5, 4800, RATE).any()


def test_the_device_s_own_underflows_count(room: Room) -> None:
    """They are heard as well."""
    room.play(3, underflow=True)
    assert room.speaker.underflows == 3


def test_a_device_that_stops_asking_is_gone(room: Room) -> None:
    """After a second; but it may take longer to begin, and may come back."""
    assert room.speaker.alive
    room.play(12)
    room.device.time += STARTING_S - 0.1
    assert room.speaker.alive
    room.play(200)
    room.device.time += GONE_S + 0.1
    assert not room.speaker.alive
    room.play(1)
    assert room.speaker.alive
    room.device.active = False
    assert not room.speaker.alive


def test_closing_lets_a_living_device_finish_and_may_be_done_twice(room: Room) -> None:
    """A dead one is not waited for."""
    room.play(200)
    room.speaker.close()
    room.speaker.close()
    assert room.device.calls == ["stop", "close"]
    assert not room.speaker.alive
    assert room.speaker.played_frame >= 0


class Refusal(Exception):
    """sounddevice's PortAudioError."""


def sounddevice(rates: set[int], channels: set[int]) -> SimpleNamespace:
    """A sounddevice with one device that takes only these."""

    def stream(**wanted: object) -> Device:
        if wanted["samplerate"] not in rates or wanted["channels"] not in channels:
            raise Refusal("Error opening RawOutputStream: Invalid sample rate [PaErrorCode -9997]")
        device = Device()
        device.latency = wanted["latency"]
        return device

    found = {"index": 7, "name": "box", "default_samplerate": 44_100.0, "default_high_output_latency": 0.2}
    return SimpleNamespace(PortAudioError=Refusal, query_devices=lambda device, kind: found, RawOutputStream=stream)


def test_a_device_that_refuses_48_khz_is_opened_at_its_own_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """And in stereo if it must be; the mixer has that rate, the latency what the device recommends."""
    monkeypatch.setattr(module, "import_sounddevice", lambda: sounddevice({44_100}, {2}))
    speaker = Loudspeaker.open()
    assert (speaker.rate, speaker.mixer.rate, speaker.name, speaker.latency_s) == (44_100, 44_100, "box", 0.2)


def test_a_device_that_refuses_everything_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With PortAudio's reason and what to do."""
    monkeypatch.setattr(module, "import_sounddevice", lambda: sounddevice(set(), set()))
    with pytest.raises(DeviceError, match=r"box refuses to play \(.*Invalid sample rate\)\. Connect one"):
        Loudspeaker.open()


def test_no_device_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, if one was asked for."""

    def nothing(device: str | None, kind: str) -> None:
        raise Refusal("Error querying device -1")

    missing = SimpleNamespace(PortAudioError=Refusal, query_devices=nothing)
    monkeypatch.setattr(module, "import_sounddevice", lambda: missing)
    with pytest.raises(DeviceError, match="There is no loudspeaker\\."):
        Loudspeaker.open()
    with pytest.raises(DeviceError, match='There is no loudspeaker "kitchen"'):
        Loudspeaker.open("kitchen")


def test_a_lost_device_is_opened_again_and_frames_go_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name; what was mixed ahead is still there, and the clock goes on from where it stood."""
    room.play(200)
    taken = room.speaker.next_free_frame
    room.device.time += GONE_S + 0.1
    assert not room.speaker.alive
    monkeypatch.setattr(module, "import_sounddevice", lambda: sounddevice(set(), set()))
    assert not room.speaker.revive()
    monkeypatch.setattr(module, "import_sounddevice", lambda: sounddevice({RATE}, {1}))
    assert room.speaker.revive()
    assert room.speaker.alive
    assert room.speaker.next_free_frame == taken
    room.play(1)
    assert room.speaker.next_free_frame == taken + BLOCK


def test_a_device_that_opens_slowly_is_opened_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as away until a later try finds it open; it is not closed and begun anew meanwhile."""
    opened, asked = threading.Event(), 0
    fast = sounddevice({RATE}, {1})

    def slowly(device: str | None, kind: str) -> object:
        nonlocal asked
        asked += 1
        opened.wait()
        return fast.query_devices(device, kind)

    slow = SimpleNamespace(**{**vars(fast), "query_devices": slowly})
    monkeypatch.setattr(module, "import_sounddevice", lambda: slow)
    monkeypatch.setattr(module, "AGAIN_S", 0.01)
    room.play(200)
    room.device.time += GONE_S + 0.1
    assert not room.speaker.revive()
    assert not room.speaker.revive()
    assert not room.speaker.alive
    opened.set()
    monkeypatch.setattr(module, "AGAIN_S", 10.0)
    assert room.speaker.revive()
    assert room.speaker.alive
    assert asked == 1
