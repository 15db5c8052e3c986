"""Lists as networks of their own: what a value may be called, and which value some words stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from voice.understanding.alignment import Cube, Step, align, trace
from voice.understanding.builder import Builder
from voice.understanding.costs import FAR, POLITE, POLITE_COST, Costs, Vocabulary, vocabulary, weight
from voice.understanding.endings import ENDING
from voice.understanding.intents import Intents
from voice.understanding.network import Arc, Network
from voice.understanding.spoken_numbers import count, named, value_of
from voice.understanding.words import NUMBER_WORDS, number, split, word_set

MOST_LISTED = 2000
"""A range with more numbers is read by arithmetic instead of being listed; near misses of a number then count as
none."""
WILD_COST = 0.3
"""Cost of each letter of what is said for a wildcard, so that words a template names are rather taken as such."""
TITLED = POLITE - word_set("um uh uhm erm hmm mm please attune")
"""Polite words that may begin what is said for a wildcard."""
TIED = 30.0
"""Letters: values farther than this from the best are no candidates at all."""
VALUE_COST = np.float32(1.5)
"""A letter that differs in a value costs more than one in a template: a value has fewer words around it to vouch for
it."""


@dataclass(frozen=True, slots=True)
class Value:
    """One way of naming a value of a list."""

    out: Any
    """What the slot gets."""
    text: str
    """How it was said, in the list's own spelling."""
    cost: float
    """Letters by which the words heard differ from it."""
    size: float
    """Weight of its words, in letters."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What it is, for sentences that are only meant of some values."""
    miscounted: bool = False
    """Whether another number was said, which the range does not hold."""


