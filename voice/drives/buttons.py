"""A USB button, a presenter or any other key that Linux knows (evdev), as a control; also while another program is in
front. Only keys that the setting ``keys`` names are looked at; no other is kept or told.
"""

from __future__ import annotations

import contextlib
import select
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

LOOK_EVERY_S = 0.2
"""How often the reading thread looks whether it is to end, seconds."""
FIND_EVERY = 25
"""So many looks lie between two searches for buttons that were plugged in: 5 s."""
DOWN = 1
"""The value of a key that goes down; 0 is up, 2 is held. Source: the kernel's input-event codes."""


@contextlib.contextmanager
def buttons(controls: Mapping[str, str], pressed: Callable[[str], None], evdev: Any = None) -> Iterator[None]:
    """Call ``pressed`` with the control of each key in ``controls``, on a thread of its own, until the context is left.

    ``controls`` maps names such as ``KEY_F13`` to controls; where it is empty nothing happens. Without the package
    evdev, or for a key that there is not, one line on stderr says so, and the voice still works.
    """
    evdev = _evdev() if controls and evdev is None else evdev
    named = _numbers(controls, evdev) if controls and evdev else {}
    if not named:
        yield
        return
    ended = threading.Event()
    finder = Finder(named, evdev)
    if not finder.find():
        _tell("No device here has such a key, or it may not be read: add yourself to the group input.")
    reader = threading.Thread(target=_read, args=(finder, pressed, ended), name="buttons", daemon=True)
    try:
        reader.start()
        yield
    finally:
        ended.set()
        reader.join()
        finder.close()


class Finder:
    """The devices that have one of our keys; owned by one thread at a time."""

    def __init__(self, controls: Mapping[int, str], evdev: Any) -> None:
        """``controls`` by the kernel's key numbers."""
        self._controls = controls
        self._evdev = evdev
        self._known: set[str] = set()
        self._devices: dict[int, Any] = {}

    def find(self) -> bool:
        """Open what was plugged in since; whether there is any device by now."""
        paths = set(self._evdev.list_devices())
        for path in sorted(paths - self._known):
            with contextlib.suppress(OSError):
                self._take(self._evdev.InputDevice(path))
        self._known = paths
        return bool(self._devices)

    def wait(self) -> list[str]:
        """The controls of keys that went down, waited for until ``LOOK_EVERY_S``; a device that is gone is let go."""
        ready, _, _ = select.select(list(self._devices), [], [], LOOK_EVERY_S)
        return [control for number in ready for control in self._pressed(number)]

    def close(self) -> None:
        """Let go of every device."""
        for number in list(self._devices):
            self._drop(number)

    def _take(self, device: Any) -> None:
        if self._controls.keys() & set(device.capabilities().get(self._evdev.ecodes.EV_KEY, [])):
            self._devices[device.fd] = device
        else:
            device.close()

    def _pressed(self, number: int) -> list[str]:
        try:
            events = list(self._devices[number].read())
        except OSError:
            self._drop(number)
            return []
        keys = [event.code for event in events if event.type == self._evdev.ecodes.EV_KEY and event.value == DOWN]
        return [self._controls[code] for code in keys if code in self._controls]

    def _drop(self, number: int) -> None:
        device = self._devices.pop(number)
        self._known.discard(device.path)
        with contextlib.suppress(OSError):
            device.close()


def _read(finder: Finder, pressed: Callable[[str], None], ended: threading.Event) -> None:
    looks = 0
    while not ended.is_set():
        for control in finder.wait():
            pressed(control)
        looks += 1
        if looks % FIND_EVERY == 0:
            finder.find()


def _evdev() -> Any:
    try:
        import evdev
    except ImportError:
        _tell("The setting keys needs the package evdev, which is missing. Install: pip install evdev")
        return None
    return evdev


def _numbers(controls: Mapping[str, str], evdev: Any) -> dict[int, str]:
    named: dict[int, str] = {}
    for name, control in controls.items():
        number = evdev.ecodes.ecodes.get(name)
        if number is None:
            _tell(f"There is no key called {name}; `python -m evdev.evtest` shows the names.")
        else:
            named[number] = control
    return named


def _tell(what: str) -> None:
    print(what, file=sys.stderr)
