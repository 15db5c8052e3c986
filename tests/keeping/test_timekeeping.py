"""A clock that cannot be relied on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.keeping.examples import at, later
from voice.keeping import timekeeping
from voice.keeping.clock import Now
from voice.keeping.due import Room
from voice.keeping.timekeeping import Timekeeping, has_a_clock

NOW = at("2026-03-25T20:30")
TALKING, SILENT, BUSY = Room(talking=True), Room(), Room(busy=True)


def set_by(now: Now, minutes: float) -> Now:
    """Somebody sets the clock; the uptime does not care."""
    return replace(now, utc=now.utc + timedelta(minutes=minutes))


def test_a_clock_before_what_was_kept_is_not_believed_until_they_say_the_time() -> None:
    """An hour back is people's doing; a day back is no clock at all."""
    keeping = Timekeeping(NOW.utc)
    assert not keeping.is_doubtful(set_by(NOW, -60))
    early = set_by(NOW, -24 * 60)
    assert keeping.is_doubtful(early)
    assert keeping.earliest(early).utc == NOW.utc
    keeping.correct(early, later(NOW, 600).utc)
    assert not keeping.is_doubtful(early)
    assert keeping.now(later(early, 60)).utc == later(NOW, 660).utc


def test_what_they_said_is_dropped_when_the_clock_is_set() -> None:
    """A time server is reached; the jump is told as the difference from what was believed."""
    keeping = Timekeeping(NOW.utc)
    early = set_by(NOW, -24 * 60)
    assert keeping.jumped(early) is None
    keeping.correct(early, NOW.utc)
    right = later(set_by(NOW, 2), 1)
    assert keeping.jumped(right) == timedelta(minutes=2)
    assert keeping.now(right) == right
    assert keeping.jumped(later(right, 1)) is None


def test_a_start_is_no_jump() -> None:
    """The uptime of another start says nothing."""
    keeping = Timekeeping(None)
    keeping.jumped(NOW)
    assert keeping.jumped(replace(set_by(NOW, 600), boot="another", uptime_s=0.0)) is None


def test_they_are_asked_once_and_only_after_somebody_was_heard() -> None:
    """Nobody is woken by a machine that starts at night."""
    keeping = Timekeeping(None)
    assert [keeping.asks(room) for room in (SILENT, TALKING, BUSY, SILENT, TALKING, SILENT)] == [
        *(False, False, False, True, False, False)
    ]


@pytest.mark.parametrize(
    ("board", "clock", "follows", "has"),
    [(False, False, False, True), (True, True, False, True), (True, False, True, True), (True, False, False, False)],
)
def test_only_a_small_board_without_any_clock_guesses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, board: bool, clock: bool, follows: bool, has: bool
) -> None:
    """A PC keeps its time while it is off; a board does where it has a clock, or where a time server was reached."""
    (tmp_path / "rtc").mkdir()
    if board:
        (tmp_path / "model").write_text("Small Board\0")
    if clock:
        (tmp_path / "rtc" / "rtc0").touch()
    monkeypatch.setattr(timekeeping, "SMALL_BOARD", tmp_path / "model")
    monkeypatch.setattr(timekeeping, "HARDWARE_CLOCKS", tmp_path / "rtc")
    monkeypatch.setattr(timekeeping, "follows_another", lambda: follows)
    assert has_a_clock() is has
