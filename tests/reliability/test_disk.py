"""The disk fails while Attune runs, really: full, read-only, locked, damaged. What was promised comes, and it heals."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.keeping.examples import at
from voice.content import builtin_folder
from voice.errors import DeviceError
from voice.eventlog import EventFile
from voice.events import Due, Error, Event
from voice.guiding.responses import load_responses
from voice.keeping import records
from voice.keeping.clock import Now
from voice.keeping.keeper import Keeper
from voice.keeping.opening import open_keeper
from voice.keeping.store import NAME, open_store

RESPONSES = load_responses([builtin_folder("intents")])
START = at("2026-03-25T20:30")
SIZE = 1_000_000
"""Of the small disk, bytes."""


class Evening:
    """A keeper on a folder, looked at once a second; the wall clock can be moved on."""

    def __init__(self, folder: Path) -> None:
        """At half past eight."""
        self.t = 0.0
        self.asleep = timedelta()
        self._open = open_keeper(RESPONSES, {}, self.clock, folder)
        self.keeper: Keeper = self._open.__enter__()
        self.look()

    def clock(self, t: float) -> Now:
        """What the machine's clock says."""
        passed = timedelta(seconds=t) + self.asleep
        return replace(START, utc=START.utc + passed, uptime_s=START.uptime_s + passed.total_seconds())

    def look(self, seconds: int = 5) -> list[Event]:
        """What comes within some seconds of a silent room."""
        events: list[Event] = []
        for _ in range(seconds):
            self.t += 1.0
            events += self.keeper.tick(self.t, busy=False, talking=False, upset=False, closed=False)
        return events

    def time_out(self) -> str:
        """They ask for twenty minutes; how that went."""
        return str(self.keeper.keep("time-out", {"minutes": 20}, self.t)[-1].to_json()["facts"]["kept"])

    def end(self) -> None:
        """Switched off."""
        self._open.__exit__(None, None, None)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own (tmpfs)."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if os.name != "posix" or os.getuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a disk")
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> None:
    """Not a byte is left."""
    with contextlib.suppress(OSError), (disk / "full").open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    assert shutil.disk_usage(disk).free == 0


def errors(events: list[Event]) -> int:
    """How often something went wrong."""
    return sum(isinstance(event, Error) for event in events)


def returns(events: list[Event]) -> list[str]:
    """What came due."""
    return [event.what for event in events if isinstance(event, Due)]


def test_a_full_disk_refuses_wishes_and_keeps_promises(disk: Path) -> None:
    """A new break cannot be kept; the one that was promised comes once, and is noted when there is room."""
    evening = Evening(disk)
    assert evening.time_out() == "yes"
    fill(disk)
    while evening.time_out() == "yes":  # pages that the file has already can still be written
        assert evening.t < 100
        evening.look(1)
    evening.asleep = timedelta(minutes=25)
    assert returns(evening.look()) == ["return"]
    assert returns(evening.look()) == []
    (disk / "full").unlink()
    assert returns(evening.look(3)) == []
    assert records.claims(evening.keeper.store)
    assert evening.time_out() == "yes"
    evening.end()


def test_a_full_disk_says_that_it_cannot_delete_for_good(disk: Path) -> None:
    """The rows are gone, their traces cannot be yet; with room again they are."""
    with open_store(disk) as store:
        records.write_row(store, records.Row("quagga-practice", START.iso(), 60.0, "finished"))
    with open_store(disk) as store:
        fill(disk)
        with pytest.raises(DeviceError, match="deleted for good"):
            store.rewrite()
        (disk / "full").unlink()
        records.clear_history(store)
        assert not any(b"quagga" in path.read_bytes() for path in disk.iterdir())


def test_a_full_disk_keeps_the_copy_of_what_was_forgotten_only_until_there_is_room(disk: Path) -> None:
    """It is gone, one error says that the copy could not follow, and nothing else stops."""
    evening = Evening(disk)
    evening.keeper.tell("ToolkitAdd", {"tool": "quagga"}, evening.t)
    evening.keeper.store.rewrite()  # as a start would make the copy
    (disk / "spare").write_bytes(b"\0" * 24_576)
    fill(disk)
    (disk / "spare").unlink()  # so much is enough for the deletion, and too little for the whole file again
    assert evening.keeper.tell("ToolkitDrop", {"tool": "quagga"}, evening.t) != RESPONSES.get("NotKept")
    assert errors(evening.look()) == 1
    (disk / "full").unlink()
    assert errors(evening.look()) == 0
    assert not any(b"quagga" in path.read_bytes() for path in disk.iterdir())
    evening.end()


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_start_on_a_broken_disk_tells_what_was_promised_and_heals(disk: Path, fault: str) -> None:
    """Nothing is lost, nothing pretended; as soon as the disk takes something, it is kept."""
    evening = Evening(disk)
    evening.time_out()
    evening.end()
    if fault == "full":
        fill(disk)
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    evening = Evening(disk)
    assert "You meet at ten to nine." in evening.keeper.tell("when-do-we-meet", {}, evening.t)
    assert evening.time_out() == "no"
    evening.asleep = timedelta(minutes=21)
    events = evening.look()
    assert returns(events) == ["return"]
    assert errors(events) <= 1
    if fault == "full":
        (disk / "full").unlink()
    else:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert returns(evening.look(3)) == []
    assert evening.time_out() == "yes"
    evening.end()
    with open_store(disk) as store:
        assert len(records.appointments(store)) == 1


def test_a_locked_database_refuses_quickly_and_heals(tmp_path: Path) -> None:
    """Another process holds it: no sound waits for that, one error is told, and the return comes."""
    evening = Evening(tmp_path)
    evening.time_out()
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert evening.time_out() == "no"
    evening.asleep = timedelta(minutes=21)
    events = evening.look()
    assert (returns(events), errors(events)) == (["return"], 1)
    other.execute("ROLLBACK")
    assert returns(evening.look(3)) == []
    assert evening.time_out() == "yes"
    other.close()
    evening.end()


def test_a_database_damaged_while_it_runs_is_set_aside_and_its_copy_taken(tmp_path: Path) -> None:
    """Something writes over it: one error, then the copy of the last start is in its place, and it goes on."""
    evening = Evening(tmp_path)
    evening.time_out()
    evening.end()
    evening = Evening(tmp_path)  # which makes the copy
    (tmp_path / f"{NAME}-wal").write_bytes(b"")
    (tmp_path / NAME).write_bytes(b"no database at all" * 4096)
    evening.keeper.store.connection.execute(
        "PRAGMA shrink_memory"
    )  # as if its pages had been needed for something else
    events = evening.look()
    assert errors(events) == 1
    evening.asleep = timedelta(minutes=21)
    assert returns(evening.look()) == ["return"]
    assert evening.time_out() == "yes"
    assert len(list(tmp_path.glob(f"{NAME}.damaged-*"))) >= 1
    evening.end()


def test_a_home_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    """The folder cannot even be made: everything but keeping works."""
    (tmp_path / "file").write_text("where the folder should be")
    evening = Evening(tmp_path / "file")
    assert evening.time_out() == "no"
    assert errors(evening.look()) <= 1
    evening.end()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_an_events_file_on_a_full_disk_ends_nothing_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """At once in the log, and at the end as what it is, with what to do: it is not whole."""
    file = EventFile(Path("/dev/full"))
    for second in range(3):
        file.write(Error(t=float(second), what="x"))
    assert caplog.text.count("/dev/full cannot be written any more (No space left on device)") == 1
    with pytest.raises(DeviceError, match=r"/dev/full is not whole \(No space left on device\)\. Make room"):
        file.__exit__(None, None, None)
