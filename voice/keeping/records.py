"""What is written into the store and read from it: appointments, claims, words kept, the journal, numbers."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from voice.keeping.appointments import KINDS, Appointment, Claims, Mark, from_timestamp
from voice.keeping.recurrence import check, parts_of
from voice.keeping.store import Store

LOGGER = logging.getLogger(__name__)

Outcome = Literal["finished", "stopped"]


@dataclass(frozen=True, slots=True)
class Row:
    """One practice that both were in. Nothing says who stopped it."""

    practice: str
    """The script's id."""
    began: str
    """ISO 8601 with the offset from UTC."""
    seconds: float
    """How long it lasted."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Number:
    """How tense somebody was, from one to ten."""

    at: str
    """ISO 8601 with the offset from UTC."""
    person: int
    """1 or 2, or 0 where they did not want a line each."""
    value: int


_COLUMNS = (
    "id, kind, what, made_utc, made_uptime, made_boot, due_utc, due_uptime, due_boot, rule, all_day, person, words, "
    "origin"
)


def appointments(store: Store) -> tuple[Appointment, ...]:
    """Everything that is not over yet, oldest first; rows that make no sense are left out, and logged."""
    found = []
    for row in store.read(f"SELECT {_COLUMNS} FROM appointments ORDER BY id"):
        try:
            item = _appointment(row)
            if item.rule:
                check(item.rule)
        except (ValueError, OverflowError, OSError):
            LOGGER.error("appointment %s cannot be read", row[0])
        else:
            found.append(item)
    return tuple(found)


def add(store: Store, wanted: Appointment) -> Appointment:
    """Write an appointment and return it with its number; one that is there already is not written twice.

    There is one time-out at a time: a new one takes the place of an older one. Raises ``DeviceError``.
    """
    with store.change() as db:
        known = (item for item in appointments(store) if item.kind == wanted.kind)
        same = next((item for item in known if _alike(item, wanted)), None)
        if same:
            return same
        if wanted.kind == "time-out":
            db.execute("DELETE FROM appointments WHERE kind = 'time-out'")
        holes = ", ".join("?" * 13)
        cursor = db.execute(
            f"INSERT INTO appointments ({_COLUMNS.removeprefix('id, ')}) VALUES ({holes})", _values(wanted)
        )
        return replace(wanted, id=cursor.lastrowid or 0)


def move(
    store: Store, item: Appointment, *, due: Mark | None = None, rule: str | None = None, all_day: bool | None = None
) -> Appointment:
    """Give an appointment another time; raises ``DeviceError``."""
    all_day = item.all_day if all_day is None else all_day
    moved = replace(item, due=due or item.due, rule=rule or item.rule, all_day=all_day)
    mark = (moved.due.utc.timestamp(), moved.due.uptime_s, moved.due.boot) if moved.due else (None, None, None)
    with store.change() as db:
        db.execute(
            "UPDATE appointments SET due_utc = ?, due_uptime = ?, due_boot = ?, rule = ?, all_day = ? WHERE id = ?",
            (*mark, moved.rule, moved.all_day, item.id),
        )
    return moved


def let_go(store: Store, *items: Appointment) -> bool:
    """Delete appointments, and what was noted about them; whether any was still there. Raises ``DeviceError``.

    A number alone does not say which: a later appointment may have it again.
    """
    with store.change(forgets=True) as db:
        which = [(item.id, item.made.uptime_s) for item in items]
        return db.executemany("DELETE FROM appointments WHERE id = ? AND made_uptime = ?", which).rowcount > 0


def claim(store: Store, item: Appointment, occurrence: str, at: Mark) -> bool:
    """Note that one of an appointment's times is being brought up; False if that was noted before, or it is gone."""
    with store.change() as db:
        cursor = db.execute(
            "INSERT OR IGNORE INTO claims SELECT id, ?, ?, ?, ? FROM appointments WHERE id = ?",
            (occurrence, at.utc.timestamp(), at.uptime_s, at.boot, item.id),
        )
        return cursor.rowcount == 1


def claims(store: Store) -> Claims:
    """Everything that was brought up, and when."""
    found = store.read("SELECT appointment, occurrence, utc, uptime, boot FROM claims")
    return {
        (number, occurrence): Mark(from_timestamp(utc), uptime, boot) for number, occurrence, utc, uptime, boot in found
    }


def last_moment(store: Store) -> datetime | None:
    """The latest moment at which anything was written, in UTC; ``None`` for an empty store."""
    query = "SELECT max(made_utc) FROM appointments UNION ALL SELECT max(utc) FROM claims"
    moments = [from_timestamp(seconds) for (seconds,) in store.read(query) if seconds is not None]
    moments += [datetime.fromisoformat(row.began) + timedelta(seconds=row.seconds) for row in rows(store)[-1:]]
    return max(moments, default=None)


