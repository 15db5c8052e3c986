"""All templates of some intents in one network."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from voice.errors import ContentErrors
from voice.understanding.costs import OUTSIDE, Vocabulary, vocabulary
from voice.understanding.intents import Intents, Meaning
from voice.understanding.network import Builder, Network, TooLarge, finish, template_error
from voice.understanding.slots import Lists


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
        self.network: Network = finish(builder)
        self.known: Vocabulary = vocabulary(self.network.words)
        self.rows = {word: row for row, word in enumerate(self.network.words)}
        self.starts, self.ends = np.array(starts, np.intp), np.array(ends, np.intp)
        kinds = [list(OUTSIDE).index(_kind(template.meaning)) for template in intents.templates]
        self.kinds = np.array(kinds, np.intp)

    @cached_property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """Two words that follow each other in some sentence, by what they are when written as one."""
        after: dict[int, set[str]] = {}
        for node in range(self.network.nodes - 1, -1, -1):
            for arc in self.network.arcs_into[node]:
                after.setdefault(arc.source, set()).update({arc.word} if arc.word else after.get(node, ()))
        arcs = (arc for group in self.network.arcs_into for arc in group if len(arc.word) > 1)
        return {a.word + b: (a.word, b) for a in arcs for b in after.get(a.target, ()) if len(b) > 1}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every plain word of templates and lists."""
        return frozenset(self.network.words) | frozenset(self.lists.network.words)


def _kind(meaning: Meaning) -> str:
    """Where a sentence may stand, a key of ``OUTSIDE``."""
    if meaning.whole:
        return "whole"
    return "start" if meaning.starts or meaning.practice else "inside"