class Lists:
    """Every list of some intents, aligned together."""

    def __init__(self, intents: Intents, used: Mapping[str, tuple[int, int, int] | None]) -> None:
        """Build the networks of the lists that are used; inline ranges give (from, to, step).

        Raises hassil's ``ParseError`` for a value that it cannot read.
        """
        builder = Builder(rules=intents.rules)
        self.starts: dict[str, int] = {}
        self._ends: dict[str, dict[int, Any]] = {}
        self._texts: dict[int, str] = {}
        self._contexts: dict[int, Mapping[str, Any]] = {}
        self._wide: dict[str, Mapping[str, Any]] = {}
        self._wild: set[str] = set()
        self._ranges: set[str] = set()
        for name, inline in used.items():
            plain, _, ending = (name, "", "") if name in intents.lists else name.partition(ENDING)
            spec: Mapping[str, Any] = intents.lists.get(plain, {})
            if ending:
                values = ({**value, "in": f"({value['in']}){ending}"} for value in spec.get("values", ()))
                spec = {"values": list(values)}
            if inline is not None:
                spec = {"range": {"from": inline[0], "to": inline[1], "step": inline[2]}}
            self._add(builder, name, spec)
        self.network: Network = builder.finish()
        self.known: Vocabulary = vocabulary(self.network.words)
        self._rows = {word: row for row, word in enumerate(self.network.words)}

    @property
    def names(self) -> tuple[str, ...]:
        """The lists there are."""
        return (*self.starts, *self._wide, *self._wild)

    def ends_of(self, name: str) -> tuple[int, set[int]]:
        """Where a list's network begins, and all nodes where one of its values ends."""
        return self.starts[name], set(self._ends[name])

    @cached_property
    def said(self) -> frozenset[str]:
        """The words of all values."""
        begins = [*self.starts.values(), self.network.nodes]
        ways = zip(self.starts, pairwise(begins), strict=True)
        values = [range(*nodes) for name, nodes in ways if not name.startswith("<")]
        return frozenset(
            arc.word for nodes in values for node in nodes for arc in self.network.arcs_into[node] if arc.word
        )

    @cached_property
    def told(self) -> frozenset[str]:
        """What the context of any value tells."""
        return frozenset(key for context in self._contexts.values() for key in context)

    def is_range(self, name: str) -> bool:
        """Whether a list is a range of numbers."""
        return name in self._ranges or name in self._wide

    def digits(self, name: str) -> list[tuple[str, int]]:
        """A list's numbers in digits, from ten on, as recognizers write them, and the nodes where they end."""
        said = ((number(split(self._texts.get(node, ""))), node) for node in self._ends[name])
        return [(str(value), node) for value, node in said if value is not None and value >= 10]

    def _add(self, builder: Builder, name: str, spec: Mapping[str, Any]) -> None:
        if spec.get("wildcard"):
            self._wild.add(name)
            return
        limits = spec.get("range")
        if limits and count(limits) > MOST_LISTED:
            self._wide[name] = limits
            return
        start = self.starts[name] = builder.node()
        if name.startswith("<"):
            self._ends[name] = {builder.add_template(start, name): None}
            return
        ends = self._ends[name] = {}
        if limits:
            self._ranges.add(name)
            tree: dict[tuple[int, str], int] = {}
            for text, value in named(limits):
                node = _grow(builder, tree, start, text)
                ends[node], self._texts[node] = value, text
            return
        for entry in spec.get("values", ()):
            node = builder.add_template(_begin(builder, start, builder.node()), entry["in"])
            ends[node], self._texts[node] = entry["out"], entry["in"]
            if "context" in entry:
                self._contexts[node] = entry["context"]

    def spans(self, heard: tuple[str, ...], costs: Costs) -> tuple[dict[str, Cube], Cube]:
        """Each list's cost over every span of the words heard, [places, places], and the table to trace values in."""
        places = len(heard) + 1
        begin = np.full((self.network.nodes, places, places), FAR, np.float32)
        starts = np.array(list(self.starts.values()), np.intp)
        begin[starts[:, None], np.arange(places), np.arange(places)] = 0
        best = align(self.network, self.known, costs, begin, {})
        spans: dict[str, Cube] = {}
        for name, ends in self._ends.items():
            span = best[list(ends)].min(axis=0) if ends else np.full((places, places), FAR, np.float32)
            span[np.tril_indices(places, -1 if name.startswith("<") else 0)] = FAR
            spans[name] = span if name.startswith("<") else np.minimum(span * VALUE_COST, FAR)
        for name in self._wide:
            spans[name] = self._numbers_said(name, heard)
        for name in self._wild:
            spans[name] = _wild(heard)
        return spans, best

    def _numbers_said(self, name: str, heard: tuple[str, ...]) -> Cube:
        places = len(heard) + 1
        span = np.full((places, places), FAR, np.float32)
        for start in range(places):
            for end in range(start + 1, min(places, start + 9)):
                if value_of(heard[start:end], self._wide[name]) is not None:
                    span[start, end] = 0
        return span

    def values(
        self, name: str, heard: tuple[str, ...], span: tuple[int, int], costs: Costs, best: Cube, most: int = 1
    ) -> list[Value]:
        """The values that some words most likely stand for, best first, each value once."""
        start, end = span
        said = heard[start:end]
        size = sum(map(weight, said))
        if name in self._wild:
            return [Value(" ".join(said), " ".join(said), 0.0, size)]
        if name in self._wide:
            value = value_of(said, self._wide[name])
            return [] if value is None else [Value(value, " ".join(said), 0.0, size)]
        found: dict[str, Value] = {}
        ends = self._nearest(name, said, best[:, start, end])
        for node in ends[: most * 3]:
            steps, _ = trace(self.network, self._rows, self.known, costs, best[:, start], (node, end), {})
            text = " ".join(step.arc.shown for step in steps if step.arc.shown)
            total = sum(weight(step.arc.word) for step in steps if step.arc.word)
            out = text if self._ends[name][node] is None else self._ends[name][node]
            other = name in self._ranges and _is_other(said, text)
            context = self._contexts.get(node, {})
            found.setdefault(str(out), Value(out, text, float(best[node, start, end]), total, context, other))
        return list(found.values())[:most]

    def _nearest(self, name: str, said: tuple[str, ...], costs: Cube) -> list[int]:
        """A list's nearest value, then the others by how they begin, for all other numbers cost alike: fifteen,
        fifty."""
        from rapidfuzz.distance import JaroWinkler

        text = " ".join(said)
        ends = sorted(self._ends[name], key=lambda node: float(costs[node]))
        near = [node for node in ends[1:] if costs[node] <= costs[ends[0]] + TIED]
        return ends[:1] + sorted(near, key=lambda node: -JaroWinkler.similarity(text, self._texts[node]))

    def opened(self, step: Step, costs: Costs, best: Cube) -> list[Step]:
        """A step over a rule as the steps inside that rule; any other step as it is."""
        if not step.arc.slot.startswith("<"):
            return [step]
        end = next(iter(self._ends[step.arc.slot]))
        steps, _ = trace(self.network, self._rows, self.known, costs, best[:, step.start], (end, step.end), {})
        return steps


def _begin(builder: Builder, start: int, node: int) -> int:
    builder.arcs.append(Arc(start, node))
    return node


def _grow(builder: Builder, tree: dict[tuple[int, str], int], start: int, text: str) -> int:
    """Follow or add the words of a number in a tree of numbers; the node at its end."""
    for word in split(text):
        if (start, word) not in tree:
            tree[start, word] = builder.add_text(start, word)
        start = tree[start, word]
    return start


def _is_other(said: tuple[str, ...], text: str) -> bool:
    """Whether a number was said that another was taken for."""
    heard = [word for word in said if word in NUMBER_WORDS]
    return bool(Counter(heard) - Counter(split(text)))


def _wild(heard: tuple[str, ...]) -> Cube:
    """The cost of saying each span of words for a wildcard: a title may begin with a polite word ("hey jude")."""
    added = np.cumsum([0.0, *(weight(word) * WILD_COST for word in heard)])
    begun = np.array([weight(word) * WILD_COST - POLITE_COST / 2 if word in TITLED else 0.0 for word in heard] + [0.0])
    result: Cube = (added[None, :] - added[:, None] - begun[:, None]).astype(np.float32)
    result[np.tril_indices(len(result))] = FAR
    return result
