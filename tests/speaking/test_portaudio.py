"""What surrounds PortAudio."""

from __future__ import annotations

import os
import threading

import pytest

from voice.speaking.portaudio import hurry, reason, silent


def test_native_noise_is_not_seen(capfd: pytest.CaptureFixture[str]) -> None:
    """What a library writes to standard error inside is dropped, what comes after is seen."""
    with silent():
        os.write(2, b"ALSA lib: no such thing\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_hurrying_concerns_one_thread_and_never_fails() -> None:
    """The main thread's priority stays; the other's rises where the system allows it."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    seen: list[int] = []

    def work() -> None:
        hurry()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
    assert seen[0] == -11 if os.geteuid() == 0 else seen[0] <= before


def test_reasons_are_one_short_line() -> None:
    """Codes and details in brackets are left out."""
    assert reason(OSError("Invalid sample rate [PaErrorCode -9997]\nmore")) == "Invalid sample rate"
    assert reason(OSError()) == "OSError"
