"""Files that somebody named for what Attune writes: readable by their owner only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from voice.errors import DeviceError


def create_private(path: Path) -> int:
    """An open descriptor of an empty file to write to; raises ``DeviceError`` if there can be none.

    The mode given to ``os.open`` counts for new files only, so one that was there is closed to others before anything
    is in it. A terminal, a pipe or the null device stays as it is: they belong to the system.
    """
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if stat.S_ISREG(os.fstat(opened).st_mode):
                if hasattr(os, "fchmod"):  # Windows has none before Python 3.13, and no such modes
                    os.fchmod(opened, 0o600)
                os.ftruncate(opened, 0)
        except OSError:
            os.close(opened)
            raise
    except OSError as error:
        raise _refusal(path, error) from error
    return opened


def write_private(path: Path, text: str) -> None:
    """Write a whole file of text; raises ``DeviceError`` if it cannot be written."""
    try:
        with os.fdopen(create_private(path), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: OSError) -> DeviceError:
    return DeviceError(f"{path} cannot be written ({error.strerror}).", "Name a file in a folder of your own.")
