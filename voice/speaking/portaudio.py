"""PortAudio's door: where ``sounddevice`` is imported, and kept from printing."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

from voice.errors import DeviceError


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


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep native libraries from printing to standard error: PortAudio and ALSA tell each failed attempt there."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


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
