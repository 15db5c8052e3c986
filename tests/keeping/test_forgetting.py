"""What they forget by voice: what was kept just now, and nowhere on disk soon after."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from voice.content import builtin_folder
from voice.events import Error, Event
from voice.guiding.effects import UndoKept
from voice.guiding.responses import load_responses
from voice.keeping import records
from voice.keeping.appointments import Appointment, mark
from voice.keeping.clock import clock_at, clock_from
from voice.keeping.keeper import Keeper
from voice.keeping.opening import open_keeper
from voice.keeping.store import NAME

RESPONSES = load_responses([builtin_folder("intents")])
CLOCK = clock_from(clock_at("2026-03-25T20:30[Europe/Berlin]"))
WORDS = "purple quagga"
"""Nothing else has a reason to hold them."""


@contextmanager
def attune(folder: Path) -> Iterator[Keeper]:
    """A keeper on a folder."""
    with open_keeper(RESPONSES, {}, CLOCK, folder) as keeper:
        yield keeper


def look(keeper: Keeper, t: float, *, busy: bool = False) -> list[Event]:
    """What comes at a moment in seconds."""
    return keeper.tick(t, busy=busy, talking=False, upset=False, closed=False)


def holding(folder: Path) -> list[str]:
    """The files in which the words can be found."""
    return sorted(path.name for path in folder.iterdir() if b"quagga" in path.read_bytes())


def keep_words(keeper: Keeper) -> None:
    """A promise, a signal with its answer, and a tool, in this order."""
    for what in ("promise", "signal", "answer"):
        keeper.hear("tomorrow")
        assert keeper.keep(what, {"words": WORDS}, 0.0)[-1].to_json()["facts"]["kept"] == "yes"
    keeper.tell("ToolkitAdd", {"tool": WORDS}, 0.0)


def forget_words(keeper: Keeper) -> None:
    """Each in its own way."""
    keeper.tell("PromiseDrop", {}, 3.0)
    keeper.tell("SignalDrop", {}, 3.0)
    keeper.tell("ToolkitDrop", {"tool": WORDS}, 3.0)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder whose file and copy hold the words."""
    for _ in range(2):
        with attune(tmp_path) as keeper:
            keep_words(keeper)
    assert holding(tmp_path) == [NAME, f"{NAME}.copy"]
    return tmp_path


def test_forgotten_words_are_nowhere_on_disk_once_nothing_sounds(kept: Path) -> None:
    """Not in the copy, nor in the log; while a practice runs, its sound comes first."""
    with attune(kept) as keeper:
        look(keeper, 2.0)
        forget_words(keeper)
        look(keeper, 4.0, busy=True)
        assert f"{NAME}.copy" in holding(kept)
        assert look(keeper, 6.0) == []
        assert holding(kept) == []


def test_forget_that_reaches_the_copy_too(tmp_path: Path) -> None:
    """A signal that was kept just now."""
    with attune(tmp_path) as keeper:
        keeper.keep("signal", {"words": WORDS}, 0.0)
        keeper.store.rewrite()  # as a start would make the copy
        assert f"{NAME}.copy" in holding(tmp_path)
        assert keeper.tell("forget-that", {}, 1.0) == RESPONSES.get("ForgetThat", "now")
        look(keeper, 3.0)
        look(keeper, 5.0)
        assert holding(tmp_path) == []


def test_what_was_forgotten_just_before_the_end_goes_with_it(kept: Path) -> None:
    """No moment of silence came."""
    with attune(kept) as keeper:
        forget_words(keeper)
        assert f"{NAME}.copy" in holding(kept)
    assert holding(kept) == []


