"""A store's file: whether it is sound, setting it aside, and the copy: made at each start, and after a deletion."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

LOGGER = logging.getLogger(__name__)

MOST_VERSIONS = 1000
"""A file that claims to be of a later version than this is damaged, not new."""
WAIT_MS = 5000
"""How long an opening waits for another process, for example ``attune history --clear``."""


Tables = Callable[[int], set[tuple[bytes, bytes]]]
"""A version to the name of each of its tables, and the statement that makes it."""


def is_sound(path: Path, tables_of: Tables) -> bool:
    """Whether SQLite finds nothing wrong with a file, and the tables in it are those of its version; one that does not
    exist is sound.
    """
    if not path.exists():
        return True
    try:
        connection = sqlite3.connect(path, timeout=WAIT_MS / 1000)
        connection.text_factory = bytes
        try:
            whole = connection.execute("PRAGMA integrity_check").fetchone() == (b"ok",)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            tables = tables_in(connection)
            versioned = 0 <= version < MOST_VERSIONS and bool(version) == bool(tables)
            # A letter of a column's name may be damaged, and SQLite finds nothing wrong with that.
            return whole and versioned and tables_of(version) <= tables
        finally:
            connection.close()
    except sqlite3.OperationalError:
        raise
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # the message of a damaged file may be damaged too
        return False


def tables_in(connection: sqlite3.Connection) -> set[tuple[bytes, bytes]]:
    """The name of each table of an open file, and the statement that made it; its text factory is ``bytes``."""
    return set(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall())


def set_aside(path: Path, tables_of: Tables) -> str:
    """Move a damaged file out of the way and put the latest good copy in its place; says so in one sentence."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    copy = backup_of(path)
    LOGGER.error("the store was damaged and lies in %s", aside.name)
    if copy.exists() and is_sound(copy, tables_of):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))  # a copy's mode would be the umask's
        shutil.copyfile(copy, path)
        return f"What I kept was damaged and lies in {aside.name}. An older copy is in its place."
    return f"What I kept was damaged and lies in {aside.name}. I begin anew."


def drop_set_aside(path: Path) -> None:
    """Delete every damaged file that was set aside for this one; what was kept can still be read in them."""
    for aside in path.parent.glob(f"{path.name}.damaged-*"):
        aside.unlink(missing_ok=True)


def backup_of(path: Path) -> Path:
    return path.with_name(path.name + ".copy")


def back_up(connection: sqlite3.Connection, path: Path) -> None:
    """A copy, put in place in one step."""
    fresh = path.with_name(path.name + ".copy-new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    target = sqlite3.connect(fresh)
    try:
        connection.backup(target)
    finally:
        target.close()
    fresh.replace(backup_of(path))
