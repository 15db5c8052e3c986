"""PortAudio's door: where ``sounddevice`` is imported, kept from printing, and not waited for without end.

A sound server that stands still never answers, and PortAudio waits for it; nobody else may.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from voice.errors import DeviceError

Answer = TypeVar("Answer")

OPENING_S = 10.0
"""A device that has not opened after this long does not open; Bluetooth takes up to 5 s."""
AGAIN_S = 1.0
"""How long a practice waits at a time for a device that is opened again, and anybody for letting one go."""
SERVER = "Restart the sound server: systemctl --user restart pipewire-pulse, or pulseaudio --kill"
_hanging: list[threading.Thread] = []
"""What was begun and has not come back in time."""
_asking = threading.Lock()
"""PortAudio takes one question at a time, whichever thread it comes from."""


class Errand(Generic[Answer]):
    """Something asked of PortAudio on a thread of its own: who asks need not wait, and may come back for the answer."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        """Begin; raises ``DeviceError`` while an earlier errand is overdue."""
        if hangs():
            raise DeviceError("The sound server does not answer.", SERVER)
        self._ask = ask
        self._answers: list[Answer] = []
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="portaudio", daemon=True)
        if sys.platform == "linux":
            self._thread.start()
        else:  # no server there, and some of their sound systems want to be asked by one thread only
            self._run()

    def _run(self) -> None:
        try:
            with _asking:
                self._answers.append(self._ask())
        except BaseException as error:
            self._errors.append(error)

    def answer(self, longest_s: float) -> Answer:
        """What was asked for returns or raises; ``DeviceError`` if it has not after ``longest_s`` more seconds."""
        if self._thread.ident:
            self._thread.join(longest_s)
        if self._errors:
            raise self._errors[0]
        if not self._answers:
            if self._thread not in _hanging:
                _hanging.append(self._thread)
            _noise.lift()
            raise DeviceError("The sound server does not answer.", SERVER)
        return self._answers[0]

    @property
    def over(self) -> bool:
        """Whether the answer is there."""
        return not self._thread.is_alive()


def answered(ask: Callable[[], Answer], longest_s: float) -> Answer:
    """What ``ask`` returns or raises; ``DeviceError`` if it takes longer than ``longest_s`` seconds, or an earlier
    question is overdue. What comes later is lost.
    """
    return Errand(ask).answer(longest_s)


def hangs() -> bool:
    """Whether PortAudio still waits for an answer; then it would also wait at the end of the process."""
    return any(thread.is_alive() for thread in _hanging)


def import_sounddevice() -> Any:
    """The module ``sounddevice``; raises ``DeviceError`` if PortAudio is missing."""
    try:
        with silent():
            import sounddevice
    except (ImportError, OSError) as error:
        remedy = "Install it: sudo apt install libportaudio2"
        raise DeviceError("Sound needs PortAudio, which is missing.", remedy) from error
    return sounddevice


def device_names(direction: str) -> list[str]:
    """The names of all devices that are an ``input`` or ``output``; raises ``DeviceError`` without PortAudio."""
    sounddevice = import_sounddevice()
    with silent():
        devices = sounddevice.query_devices()
    return list(dict.fromkeys(str(one["name"]) for one in devices if one[f"max_{direction}_channels"] > 0))


class _Noise:
    """Whether native libraries may print to standard error."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deep = 0
        self._kept = -1

    def hush(self) -> None:
        """They may not from now on."""
        with self._lock:
            if self._deep == 0:
                self._kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, 2)
                os.close(nowhere)
            self._deep += 1

    def allow(self) -> None:
        """They may again, once everybody says so."""
        with self._lock:
            if self._deep == 1:
                self._restore()
            self._deep = max(0, self._deep - 1)

    def lift(self) -> None:
        """They may again, whoever had hushed them and does not come back."""
        with self._lock:
            if self._deep:
                self._restore()
            self._deep = 0

    def _restore(self) -> None:
        os.dup2(self._kept, 2)
        os.close(self._kept)


_noise = _Noise()


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep native libraries from printing to standard error: PortAudio and ALSA tell each failed attempt there."""
    _noise.hush()
    try:
        yield
    finally:
        _noise.allow()


def hurry() -> None:
    """Let the calling thread go before others, where the system allows it (as root, or by a limit on ``nice``).

    -11 is what PulseAudio takes for itself. Processes that the thread starts afterwards inherit it.
    """
    if sys.platform == "linux":  # elsewhere the number of a thread may be that of somebody's process
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -11)


def reason(error: Exception) -> str:
    """What PortAudio said, without the details in brackets."""
    return (str(error).splitlines() or [type(error).__name__])[0].split(" [")[0]