def test_a_copy_that_cannot_be_made_is_told_once_and_tried_again(kept: Path) -> None:
    """Another program holds the file."""
    with attune(kept) as keeper:
        look(keeper, 2.0)
        look(keeper, 4.0)
        forget_words(keeper)
        other = sqlite3.connect(kept / NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        (error,) = look(keeper, 6.0)
        assert isinstance(error, Error)
        assert "deleted for good" in error.what
        assert look(keeper, 8.0) == []
        assert f"{NAME}.copy" in holding(kept)
        other.close()
        assert look(keeper, 10.0) == []
        assert holding(kept) == []


def ritual(keeper: Keeper, act: str, t: float) -> None:
    """One for every evening."""
    keeper.hear("every evening at six")
    keeper.keep("ritual", {"act": act}, t)


def kept_acts(keeper: Keeper) -> list[str]:
    """What the rituals are."""
    return [item.what for item in records.appointments(keeper.store)]


NOW_GONE, GONE_ALREADY = RESPONSES.get("ForgetThat", "now"), RESPONSES.get("ForgetThat")


def test_forget_that_means_what_was_kept_just_now(tmp_path: Path) -> None:
    """A ritual of the morning stays when a private remark of the evening is to be forgotten."""
    with attune(tmp_path) as keeper:
        ritual(keeper, "tea", 0.0)
        assert keeper.tell("forget-that", {}, 9 * 3600.0) == GONE_ALREADY
        assert kept_acts(keeper) == ["tea"]
        ritual(keeper, "walk", 9 * 3600.0)
        assert keeper.tell("forget-that", {}, 9 * 3600.0 + 60) == NOW_GONE
        assert kept_acts(keeper) == ["tea"]


def test_what_was_dropped_another_way_is_not_forgotten_again(tmp_path: Path) -> None:
    """The one before it is; and a later one that has its number in the store is another one."""
    with attune(tmp_path) as keeper:
        ritual(keeper, "tea", 0.0)
        ritual(keeper, "hug", 1.0)
        keeper.tell("RitualDrop", {"act": "hug"}, 2.0)
        (tea,) = records.appointments(keeper.store)
        walk = records.add(keeper.store, Appointment("ritual", "walk", mark(CLOCK(3.0)), rule=tea.rule))
        assert walk.id == tea.id + 1, "as the hug was"
        assert keeper.tell("forget-that", {}, 4.0) == NOW_GONE
        assert kept_acts(keeper) == ["walk"]
        assert keeper.tell("forget-that", {}, 5.0) == GONE_ALREADY
        assert kept_acts(keeper) == ["walk"]


@pytest.mark.parametrize("way", ["forget-that", "undo"])
def test_what_is_only_said_again_stays(tmp_path: Path, way: str) -> None:
    """A ritual of long ago: they take back that they said it, and nothing else."""
    with attune(tmp_path) as keeper:
        ritual(keeper, "tea", 0.0)
        ritual(keeper, "tea", 9 * 3600.0)
        if way == "undo":
            assert keeper.carry_out(UndoKept(9 * 3600.0 - 1), 9 * 3600.0 + 5) == []
        else:
            assert keeper.tell("forget-that", {}, 9 * 3600.0 + 5) == GONE_ALREADY
        assert kept_acts(keeper) == ["tea"]


def keep_one(keeper: Keeper, kind: str, t: float) -> None:
    """The words as one of a kind."""
    if kind == "tool":
        keeper.tell("ToolkitAdd", {"tool": WORDS}, t)
    else:
        keeper.keep(kind.split()[0], {"act": "values", "words": WORDS}, t)


@pytest.mark.parametrize("kind", ["tool", "line 0", "signal", "answer"])
def test_words_that_are_only_said_again_stay(tmp_path: Path, kind: str) -> None:
    """Kept long ago: a slip of the tongue costs them nothing, and neither does taking it back."""
    with attune(tmp_path) as keeper:
        keep_one(keeper, kind, 0.0)
        keep_one(keeper, kind, 9 * 3600.0)
        assert keeper.tell("forget-that", {}, 9 * 3600.0 + 5) == GONE_ALREADY
        assert records.kept(keeper.store, kind) == [(0, WORDS)]


@pytest.mark.parametrize("about", ["ToolkitAdd", "line"])
def test_forget_that_takes_words_that_were_kept_after_a_ritual(tmp_path: Path, about: str) -> None:
    """The newest thing, whatever it is; the ritual before it stays."""
    with attune(tmp_path) as keeper:
        ritual(keeper, "tea", 0.0)
        if about == "line":
            keeper.keep("line", {"act": "values", "words": WORDS}, 1.0)
        else:
            keeper.tell("ToolkitAdd", {"tool": WORDS}, 1.0)
        assert keeper.tell("forget-that", {}, 2.0) == NOW_GONE
        assert kept_acts(keeper) == ["tea"]
        assert [records.kept(keeper.store, kind) for kind in ("tool", "line 0")] == [[], []]


def test_a_start_that_was_not_meant_takes_back_only_what_was_kept_since(tmp_path: Path) -> None:
    """All of that, and nothing that they promised each other before."""
    with attune(tmp_path) as keeper:
        for t, act in enumerate(("tea", "walk", "hug", "kiss")):
            ritual(keeper, act, 10.0 * t)
        assert keeper.carry_out(UndoKept(20.0), 32.0) == []
        assert kept_acts(keeper) == ["tea", "walk"]
        assert keeper.carry_out(UndoKept(20.0), 33.0) == []
        assert kept_acts(keeper) == ["tea", "walk"]


@pytest.mark.parametrize("way", ["forget-that", "undo"])
def test_where_the_disk_refuses_it_can_be_forgotten_later(tmp_path: Path, way: str) -> None:
    """The way back is not lost with the first try."""
    with attune(tmp_path) as keeper:
        ritual(keeper, "tea", 1.0)
        keeper.store.connection.execute("PRAGMA query_only = ON")
        if way == "undo":
            assert [event.name() for event in keeper.carry_out(UndoKept(0.0), 2.0)] == ["error"]
        else:
            assert keeper.tell("forget-that", {}, 2.0) == RESPONSES.get("NotKept")
        keeper.store.connection.execute("PRAGMA query_only = OFF")
        if way == "undo":
            assert keeper.carry_out(UndoKept(0.0), 3.0) == []
        else:
            assert keeper.tell("forget-that", {}, 3.0) == NOW_GONE
        assert kept_acts(keeper) == []


def test_a_setting_whose_file_was_broken_since_cannot_be_forgotten(tmp_path: Path) -> None:
    """Somebody wrote into it by hand: that is said, and ends nothing."""
    with attune(tmp_path) as keeper:
        keeper.settings_path = tmp_path / "settings.yaml"
        keeper.keep("setting", {"setting": "pace", "value": 10}, 0.0)
        keeper.settings_path.write_text("pace: [", encoding="utf-8")
        assert keeper.tell("forget-that", {}, 1.0) == RESPONSES.get("NotKept")
        assert [event.name() for event in keeper.carry_out(UndoKept(0.0), 2.0)] == ["error"]
