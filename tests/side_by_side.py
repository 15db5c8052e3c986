"""Tests run side by side on all cores, but those that go by the real clock run while nothing else does."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ALONE = "real_time"
"""The mark of tests beside which nothing runs."""


@contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, how)
        yield


@contextmanager
def taking_turns(run: str, *, alone: bool) -> Iterator[None]:
    """Wait until nobody else works if ``alone``, otherwise until nobody works alone; ``run`` names the run.

    Whoever waits to be alone keeps the door, so that others cannot go in one after another.
    """
    folder = Path(tempfile.gettempdir()) / f"attune-tests-{run}"
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        with _locked(folder / "door", fcntl.LOCK_EX):
            stack.enter_context(_locked(folder / "room", fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        yield


def group_of(item: pytest.Item) -> str | None:
    """Tests of one file share what is costly to make, so one process takes them all; scenarios share nothing, and
    rehearsals only those of one practice.
    """
    name = item.path.name
    if name == "test_scenarios.py":
        return None
    of = getattr(item, "callspec", None)
    return f"{name}:{of.params['name']}" if name == "test_rehearsals.py" and of else name
