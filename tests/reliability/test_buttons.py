"""Buttons as controls, with stand-ins for Linux's devices: only our keys count, and a button may come and go."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.test_any_order import Steady
from voice.app import Content, Options, build_session, load_content, prepare_now
from voice.drives.buttons import Finder, buttons
from voice.drives.room import _press
from voice.events import Event, Understood
from voice.guiding.transitions import State
from voice.session import Session
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

EV_KEY = 1
CODES = {"KEY_SPACE": 57, "KEY_A": 30, "KEY_F13": 183}


class Device:
    """A keyboard that is played upon."""

    def __init__(self, path: str, *names: str) -> None:
        self.path = path
        self._codes = [CODES[name] for name in names]
        self.fd, self._ends = os.pipe()
        self._waiting: list[SimpleNamespace] = []
        self.gone = self.closed = False

    def capabilities(self) -> dict[int, list[int]]:
        """Its keys."""
        return {EV_KEY: self._codes}

    def press(self, name: str) -> None:
        """Down, held, up."""
        self._waiting += [SimpleNamespace(type=EV_KEY, code=CODES[name], value=value) for value in (1, 2, 0)]
        os.write(self._ends, b".")

    def unplug(self) -> None:
        """Reading fails from now on."""
        self.gone = True
        os.write(self._ends, b".")

    def read(self) -> Iterator[SimpleNamespace]:
        """What was pressed."""
        os.read(self.fd, 100)
        if self.gone:
            raise OSError(19, "No such device")
        waiting, self._waiting = self._waiting, []
        yield from waiting

    def close(self) -> None:
        """Once."""
        assert not self.closed
        self.closed = True
        os.close(self.fd)
        os.close(self._ends)


class Evdev:
    """The package, as far as it is used."""

    ecodes = SimpleNamespace(EV_KEY=EV_KEY, ecodes=CODES)

    def __init__(self, *devices: Device) -> None:
        self.devices = {device.path: device for device in devices}

    def list_devices(self) -> list[str]:
        """Those that may be read."""
        return list(self.devices)

    def InputDevice(self, path: str) -> Device:
        """One of them."""
        return self.devices[path]


@pytest.fixture(scope="module")
def content() -> Content:
    """The built-in practices."""
    return load_content(Options())


def test_only_named_keys_are_looked_at_and_only_when_they_go_down() -> None:
    """Other keys of the same device and devices without our keys are left alone."""
    ours, other = Device("/dev/input/event1", "KEY_F13", "KEY_A"), Device("/dev/input/event2", "KEY_A")
    finder = Finder({CODES["KEY_F13"]: "pause"}, Evdev(ours, other))
    assert finder.find()
    assert other.closed
    ours.press("KEY_A")
    assert finder.wait() == []
    ours.press("KEY_F13")
    assert finder.wait() == ["pause"]
    finder.close()
    assert ours.closed


def test_a_button_that_is_unplugged_is_let_go_and_found_again() -> None:
    """Under the same path, as Linux gives it."""
    path = "/dev/input/event1"
    before, after = Device(path, "KEY_F13"), Device(path, "KEY_F13")
    evdev = Evdev(before)
    finder = Finder({CODES["KEY_F13"]: "stop"}, evdev)
    assert finder.find()
    before.unplug()
    assert finder.wait() == []
    assert before.closed
    evdev.devices = {}
    assert not finder.find()
    evdev.devices = {path: after}
    assert finder.find()
    after.press("KEY_F13")
    assert finder.wait() == ["stop"]
    finder.close()


def test_a_press_arrives_and_the_thread_ends_with_the_context() -> None:
    """From the device to whoever is told."""
    device, told = Device("/dev/input/event1", "KEY_SPACE"), queue.Queue[str]()
    with buttons({"KEY_SPACE": "pause", "KEY_NONE": "stop"}, told.put, Evdev(device)):
        device.press("KEY_SPACE")
        assert told.get(timeout=10) == "pause"
    assert device.closed


@pytest.mark.parametrize(
    ("keys", "says"), [({"KEY_NONE": "stop"}, "no key called KEY_NONE"), ({"KEY_A": "stop"}, "such a key"), ({}, "")]
)
def test_what_is_not_there_is_said_in_one_line(
    keys: dict[str, str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And everything else goes on."""
    with buttons(keys, pytest.fail, Evdev()):
        pass
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == bool(says)


def test_without_the_package_one_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only where a key is set."""
    monkeypatch.setitem(sys.modules, "evdev", None)
    for keys, says in (({}, ""), ({"KEY_SPACE": "pause"}, "pip install evdev")):
        with buttons(keys, pytest.fail):
            pass
        assert says in capsys.readouterr().err


def test_a_button_steers_as_the_words_do(content: Content) -> None:
    """Pause holds and goes on, stop ends, and any button opens a closed microphone."""
    events: list[Event] = []
    voice = Voice(16_000)
    session: Session = build_session(content, voice, Mixer(16_000), 16_000, prepare_now, events.append)
    session.receive(Understood(t=0.0, intent="Start", practice="two-minute-reset", starts=True))
    states = []
    for control in ("pause", "pause", "stop"):
        session.steer(control)
        states.append(session.conversation.state)
    assert states == [State.PAUSED, State.GUIDING, State.IDLE]
    session.receive(Understood(t=0.0, intent="StopListening", control="stop-listening"))
    assert session.muted
    session.steer("stop")
    assert not session.muted
    voice.close()


def test_stop_is_pressed_once_also_where_the_microphone_is_closed(content: Content) -> None:
    """It opens the microphone, and ends what plays; another key only opens it."""
    session: Session = build_session(content, Steady(), Mixer(16_000), 16_000, prepare_now, lambda event: None)  # type: ignore[arg-type]
    for key, ends in (("q", True), ("x", False)):
        session.receive(Understood(t=0.0, intent="StopListening", control="stop-listening"))
        session.receive(Understood(t=0.0, intent="Start", practice="two-minute-reset", starts=True))
        assert session.muted
        session.press(key)
        assert not session.muted
        assert session.conversation.is_idle == ends


def test_the_welcome_that_a_key_begins_is_heard(content: Content) -> None:
    """It asks for words at once: the key opens a closed microphone too."""
    session: Session = build_session(content, Steady(), Mixer(16_000), 16_000, prepare_now, lambda event: None)  # type: ignore[arg-type]
    session.receive(Understood(t=0.0, intent="StopListening", control="stop-listening"))
    _press("w", session)
    assert not session.muted
    assert not session.conversation.is_idle
