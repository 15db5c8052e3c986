"""Rooms that share one recognizer hear their own words only, whatever the order in which they ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from voice.child import ChildDied
from voice.hearing.recognizer import Found, Transcript
from voice.rooms.ears import Desk, RoomRecognizer
from voice.understanding.grammar import Grammar


class Engine:
    """Writes down the numbers that it was fed since the last turn's end; scores tell whose turn that was."""

    name = "numbers"

    def __init__(self) -> None:
        self.turn: list[float] = []
        self.last: list[float] = []
        self.over = True
        self.expected: list[str] | None = None
        self.dies = False

    def wait_ready(self) -> None:
        """At once."""

    def expect(self, phrases: Sequence[str] | None) -> None:
        """Remember."""
        self.expected = None if phrases is None else list(phrases)

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Remember."""
        if self.dies:
            self.dies = False
            raise ChildDied("it died")
        self.turn += block.tolist()
        return []

    def settle(self, grammar: Grammar | None = None) -> None:
        """Nothing is begun early."""

    def finish(self) -> list[Transcript]:
        """The numbers, and what was expected."""
        self.last, self.turn = self.turn, []
        return [Transcript(f"{self.last} {self.expected}", True, 0.0, 0.0)]

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """The sum of the turn just finished."""
        return [Found(phrase, sum(self.last)) for phrase in phrases]

    def search(self, grammar: Grammar) -> list[Found]:
        """It cannot be held to phrases."""
        return []

    def second(self, phrases: Sequence[str]) -> None:
        """There is no second one."""

    def close(self) -> None:
        """Nothing to end."""


class Rooms(RuleBasedStateMachine):
    """Three rooms speak, pause, end and score in any order."""

    def __init__(self) -> None:
        super().__init__()
        desk = Desk(Engine())
        self.rooms = [RoomRecognizer(desk) for _ in range(3)]
        self.said: list[list[float]] = [[], [], []]
        self.over = [True, True, True]
        self.number = 0

    @rule(room=st.integers(0, 2), count=st.integers(1, 3))
    def speak(self, room: int, count: int) -> None:
        """Somebody goes on, or begins anew."""
        if self.over[room]:
            self.said[room], self.over[room] = [], False
        for _ in range(count):
            self.number += 1
            self.said[room].append(float(self.number))
            assert self.rooms[room].feed(np.array([self.number], np.float32)) == []

    @rule(room=st.integers(0, 2))
    def pause(self, room: int) -> None:
        """The turn may be over."""
        if not self.over[room]:
            self.rooms[room].settle()

    @rule(room=st.integers(0, 2))
    def end(self, room: int) -> None:
        """The turn is over: its own numbers, and what this room expects."""
        if not self.over[room]:
            self.rooms[room].expect([str(room)])
            self.over[room] = True
            assert self.rooms[room].finish()[-1].text.startswith(f"{self.said[room]} ")

    @rule(room=st.integers(0, 2))
    def score(self, room: int) -> None:
        """Scores are of the room's own last turn, also when others came in between."""
        if self.over[room] and self.said[room]:
            assert [one.total for one in self.rooms[room].score(["a", "b"])] == [sum(self.said[room])] * 2


Rooms.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
test_every_order_of_rooms = Rooms.TestCase


def test_answers_that_one_room_expects_are_not_the_others() -> None:
    """Each turn is heard with what its own room asks for."""
    desk = Desk(Engine())
    kitchen, attic = RoomRecognizer(desk), RoomRecognizer(desk)
    kitchen.expect(["yes", "no"])
    for room in (kitchen, attic):
        room.feed(np.ones(1, np.float32))
    assert kitchen.finish()[-1].text == "[1.0] ['yes', 'no']"
    assert attic.finish()[-1].text == "[1.0] None"


def test_an_engine_that_died_loses_one_turn_of_one_room() -> None:
    """The next turn of any room is heard."""
    engine = Engine()
    desk = Desk(engine)
    kitchen, attic = RoomRecognizer(desk), RoomRecognizer(desk)
    kitchen.feed(np.ones(1, np.float32))
    engine.dies = True
    with pytest.raises(ChildDied):
        kitchen.finish()
    attic.feed(np.full(1, 2.0, np.float32))
    assert attic.finish()[-1].text.startswith("[2.0]")
