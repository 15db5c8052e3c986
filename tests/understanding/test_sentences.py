"""The sentence tests in ``tests/intents/*.yaml``: what must be understood, with its slots, and what must not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from voice.understanding.reading import Reading
from voice.understanding.sentence_files import read_sentences
from voice.understanding.understander import Understander
from voice.understanding.words import split

FOLDER = Path(__file__).parents[1] / "intents"
TRAINING = Path(__file__).parents[2] / "benchmarks" / "understanding" / "paraphrases.yaml"

Case = tuple[str, dict[str, Any]]


def cases(folder: Path = FOLDER) -> Iterator[Case]:
    """(sentence, what it must mean)."""
    for path in sorted(folder.glob("*.yaml")):
        for test in read_sentences(path).data["tests"]:
            for sentence in test["sentences"]:
                yield sentence, test


KNOWN = [case for case in cases() if case[1].get("not_yet")]
MEANT = [case for case in cases() if case not in KNOWN and not case[1].get("nothing")]
NOTHING = [case for case in cases() if case not in KNOWN and case[1].get("nothing")]


def wrong(understander: Understander, sentence: str, test: dict[str, Any]) -> str | None:
    """What is not as the test says, or None."""
    found = understander.understand(sentence, test.get("state", "idle"), test.get("expected"))
    got = {
        "practice": found.practice,
        "intent": found.intent,
        "control": found.control,
        "answer": found.answer,
        "safety": found.metadata.get("safety"),
    }
    if test.get("nothing"):
        return None if found.intent is None else f"{sentence}: taken for {found.intent} ({found.score:.2f})"
    same = all(got[key] == test[key] for key in got if key in test)
    slots = all(found.slots.get(key) == value for key, value in test.get("slots", {}).items())
    return None if found.intent and same and slots else f"{sentence}: {got} {dict(found.slots)} {found.why}"


def test_everything_meant_is_understood(ours: Understander) -> None:
    """Each sentence means its practice, control or answer, with its slots."""
    assert [fault for case in MEANT if (fault := wrong(ours, *case))] == []


def test_nothing_else_is_taken(ours: Understander) -> None:
    """Look-alikes, refusals, talk about it and talk of other things mean nothing."""
    assert [fault for case in NOTHING if (fault := wrong(ours, *case))] == []


def test_known_faults_are_as_they_were(ours: Understander) -> None:
    """What is misunderstood today is written down; once it is understood it moves to its place."""
    assert [sentence for sentence, test in KNOWN if wrong(ours, sentence, test) is None] == []
    assert len(KNOWN) <= len(MEANT) / 20


def as_written(understander: Understander, sentence: str) -> bool:
    """Whether some template stands for exactly this sentence."""
    return bool(Reading(understander.book, split(sentence)).totals.min() < 0.01)


def test_there_are_enough_and_none_is_a_template(ours: Understander) -> None:
    """At least 600 that no template stands for, and 300 that mean nothing, 60 of them fears that are no danger."""
    free = [sentence for sentence, test in MEANT if not test.get("as_written")]
    assert [sentence for sentence in free if as_written(ours, sentence)] == []
    assert len(set(free)) >= 600
    assert len({sentence for sentence, _ in NOTHING}) >= 300
    assert len([1 for _, test in NOTHING if test.get("state") == "turn"]) >= 60


def test_a_third_has_other_key_words(ours: Understander) -> None:
    """At least a third of what is understood is so far from every template that spelling alone would not take it."""
    free = [sentence for sentence, test in MEANT if not test.get("as_written") and not test.get("expected")]
    every = np.ones(len(ours.intents.templates), bool)
    far = [s for s in free if Reading(ours.book, split(s)).matches(every, 16)[0].score < ours.thresholds.text]
    assert len(far) >= len(free) / 3


def test_tests_are_not_trained_on() -> None:
    """No sentence of the tests stands in the classifier's training text."""
    trained = {split(text) for texts in read_sentences(TRAINING).data.values() for text in texts}
    assert [sentence for sentence, _ in cases() if split(sentence) in trained] == []
