"""An object in a process of its own, so that a crash or a stall in native code never ends a practice.

A plain subprocess whose standard input and output carry pickles, rather than :mod:`multiprocessing`: the child
imports nothing but what its factory needs (no second copy of the main module, no resource tracker: 10 MB and one
process less), and the end of its input tells it that the parent is gone, even after ``kill -9``, from any thread, on
every system.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from voice.errors import AttuneError, DeviceError
from voice.memory import give_back, one_heap

if TYPE_CHECKING:
    import subprocess

_BOOT = "import sys, pickle; sys.path[:] = pickle.load(sys.stdin.buffer); from voice.child import serve; serve()"
_READY = 0
"""The number of the reply that says how the factory went; questions count from 1."""


class ChildDied(DeviceError):
    """The child process crashed, or was killed because it did not answer in time."""

    def __init__(
        self, what: str, remedy: str = "It is started again; if it happens often, try another engine."
    ) -> None:
        """Say who died, and how."""
        super().__init__(what, remedy)


class Child:
    """An object made by ``factory(*args)`` in a process of its own, asked one thing at a time from any thread.

    The process starts at once and in parallel; errors of the factory are raised by :meth:`wait_ready` or the first
    call. It ignores Ctrl-C, since the parent decides when to end, and it dies with its parent.
    """

    def __init__(self, factory: str, *args: object, timeout_s: float, start_s: float = 60.0) -> None:
        """Start the process.

        ``factory`` is ``"package.module:Name"``; ``args`` must be picklable; ``timeout_s`` is the longest that an
        answer may take, ``start_s`` the longest that the factory may take, both in seconds.
        """
        self._factory = factory
        self._args = args
        self._timeout_s = timeout_s
        self._start_s = start_s
        self._lock = threading.RLock()
        self._ready = False
        self._start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def wait_ready(self) -> None:
        """Return once the object exists.

        Raises what the factory raised if it is an ``AttuneError``, and ``ChildDied`` if it crashed or took longer
        than ``start_s``.
        """
        with self._lock:
            if not self._ready:
                self._take(_READY, self._start_s)
                self._ready = True

    def call(self, method: str, *args: object) -> Any:
        """Ask, and wait for the answer.

        Raises what the child raised if it is an ``AttuneError``, ``ChildDied`` after a crash or a stall, and
        ``RuntimeError`` with the child's traceback for a bug.
        """
        return self.answer(self.begin(method, *args))

    def begin(self, method: str, *args: object) -> int:
        """Ask without waiting; the ticket goes to :meth:`answer`. The child answers in the order of asking."""
        with self._lock:
            self.wait_ready()
            self._asked += 1
            try:
                self._send((self._asked, method, args))
            except (OSError, ValueError) as error:
                raise self._died() from error
            return self._asked

    def answer(self, ticket: int) -> Any:
        """The answer to what :meth:`begin` asked; each may be taken once. Raises as :meth:`call` does."""
        with self._lock:
            return self._take(ticket, self._timeout_s)

    def restart(self) -> None:
        """End the process and start a fresh one, without waiting for it to be ready."""
        with self._lock:
            self.close()
            self._start()

    def close(self) -> None:
        """End the process, and wait until it is gone. May be called twice."""
        with self._lock:
            self._end(grace_s=1.0)

    def _start(self) -> None:
        import subprocess

        own_group: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {"creationflags": 0x200}
        self._ready = False
        self._asked = _READY
        self._replies: queue.SimpleQueue[tuple[int, str, Any] | None] = queue.SimpleQueue()
        self._early: dict[int, tuple[str, Any]] = {}
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-c", _BOOT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **own_group
        )
        self._reader = threading.Thread(target=_read, args=(self._process.stdout, self._replies), daemon=True)
        self._reader.start()
        with contextlib.suppress(OSError):  # a child that is gone already is noticed when its first answer is taken
            self._send(sys.path)
            self._send((self._factory, self._args))

    def _send(self, value: object) -> None:
        assert self._process.stdin is not None
        pickle.dump(value, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def _take(self, ticket: int, timeout_s: float) -> Any:
        while ticket not in self._early:
            try:
                reply = self._replies.get(timeout=timeout_s)
            except queue.Empty:
                self._end(grace_s=0.0)
                raise ChildDied(f"{self._factory} gave no answer for {timeout_s:g} s.") from None
            if reply is None:
                raise self._died()
            self._early[reply[0]] = reply[1:]
        kind, value = self._early.pop(ticket)
        if kind == "value":
            return value
        if kind == "refusal":
            raise _rebuild(*value)
        raise RuntimeError(f"in the child process {self._factory}:\n{value}")

    def _died(self) -> ChildDied:
        self._end(grace_s=1.0)
        return ChildDied(f"{self._factory} ended unexpectedly ({self._process.returncode}).")

    def _end(self, grace_s: float) -> None:
        """Close its input, which asks it to go; then insist."""
        import subprocess

        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        self._replies.put(None)


def _read(stream: IO[bytes], replies: queue.SimpleQueue[tuple[int, str, Any] | None]) -> None:
    """Carry replies from the pipe to the queue until the pipe ends; ``None`` says that it has."""
    with contextlib.suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
        while True:
            replies.put(pickle.load(stream))
    replies.put(None)


def _rebuild(module: str, name: str, args: tuple[object, ...], state: dict[str, object]) -> AttuneError:
    """Make the child's error again; its constructor's arguments are not those of ``Exception``."""
    kind = getattr(importlib.import_module(module), name)
    error: AttuneError = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


def serve() -> None:
    """The child's whole life: make the object, then answer questions until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    one_heap()
    with contextlib.suppress(OSError, AttributeError):  # the parent may hurry; its engines must not crowd it out
        os.setpriority(os.PRIO_PROCESS, 0, max(0, os.getpriority(os.PRIO_PROCESS, 0)))
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # native libraries print to standard output, which is our pipe
    os.close(nowhere)
    questions: queue.SimpleQueue[tuple[int, str, tuple[object, ...]]] = queue.SimpleQueue()
    factory, args = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_listen, args=(questions,), daemon=True).start()
    made = _reply(replies, _READY, lambda: _make(factory, args), silent=True)
    give_back()
    while True:
        number, method, given = questions.get()
        _reply(replies, number, partial(_ask, made, method, given))


def _make(factory: str, args: tuple[object, ...]) -> object:
    module, name = factory.split(":")
    return getattr(importlib.import_module(module), name)(*args)


def _ask(made: object, method: str, args: tuple[object, ...]) -> object:
    return getattr(made, method)(*args)


def _reply(replies: IO[bytes], number: int, work: Callable[[], object], silent: bool = False) -> object:
    """Do the work and send what came of it (only that it is done, if ``silent``); returns the result."""
    result: object = None
    try:
        result = work()
        reply: tuple[int, str, object] = (number, "value", None if silent else result)
    except AttuneError as error:
        kind = type(error)
        reply = (number, "refusal", (kind.__module__, kind.__qualname__, error.args, dict(error.__dict__)))
    except Exception:
        reply = (number, "bug", traceback.format_exc())
    pickle.dump(reply, replies, protocol=pickle.HIGHEST_PROTOCOL)
    replies.flush()
    return result


def _listen(questions: queue.SimpleQueue[tuple[int, str, tuple[object, ...]]]) -> None:
    """Read questions; at the end of the input leave at once, whatever native code is doing."""
    try:
        while True:
            questions.put(pickle.load(sys.stdin.buffer))
    except (EOFError, OSError):
        os._exit(0)
