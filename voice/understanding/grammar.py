"""All that may be said in a state as one network of written words, for a recognizer that can be held to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voice.understanding.book import Book
from voice.understanding.network import Arc, Network

BEFORE = ("please", "okay", "attune")
"""Words that may come before any sentence."""
AFTER = ("please", "now", "attune")
"""Words that may come after any sentence."""

MOST_SAID = 12
"""Words of a turn beyond which people talk to each other: our starts are shorter, and talk is most of what is heard."""
UNLIMITED = 1000
"""The same where every turn is meant for the one who listens."""

Step = tuple[str, int, int]
"""Out of a node: the word as written, empty for none; the node it leads to; the node of a list to pass through first,
or -1."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """A network of words.

    A list's part of it is shared by all that refer to it, and returns to where it was entered.
    """

    key: str
    """The same for the same network: a recognizer in another process is sent it once."""
    steps: tuple[tuple[Step, ...], ...]
    """Out of each node."""
    starts: tuple[int, ...]
    """Nodes where a sentence begins."""
    ends: frozenset[int]
    """Nodes where a sentence may end."""
    returns: frozenset[int]
    """Nodes where a list's value ends."""
    most_words: int = MOST_SAID
    """Words of a turn beyond which none of its sentences is looked for in the sound: people are talking."""


class Grammars:
    """The networks of one book, made when they are first asked for."""

    def __init__(self, book: Book) -> None:
        """Over ``book``; cheap."""
        self._book = book
        self._steps: list[list[Step]] | None = None
        self._made: dict[object, Grammar] = {}

    def of(self, allowed: Iterable[int], answers: Sequence[str] = (), most_words: int = MOST_SAID) -> Grammar:
        """The network of some templates, by their index, and of answers as written."""
        chosen = tuple(allowed)
        key = (chosen, tuple(answers), most_words)
        if key not in self._made:
            self._made[key] = self._make(chosen, answers, most_words)
        return self._made[key]

    def _make(self, chosen: Sequence[int], answers: Sequence[str], most_words: int) -> Grammar:
        if self._steps is None:
            self._steps, self._returns = _combined(self._book)
        starts = [int(self._book.starts[index]) for index in chosen]
        ends = {int(self._book.ends[index]) for index in chosen}
        steps = list(map(tuple, self._steps))
        for answer in answers:
            starts.append(len(steps))
            for word in answer.lower().split():
                steps.append(((word, len(steps) + 1, -1),))
            ends.add(len(steps))
            steps.append(())
        steps, starts, ends = _polite(steps, starts, ends)
        name = hashlib.sha1(repr((steps, starts, sorted(ends), most_words)).encode()).hexdigest()
        return Grammar(name, tuple(steps), tuple(starts), frozenset(ends), self._returns, most_words)


def _polite(
    steps: list[tuple[Step, ...]], starts: list[int], ends: set[int]
) -> tuple[list[tuple[Step, ...]], list[int], set[int]]:
    """With words of courtesy before and after every sentence."""
    first, last = len(steps), len(steps) + 1
    begin = tuple(("", start, -1) for start in starts)
    into = len(steps) + 2
    steps = [*steps, (*begin, *((word, into, -1) for word in BEFORE)), (), begin]
    after = tuple((word, last, -1) for word in AFTER)
    for end in ends:
        steps[end] = (*steps[end], *after)
    return steps, [first], {*ends, last}


def _combined(book: Book) -> tuple[list[list[Step]], frozenset[int]]:
    """The templates' network, and behind it that of the lists; and where values end."""
    offset = book.network.nodes
    steps: list[list[Step]] = [[] for _ in range(offset + book.lists.network.nodes)]
    for shift, network in ((0, book.network), (offset, book.lists.network)):
        for arc in _arcs(network):
            if not arc.slot:
                steps[arc.source + shift].append((_written(arc), arc.target + shift, -1))
            elif arc.slot in book.lists.starts:
                steps[arc.source].append(("", arc.target, book.lists.starts[arc.slot] + offset))
    returns: set[int] = set()
    for name, start in book.lists.starts.items():
        _, ends = book.lists.ends_of(name)
        returns |= {end + offset for end in ends}
        for digits, end in book.lists.digits(name):
            steps[start + offset].append((digits, end + offset, -1))
    return steps, frozenset(returns)


def _arcs(network: Network) -> Iterable[Arc]:
    return (arc for group in network.arcs_into for arc in group)


def _written(arc: Arc) -> str:
    return arc.shown if arc.word else ""
