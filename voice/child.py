"""An object in a process of its own, so that a crash or a stall in native code never ends a practice.

A plain subprocess whose standard input and output carry pickles, rather than :mod:`multiprocessing`: the child
imports nothing but what its factory needs (no second copy of the main module, no resource tracker: 10 MB and one
process less), and the end of its input tells it that the parent is gone, even after ``kill -9``, from any thread, on
every system.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import pickle
import queue
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any

from voice.child_side import PING, READY
from voice.errors import AttuneError, DeviceError
from voice.standstill import Standstill, Work, is_held_up

if TYPE_CHECKING:
    import subprocess

LOGGER = logging.getLogger(__name__)

_BOOT = "import sys, pickle; sys.path[:] = pickle.load(sys.stdin.buffer); from voice.child_side import serve; serve()"
PING_EVERY_S = 1.0
"""How often a child is asked whether it still runs, seconds."""
PATIENCE_S = 1.8
"""A child that does not answer that for so long is stopped or stuck; with the above, noticed within 2.8 s."""

CLOSING_S = 1.0
"""How long an answer that another thread waits for may hold up the end, seconds."""


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

    def __init__(
        self, factory: str, *args: object, timeout_s: float, start_s: float = 60.0, works_itself: bool = False
    ) -> None:
        """Start the process.

        ``factory`` is ``"package.module:Name"``; ``args`` must be picklable; ``timeout_s`` is the longest that an
        answer may take, ``start_s`` the longest that the factory may take, both in seconds. One that ``works_itself``,
        and not by processes of its own, is also ended when it owes an answer and does not work on it.
        """
        self._standstill = Standstill() if works_itself else None
        self._factory = factory
        self._args = args
        self._timeout_s = timeout_s
        self._start_s = start_s
        self._lock = threading.RLock()
        self._ready = False
        self._asked = READY
        self._closed = threading.Event()
        self._pong = threading.Event()
        self._writing = threading.Lock()
        self.starts = 0
        """How often the process was started; what an earlier one was told is gone."""
        self._start()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

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
            if self._ready:
                return
            try:
                self._take(READY, self._start_s)
            except DeviceError:
                self._end(grace_s=0.0)
                raise
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
        """End the process and start a fresh one, without waiting for it to be ready; ``ChildDied`` after ``close``."""
        with self._lock:
            if self._closed.is_set():
                raise ChildDied(f"{self._factory} was closed.")
            self._end(grace_s=0.0 if self._ready else 1.0)
            self._start()

    def close(self) -> None:
        """End the process, and wait until it is gone. May be called twice.

        Another thread that waits for an answer has ``CLOSING_S`` to get it, and is then told that the process died.
        """
        self._closed.set()
        if not self._lock.acquire(timeout=CLOSING_S):
            self._process.kill()
            self._lock.acquire()
        try:
            self._end(grace_s=1.0)
        finally:
            self._lock.release()

    def _watch(self) -> None:
        """The watchdog's thread: a process that stands still is ended; one that ended while nobody asked is begun anew.

        Whoever waits for an answer meanwhile is told that it died, and restarts it.
        """
        while not self._closed.wait(PING_EVERY_S):
            if self._ready and (not self._answers_ping() or self._does_nothing()):
                LOGGER.warning("%s stands still and is ended", self._factory)
                self._process.kill()
            if not self._ready or self.alive or not self._lock.acquire(blocking=False):
                continue
            try:
                if not self._closed.is_set() and not self.alive:
                    LOGGER.warning("%s ended and is started again", self._factory)
                    self.restart()
            finally:
                self._lock.release()

    def _does_nothing(self) -> bool:
        """Whether it owes an answer and stands still."""
        owes = self._asked > self._answered
        return self._standstill is not None and self._standstill.look(self.pid, time.monotonic(), owes=owes)

    def _answers_ping(self) -> bool:
        """Whether it still runs; one that is gone has no need to answer, one that is not let has no way to."""
        self._pong.clear()
        process = self._process
        before = Work.of(process.pid)
        with contextlib.suppress(OSError, ValueError):
            if not self._writing.acquire(timeout=PATIENCE_S):
                return False  # somebody's question does not get into the pipe
            try:
                self._write(process, (PING, "", ()))
            finally:
                self._writing.release()
            if self._pong.wait(PATIENCE_S) or process is not self._process or process.poll() is not None:
                return True
            return is_held_up(before, Work.of(process.pid), PATIENCE_S)
        return True

    def _start(self) -> None:
        import subprocess

        own_group: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {"creationflags": 0x200}
        self._ready = False
        self.starts += 1
        self._first = self._answered = self._asked
        self._replies: queue.Queue[tuple[int, str, Any] | None] = queue.Queue()
        self._early: dict[int, tuple[str, Any]] = {}
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-c", _BOOT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **own_group
        )
        reading = (self._process.stdout, self._replies)
        self._reader = threading.Thread(target=self._read, args=reading, daemon=True)
        self._reader.start()
        with contextlib.suppress(OSError):  # a child that is gone already is noticed when its first answer is taken
            self._send(sys.path)
            self._send((self._factory, self._args))

    def _send(self, value: object) -> None:
        with self._writing:
            self._write(self._process, value)

    @staticmethod
    def _write(process: subprocess.Popen[bytes], value: object) -> None:
        assert process.stdin is not None
        pickle.dump(value, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()

    def _take(self, ticket: int, timeout_s: float) -> Any:
        if ticket != READY and ticket <= self._first:
            raise ChildDied(f"{self._factory} was started again since it was asked.")
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

    def _read(self, stream: IO[bytes], replies: queue.Queue[tuple[int, str, Any] | None]) -> None:
        """Carry replies from the pipe to the queue until the pipe ends; ``None`` says that it has."""
        with contextlib.suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while True:
                reply = pickle.load(stream)
                if reply[0] == PING:
                    self._pong.set()
                else:
                    self._answered = max(self._answered, reply[0])
                    replies.put(reply)
        replies.put(None)

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


def _rebuild(module: str, name: str, args: tuple[object, ...], state: dict[str, object]) -> AttuneError:
    """Make the child's error again; its constructor's arguments are not those of ``Exception``."""
    kind = getattr(importlib.import_module(module), name)
    error: AttuneError = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error
