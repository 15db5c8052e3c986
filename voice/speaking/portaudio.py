"""PortAudio's door: where ``sounddevice`` is imported, and kept from printing."""

from __future__ import annotations

import contextlib
import os
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


def reason(error: Exception) -> str:
    """What PortAudio said, without the details in brackets."""
    return (str(error).splitlines() or [type(error).__name__])[0].split(" [")[0]
