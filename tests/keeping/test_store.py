"""The store: what is written is there, once; what is damaged is set aside."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.keeping.examples import at, promise, ritual, time_out
from voice.errors import DeviceError
from voice.keeping import records
from voice.keeping.appointments import mark
from voice.keeping.records import Number, Row
from voice.keeping.store import MIGRATIONS, NAME, Store, open_store

NOW = at("2026-03-25T20:30")
DAILY = "DTSTART:20260325T210000\nRRULE:FREQ=DAILY"


def test_an_appointment_comes_back_as_it_was(store: Store) -> None:
    """Every field."""
    for wanted in (time_out(NOW), ritual(NOW, DAILY), promise(NOW, "2026-03-27T18:00")):
        written = records.add(store, wanted)
        assert written in records.appointments(store)


def test_the_same_thing_is_written_once(store: Store) -> None:
    """A wish that is repeated, also on another day, is still one ritual."""
    first = records.add(store, ritual(NOW, DAILY))
    again = records.add(store, ritual(at("2026-03-28T10:00"), DAILY.replace("0325", "0328")))
    assert again == first
    assert records.add(store, ritual(NOW, DAILY.replace("T21", "T22"))) != first
    assert len(records.appointments(store)) == 2


def test_a_new_time_out_takes_the_place_of_the_old_one(store: Store) -> None:
    """There is one return."""
    records.add(store, time_out(NOW))
    newer = records.add(store, time_out(NOW, 40))
    assert records.appointments(store) == (newer,)


def test_two_promises_of_one_day_are_two_if_they_are_two_persons(store: Store) -> None:
    """Each person's own."""
    records.add(store, promise(NOW, "2026-03-27T18:00", 1))
    records.add(store, promise(NOW, "2026-03-27T18:00", 2))
    assert len(records.appointments(store)) == 2


def test_a_time_is_claimed_once(store: Store) -> None:
    """Whoever asks a second time is told that it has been brought up."""
    item = records.add(store, ritual(NOW, DAILY))
    assert records.claim(store, item, "2026-03-25T21:00:00", mark(NOW))
    assert not records.claim(store, item, "2026-03-25T21:00:00", mark(NOW))
    assert records.claim(store, item, "2026-03-26T21:00:00", mark(NOW))
    assert records.claims(store)[item.id, "2026-03-25T21:00:00"] == mark(NOW)


def test_what_was_let_go_takes_its_claims_along(store: Store) -> None:
    """Nothing is left of it, and it cannot be claimed any more."""
    item = records.add(store, ritual(NOW, DAILY))
    records.claim(store, item, "x", mark(NOW))
    records.let_go(store, item)
    assert records.appointments(store) == ()
    assert records.claims(store) == {}
    assert not records.claim(store, item, "y", mark(NOW))


def test_a_moved_appointment_keeps_its_number(store: Store) -> None:
    """Ten more."""
    item = records.add(store, time_out(NOW))
    assert item.due
    moved = records.move(store, item, due=item.due.later(600))
    assert records.appointments(store) == (moved,)
    assert moved.id == item.id


def test_words_are_kept_in_order_and_forgotten(store: Store) -> None:
    """Lines of a manifesto; a signal is only one."""
    for line in ("We are kind.", "We don't shout.", "We are kind."):
        records.keep(store, "manifesto", line)
    assert records.kept(store, "manifesto") == [(0, "We are kind."), (0, "We don't shout.")]
    records.keep(store, "signal", "purple umbrella", only=True)
    records.keep(store, "signal", "green door", only=True)
    assert records.kept(store, "signal") == [(0, "green door")]
    assert records.forget(store, "signal")
    assert not records.forget(store, "signal")


def test_a_row_is_written_once(store: Store) -> None:
    """The same practice begun at the same moment is one row."""
    row = Row("debrief", NOW.iso(), 600.0, "finished")
    records.write_row(store, row)
    records.write_row(store, row)
    assert records.rows(store) == [row]


def test_the_numbers_of_one_moment_are_forgotten_together(store: Store) -> None:
    """One each, of the same evening."""
    for person in (1, 2):
        records.add_number(store, Number("2026-03-25T20:00:00+01:00", person, 4))
        records.add_number(store, Number("2026-03-26T20:00:00+01:00", person, 7))
    assert records.forget_numbers(store, "2026-03-26T20:00:00+01:00")
    assert not records.forget_numbers(store, "2026-03-26T20:00:00+01:00")
    assert [number.value for number in records.numbers(store)] == [4, 4]


def test_cleared_words_are_nowhere_on_disk(tmp_path: Path) -> None:
    """``history --clear`` leaves no trace in the file, its log or its copy."""
    with open_store(tmp_path) as store:
        records.write_row(store, Row("quagga-practice", NOW.iso(), 60.0, "finished"))
    with open_store(tmp_path) as store:
        records.clear_history(store)
        assert not any(b"quagga" in path.read_bytes() for path in tmp_path.iterdir())


def test_what_was_set_aside_goes_with_the_journal(tmp_path: Path) -> None:
    """A damaged file still has the words in it, and so has its log."""
    with open_store(tmp_path) as store:
        records.write_row(store, Row("quagga-practice", NOW.iso(), 60.0, "finished"))
    path = tmp_path / NAME
    path.write_bytes(b"damaged" + path.read_bytes()[7:])
    (tmp_path / f"{NAME}-wal").write_bytes(b"quagga")
    with open_store(tmp_path) as store:
        assert store.notice
        assert list(tmp_path.glob("*.damaged-*"))
        records.clear_history(store)
        assert not any(b"quagga" in path.read_bytes() for path in tmp_path.iterdir())
        assert list(tmp_path.glob("*.damaged-*")) == []


