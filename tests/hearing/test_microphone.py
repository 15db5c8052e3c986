"""The microphone's queue, counters, resampling and times, with a stream that is not there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice.errors import DeviceError
from voice.hearing import microphone as module
from voice.hearing.microphone import BLOCK_MS, MOST_BLOCKS, Intake, Microphone


class Stream:
    """A stream that remembers whether it was closed."""

    closed = False
    starts = True

    def start(self) -> None:
        """Nothing to do, or PortAudio's refusal."""
        if not self.starts:
            raise FakeSounddevice.PortAudioError("Unanticipated host error [PaErrorCode -9999]")

    def close(self) -> None:
        """Note it."""
        self.closed = True


def block(rate: int, number: int) -> np.ndarray:
    """One block of a 440 Hz tone as PortAudio gives it: float32[n, 1]."""
    frames = rate * BLOCK_MS // 1000
    at = np.arange(frames) + number * frames
    return (0.1 * np.sin(2 * np.pi * 440 * at / rate)).astype(np.float32)[:, None]


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 8_000])
def test_any_rate_becomes_sixteen_thousand(rate: int) -> None:
    """A tone of 440 Hz stays one, and no second of it is lost."""
    intake = Intake()
    mic = Microphone(Stream(), rate, "any", intake)
    blocks = 1000 // BLOCK_MS
    for number in range(blocks):
        intake.take(block(rate, number), 5.0 + number * BLOCK_MS / 1000)
    read = [mic.read(0.0) for _ in range(blocks)]
    sound = np.concatenate([one.samples for one in read if one])
    assert 14_000 < len(sound) <= 16_000
    assert np.abs(np.fft.rfft(sound)).argmax() * 16_000 / len(sound) == pytest.approx(440, abs=2)
    assert [one.start for one in read if one] == list(np.cumsum([0, *(len(one.samples) for one in read if one)])[:-1])


def test_frames_have_times() -> None:
    """A frame's time is that of its block and its place in it; what was not read yet is extrapolated."""
    intake = Intake()
    mic = Microphone(Stream(), 16_000, "any", intake)
    assert mic.time_of(0) == 0.0
    for number, time_s in enumerate((5.0, 5.032, 5.5)):
        intake.take(block(16_000, number), time_s)
        mic.read(0.0)
    assert mic.time_of(0) == 5.0
    assert mic.time_of(768) == pytest.approx(5.048)
    assert mic.time_of(1024) == 5.5
    assert mic.time_of(17_024) == pytest.approx(6.5)


def test_a_late_reader_loses_blocks_that_are_counted() -> None:
    """The queue is bounded; the callback never waits."""
    intake = Intake()
    mic = Microphone(Stream(), 16_000, "any", intake)
    for number in range(MOST_BLOCKS + 7):
        intake.take(block(16_000, number), 0.0)
    assert mic.dropped == 7


def test_the_callbacks_buffer_is_copied() -> None:
    """PortAudio reuses its buffer."""
    intake = Intake()
    mic = Microphone(Stream(), 16_000, "any", intake)
    buffer = block(16_000, 0)
    intake.take(buffer, 0.0)
    kept = buffer.copy()
    buffer[:] = 0
    read = mic.read(0.0)
    assert read is not None
    assert np.array_equal(read.samples, kept[:, 0])


def test_a_silent_device_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time since the last block grows while none comes."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    intake = Intake()
    mic = Microphone(Stream(), 16_000, "any", intake)
    now[0] = 101.5
    assert mic.read(0.0) is None
    assert mic.silent_s == 1.5
    intake.take(block(16_000, 0), 0.0)
    mic.read(0.0)
    assert mic.silent_s == 0.0


class FakeSounddevice:
    """PortAudio with one device that takes some rates."""

    class PortAudioError(Exception):
        """As sounddevice's."""

    def __init__(self, rates: set[int]) -> None:
        """``rates`` are accepted, others refused."""
        self.rates = rates
        self.opened: list[Stream] = []
        self.callbacks: list[Callable[..., None]] = []
        self.starts = True

    def query_devices(self, device: str | None, kind: str) -> dict[str, Any]:
        """The one device, by part of its name."""
        if not self.rates or (device or "Built-in") not in "Built-in Mic":
            raise ValueError(f"No input device matching {device!r}")
        return {"index": 3, "name": "Built-in Mic", "default_samplerate": 44_100.0}

    def InputStream(self, *, samplerate: int, callback: Callable[..., None], **_: Any) -> Stream:
        """A stream, or PortAudio's refusal."""
        if samplerate not in self.rates:
            raise self.PortAudioError("Invalid sample rate [PaErrorCode -9997]")
        stream = Stream()
        stream.starts = self.starts
        self.opened.append(stream)
        self.callbacks.append(callback)
        return stream


