"""The child process: answers, refusals, crashes, stalls and ends."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from voice.child import _BOOT, Child, ChildDied
from voice.errors import ContentError, DeviceError

FACTORY = "child_examples:Echo"


@pytest.fixture(autouse=True)
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples can be imported, here and in the child, which gets our path."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.fixture
def child() -> Iterator[Child]:
    """A child that has a second for each answer."""
    child = Child(FACTORY, timeout_s=1.0)
    yield child
    child.close()


def test_it_answers_in_another_process(child: Child) -> None:
    """Arguments and answers travel; the process is not ours."""
    assert child.call("say", "you") == "hello you"
    assert child.pid != os.getpid()


def test_two_questions_may_be_under_way(child: Child) -> None:
    """Answers may be taken in another order than they were asked for."""
    first, second = child.begin("say", "a"), child.begin("say", "b")
    assert child.answer(second) == "hello b"
    assert child.answer(first) == "hello a"


def test_large_arrays_travel(child: Child) -> None:
    """Thirty seconds of sound, larger than any pipe's buffer, arrive."""
    assert child.call("say", np.zeros(480_000, np.float32)).startswith("hello [0. ")


def test_what_native_code_prints_does_not_disturb(child: Child) -> None:
    """Standard output of the child is not the pipe."""
    assert child.call("print") == "quiet"
    assert child.call("say", "again") == "hello again"


def test_refusals_are_raised_as_they_are(child: Child) -> None:
    """An AttuneError comes through with all that it carries."""
    with pytest.raises(ContentError) as refusal:
        child.call("refuse")
    assert (refusal.value.line, refusal.value.remedy) == (7, "write that")
    assert str(refusal.value) == "a.yaml:7: this is wrong; write that"
    assert child.call("say", "after") == "hello after"


def test_bugs_come_with_the_childs_traceback(child: Child) -> None:
    """What is nobody's fault but ours says where it happened."""
    with pytest.raises(RuntimeError, match="break_"):
        child.call("break_")


def test_a_refused_start_is_raised_when_ready_is_awaited() -> None:
    """The factory's refusal waits for whoever asks."""
    child = Child(FACTORY, "refuse", timeout_s=1.0)
    with pytest.raises(DeviceError, match="mountains"):
        child.wait_ready()
    child.close()


def test_a_crash_is_told_and_can_be_restarted(child: Child) -> None:
    """After a crash the process is gone; a restart makes a new object."""
    with pytest.raises(ChildDied, match="-11"):
        child.call("crash")
    assert not child.alive
    with pytest.raises(ChildDied):
        child.call("say", "anyone")
    child.restart()
    assert child.call("say", "again") == "hello again"


@pytest.mark.parametrize("stall", ["stall", "stall_hard"])
def test_a_stall_is_ended(stall: str) -> None:
    """What does not answer in time is killed, whatever it holds."""
    child = Child(FACTORY, timeout_s=0.2)
    child.wait_ready()
    with pytest.raises(ChildDied, match=r"no answer for 0\.2 s"):
        child.call(stall, 60)
    assert not child.alive
    child.close()


def test_a_process_that_stands_still_is_ended_while_somebody_waits() -> None:
    """Stopped (SIGSTOP), it cannot say how long it will take: the watchdog does not wait for the answer's own limit."""
    child = Child(FACTORY, timeout_s=600.0)
    child.wait_ready()
    ticket = child.begin("stall", 60)
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(ChildDied, match="-9"):
        child.answer(ticket)
    child.restart()
    assert child.call("say", "again") == "hello again"
    with pytest.raises(ChildDied, match="since it was asked"):
        child.answer(ticket)
    child.close()


def test_closing_does_not_wait_for_an_answer_that_another_thread_waits_for() -> None:
    """Whoever waits is told that it died, and no other is started."""
    child = Child(FACTORY, timeout_s=600.0)
    child.wait_ready()
    told: list[Exception] = []
    asked = threading.Event()

    def wait() -> None:
        ticket = child.begin("stall", 600)
        asked.set()
        try:
            child.answer(ticket)
        except ChildDied as fault:
            told.append(fault)

    waiting = threading.Thread(target=wait)
    waiting.start()
    asked.wait()
    child.close()
    waiting.join()
    assert told
    assert not child.alive
    with pytest.raises(ChildDied, match="closed"):
        child.restart()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor time of others is read from /proc")
def test_what_does_not_work_on_its_answer_is_ended_and_what_does_is_not() -> None:
    """A deadlock in native code answers pings, and uses no processor; hard work does."""
    child = Child(FACTORY, timeout_s=600.0, works_itself=True)
    assert child.call("work", 4.0) == "done"
    with pytest.raises(ChildDied, match="-9"):
        child.call("stall", 600)
    child.close()


@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL])
def test_a_process_that_is_gone_while_nobody_asks_is_started_again(child: Child, fault: signal.Signals) -> None:
    """The next question finds a fresh one."""
    child.wait_ready()
    first = child.pid
    os.kill(first, fault)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(first).wait(30)
    _until(lambda: child.starts == 2 and child.alive)
    assert child.call("say", "you") == "hello you"
    assert child.pid != first


def _until(holds: Callable[[], bool]) -> None:
    """Wait for it, half a minute at most."""
    paused = threading.Event()
    assert any(holds() or paused.wait(0.05) for _ in range(600))


def test_ctrl_c_does_not_reach_it(child: Child) -> None:
    """The parent decides when to end: the signal is ignored, and the process is in a group of its own."""
    assert child.call("interrupt") == "still here"
    assert os.getpgid(child.pid) != os.getpgid(0)


def test_close_leaves_nothing_behind() -> None:
    """No process and no open file remains; closing twice is harmless."""
    before = psutil.Process().num_fds()
    child = Child(FACTORY, timeout_s=1.0)
    child.call("say", "you")
    child.close()
    child.close()
    assert not psutil.pid_exists(child.pid)
    assert psutil.Process().num_fds() == before


def test_it_dies_with_its_parent() -> None:
    """After kill -9 of the parent, even in the middle of an answer, the child ends by itself."""
    code = (
        "from voice.child import Child; import os, signal\n"
        f"child = Child({FACTORY!r}, timeout_s=60); child.wait_ready(); child.begin('stall', 60)\n"
        "print(child.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    path = os.pathsep.join(part for part in sys.path if part)
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ | {"PYTHONPATH": path})
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(made.stdout)).wait(5)
    assert not psutil.pid_exists(int(made.stdout))


@pytest.mark.parametrize("last", [pickle.dumps((1, "say", ("x" * 1000,)))[:-500], b"\x80", b"?"])
def test_it_ends_where_its_input_breaks_off(last: bytes) -> None:
    """A parent that is killed while it asks leaves half a question, and no orphan with a model in it."""
    process = subprocess.Popen([sys.executable, "-c", _BOOT], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    try:
        process.stdin.write(pickle.dumps(sys.path) + pickle.dumps((FACTORY, ())) + last)
        process.stdin.close()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def test_it_imports_only_what_it_needs(child: Child) -> None:
    """Nothing heavy is loaded that the object did not ask for: a child is small."""
    heavy = {"numpy", "multiprocessing", "subprocess", "asyncio", "yaml", "hassil", "vosk", "ctranslate2"}
    assert not heavy.intersection(child.call("modules"))
