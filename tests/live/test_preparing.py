"""What may be wanted soon is made behind everything else."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, cast

import pytest

from voice.drives import live
from voice.drives.live import Preparer
from voice.guiding.timeline import Sound, Speech


class Notes:
    """A performer that only notes what it is to make."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.made: list[Sound] = []

    def prepare(self, sounds: Iterable[Sound]) -> None:
        """Note it."""
        self.made += sounds


def test_what_rendering_freed_is_given_back_once_everything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """15 MB, for a few milliseconds: once, not after each phrase."""
    over = threading.Event()
    performer, preparer = Notes(), Preparer(cast(Any, None))
    made_by_then: list[int] = []

    def give_back() -> None:
        made_by_then.append(len(performer.made))
        over.set()

    monkeypatch.setattr(live, "give_back", give_back)
    preparer.performer = cast(Any, performer)
    preparer.warm([Speech("one"), Speech("two"), Speech("three")])
    assert over.wait(5)
    preparer.close()
    assert made_by_then == [3]