@pytest.mark.parametrize(("rates", "taken"), [({16_000, 44_100}, 16_000), ({44_100}, 44_100)])
def test_the_devices_own_rate_is_taken_where_ours_is_refused(
    monkeypatch: pytest.MonkeyPatch, rates: set[int], taken: int
) -> None:
    """16 kHz if possible."""
    monkeypatch.setattr(module, "import_sounddevice", lambda: FakeSounddevice(rates))
    mic = Microphone.open("Built")
    assert (mic.rate, mic.name) == (taken, "Built-in Mic")
    mic.close()


@pytest.mark.parametrize(("rates", "device"), [(set(), None), ({44_100}, "USB"), ({8_000}, None)])
def test_what_cannot_be_opened_is_said(monkeypatch: pytest.MonkeyPatch, rates: set[int], device: str | None) -> None:
    """No device, no such name, no usable rate: a DeviceError with a remedy."""
    monkeypatch.setattr(module, "import_sounddevice", lambda: FakeSounddevice(rates))
    with pytest.raises(DeviceError, match="Plug one in"):
        Microphone.open(device)


def test_a_lost_microphone_is_opened_again_and_counts_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, as soon as there is one; frames are counted from where they stood."""
    intake = Intake()
    mic = Microphone(Stream(), 16_000, "kitchen", intake)
    intake.take(block(16_000, 0), 5.0)
    first = mic.read(0.0)
    asked: list[str | None] = []

    def missing(device: str | None = None) -> Microphone:
        asked.append(device)
        raise DeviceError("There is no microphone.", "Plug one in.")

    monkeypatch.setattr(Microphone, "_found", missing)
    assert not mic.revive()
    again = Intake()
    fresh = Microphone(Stream(), 16_000, "kitchen", again)
    monkeypatch.setattr(Microphone, "_found", lambda device: fresh)
    assert mic.revive()
    again.take(block(16_000, 1), 9.0)
    second = mic.read(0.0)
    assert asked == ["kitchen"]
    assert first is not None
    assert second is not None
    assert (second.start, second.time_s) == (len(first.samples), 9.0)


def test_a_microphone_that_opens_slowly_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that needs longer than a try is found open by a later one, and not begun anew."""
    opened, asked = threading.Event(), 0

    def slowly(device: str | None = None) -> Microphone:
        nonlocal asked
        asked += 1
        opened.wait()
        return Microphone(Stream(), 16_000, "kitchen", Intake())

    monkeypatch.setattr(Microphone, "_found", slowly)
    monkeypatch.setattr("voice.hearing.microphone.AGAIN_S", 0.01)
    intake = Intake()
    mic = Microphone(Stream(), 16_000, "kitchen", intake)
    assert not mic.revive()
    assert not mic.revive()
    opened.set()
    monkeypatch.setattr("voice.hearing.microphone.AGAIN_S", 10.0)
    assert mic.revive()
    assert asked == 1


def test_what_is_lost_is_counted_on_after_the_device_came_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fresh device's callback counts for the same microphone, and what was counted before stays."""
    portaudio = FakeSounddevice({16_000})
    monkeypatch.setattr(module, "import_sounddevice", lambda: portaudio)
    mic = Microphone.open()
    lossy = (block(16_000, 0), 512, SimpleNamespace(inputBufferAdcTime=1.0), SimpleNamespace(input_overflow=True))
    portaudio.callbacks[0](*lossy)
    assert mic.dropped == 1
    assert mic.revive()
    assert mic.dropped == 1
    portaudio.callbacks[1](*lossy)
    portaudio.callbacks[1](*lossy)
    assert mic.dropped == 3


def test_a_device_that_opens_and_does_not_start_is_let_go_at_each_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried once a second, for as long as it takes: nothing may stay open."""
    portaudio = FakeSounddevice({16_000})
    monkeypatch.setattr(module, "import_sounddevice", lambda: portaudio)
    mic = Microphone.open()
    portaudio.starts = False
    assert [mic.revive() for _ in range(3)] == [False] * 3
    assert [stream.closed for stream in portaudio.opened] == [True] * 4
    portaudio.starts = True
    assert mic.revive()
    assert not portaudio.opened[-1].closed
