"""One of Vosk's recognizers over one turn, and what its JSON says."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 16_000 // 5 * 2
"""Vosk is given at most 200 ms at once."""
UNKNOWN = "[unk]"
"""The word for any other, in the models that have one."""
GHOSTS = frozenset({"the", "huh", "a", "ah", "uh", "um", "hm", "hmm", "mm"})
"""Words that Vosk hears in silence; a final of nothing else is nothing. Source: Vosk's issue list."""
ALTERNATIVES = 5
"""Hypotheses looked through for the phrase itself: a grammar also lets it be said twice."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What one turn, or a piece of it, may have been."""

    words: tuple[str, ...]
    """As the model spells them."""
    likelihood: float
    """Natural logarithm, comparable between grammars over the same sound."""
    sure: float
    """Natural logarithm of its share among its rivals; 0 without any."""
    spoken_s: float
    """Duration of its words, seconds."""


class Stream:
    """One of Vosk's recognizers over one turn, which it may cut at pauses by itself."""

    def __init__(self, recognizer: Any) -> None:
        """Begin with nothing heard."""
        self._recognizer = recognizer
        self._recognizer.SetWords(True)
        self._recognizer.SetMaxAlternatives(ALTERNATIVES)
        self._parts: list[list[Hypothesis]] = []

    def feed(self, sound: bytes) -> None:
        """Take at most 200 ms."""
        if self._recognizer.AcceptWaveform(sound):
            self._parts.append(_hypotheses(self._recognizer.Result()))

    def so_far(self) -> str:
        """The words so far."""
        rest = json.loads(self._recognizer.PartialResult()).get("partial", "")
        return spoken([*joined(self._parts).words, *rest.split()])

    def finish(self) -> list[Hypothesis]:
        """What the turn may have been, likeliest first, at least one; the next turn begins."""
        parts, self._parts = [*self._parts, _hypotheses(self._recognizer.FinalResult())], []
        parts = [part for part in parts if part]
        return parts[0] if len(parts) == 1 else [joined(parts)]


def joined(parts: Sequence[Sequence[Hypothesis]]) -> Hypothesis:
    """The best of each piece, together."""
    best = [part[0] for part in parts if part]
    words = tuple(word for one in best for word in one.words)
    return Hypothesis(
        words,
        sum(one.likelihood for one in best),
        sum(one.sure for one in best) / max(1, len(best)),
        sum(one.spoken_s for one in best),
    )


def _hypotheses(result: str) -> list[Hypothesis]:
    found = [one for one in json.loads(result)["alternatives"] if one["text"].strip()]
    total = math.log(sum(math.exp(one["confidence"] - found[0]["confidence"]) for one in found)) if found else 0.0
    return [
        Hypothesis(
            tuple(one["text"].split()),
            one["confidence"],
            one["confidence"] - found[0]["confidence"] - total,
            sum(word["end"] - word["start"] for word in one.get("result", [])),
        )
        for one in found
    ]


def pieces(sound: bytes) -> Iterator[bytes]:
    return (sound[at : at + MOST_BYTES] for at in range(0, len(sound), MOST_BYTES))


def spoken(words: Sequence[str]) -> str:
    """The words without the word for any other, or nothing where they are ghosts only."""
    kept = [word for word in words if word != UNKNOWN]
    return "" if GHOSTS.issuperset(kept) else " ".join(kept)
