"""All templates of some intents in one network."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np

from voice.errors import ContentErrors
from voice.understanding.builder import Builder, TooLarge, template_error
from voice.understanding.costs import LIGHT, OUTSIDE, Vocabulary, vocabulary
from voice.understanding.intents import Intents, Meaning
from voice.understanding.network import Network
from voice.understanding.slots import Lists
from voice.understanding.words import split


class Book:
    """Templates, ready to be compared with what is heard."""

    def __init__(self, intents: Intents) -> None:
        """Parse every template by hassil.

        Raises ``ContentErrors`` with file and line for templates that it cannot read.
        """
        from hassil.parser import ParseError

        self.intents = intents
        builder = Builder(intents.lists, intents.rules, share=True)
        starts, ends, errors = [], [], []
        for template in intents.templates:
            starts.append(builder.node())
            try:
                ends.append(builder.add_template(starts[-1], template.text, template.scope))
            except (ParseError, TooLarge, RecursionError) as reason:
                errors.append(template_error(template.path, template.line, template.text, reason))
                ends.append(starts[-1])
        if errors:
            raise ContentErrors(errors)
        self.lists = Lists(intents, builder.used)
        self.network: Network = builder.finish()
        self.skipped = frozenset(filter(None, map(split, intents.skip_words)))
        self.known: Vocabulary = vocabulary(self.network.words)
        self.rows = {word: row for row, word in enumerate(self.network.words)}
        self.valued = frozenset() if intents.among_talk else self.lists.said - LIGHT
        """Words that are hardly said beside a sentence, since they are or belong to a value; none among talk."""
        self.starts, self.ends = np.array(starts, np.intp), np.array(ends, np.intp)
        kinds = [list(OUTSIDE).index(_kind(template.meaning)) for template in intents.templates]
        self.kinds = np.array(kinds, np.intp)

    @cached_property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """Two words that follow each other in some sentence or value, by what they are when written as one."""
        return {one + other: (one, other) for one, other in self._all_neighbors if min(len(one), len(other)) > 1}

    @cached_property
    def _inner(self) -> dict[int, set[str]]:
        """The words that may come right after each node of the lists."""
        return _following(self.lists.network, {})

    @cached_property
    def _outer(self) -> dict[int, set[str]]:
        """The same of the templates."""
        return _following(self.network, {name: self._inner.get(at, set()) for name, at in self.lists.starts.items()})

    @cached_property
    def _lasts(self) -> dict[str, set[str]]:
        """The last words of each list's values."""
        return {name: _last_words(self.lists.network, self.lists.ends_of(name)[1]) for name in self.lists.starts}

    @staticmethod
    def _neighbors(
        network: Network, after: dict[int, set[str]], lasts: dict[str, set[str]]
    ) -> Iterator[tuple[str, str]]:
        """Every two words that may follow each other in one network; ``lasts`` has the last words of each list."""
        for arc in (arc for group in network.arcs_into for arc in group):
            for word in lasts.get(arc.slot, ()) if arc.slot else (arc.word,):
                yield from ((word, other) for other in after.get(arc.target, ()) if word)

    @cached_property
    def doubled(self) -> frozenset[str]:
        """Words that some value has twice in a row ("Bye Bye Bye"), or some sentence of another domain ("a medium
        medium roast")."""
        neighbors = self._in_lists if self.intents.among_talk else self._all_neighbors
        return frozenset(one for one, other in neighbors if one == other)

    def spelt(self, word: str) -> tuple[str, ...]:
        """A word as its letters, where the sentences spell it ("b b c"), or as it is."""
        return tuple(word) if len(word) > 1 and self._spelt.issuperset(pairwise(word)) else (word,)

    @cached_property
    def _spelt(self) -> frozenset[tuple[str, str]]:
        """Letters that follow each other as words of their own."""
        return frozenset(pair for pair in self._all_neighbors if len(pair[0]) == len(pair[1]) == 1)

    @cached_property
    def _all_neighbors(self) -> frozenset[tuple[str, str]]:
        """The same in lists and templates."""
        return self._in_lists.union(self._neighbors(self.network, self._outer, self._lasts))

    @cached_property
    def _in_lists(self) -> frozenset[tuple[str, str]]:
        """The same in the lists."""
        return frozenset(self._neighbors(self.lists.network, self._inner, {}))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every plain word of templates and lists."""
        return frozenset(self.network.words) | frozenset(self.lists.network.words)


def _kind(meaning: Meaning) -> str:
    """Where a sentence may stand, a key of ``OUTSIDE``."""
    if meaning.whole:
        return "whole"
    return "start" if meaning.starts or meaning.practice else "inside"


def _following(network: Network, firsts: dict[str, set[str]]) -> dict[int, set[str]]:
    """The words that may come right after each node; ``firsts`` has the first words of each list."""
    after: dict[int, set[str]] = {}
    for node in range(network.nodes - 1, -1, -1):
        for arc in network.arcs_into[node]:
            words = firsts.get(arc.slot, set()) if arc.slot else {arc.word} if arc.word else after.get(node, set())
            after.setdefault(arc.source, set()).update(words)
    return after


def _last_words(network: Network, ends: set[int]) -> set[str]:
    """The words right before some nodes."""
    arcs = [arc for node in ends for arc in network.arcs_into[node]]
    before = {arc.source for arc in arcs if not arc.word}
    return {arc.word for arc in arcs if arc.word} | (_last_words(network, before) if before else set())
