"""What is let go while nobody speaks is here again when it is wanted."""

from __future__ import annotations

import queue
import threading

import pytest

from voice import child_side
from voice.child_side import Question
from voice.hearing.resting import Resting


def test_it_is_loaded_once_until_it_rests() -> None:
    """However often it is wanted."""
    loads: list[object] = []

    def load() -> object:
        loads.append(object())
        return loads[-1]

    resting = Resting(load)
    assert not loads
    resting.wake()
    first = resting.get()
    assert resting.get() is first
    resting.rest()
    resting.rest()
    assert resting.get() is not first
    assert len(loads) == 2


def test_whoever_wakes_it_does_not_wait() -> None:
    """It loads beside what is still to be done."""
    allowed = threading.Event()
    resting = Resting(lambda: allowed.wait(10))
    resting.wake()
    allowed.set()
    assert resting.get()


def test_what_could_not_be_loaded_is_told_and_tried_again() -> None:
    """Perhaps the file is put back."""
    files = [3]
    resting = Resting(files.pop)
    assert resting.get() == 3
    resting.rest()
    for _ in range(2):
        with pytest.raises(IndexError):
            resting.get()
    files.append(4)
    assert resting.get() == 4


class Sleeper:
    """Notes that it rests."""

    def __init__(self, questions: queue.SimpleQueue[Question]) -> None:
        """It is asked something once it rests."""
        self._questions = questions
        self.rests = 0

    def rest(self) -> None:
        """Once."""
        self.rests += 1
        self._questions.put((7, "wake", ()))


def test_an_object_rests_once_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not while questions come; one that cannot is left alone."""
    monkeypatch.setattr(child_side, "RESTS_AFTER_S", 0.01)
    questions: queue.SimpleQueue[Question] = queue.SimpleQueue()
    sleeper = Sleeper(questions)
    questions.put((6, "say", ()))
    assert child_side._next(questions, sleeper)[0] == 6
    assert sleeper.rests == 0
    assert child_side._next(questions, sleeper)[0] == 7
    assert sleeper.rests == 1
    threading.Timer(0.1, questions.put, [(8, "say", ())]).start()
    assert child_side._next(questions, object())[0] == 8