@pytest.mark.parametrize("other_does", ["BEGIN IMMEDIATE", "BEGIN; SELECT count(*) FROM journal"])
def test_a_file_that_another_program_holds_is_not_cleared_in_silence(tmp_path: Path, other_does: str) -> None:
    """One that writes, or one that reads and keeps the log as it is: a sentence, not a traceback, and then it works."""
    with open_store(tmp_path) as store:
        records.write_row(store, Row("quagga-practice", NOW.iso(), 60.0, "finished"))
        other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
        for statement in other_does.split(";"):
            other.execute(statement)
        with pytest.raises(DeviceError, match="deleted for good"):
            store.rewrite()
        other.close()
        store.rewrite()


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """Whatever the umask says."""
    before = os.umask(0o000)
    try:
        with open_store(tmp_path / "data") as store:
            records.add(store, time_out(NOW))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize("version", range(len(MIGRATIONS)))
def test_every_earlier_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    """From nothing, and from each version that was ever written."""
    connection = sqlite3.connect(tmp_path / NAME)
    for script in MIGRATIONS[:version]:
        connection.executescript(script)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with open_store(tmp_path) as store:
        assert records.add(store, time_out(NOW)).id


def test_a_file_of_a_later_attune_is_refused_and_left_alone(tmp_path: Path) -> None:
    """With a sentence, not a traceback."""
    connection = sqlite3.connect(tmp_path / NAME)
    connection.executescript("CREATE TABLE tomorrow (id INTEGER); PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DeviceError, match="later Attune"):
        open_store(tmp_path)


def test_a_damaged_file_is_set_aside_and_the_copy_takes_its_place(tmp_path: Path) -> None:
    """The damaged bytes are still there, under another name."""
    with open_store(tmp_path) as store:
        item = records.add(store, ritual(NOW, DAILY))
    open_store(tmp_path).connection.close()  # which makes the copy
    path = tmp_path / NAME
    path.write_bytes(b"no database at all" * 500)
    with open_store(tmp_path) as store:
        assert store.notice
        assert records.appointments(store) == (item,)
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes().startswith(b"no database at all")


@pytest.mark.parametrize("copy", [None, b"no database either" * 500])
def test_where_there_is_no_sound_copy_it_begins_anew(tmp_path: Path, copy: bytes | None) -> None:
    """And starts: a copy that is missing, or damaged too, takes no place; what is kept from now on is there."""
    (tmp_path / NAME).write_bytes(b"no database at all" * 500)
    if copy is not None:
        (tmp_path / f"{NAME}.copy").write_bytes(copy)
    with open_store(tmp_path) as store:
        assert "begin anew" in (store.notice or "")
        assert records.appointments(store) == ()
        item = records.add(store, ritual(NOW, DAILY))
    with open_store(tmp_path) as store:
        assert store.notice is None
        assert records.appointments(store) == (item,)


def test_only_its_owner_can_read_what_was_mended(tmp_path: Path) -> None:
    """The damaged file, and the copy in its place, whatever the umask says."""
    before = os.umask(0o000)
    try:
        for _ in range(2):  # the second time makes the copy
            open_store(tmp_path).connection.close()
        (tmp_path / NAME).write_bytes(b"no database at all" * 500)
        open_store(tmp_path).connection.close()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) >= 3
    assert set(modes.values()) == {0o600}


def test_a_letter_of_a_column_s_name_is_damage_too(tmp_path: Path) -> None:
    """SQLite finds nothing wrong with it, but nothing could be read any more."""
    with open_store(tmp_path) as store:
        item = records.add(store, ritual(NOW, DAILY))
    open_store(tmp_path).connection.close()  # which makes the copy
    path = tmp_path / NAME
    content = path.read_bytes()
    assert b"made_utc" in content
    path.write_bytes(content.replace(b"made_utc", b"jade_utc"))
    with open_store(tmp_path) as store:
        assert store.notice
        assert records.appointments(store) == (item,)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 100), st.binary(min_size=1, max_size=200))
@example(13, b"A")
def test_any_damage_is_mended_or_harmless(tmp_path_factory: pytest.TempPathFactory, place: int, junk: bytes) -> None:
    """Bytes overwritten anywhere in the file: it opens, and takes what is written."""
    folder = tmp_path_factory.mktemp("damaged")
    with open_store(folder) as store:
        for minute in range(20):
            records.add(store, promise(NOW, f"2026-03-27T18:{minute:02}"))
    path = folder / NAME
    content = bytearray(path.read_bytes())
    start = len(content) * place // 101
    content[start : start + len(junk)] = junk[: len(content) - start]
    path.write_bytes(bytes(content))
    with open_store(folder) as store:
        records.appointments(store)
        records.claims(store)
        records.add(store, time_out(NOW))
        assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_folder_that_cannot_be_written_is_a_clear_refusal(tmp_path: Path) -> None:
    """What is missing, and what to do."""
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(DeviceError, match="Nothing can be kept"):
        open_store(tmp_path / "data")
