"""What was kept lately and how to take it back, for "forget that" and for a start that was not meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice.keeping.appointments import Mark, mark
from voice.keeping.clock import Now

LATELY_S = 5 * 60.0
""""Forget that" means what was kept so lately, seconds: a practice goes on for some minutes after "keep this", and what
was set in the morning is not meant by what is said in the evening.
"""
TakeBack = Callable[[], bool]
"""Takes one thing back; whether it was still there. Raises ``AttuneError`` where that cannot be."""


@dataclass(frozen=True, slots=True)
class _Thing:
    t: float
    """Seconds on the output clock."""
    at: Mark
    """The same moment on clocks that go on while the machine sleeps."""
    take_back: TakeBack


class Made:
    """Of one session, the newest last. What is taken back leaves it only once the disk has agreed."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._things: list[_Thing] = []

    def add(self, t: float, now: Now, take_back: TakeBack) -> None:
        """Something was kept, at ``t`` seconds on the output clock."""
        lately = [thing for thing in self._things if thing.at.ago_s(now) <= LATELY_S]
        self._things = [*lately, _Thing(t, mark(now), take_back)]

    def forget_last(self, now: Now) -> bool:
        """Take back the newest thing of the last minutes that is still there; whether there was one."""
        while self._things and self._things[-1].at.ago_s(now) <= LATELY_S:
            if self._take_back_last():
                return True
        return False

    def undo(self, since_t: float) -> None:
        """Take back everything since then, in seconds on the output clock."""
        while self._things and self._things[-1].t >= since_t:
            self._take_back_last()

    def _take_back_last(self) -> bool:
        was_there = self._things[-1].take_back()
        self._things.pop()
        return was_there
