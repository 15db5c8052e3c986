"""What surrounds PortAudio."""

from __future__ import annotations

import os
import threading

import pytest

from voice.errors import DeviceError
from voice.portaudio import Errand, answered, hangs, hurry, reason, silent


def test_native_noise_is_not_seen(capfd: pytest.CaptureFixture[str]) -> None:
    """What a library writes to standard error inside is dropped, what comes after is seen."""
    with silent():
        os.write(2, b"ALSA lib: no such thing\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_native_noise_is_not_seen_however_many_hush_it(capfd: pytest.CaptureFixture[str]) -> None:
    """One that begins amid another and ends after it does not keep the silence for good."""
    one, other = silent(), silent()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    os.write(2, b"inside\n")
    other.__exit__(None, None, None)
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_an_answer_that_does_not_come_is_not_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    """The next question is not asked before the last is answered; errors are heard again meanwhile."""
    answer, done = threading.Event(), threading.Event()

    def ask() -> None:
        with silent():
            answer.wait()
        done.set()

    with pytest.raises(DeviceError, match="does not answer"):
        answered(ask, 0.01)
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
    with pytest.raises(DeviceError, match="does not answer"):
        answered(lambda: 1, 10.0)
    assert hangs()
    answer.set()
    done.wait()
    while hangs():
        threading.Event().wait(0.001)
    assert answered(lambda: 1, 10.0) == 1


def test_an_answer_that_comes_late_is_there_for_whoever_asks_again() -> None:
    """It is not asked for a second time."""
    answer = threading.Event()
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        answer.wait()
        return 7

    errand = Errand(ask)
    with pytest.raises(DeviceError, match="does not answer"):
        errand.answer(0.01)
    assert not errand.over
    answer.set()
    assert errand.answer(10.0) == 7
    assert asked == [1]


def test_one_question_at_a_time() -> None:
    """Two threads that ask at the same moment do not ask PortAudio at the same moment."""
    first, done = threading.Event(), threading.Event()
    order: list[str] = []

    def slow() -> None:
        first.set()
        done.wait()
        order.append("slow")

    slowly = Errand(slow)
    first.wait()
    quickly = Errand(lambda: order.append("quick"))
    done.set()
    quickly.answer(10.0)
    slowly.answer(10.0)
    assert order == ["slow", "quick"]


def test_what_an_answer_raises_is_raised() -> None:
    """As if it had been asked here."""
    with pytest.raises(KeyError):
        answered(lambda: {}["missing"], 10.0)


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
