"""Concrete phrases that may have been said, for a recognizer to compare with the sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from voice.understanding.judging import guard, recognition
from voice.understanding.reading import Match
from voice.understanding.recognition import Candidate

NEXT_VALUE = 0.05
"""Text score lost by each next likely value of a slot: a misheard value is likelier than a misheard sentence."""


def candidates(text: str, matches: Sequence[Match], most: int) -> list[Candidate]:
    """The nearest sentences, and those with other values in their slots, nearest first, each once."""
    options = [
        (
            match.score - lost,
            phrase,
            replace(recognition(text, match, match.score - lost), slots=slots),
            guard(text, match),
        )
        for match in matches
        for phrase, slots, lost in _variants(match)
    ]
    found: dict[str, Candidate] = {}
    for _, phrase, meaning, guarded in sorted(options, key=lambda option: -option[0]):
        found.setdefault(phrase, Candidate(phrase, meaning, guarded))
    return list(found.values())[:most]


def _variants(match: Match) -> list[tuple[str, dict[str, Any], float]]:
    """The nearest sentence of a template, and it with one slot's next likeliest values: (phrase, slots, score lost)."""
    variants: list[tuple[str, dict[str, Any], float]] = [(match.phrase, match.slots, 0.0)]
    for name, written, values in match.values:
        for rank, value in enumerate(values[1:], start=1):
            phrase = f" {match.phrase} ".replace(f" {written} ", f" {value.text} ", 1).strip()
            variants.append((phrase, match.slots | {name: value.out}, NEXT_VALUE * rank))
    return variants
