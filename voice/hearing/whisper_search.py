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

from voice.hearing.phrase_paths import Paths, Place, Ways, joined
from voice.hearing.recognizer import Found
from voice.hearing.whisper_decoder import Decoder, Next, Past, Sound

WIDTH = 16
"""Hypotheses followed at once."""
WIDTHS = (36, 24)
"""The same after the first and the second token, which noise hides most and by which most sentences part."""
SHARE = 0.5
"""Share of what is liked anyway that is taken off while hypotheses are compared. Source: benchmarks/fit_decision.py."""
DEEPEST = 5
"""Tokens of a beginning up to which what is liked next is kept, for it comes again; of longer ones it is computed."""
NARROW = 14.0
"""Log probability behind the best beyond which a hypothesis is given up."""
MOST_PRIORS = 10_000
"""Phrases whose probability without sound is kept: 2 MB."""
MOST_BEGINNINGS = 1_000
"""Beginnings of phrases of which is kept what is liked next: 4 MB; twenty times as many took 17 MB in a day."""
MOST_FOUND = 6
"""Phrases given back."""
GAIN = 10.0
"""Log probability, less the share of what is liked anyway, by which an open hypothesis may still come to lead: it is
worth about 3 more with each token that was said."""
MOST_TOKENS = 48
"""Longest phrase."""

Ended = tuple[float, float, tuple[int, ...]]
"""Rank, total and tokens of a hypothesis that is over."""


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
    prior: float
    """What it would be worth without sound."""
    tokens: tuple[int, ...]
    places: tuple[Place, ...]

    @property
    def rank(self) -> float:
        """What it is compared by."""
        return self.total - SHARE * self.prior


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
        """``last``: tokens that end a sentence; ``nothing``: the memory of silence, to tell what is liked anyway."""
        self._decoder = decoder
        self._prompt = list(prompt)
        self._last = last
        self._silence = self.begun(nothing)
        self._spell = spell
        self._priors: dict[tuple[int, ...], float] = {}
        self._next: dict[tuple[int, ...], dict[int, float]] = {}

    def begun(self, sound: Sound) -> Begun:
        """A turn with the prompt said."""
        past = self._decoder.begin()
        for token in self._prompt[:-1]:
            self._decoder.say(np.array([token]), past, sound)
        return Begun(sound, past, self._decoder.step(np.array(self._prompt[-1:]), past, sound))

    def begin_again(self) -> None:
        """The decoder knows more tokens: ask it anew what is liked without sound."""
        self._silence = self.begun(self._silence.sound)

    def found(self, paths: Paths, turn: Begun) -> list[Found]:
        """The likeliest phrases of a network, likeliest first."""
        ended: list[Ended] = []
        past, chances = turn.past, turn.chances
        live: list[_Open] = [_Open(0.0, 0.0, (), ())]
        rows: list[int] = []
        quiet: Past | None = None
        for _ in range(MOST_TOKENS):
            ways = [joined([paths.after(place) for place in one.places]) for one in live] if rows else [paths.begin()]
            if len(live[0].tokens) <= DEEPEST:
                liked = self._liked_next(live, ways)
            else:
                quiet = quiet.rows(np.array(rows)) if quiet else self._quiet([one.tokens for one in live])
                silent = self._decoder.step(np.array([one.tokens[-1] for one in live]), quiet, self._silence.sound)
                liked = [{token: silent.chance(row, token) for token in told} for row, told in enumerate(ways)]
            rows, live = self._grown(live, chances, ways, liked)
            if not live or _hopeless(live[0], ended):
                break
            past = past.rows(np.array(rows))
            chances = self._decoder.step(np.array([one.tokens[-1] for one in live]), past, turn.sound)
            for one, end in zip(live, chances.any_of(self._last), strict=True):
                if any(map(paths.over, one.places)):
                    ended.append((one.rank + float(end), one.total + float(end), one.tokens))
        ended.sort(key=lambda one: -one[0])
        return self._spelled(ended)

    def _liked_next(self, live: list[_Open], ways: list[Ways]) -> list[dict[int, float]]:
        """Log probability of next tokens without sound, for beginnings of a few tokens; kept, for they come again."""
        if len(self._next) > MOST_BEGINNINGS:
            self._next.clear()
        known = [self._next.setdefault(one.tokens, {}) for one in live]
        new = [row for row, told in enumerate(known) if not ways[row].keys() <= told.keys()]
        if new:
            chances = self._without_sound([live[row].tokens for row in new])
            for place, row in enumerate(new):
                known[row].update({token: chances.chance(place, token) for token in ways[row]})
        return known

    def _without_sound(self, beginnings: list[tuple[int, ...]]) -> Next:
        """What comes next after beginnings of one length, were there no sound."""
        if not beginnings[0]:
            return self._silence.chances
        return self._decoder.step(
            np.array([one[-1] for one in beginnings]), self._quiet(beginnings), self._silence.sound
        )

    def _quiet(self, beginnings: list[tuple[int, ...]]) -> Past:
        """All but the last token of beginnings of one length, said into silence."""
        past = self._silence.past.rows(np.zeros(len(beginnings), np.intp))
        for said in list(zip(*beginnings, strict=True))[:-1]:
            self._decoder.say(np.array(said), past, self._silence.sound)
        return past

    def _grown(
        self, live: list[_Open], chances: Next, ways: list[Ways], liked: list[dict[int, float]]
    ) -> tuple[list[int], list[_Open]]:
        """Every hypothesis with each of its next tokens, the best of them, and the rows they came from.

        Of two that read the same, "Help us" and "help us", only the better goes on.
        """
        options = [
            (one.rank + chances.chance(row, token) - SHARE * liked[row][token], row, token)
            for row, one in enumerate(live)
            for token in ways[row]
        ]
        options.sort(key=lambda option: -option[0])
        depth = len(live[0].tokens)
        most = WIDTHS[depth] if depth < len(WIDTHS) else WIDTH
        rows, grown, seen = list[int](), list[_Open](), set[str]()
        for rank, row, token in options:
            if len(grown) == most or rank < options[0][0] - NARROW:
                break
            one = live[row]
            tokens = (*one.tokens, token)
            text = self._spell(tokens).lower()
            if text not in seen:
                seen.add(text)
                rows.append(row)
                total, prior = one.total + chances.chance(row, token), one.prior + liked[row][token]
                grown.append(_Open(total, prior, tokens, tuple(ways[row][token])))
        return rows, grown

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
        phrases: dict[str, tuple[float, tuple[int, ...]]] = {}
        for _, total, tokens in ended:
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
    return len(ended) >= MOST_FOUND and best.rank + GAIN < max(rank for rank, *_ in ended)
