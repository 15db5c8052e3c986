"""Files that somebody named for what Attune writes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice.errors import DeviceError
from voice.private_file import create_private, write_private

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


@pytest.fixture(autouse=True)
def _everybody_may_read() -> Iterator[None]:
    """As a careless shell has it."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("before", [None, "words of somebody else, and many of them", ""])
def test_it_is_its_owners_and_holds_what_was_written(tmp_path: Path, before: str | None) -> None:
    """Nothing of what was in it is left, whoever could read it."""
    path = tmp_path / "events.jsonl"
    if before is not None:
        path.write_text(before)
        path.chmod(0o666)
    write_private(path, "größer\n")
    assert path.read_bytes() == "größer\n".encode()
    assert mode(path) == 0o600


def test_it_is_closed_and_empty_before_a_word_is_in_it(tmp_path: Path) -> None:
    """Where it is written bit by bit."""
    path = tmp_path / "events.jsonl"
    path.write_text("before")
    path.chmod(0o644)
    opened = create_private(path)
    assert (mode(path), path.read_text()) == (0o600, "")
    os.write(opened, b"after")
    os.close(opened)
    assert path.read_text() == "after"


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the reason, and what to do."""
    path = tmp_path / "nowhere" / "events.jsonl"
    with pytest.raises(DeviceError) as refused:
        write_private(path, "words")
    assert str(path) in str(refused.value)
    assert "No such file" in str(refused.value)


def test_a_device_is_left_as_it_is() -> None:
    """It belongs to the system."""
    before = mode(Path(os.devnull))
    write_private(Path(os.devnull), "words")
    assert mode(Path(os.devnull)) == before
