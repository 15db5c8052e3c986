"""Folders for files that nobody keeps: gone when they are done with, or at the next start if this process is killed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

IN_USE = "in-use"
"""The file in each folder whose lock says that its process lives; filelock's lock is the kernel's."""
LEFT_AFTER_S = 60.0
"""A younger folder is nobody's leftover, seconds: another process may be about to lock it."""


@contextmanager
def scratch_folder(what: str) -> Iterator[Path]:
    """A new folder ``attune-WHAT-…`` among the system's temporary files, only for this user.

    Deletes what killed processes left there first: a recognizer's model is up to 140 MB. Raises ``OSError`` where there
    is no room for it.
    """
    from filelock import FileLock

    _clear()
    with TemporaryDirectory(prefix=f"attune-{what}-") as name, FileLock(Path(name) / IN_USE, mode=0o600):
        yield Path(name)


def _clear() -> None:
    from filelock import FileLock, Timeout

    for lock in Path(gettempdir()).glob(f"attune-*-*/{IN_USE}"):
        with suppress(OSError, Timeout):
            if _is_ours(lock.parent) and time.time() - lock.stat().st_mtime > LEFT_AFTER_S:
                with FileLock(lock, timeout=0, mode=0o600):
                    pass
                shutil.rmtree(lock.parent)


def _is_ours(folder: Path) -> bool:
    """Whether this user made it; elsewhere than on POSIX systems the temporary files are each user's own."""
    return os.name != "posix" or (not folder.is_symlink() and folder.stat().st_uid == os.getuid())
