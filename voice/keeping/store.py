"""The store: one SQLite file in the user's data folder, readable by its owner only.

Written ahead (WAL) and synced at every change, so that what was said aloud survives a lost process or lost power. A
file that SQLite finds damaged is set aside, never overwritten, and the latest good copy takes its place.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from voice.content import APP
from voice.errors import DeviceError

LOGGER = logging.getLogger(__name__)

NAME = "attune.db"
MOST_VERSIONS = 1000
"""A file that claims to be of a later version than this is damaged, not new."""
WAIT_MS = 5000
"""How long a change waits for another process's, for example ``attune history --clear``."""

MIGRATIONS = (
    """
    CREATE TABLE appointments (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('time-out', 'ritual', 'promise', 'follow-up')),
        what TEXT NOT NULL,
        made_utc REAL NOT NULL, made_uptime REAL NOT NULL, made_boot TEXT NOT NULL,
        due_utc REAL, due_uptime REAL, due_boot TEXT,
        rule TEXT,
        all_day INTEGER NOT NULL DEFAULT 0,
        person INTEGER CHECK (person IN (1, 2)),
        words TEXT,
        origin TEXT NOT NULL DEFAULT 'said' CHECK (origin IN ('said', 'settings')),
        CHECK ((due_utc IS NULL) <> (rule IS NULL))
    ) STRICT;
    CREATE TABLE claims (
        appointment INTEGER NOT NULL REFERENCES appointments ON DELETE CASCADE,
        occurrence TEXT NOT NULL,
        utc REAL NOT NULL, uptime REAL NOT NULL, boot TEXT NOT NULL,
        PRIMARY KEY (appointment, occurrence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE kept (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        person INTEGER NOT NULL CHECK (person IN (0, 1, 2)),
        words TEXT NOT NULL,
        UNIQUE (kind, person, words)
    ) STRICT;
    CREATE TABLE journal (
        practice TEXT NOT NULL,
        began TEXT NOT NULL,
        seconds REAL NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('finished', 'stopped')),
        PRIMARY KEY (practice, began)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE numbers (
        at TEXT NOT NULL,
        person INTEGER NOT NULL CHECK (person IN (0, 1, 2)),
        value INTEGER NOT NULL CHECK (value BETWEEN 1 AND 10),
        PRIMARY KEY (at, person)
    ) STRICT, WITHOUT ROWID;
    """,
)
"""One script a version; ``user_version`` counts how many have been carried out. A released one is never changed."""


def data_folder() -> Path:
    """Where the store lies, whether or not it exists."""
    from platformdirs import user_data_path

    return user_data_path(APP)


class Store:
    """An open store; closes with the context."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None, notice: str | None = None) -> None:
        """Use ``open_store`` instead; ``notice`` is one calm sentence about what was mended."""
        self.connection = connection
        self.notice = notice
        self._path = path

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all, on disk when the block ends; raises ``DeviceError`` where it cannot be."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise DeviceError(f"This cannot be kept ({error}).", "Look at the disk: attune doctor.") from error

    def rewrite(self) -> None:
        """Write the file and its copy anew, without anything that was deleted."""
        self.connection.execute("VACUUM")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if self._path:
            _back_up(self.connection, self._path)

    def __enter__(self) -> Store:
        """Use it as a context."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.connection.close()


def open_store(folder: Path | None = None) -> Store:
    """Open the store of a folder, and make or mend it where that is needed; ``None`` is the user's data folder.

    Raises ``DeviceError`` where the folder cannot be written to, or the file is of a later Attune.
    """
    folder = folder or data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / NAME
        notice = None if _is_sound(path) else _set_aside(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _connect(path)
        _migrate(connection, path)
        _back_up(connection, path)
    except (OSError, sqlite3.Error) as error:
        raise DeviceError(
            f"Nothing can be kept in {folder} ({error}).", "Make room there, or let it be written to."
        ) from error
    return Store(connection, path, notice)


def memory_store() -> Store:
    """A store that is forgotten at the end, for rehearsals and demos."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    _migrate(connection, Path(":memory:"))
    return Store(connection)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=WAIT_MS / 1000, check_same_thread=False)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file; one that does not exist is sound."""
    if not path.exists():
        return True
    try:
        connection = sqlite3.connect(path, timeout=WAIT_MS / 1000)
        connection.text_factory = bytes
        try:
            whole = connection.execute("PRAGMA integrity_check").fetchone() == (b"ok",)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            return whole and 0 <= version < MOST_VERSIONS and bool(version) == bool(tables)
        finally:
            connection.close()
    except sqlite3.OperationalError:
        raise
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # the message of a damaged file may be damaged too
        return False


def _set_aside(path: Path) -> str:
    """Move a damaged file out of the way and put the latest good copy in its place; says so in one sentence."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    copy = _backup_of(path)
    LOGGER.error("the store was damaged and lies in %s", aside.name)
    if copy.exists() and _is_sound(copy):
        shutil.copyfile(copy, path)
        return f"What I kept was damaged and lies in {aside.name}. An older copy is in its place."
    return f"What I kept was damaged and lies in {aside.name}. I begin anew."


def _backup_of(path: Path) -> Path:
    return path.with_name(path.name + ".copy")


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    """A copy at every start, put in place in one step."""
    fresh = path.with_name(path.name + ".copy-new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    target = sqlite3.connect(fresh)
    try:
        connection.backup(target)
    finally:
        target.close()
    fresh.replace(_backup_of(path))


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Carry out what is missing, each version whole or not at all."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise DeviceError(f"{path} was written by a later Attune.", "Install that one again: attune doctor.")
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
