"""Objects that the child tests put into a process of their own."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

from voice.errors import ContentError, DeviceError


class Echo:
    """Answers, refuses, breaks, crashes or stalls, as asked."""

    def __init__(self, greeting: str = "hello") -> None:
        """Keep the greeting; the greeting ``refuse`` is refused."""
        if greeting == "refuse":
            raise DeviceError("There is no echo here.", "Go to the mountains.")
        self.greeting = greeting

    def say(self, name: str) -> str:
        """A greeting."""
        return f"{self.greeting} {name}"

    def print(self) -> str:
        """Write to standard output as native code would."""
        os.write(1, b"noise")
        print("more noise")
        sys.stdout.flush()
        return "quiet"

    def refuse(self) -> None:
        """An error with more arguments than its message."""
        raise ContentError("a.yaml", 7, "this is wrong", "write that")

    def break_(self) -> None:
        """A bug."""
        raise KeyError("bug")

    def crash(self) -> None:
        """What a fault in native code does."""
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)

    def stall(self, seconds: float) -> None:
        """Native code that does not come back, without Python's lock."""
        time.sleep(seconds)

    def stall_hard(self, seconds: int) -> None:
        """Native code that does not come back and keeps Python's lock."""
        ctypes.PyDLL(None).sleep(seconds)

    def work(self, seconds: float) -> str:
        """Something that takes its time."""
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
        return "done"

    def interrupt(self) -> str:
        """Ctrl-C."""
        os.kill(os.getpid(), signal.SIGINT)
        return "still here"

    def modules(self) -> list[str]:
        """Everything imported."""
        return sorted(sys.modules)
