"""The parent's side of the recognizers: engines in child processes, alone or paired."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from voice.child import Child, ChildDied
from voice.errors import DeviceError
from voice.hearing.recognizer import ANSWER_S, GRAMMARS_KEPT, Found, Opinion, Recognizer, Transcript
from voice.understanding.grammar import Grammar

LOGGER = logging.getLogger(__name__)

START_S = 60.0
"""Longest that an engine may take to load, seconds: the large Vosk models take 20."""

MOST_DEATHS = 3
"""Times in a row that an engine is started again at once."""

AGAIN_AFTER_S = 2.0
"""After that it is tried no more often than this, seconds: perhaps its model is being put back."""


class ChildRecognizer:
    """The parent's side of an engine in a child process.

    A child that dies is started again in the background; the call that noticed raises ``ChildDied``, and its turn is
    lost.
    """

    def __init__(self, name: str, factory: str, *args: object, answer_s: float = ANSWER_S) -> None:
        """Start ``factory(*args)``; it loads in parallel. ``answer_s`` is the longest that an answer may take."""
        self.name = name
        self._child = Child(factory, *args, timeout_s=answer_s, start_s=START_S, works_itself=True)
        self._expected: list[str] | None = None
        self._told: list[str] | None = None
        self._settling: int | None = None
        self._sent: list[str] = []
        self._deaths = 0
        self._starts = self._child.starts
        self._in_turn = False
        self._tried_s = float("-inf")

    def wait_ready(self) -> None:
        """See :class:`Recognizer`."""
        self._child.wait_ready()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def expect(self, phrases: Sequence[str] | None) -> None:
        """See :class:`Recognizer`; the engine is told with the next question it is asked."""
        self._expected = None if phrases is None else list(phrases)

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """See :class:`Recognizer`."""
        heard = cast("list[Transcript]", self._ask("feed", block))
        self._in_turn = True
        return heard

    def settle(self, grammar: Grammar | None = None) -> None:
        """See :class:`Recognizer`."""
        if self._settling is None:
            self._settling = cast(int, self._or_restart(lambda: self._begin_settling(grammar)))

    def _begin_settling(self, grammar: Grammar | None) -> int:
        self._mind_another()
        return self._child.begin("settle", None if grammar is None else self._learnt(grammar))

    def finish(self) -> list[Transcript]:
        """See :class:`Recognizer`."""
        heard = cast("list[Transcript]", self._ask("finish"))
        self._in_turn = False
        return heard

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """See :class:`Recognizer`."""
        return cast("list[Found]", self._ask("score", list(phrases))) if phrases else []

    def search(self, grammar: Grammar) -> list[Found] | None:
        """See :class:`Recognizer`; a network is sent once, then named by its key."""
        found = self._or_restart(lambda: self._call("search", self._learnt(grammar)))
        return cast("list[Found] | None", found)

    def second(self, phrases: Sequence[str]) -> Opinion | None:
        """See :class:`Recognizer`."""
        return cast("Opinion | None", self._ask("second", list(phrases)))

    def _learnt(self, grammar: Grammar) -> str:
        if grammar.key not in self._sent:
            self._call("learn", grammar)
            self._sent = [*self._sent[-GRAMMARS_KEPT:], grammar.key]
        return grammar.key

    def close(self) -> None:
        """See :class:`Recognizer`."""
        self._child.close()

    def _ask(self, method: str, *args: object) -> object:
        return self._or_restart(lambda: self._call(method, *args))

    def _call(self, method: str, *args: object) -> object:
        self._mind_another()
        ticket, self._settling = self._settling, None
        if ticket is not None:
            self._child.answer(ticket)
        if self._expected != self._told:
            self._child.call("expect", self._expected)
            self._told = self._expected
        return self._child.call(method, *args)

    def _mind_another(self) -> None:
        """The watchdog may have begun a fresh process: it knows nothing of this turn, nor what is expected."""
        if self._starts == self._child.starts:
            return
        self._starts, self._settling, self._told = self._child.starts, None, None
        lost, self._in_turn = self._in_turn, False
        self._sent.clear()
        if lost:
            raise ChildDied(f"{self.name} was started again, and the turn is lost.")

    def _or_restart(self, work: Callable[[], object]) -> object:
        """Do ``work``; where the child died, or cannot begin, start another one."""
        try:
            result = work()
        except DeviceError as fault:
            self._settling = self._told = None
            self._sent.clear()
            self._in_turn = False
            self._deaths += 1
            now_s = time.monotonic()
            if not self._child.alive and (self._deaths <= MOST_DEATHS or now_s - self._tried_s >= AGAIN_AFTER_S):
                self._tried_s = now_s
                self._child.restart()
            self._starts = self._child.starts
            raise fault if isinstance(fault, ChildDied) else ChildDied(str(fault)) from fault
        self._deaths = 0
        return result


class PairedRecognizer:
    """Both engines: one hears early, while somebody speaks; the other gives the transcript and the scores. Where the
    early one dies a turn is only not heard early; where the other does, both forget it."""

    def __init__(self, early: Recognizer, sure: Recognizer) -> None:
        """``early`` gives partial results, ``sure`` everything else."""
        self.name = f"{early.name} and {sure.name}"
        self._early = early
        self._sure = sure

    def wait_ready(self) -> None:
        """See :class:`Recognizer`."""
        self._early.wait_ready()
        self._sure.wait_ready()

    def expect(self, phrases: Sequence[str] | None) -> None:
        """See :class:`Recognizer`."""
        self._early.expect(phrases)
        self._sure.expect(phrases)

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """See :class:`Recognizer`."""
        self._or_forget(lambda: self._sure.feed(block))
        return self._hear_early(lambda: self._early.feed(block))

    def settle(self, grammar: Grammar | None = None) -> None:
        """See :class:`Recognizer`."""
        self._or_forget(lambda: self._sure.settle(grammar))

    def finish(self) -> list[Transcript]:
        """See :class:`Recognizer`."""
        self._hear_early(self._early.finish)
        return self._sure.finish()

    def _hear_early(self, work: Callable[[], list[Transcript]]) -> list[Transcript]:
        try:
            return work()
        except ChildDied as error:
            LOGGER.warning("a turn is not heard early: %s", error)
            return []

    def _or_forget(self, work: Callable[[], object]) -> None:
        try:
            work()
        except ChildDied:
            self._hear_early(self._early.finish)  # or the next turn would begin with what is left of this one
            raise

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """See :class:`Recognizer`."""
        return self._sure.score(phrases)

    def search(self, grammar: Grammar) -> list[Found] | None:
        """See :class:`Recognizer`."""
        return self._sure.search(grammar)

    def second(self, phrases: Sequence[str]) -> Opinion | None:
        """See :class:`Recognizer`."""
        return self._sure.second(phrases)

    def close(self) -> None:
        """See :class:`Recognizer`."""
        self._early.close()
        self._sure.close()
