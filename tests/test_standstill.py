"""Whether a process that owes an answer stands still: real processes, the clock given by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from voice.standstill import STILL_S, Standstill, Work, is_held_up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
READY = "print('ready', flush=True); "
WAITS = READY + "import time; time.sleep(600)"
SPINS = "import threading; threading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start(); " + WAITS


@contextmanager
def _process(program: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["nice", "-n", "19", sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _stands_still(pid: int, *, owes: bool = True) -> bool:
    """What is thought of it at two looks, ``STILL_S`` apart on a clock that runs faster than it does."""
    standstill = Standstill()
    assert not standstill.look(pid, 0.0, owes=owes)
    return standstill.look(pid, STILL_S, owes=owes)


def _until_still(pid: int) -> Work:
    """What it did, once it went to sleep or was stopped, in a moment."""
    while (work := Work.of(pid)) is not None and work.could:
        threading.Event().wait(0.01)
    assert work is not None
    return work


@pytest.mark.parametrize("stopped", [False, True])
def test_one_that_waits_for_itself_stands_still(*, stopped: bool) -> None:
    """Asleep, or stopped from outside; but only while it owes something."""
    with _process(WAITS) as process:
        if stopped:
            process.send_signal(signal.SIGSTOP)
        _until_still(process.pid)
        assert _stands_still(process.pid)
        assert not _stands_still(process.pid, owes=False)


def test_one_that_is_not_let_does_not_stand_still() -> None:
    """A thread of it could run: beside busy programs it may have got no processor between two looks."""
    with _process(SPINS) as process:
        assert not _stands_still(process.pid)


def test_one_that_is_gone_does_not_stand_still() -> None:
    """Others notice that."""
    with _process(WAITS) as process:
        pass
    assert not _stands_still(process.pid)


def test_silence_is_excused_only_by_not_being_let() -> None:
    """Who wants to work and hardly may is held up; who sleeps, is gone, or runs in circles is not."""
    early = Work(100, could=True)
    assert is_held_up(early, Work(110, could=True), 1.8)
    assert not is_held_up(early, Work(110, could=False), 1.8)
    assert not is_held_up(early, Work(280, could=True), 1.8)
    assert not is_held_up(early, None, 1.8)
    assert not is_held_up(None, early, 1.8)
    with _process(WAITS) as process:
        work = _until_still(process.pid)
        assert not is_held_up(work, Work.of(process.pid), 1.8)
    with _process(SPINS) as process:
        work = Work.of(process.pid)
        assert is_held_up(work, Work.of(process.pid), 600.0)
