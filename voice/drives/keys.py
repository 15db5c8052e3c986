"""Single keys at a terminal, beside the voice: space holds and goes on, q stops, any key opens a closed microphone."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

from voice.terminal import can_type

LOOK_EVERY_S = 0.2
"""How often the reading thread looks whether it is to end, seconds."""


@contextlib.contextmanager
def keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Call ``pressed`` with each key, on a thread of its own, until the context is left.

    Where nobody can type, or the system has no such terminals (termios; Windows is untried), nothing happens.
    """
    try:
        import termios
        import tty
    except ImportError:
        yield
        return
    if not can_type():
        yield
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    ended = threading.Event()
    reader = threading.Thread(target=_read, args=(number, pressed, ended), name="keys", daemon=True)
    try:
        tty.setcbreak(number)  # Ctrl-C stays a signal
        reader.start()
        yield
    finally:
        ended.set()
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def _read(number: int, pressed: Callable[[str], None], ended: threading.Event) -> None:
    import os
    import select

    while not ended.is_set():
        ready, _, _ = select.select([number], [], [], LOOK_EVERY_S)
        if ready and (key := os.read(number, 1)):
            pressed(key.decode("ascii", "replace"))
        elif ready:
            return
