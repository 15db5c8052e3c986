"""One set-up at a time in one checkout."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.talk import say


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the checkout's set-up lock, waiting for another set-up to end.

    The kernel drops it when its holder dies, so an interrupted set-up leaves nothing to clean up. The file stays.
    """
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running in this checkout; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
