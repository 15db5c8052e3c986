"""No two practices' phrases compete: said exactly, each means its own, and no other is near."""

from __future__ import annotations

import random

import numpy as np
import pytest

from voice.understanding.book import Book
from voice.understanding.network import Network
from voice.understanding.reading import Reading
from voice.understanding.understander import Understander

DRAWN = 4
"""Sentences drawn from each template."""


def drawn(book: Book, rng: random.Random) -> list[tuple[int, tuple[str, ...]]]:
    """(template, words): random sentences of every template that starts something or belongs to a practice."""
    outer, inner = _ways(book.network), _ways(book.lists.network)
    found = []
    for index, template in enumerate(book.intents.templates):
        if template.meaning.practice:
            for _ in range(DRAWN):
                found.append((index, _walk(book, outer, inner, int(book.starts[index]), {int(book.ends[index])}, rng)))
    return found


def _ways(network: Network) -> dict[int, list]:
    ways: dict[int, list] = {}
    for arcs in network.arcs_into:
        for arc in arcs:
            ways.setdefault(arc.source, []).append(arc)
    return ways


def _walk(book: Book, ways: dict, inner: dict, node: int, ends: set[int], rng: random.Random) -> tuple[str, ...]:
    words: tuple[str, ...] = ()
    while node not in ends:
        arc = rng.choice(ways[node])
        if arc.slot:
            start, targets = book.lists.ends_of(arc.slot)
            words += _walk(book, inner, inner, start, targets, rng)
        elif arc.word:
            words += (arc.word,)
        node = arc.target
    return words


def test_no_two_practices_compete(ours: Understander) -> None:
    """For every pair of practices: a sentence of one is farther from all sentences of the other than the margin."""
    book, rng = ours.book, random.Random(5)
    allowed = np.array(["idle" in t.meaning.when or "any" in t.meaning.when for t in book.intents.templates])
    clashes = []
    for index, words in drawn(book, rng):
        meaning = book.intents.templates[index].meaning
        if not meaning.counts("idle"):
            continue
        for match in Reading(book, words).matches(allowed, 8):
            other = match.meaning.practice
            if other and other != meaning.practice and match.score > 1.0 - ours.thresholds.text_margin:
                clashes.append(f"{' '.join(words)}: {meaning.practice} or {other} ({match.template.text[:50]})")
    assert clashes == []


@pytest.mark.parametrize(
    "text", ["help us calm down", "help", "help us", "we're fighting again", "Help us calm down, please!"]
)
def test_these_start_two_minutes_for_two(ours: Understander, text: str) -> None:
    """The sentences that the whole thing is about."""
    found = ours.understand(text, "idle")
    assert (found.practice, found.starts, found.slots.get("alone")) == ("two-minute-reset", True, None)


@pytest.mark.parametrize("text", ["help me calm down", "I'm overwhelmed", "help me"])
def test_these_start_two_minutes_for_one(ours: Understander, text: str) -> None:
    """Said by one, it starts for one."""
    found = ours.understand(text, "idle")
    assert (found.practice, found.starts, found.slots.get("alone")) == ("two-minute-reset", True, True)


@pytest.mark.parametrize(
    ("text", "practice"),
    [
        ("I'm too upset to talk", "time-out"),
        ("I'm shutting down", "time-out"),
        ("I need time to think", "time-out"),
        ("I notice I'm reacting quickly; I need time to think", "time-out"),
        ("we keep having the same fight", "triggers"),
        ("can we start over", "repair"),
        ("I need a hug", "reassure"),
        ("help me, they won't talk to me", "reassure"),
    ],
)
def test_what_the_practices_page_names(ours: Understander, text: str, practice: str) -> None:
    """Sentences that are named with the practice they start."""
    found = ours.understand(text, "idle")
    assert (found.practice, found.starts) == (practice, True)


@pytest.mark.parametrize("text", ["calm down", "you need to calm down", "would you please just calm down"])
def test_these_start_nothing(ours: Understander, text: str) -> None:
    """What one says at the other is not for Attune."""
    assert ours.understand(text, "idle").intent is None
