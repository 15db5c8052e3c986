"""One recognizer for the whole house: rooms take turns at it.

A recognizer costs hundreds of megabytes and is busy for half a second after each turn, so rooms share one. Each room
keeps the samples of its own turn; whoever has ended a turn gets the engine for one question. Where another room came in
between, the turn is given to the engine anew, so that scores always belong to the room that asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import numpy.typing as npt

from voice.hearing.recognizer import Found, Opinion, Recognizer, Transcript
from voice.understanding.grammar import Grammar

Samples = npt.NDArray[np.float32]


class Desk:
    """The engine, and which room's turn it has heard last."""

    def __init__(self, engine: Recognizer) -> None:
        """The engine is closed by whoever opened it."""
        self.engine = engine
        self.lock = threading.Lock()
        self.holder: RoomRecognizer | None = None
        self.given = 0
        """Blocks of the holder's turn that the engine has."""
        self.ended = True
        """Whether that turn was ended, so that another one may begin."""


class RoomRecognizer:
    """A room's side of the shared engine; owned by the room's hearing thread."""

    def __init__(self, desk: Desk, aside: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        """Nothing was heard yet; ``aside`` is entered while the engine is waited for."""
        self.name = desk.engine.name
        self._desk = desk
        self._aside = aside
        self._expected: list[str] | None = None
        self._turn: list[Samples] = []
        self._over = False

    def wait_ready(self) -> None:
        """See :class:`voice.hearing.recognizer.Recognizer`."""
        with self._desk.lock:
            self._desk.engine.wait_ready()

    def expect(self, phrases: Sequence[str] | None) -> None:
        """See :class:`voice.hearing.recognizer.Recognizer`."""
        self._expected = None if phrases is None else list(phrases)

    def feed(self, block: Samples) -> list[Transcript]:
        """Keep the samples; there are no partial results, since the engine may be with another room."""
        if self._over:
            self._over, self._turn = False, []
        self._turn.append(block)
        return []

    def settle(self, grammar: Grammar | None = None) -> None:
        """Begin on the transcript and the search, if no other room has the engine now."""
        if not self._desk.lock.acquire(blocking=False):
            return
        try:
            self._hand_over()
            self._desk.engine.settle(grammar)
        finally:
            self._desk.lock.release()

    def finish(self) -> list[Transcript]:
        """See :class:`voice.hearing.recognizer.Recognizer`."""
        with self._aside(), self._desk.lock:
            self._over = True
            return self._finish()

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """See :class:`voice.hearing.recognizer.Recognizer`."""
        if not phrases:
            return []
        with self._aside(), self._desk.lock:
            self._hear_again()
            return self._desk.engine.score(phrases)

    def search(self, grammar: Grammar) -> list[Found] | None:
        """See :class:`voice.hearing.recognizer.Recognizer`."""
        with self._aside(), self._desk.lock:
            self._hear_again()
            return self._desk.engine.search(grammar)

    def second(self, phrases: Sequence[str]) -> Opinion | None:
        """See :class:`voice.hearing.recognizer.Recognizer`."""
        with self._aside(), self._desk.lock:
            self._hear_again()
            return self._desk.engine.second(phrases)

    def close(self) -> None:
        """The engine belongs to the house."""

    def _hear_again(self) -> None:
        """Have the engine on this turn, where another room came in between."""
        if self._desk.holder is not self:
            self._finish()

    def _finish(self) -> list[Transcript]:
        self._hand_over()
        transcripts = self._desk.engine.finish()
        self._desk.ended = True
        return transcripts

    def _hand_over(self) -> None:
        """Give the engine what it has not of this turn; another room's turn is dropped, and given again later."""
        desk = self._desk
        if desk.holder is not self or desk.ended:
            if not desk.ended:
                desk.ended = True
                desk.engine.finish()
            desk.holder, desk.given, desk.ended = self, 0, False
            desk.engine.expect(self._expected)
        try:
            for block in self._turn[desk.given :]:
                desk.engine.feed(block)
                desk.given += 1
        except Exception:
            desk.holder, desk.ended = None, True
            raise
