"""All templates of some intents in one network."""

from __future__ import annotations

from functools import cached_property

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
        inner = _following(self.lists.network, {})
        firsts = {name: inner.get(start, set()) for name, start in self.lists.starts.items()}
        lasts = {name: _last_words(self.lists.network, self.lists.ends_of(name)[1]) for name in firsts}
        outer = _following(self.network, firsts)
        found: dict[str, tuple[str, str]] = {}
        for network, after in ((self.lists.network, inner), (self.network, outer)):
            for arc in (arc for group in network.arcs_into for arc in group):
                for word in lasts.get(arc.slot, ()) if arc.slot else (arc.word,):
                    pairs = ((word, other) for other in after.get(arc.target, ()) if min(len(word), len(other)) > 1)
                    found |= {one + other: (one, other) for one, other in pairs}
        return found

    @cached_property
    def doubled(self) -> frozenset[str]:
        """Words that some value has twice in a row ("Bye Bye Bye")."""
        after = _following(self.lists.network, {})
        arcs = [arc for group in self.lists.network.arcs_into for arc in group]
        return frozenset(arc.word for arc in arcs if arc.word and arc.word in after.get(arc.target, ()))

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
