"""What was most likely said, of all that may be said: a search through Whisper's decoder, held to a network of words.

Free decoding of a voice across a noisy room is a guess at any English there is, and its text is often past all
comparison. Held to the sentences that count now, the same decoder finds the right one far more often, and how much it
has to give up for that, compared with the free text, says whether any of them was said at all.

Hypotheses are sequences of tokens; each carries every place of the network that it may have reached. All are as long
at each step, so their sums of log probabilities may be compared; a sentence is over with the probability of a full stop
or of the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice.hearing.recognizer import Found
from voice.hearing.whisper_decoder import Decoder, Next, Past, Sound
from voice.understanding.grammar import Grammar

WIDTH = 24
"""Hypotheses followed at once."""
NARROW = 12.0
"""Log probability behind the best beyond which a hypothesis is given up."""
MOST_PRIORS = 20_000
"""Phrases whose probability without sound is kept."""
MOST_FOUND = 6
"""Phrases given back."""
BONUS = 2.0
"""Log probability that each token more is worth when sentences of different lengths are compared."""
AHEAD = 2
"""Tokens for which an open hypothesis is believed to cost nothing more."""
MOST_TOKENS = 48
"""Longest phrase."""

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


Ended = tuple[float, tuple[int, ...]]
"""Total and tokens of a hypothesis that is over."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn's sound, ready for the first token."""

    sound: Sound
    past: Past
    chances: Next


@dataclass(frozen=True, slots=True)
class _Open:
    """A hypothesis that may go on."""

    total: float
    tokens: tuple[int, ...]
    places: tuple[Place, ...]


class Search:
    """Looks for phrases in a turn's sound."""

    def __init__(
        self,
        decoder: Decoder,
        prompt: Sequence[int],
        last: npt.NDArray[np.intp],
        nothing: Sound,
        spell: Callable[[tuple[int, ...]], str],
    ) -> None:
        """``last``: the tokens that end a sentence; ``nothing``: the memory of silence, to tell what is liked anyway."""
        self._decoder = decoder
        self._prompt = list(prompt)
        self._last = last
        self._silence = self.begun(nothing)
        self._spell = spell
        self._priors: dict[tuple[int, ...], float] = {}

    def begun(self, sound: Sound) -> Begun:
        """A turn with the prompt said."""
        past = self._decoder.begin()
        for token in self._prompt[:-1]:
            self._decoder.say(np.array([token]), past, sound)
        return Begun(sound, past, self._decoder.step(np.array(self._prompt[-1:]), past, sound))

    def found(self, paths: Paths, turn: Begun) -> list[Found]:
        """The likeliest phrases of a network, likeliest first."""
        ended: list[Ended] = []
        past, chances = turn.past, turn.chances
        live = [_Open(0.0, (), ())]
        for _ in range(MOST_TOKENS):
            rows, live = _grown(live, chances, paths)
            if not live or _hopeless(live[0], ended):
                break
            past = past.rows(np.array(rows))
            chances = self._decoder.step(np.array([one.tokens[-1] for one in live]), past, turn.sound)
            for one, end in zip(live, chances.any_of(self._last), strict=True):
                if any(map(paths.over, one.places)):
                    ended.append((one.total + float(end), one.tokens))
        ended.sort(key=lambda one: -one[0] - BONUS * len(one[1]))
        return self._spelled(ended)

    def weighed(self, tokens: Sequence[tuple[int, ...]], phrases: Sequence[str], turn: Begun) -> list[Found]:
        """Given phrases, in that order."""
        totals, priors = self._totals(tokens, turn), self._liked(tokens)
        return [
            Found(phrase, total, len(ids) + 1, prior)
            for phrase, total, ids, prior in zip(phrases, totals, tokens, priors, strict=True)
        ]

    def _totals(self, tokens: Sequence[tuple[int, ...]], turn: Begun) -> list[float]:
        """Log probability of each sequence and of its end; the shorter ones drop out as they end."""
        totals = [0.0] * len(tokens)
        order = sorted(range(len(tokens)), key=lambda index: -len(tokens[index]))
        past = turn.past.rows(np.zeros(len(order), np.intp))
        chances = turn.chances.repeated(len(order))
        for place in range(max(map(len, tokens), default=0)):
            order = [index for index in order if len(tokens[index]) > place]
            said = [tokens[index][place] for index in order]
            for row, index in enumerate(order):
                totals[index] += chances.chance(row, said[row])
            past = past.rows(np.arange(len(order)))
            chances = self._decoder.step(np.array(said), past, turn.sound)
            for row, end in enumerate(chances.any_of(self._last)):
                if len(tokens[order[row]]) == place + 1:
                    totals[order[row]] += float(end)
        return totals

    def _liked(self, tokens: Sequence[tuple[int, ...]]) -> list[float]:
        """The same without any sound; kept, for phrases come again."""
        new = [ids for ids in dict.fromkeys(tokens) if ids not in self._priors]
        if len(self._priors) > MOST_PRIORS:
            self._priors.clear()
            new = list(dict.fromkeys(tokens))
        self._priors |= dict(zip(new, self._totals(new, self._silence), strict=True))
        return [self._priors[ids] for ids in tokens]

    def _spelled(self, ended: list[Ended]) -> list[Found]:
        """Phrases as text, each once."""
        phrases: dict[str, Ended] = {}
        for total, tokens in ended:
            text = self._spell(tokens).strip().lower()
            if len(phrases) < MOST_FOUND:
                phrases.setdefault(text, (total, tokens))
        priors = self._liked([tokens for _, tokens in phrases.values()])
        return [
            Found(text, total, len(tokens) + 1, prior)
            for (text, (total, tokens)), prior in zip(phrases.items(), priors, strict=True)
        ]


def _hopeless(best: _Open, ended: list[Ended]) -> bool:
    """Whether nothing that is still open can come near what has ended."""
    if len(ended) < MOST_FOUND:
        return False
    return best.total + BONUS * (len(best.tokens) + AHEAD) < max(total + BONUS * len(tokens) for total, tokens in ended)


def _grown(
    live: list[_Open], chances: Next, paths: Paths
) -> tuple[list[int], list[_Open]]:
    """Every hypothesis with each of its next tokens, the best of them, and the rows they came from."""
    options: list[tuple[float, int, int, Ways]] = []
    for row, one in enumerate(live):
        ways = _joined([paths.after(place) for place in one.places]) if one.tokens else paths.begin()
        for token in ways:
            options.append((one.total + chances.chance(row, token), row, token, ways))
    options.sort(key=lambda option: -option[0])
    best = options[:WIDTH]
    best = [option for option in best if option[0] >= best[0][0] - NARROW]
    grown = [_Open(total, (*live[row].tokens, token), tuple(ways[token])) for total, row, token, ways in best]
    return [row for _, row, _, _ in best], grown


def _joined(several: list[Ways]) -> Ways:
    if len(several) == 1:
        return several[0]
    ways: Ways = {}
    for one in several:
        for token, places in one.items():
            ways.setdefault(token, []).extend(place for place in places if place not in ways.get(token, ()))
    return ways
