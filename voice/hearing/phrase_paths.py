"""A network of words as tokens: which may come next, and where a sentence may end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from voice.understanding.grammar import Grammar

Place = tuple[tuple[int, ...], int, int]
"""Tokens of a word that are still to be said, the node after it, and the node to return to from a list, or -1."""
Ways = dict[int, list[Place]]
"""Next token to the places it leads to."""
Encode = Callable[[str], tuple[int, ...]]


class Paths:
    """A grammar as tokens; every place is opened once and kept."""

    def __init__(self, grammar: Grammar, encode: Encode) -> None:
        """``encode`` gives a word's tokens, with the space before it."""
        self._grammar = grammar
        self.most_words = grammar.most_words
        """See :class:`voice.understanding.grammar.Grammar`."""
        self._encode = encode
        self._ways: dict[tuple[int, int], Ways] = {}
        self._over: dict[tuple[int, int], bool] = {}

    def begin(self) -> Ways:
        """First tokens, written large and small."""
        ways: Ways = {}
        for start in self._grammar.starts:
            for word, node, back in self._words(start, -1):
                for written in (word, word[:1].upper() + word[1:]):
                    tokens = self._encode(written)
                    ways.setdefault(tokens[0], []).append((tokens[1:], node, back))
        return ways

    def after(self, place: Place) -> Ways:
        """Next tokens from a place."""
        rest, node, back = place
        if rest:
            return {rest[0]: [(rest[1:], node, back)]}
        if (node, back) not in self._ways:
            ways: Ways = {}
            for word, target, returns in self._words(node, back):
                tokens = self._encode(word)
                ways.setdefault(tokens[0], []).append((tokens[1:], target, returns))
            self._ways[node, back] = ways
        return self._ways[node, back]

    def over(self, place: Place) -> bool:
        """Whether a sentence may end here."""
        rest, node, back = place
        if rest:
            return False
        if (node, back) not in self._over:
            self._over[node, back] = any(
                at in self._grammar.ends and returns < 0 for at, returns in self._silent(node, back)
            )
        return self._over[node, back]

    def holds(self, words: Sequence[str]) -> bool:
        """Whether words, in small letters, are a whole sentence of the network."""
        places = {(start, -1) for start in self._grammar.starts}
        for said in words:
            places = {(target, back) for place in places for word, target, back in self._words(*place) if word == said}
        return any(self.over(((), *place)) for place in places)

    def _words(self, node: int, back: int) -> list[tuple[str, int, int]]:
        """The words that may come next, and where they lead."""
        return [
            (word, target, returns)
            for at, returns in self._silent(node, back)
            for word, target, _ in self._grammar.steps[at]
            if word
        ]

    def _silent(self, node: int, back: int) -> list[tuple[int, int]]:
        """Every place that is reached without a word."""
        seen = {(node, back)}
        waiting = [(node, back)]
        while waiting:
            at, returns = waiting.pop()
            found = [(returns, -1)] if returns >= 0 and at in self._grammar.returns else []
            for word, target, inner in self._grammar.steps[at]:
                if not word:
                    found.append((inner, target) if inner >= 0 else (target, returns))
            for place in found:
                if place not in seen:
                    seen.add(place)
                    waiting.append(place)
        return sorted(seen)


def joined(several: list[Ways]) -> Ways:
    """The ways from several places at once."""
    if len(several) == 1:
        return several[0]
    ways: Ways = {}
    for one in several:
        for token, places in one.items():
            ways.setdefault(token, []).extend(place for place in places if place not in ways.get(token, ()))
    return ways