def keep(store: Store, kind: str, words: str, person: int = 0, *, only: bool = False) -> bool:
    """Keep words they asked to keep, in order; whether they are new. ``only`` replaces what else was kept of this kind
    and person.
    """
    with store.change(forgets=only) as db:
        if only:
            db.execute("DELETE FROM kept WHERE kind = ? AND person = ? AND words <> ?", (kind, person, words))
        added = db.execute("INSERT OR IGNORE INTO kept (kind, person, words) VALUES (?, ?, ?)", (kind, person, words))
        return added.rowcount > 0


def kept(store: Store, kind: str) -> list[tuple[int, str]]:
    """Person (0 for both) and words of everything kept of one kind, oldest first."""
    found = store.read("SELECT person, words FROM kept WHERE kind = ? ORDER BY id", kind)
    return [(person, words) for person, words in found]


def forget(store: Store, kind: str, words: str | None = None) -> bool:
    """Delete what was kept of one kind, or only some words of it; whether there was any."""
    with store.change(forgets=True) as db:
        return db.execute("DELETE FROM kept WHERE kind = ?1 AND (?2 IS NULL OR words = ?2)", (kind, words)).rowcount > 0


def write_row(store: Store, row: Row) -> None:
    """Add a row to the journal; the same practice begun at the same moment is one row. Raises ``DeviceError``."""
    with store.change() as db:
        db.execute(
            "INSERT OR REPLACE INTO journal (practice, began, seconds, outcome) VALUES (?, ?, ?, ?)",
            (row.practice, row.began, row.seconds, row.outcome),
        )


def rows(store: Store) -> list[Row]:
    """The whole journal, oldest first."""
    found = store.read("SELECT practice, began, seconds, outcome FROM journal")
    return sorted((Row(*row) for row in found), key=lambda row: row.began)


def last_stopped(store: Store, most: int = 5) -> list[Row]:
    """The practices stopped last."""
    found = store.read(
        "SELECT practice, began, seconds, outcome FROM journal WHERE outcome = 'stopped' ORDER BY began DESC LIMIT ?",
        most,
    )
    return [Row(*row) for row in found]


def add_number(store: Store, number: Number) -> None:
    """Write one number; raises ``DeviceError``."""
    with store.change() as db:
        db.execute(
            "INSERT OR REPLACE INTO numbers (at, person, value) VALUES (?, ?, ?)",
            (number.at, number.person, number.value),
        )


def numbers(store: Store) -> list[Number]:
    """All numbers, oldest first."""
    found = store.read("SELECT at, person, value FROM numbers")
    return sorted((Number(*row) for row in found), key=lambda number: (number.at, number.person))


def forget_numbers(store: Store, at: str) -> bool:
    """Delete the numbers given at one moment, in ISO 8601; whether there were any. Raises ``DeviceError``."""
    with store.change(forgets=True) as db:
        return db.execute("DELETE FROM numbers WHERE at = ?", (at,)).rowcount > 0


def clear_history(store: Store) -> None:
    """Really delete the journal and the numbers: pages are overwritten (``secure_delete``), the copy is made anew, and
    damaged files that were set aside go whole. Raises ``DeviceError``.
    """
    with store.change() as db:
        db.execute("DELETE FROM journal")
        db.execute("DELETE FROM numbers")
    store.drop_set_aside()  # first, for it makes room on a full disk
    store.rewrite()


def _alike(item: Appointment, wanted: Appointment) -> bool:
    """Whether two appointments of one kind are the same thing at the same time."""
    if item.rule and wanted.rule:
        same_time = item.rule == wanted.rule or _clockwork(item.rule) == _clockwork(wanted.rule)
    else:
        same_time = item.due == wanted.due
    return same_time and (item.what, item.person, item.words) == (wanted.what, wanted.person, wanted.words)


def _clockwork(rule: str) -> tuple[object, ...]:
    """A repetition without the day it begins on; a single time, and every other week, keep theirs."""
    start, frequency, interval, days = parts_of(rule)
    alone = "COUNT" in rule or interval > 1 or (frequency == "WEEKLY" and not days)
    return (start if alone else start.time(), frequency, interval, days)


def _appointment(row: tuple[Any, ...]) -> Appointment:
    number, kind, what, made_utc, made_uptime, made_boot, due_utc, due_uptime, due_boot, rule, all_day, *rest = row
    person, words, origin = rest
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}")
    due = None if due_utc is None else Mark(from_timestamp(due_utc), due_uptime, due_boot)
    made = Mark(from_timestamp(made_utc), made_uptime, made_boot)
    return Appointment(kind, what, made, due, rule, bool(all_day), person, words, origin, number)


def _values(item: Appointment) -> tuple[object, ...]:
    due = (item.due.utc.timestamp(), item.due.uptime_s, item.due.boot) if item.due else (None, None, None)
    made = (item.made.utc.timestamp(), item.made.uptime_s, item.made.boot)
    return (item.kind, item.what, *made, *due, item.rule, int(item.all_day), item.person, item.words, item.origin)
