"""What was learnt of a room counts at the next start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.hearing.test_echo import echo_of, removed_db, room_of, words, write_room
from voice.drives.echo_room import BLOCK, EchoPath
from voice.hearing.echo import EchoCanceller
from voice.hearing.learnt_room import LearntRoom, keep, kept_room
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.hearing.residue import FIRST_DB, Residue

DEVICES = "a microphone | a loudspeaker"
ROOM = LearntRoom(DEVICES, 90.0, -20.0, np.linspace(0, 1, 8, dtype=np.float32), np.array([1.0, -3.0]))


def test_the_first_words_are_taken_out_where_the_room_is_known(tmp_path: Path) -> None:
    """Delay and response of the last time, in the same room with other words."""
    path = EchoPath(write_room(tmp_path, room_of()), -6.0, 120.0, 100.0)

    def hear(canceller: EchoCanceller, seed: int, seconds: float) -> float:
        played = words(seconds, seed)
        heard = echo_of(played, path)
        blocks = [played[at * BLOCK : (at + 1) * BLOCK] for at in range(len(heard))]
        left = [block.samples for pair in zip(heard, blocks, strict=True) for block in canceller.feed(*pair)]
        return removed_db(np.concatenate(heard), np.concatenate(left)[: len(played)], 0.2)

    before = EchoCanceller()
    hear(before, 1, 20.0)
    assert before.way_ms is not None
    after = EchoCanceller()
    after.know(before.way_ms, before.drift_ppm, before.filter.response)
    assert hear(after, 2, 1.5) > hear(EchoCanceller(), 2, 1.5) + 6.0


def test_with_a_known_room_a_voice_counts_from_the_first_word_on() -> None:
    """How loud the rest of its echo may be is known."""
    residue = Residue()
    assert not residue.settled
    residue.know(np.full(15, FIRST_DB))
    assert residue.settled


def test_where_there_was_no_echo_there_may_be_one_now() -> None:
    """Headphones that were taken off: the guide's own voice is nobody's at the next start."""
    ears = OverVoice(object.__new__(Listener), None, clock=float)
    ears.know(replace(ROOM, delay_ms=None))
    assert not ears._residue.settled


def test_nothing_is_kept_of_a_room_that_was_not_learnt() -> None:
    """A start that never spoke must not overwrite what is known."""
    ears = OverVoice(object.__new__(Listener), None, clock=float)
    assert ears.learnt(DEVICES) is None
    ears.know(replace(ROOM, response=np.zeros(20 * 256, np.float32), level_db=np.zeros(15)))
    again = ears.learnt(DEVICES)
    assert again is not None
    assert (again.delay_ms, again.drift_ppm) == (pytest.approx(90.0), pytest.approx(-20.0))


def test_it_is_kept_for_the_same_devices(tmp_path: Path) -> None:
    """And for no others."""
    path = tmp_path / "state" / "room.npz"
    for room in (ROOM, replace(ROOM, delay_ms=None), replace(ROOM, delay_ms=-3.4)):
        keep(room, path)
        again = kept_room(path, DEVICES, 8, 2)
        assert again is not None
        assert (again.delay_ms, again.drift_ppm) == (room.delay_ms, room.drift_ppm)
        np.testing.assert_array_equal(again.response, room.response)
        np.testing.assert_array_equal(again.level_db, room.level_db)
    assert kept_room(path, "others", 8, 2) is None
    assert [file.name for file in path.parent.iterdir()] == ["room.npz"]


@pytest.mark.parametrize("damage", ["cut", "text", "sizes", "not a number", "pickle"])
def test_a_damaged_file_is_said_and_learnt_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    """No traceback, and nothing believed that no room has."""
    path = tmp_path / "room.npz"
    keep(replace(ROOM, drift_ppm=np.nan) if damage == "not a number" else ROOM, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:200])
    if damage == "text":
        path.write_text("hello", encoding="ascii")
    if damage == "pickle":
        np.savez(path, devices=np.array([{}], object))
    assert kept_room(path, DEVICES, 9 if damage == "sizes" else 8, 2) is None
    assert "learnt anew" in caplog.text


@pytest.mark.parametrize("setting", ["device", "off"])
def test_where_the_setting_says_so_nothing_is_taken_out_and_nothing_learnt(setting: str, tmp_path: Path) -> None:
    """What the microphone gives is heard sample for sample, and what was learnt before is not overwritten."""
    played = words(8.0)
    heard = np.concatenate(echo_of(played, EchoPath(write_room(tmp_path, room_of()), -6.0, 60.0)))
    ears = OverVoice(object.__new__(Listener), None, clock=float, echo=setting)
    left = np.concatenate([block.samples for block in ears.canceller.feed(heard, played)])
    np.testing.assert_array_equal(left, heard[: len(left)])
    assert len(left) > 7 * 16_000
    ears.know(replace(ROOM, response=np.zeros(20 * 256, np.float32), level_db=np.zeros(15)))
    assert ears.learnt(DEVICES) is None


@pytest.mark.parametrize("setting", ["auto", "ours"])
def test_an_echo_that_was_not_there_the_last_time_is_found_and_taken_out(setting: str, tmp_path: Path) -> None:
    """As when headphones are pulled: automatically it begins with nothing to take out, and ends with everything."""
    played = words(16.0)
    heard = np.concatenate(echo_of(played, EchoPath(write_room(tmp_path, room_of()), -6.0, 60.0)))
    ears = OverVoice(object.__new__(Listener), None, clock=float, echo=setting)
    ears.know(replace(ROOM, delay_ms=None, response=np.zeros(20 * 256, np.float32), level_db=np.zeros(15)))
    first = np.concatenate([block.samples for block in ears.canceller.feed(heard[:4096], played[:4096])])
    assert np.array_equal(first, heard[: len(first)]) == (setting == "auto")
    rest = [block.samples for block in ears.canceller.feed(heard[4096:], played[4096:])]
    assert removed_db(heard, np.concatenate([first, *rest]), 10.0) > 15.0
