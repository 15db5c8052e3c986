"""The store: one SQLite file in the user's data folder, readable by its owner only.

Written ahead (WAL) and synced at every change, so that what was said aloud survives a lost process or lost power. A
file that SQLite finds damaged is set aside, never overwritten, and the latest good copy takes its place.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from voice.content import APP
from voice.errors import DeviceError
from voice.keeping.copies import WAIT_MS, back_up, drop_set_aside, is_sound, set_aside, tables_in

LOGGER = logging.getLogger(__name__)

NAME = "attune.db"
BUSY_MS = 150
"""How long a change waits once something may be playing: sound is mixed further ahead than this."""

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


class LaterVersion(DeviceError):
    """The file was written by a later Attune."""


class Store:
    """An open store; closes with the context."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None, notice: str | None = None) -> None:
        """Use ``open_store`` instead; ``notice`` is one calm sentence about what was mended."""
        self.connection = connection
        self.notice = notice
        self.broken = False
        """Whether the file must be opened anew: it was damaged, or could not be opened."""
        self.copy_remembers = False
        """Whether the log and the copy still hold what was deleted: ``rewrite`` is owed."""
        self._path = path

    def read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query; raises ``DeviceError`` where the file cannot be read any more."""
        try:
            return self.connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._trouble(error, "read") from error

    def mend(self) -> None:
        """Open the file anew, and set it aside where it is damaged; raises ``DeviceError`` while that cannot be."""
        assert self._path is not None
        fresh = open_store(self._path.parent)
        self.connection.close()
        self.connection, self.notice, self.broken = fresh.connection, fresh.notice, False
        self.copy_remembers = False  # it was made anew just now

    def _trouble(self, error: OSError | sqlite3.Error, what: str) -> DeviceError:
        if self._path and isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self.broken = True
        return DeviceError(f"This cannot be {what} ({error}).", "Look at the disk: attune doctor.")

    @contextmanager
    def change(self, *, forgets: bool = False) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all, on disk when the block ends; raises ``DeviceError`` where it cannot be.

        ``forgets`` says that something goes which the copy may not keep, either.
        """
        before = self.connection.total_changes
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
            self.copy_remembers |= forgets and self._path is not None and self.connection.total_changes > before
        except sqlite3.Error as error:
            raise self._trouble(error, "kept") from error

    def rewrite(self) -> None:
        """Write the file and its copy anew, without anything that was deleted; raises ``DeviceError``."""
        try:
            self.connection.execute("VACUUM")
            (blocked, *_) = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if blocked:  # SQLite says so in a row: what was deleted is still in the log
                raise sqlite3.OperationalError("another program is reading")
            if self._path:
                back_up(self.connection, self._path)
            self.copy_remembers = False
        except (OSError, sqlite3.Error) as error:
            raise self._trouble(error, "deleted for good") from error

    def drop_set_aside(self) -> None:
        """Delete the damaged files that lie aside, with everything in them; raises ``DeviceError``."""
        try:
            if self._path:
                drop_set_aside(self._path)
        except OSError as error:
            raise self._trouble(error, "deleted for good") from error

    def __enter__(self) -> Store:
        """Use it as a context."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; what was deleted goes from the copy too, at the latest now."""
        try:
            if self.copy_remembers:
                self.rewrite()
        except DeviceError as fault:  # the next start makes a copy, too
            LOGGER.error("the copy still holds what was deleted: %s", fault)
        finally:
            self.connection.close()


def open_store(folder: Path | None = None) -> Store:
    """Open the store of a folder, and make or mend it where that is needed; ``None`` is the user's data folder.

    Raises ``DeviceError`` where the folder cannot be written to, or the file is of a later Attune.
    """
    folder = folder or data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / NAME
        notice = None if is_sound(path, _tables_of) else set_aside(path, _tables_of)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _connect(path)
        _migrate(connection, path)
        back_up(connection, path)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    except (OSError, sqlite3.Error) as error:
        raise DeviceError(
            f"Nothing can be kept in {folder} ({error}).", "Make room there, or let it be written to."
        ) from error
    return Store(connection, path, notice)


def makeshift_store(folder: Path, why: str) -> Store:
    """What can be read of a folder's store where it cannot be written to: what was promised comes, nothing is kept."""
    store = memory_store()
    path = folder / NAME
    for how in ("mode=ro", "immutable=1"):  # the first needs a file beside it, which a full disk may refuse
        try:
            source = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=0.0)
            try:
                source.backup(store.connection)
            finally:
                source.close()
            break
        except (OSError, ValueError, sqlite3.Error) as error:
            LOGGER.info("cannot read %s (%s): %s", NAME, how, error)
    store.connection.execute("PRAGMA query_only = ON")
    kept = Store(store.connection, path, why)
    kept.broken = True
    return kept


def memory_store() -> Store:
    """A store that is forgotten at the end, for rehearsals and demos."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    _migrate(connection, Path(":memory:"))
    return Store(connection)


@cache
def _tables_of(version: int) -> set[tuple[bytes, bytes]]:
    """The tables of a version, as its scripts make them; of a later Attune's none are known."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.text_factory = bytes
        for script in MIGRATIONS[:version] if version <= len(MIGRATIONS) else ():
            connection.executescript(script)
        return tables_in(connection)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=WAIT_MS / 1000, check_same_thread=False)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Carry out what is missing, each version whole or not at all."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise LaterVersion(f"{path} was written by a later Attune.", "Install that one again: attune doctor.")
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
