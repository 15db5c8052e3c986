"""What it costs that a word was heard as another, left out, or said on top.

Unit: letters. A word weighs about its letters and the space after it, so that 1 - cost / (both weights) is
``fuzz.ratio`` when words differ by letters only. Where this leaves plain spelling, it is to keep meanings apart:
negations, pronouns and numbers are never near each other, articles and courtesies weigh little, and a word that
sounds alike is near though spelt otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice.understanding.sounds import HOMOPHONES, sound
from voice.understanding.words import NUMBER_WORDS, word_set

Matrix = NDArray[np.float32]

POLITE = word_set(
    "please thanks thank okay alright um uh uhm erm hmm mm oh ah hey hi hello attune well so just now then right "
    "really kindly maybe actually"
)
"""Words that add nothing: said on top they cost next to nothing, also around a control word."""
LIGHT = POLITE | word_set("a an the to of some that this with for and do is are it there like")
"""Words that matter little."""
NEGATIONS = word_set("not no never neither nor")
"""Words that turn a sentence round: never heard as another word."""
REFUSALS = NEGATIONS | word_set("stop quit cancel instead")
"""Words that void a sentence when said on top of it."""
LEADS = tuple(
    tuple(lead.split())
    for lead in (
        "can you", "could you", "would you", "will you", "can we", "could we", "may we", "can i", "could i", "i think",
        "i guess", "do you think you could", "hey attune", "okay attune", "would you mind", "i would like you to",
        "we would like you to", "i want you to", "we want you to", "excuse me", "one moment", "you know", "i mean",
    )
)  # fmt: skip
"""Ways of beginning that add nothing: as cheap as a polite word at the start of an utterance."""
REQUESTING = word_set(
    "i we you me us would could can will may might like love want need have get take try order go going with give make "
    "let am was wondering wonder if think guess rather able yeah yes"
)
"""Words by which people come to what they want of one who does nothing else: "I was wondering if I could get"."""
PRONOUNS = word_set("i me my you your he him his she her we us our they them their it")
"""Who it is about; one is never heard as another."""

POLITE_COST = 0.2
"""Cost of a polite word said on top, in letters."""
LIGHT_WEIGHT = 2.0
SHORT_WEIGHT = 4.0
NAME = word_set("attune")
"""Where a sentence asks for it, it says who is meant: "good morning" alone is for the other."""
NEGATION_COST = 14.0
"""Cost of a negation that was said on top, or that was not said, and of the name that was not: enough to lose any
sentence of fewer than 54 letters."""
LEAST_ALIKE = 0.55
"""Words less alike than this are different words."""
HOMOPHONE = 0.97
"""How alike words are that sound the same: "make me too" is two, unless something is nearer still."""
MAY_BE = {"to": "two", "for": "four", "free": "three", "know": "no"}
"""Words that sound like a number or a "no", and are one only where the next word is one of the sentences' that matters:
"for large rolls", but not "to order a roll", nor "for you"."""
LARGE = word_set("hundred thousand minus")
"""Words that make another number of one: never heard as another word."""
JOINED_ALIKE = 0.9
"""Two words written as one must be as like to it as this."""
APART = NEGATIONS | PRONOUNS
"""Words that are never part of another."""
OUTSIDE = {"inside": 0.35, "start": 0.8, "whole": 1.0}
"""Share of a word's cost when it lies before or after the sentence, by where the sentence may stand."""
FAR = np.float32(1e6)
"""Stands for infinity, and adds up without overflow."""


def weight(word: str) -> float:
    """Letters a word counts for."""
    if word in LIGHT:
        return LIGHT_WEIGHT
    return max(SHORT_WEIGHT, len(word) + 1.0)


def insertion(word: str) -> float:
    """Cost of a word that no template asked for."""
    if word in REFUSALS:
        return NEGATION_COST
    return POLITE_COST if word in POLITE else weight(word)


def lead(heard: Sequence[str]) -> int:
    """How many words at the start only lead up to what is said."""
    place = 0
    while place < len(heard):
        rest = tuple(heard[place : place + 6])
        longest = max((len(way) for way in LEADS if rest[: len(way)] == way), default=0)
        if rest[longest : longest + 1] == ("like",):
            break
        if not longest and heard[place] not in POLITE:
            break
        place += longest or 1
    return place if place < len(heard) else 0


def request(heard: Sequence[str]) -> int:
    """The same where nobody is spoken to but the one who listens."""
    place = lead(heard)
    while place < len(heard):
        to_do = heard[place] == "to" and not REQUESTING.isdisjoint(heard[place + 1 : place + 2])
        if heard[place] not in REQUESTING | POLITE and not (place and to_do):
            return place
        place += 1
    return 0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A network's words with all that can be known before anything is heard."""

    words: tuple[str, ...]
    """Row to word; row 0 is the empty word."""
    sounds: tuple[str, ...]
    """Row to its sound."""
    weights: Matrix
    """Row to its weight in letters; 0 for the empty word."""
    deletions: Matrix
    """Row to the cost of not being said."""


def vocabulary(words: tuple[str, ...]) -> Vocabulary:
    """Prepare a network's words."""
    weights: Matrix = np.array([weight(word) if word else 0.0 for word in words], np.float32)
    kept = NEGATIONS | NAME
    deletions = np.array([NEGATION_COST if word in kept else w for word, w in zip(words, weights, strict=True)])
    return Vocabulary(words, tuple(map(sound, words)), weights, deletions.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Costs:
    """What one utterance costs against one vocabulary; N words give N + 1 places between them."""

    substitutions: Matrix
    """[rows, N + 1]: row's word heard as the word that ends at a place."""
    joined: Matrix | None
    """[rows, N + 1]: row's word heard as the two words that end at a place; None where no two words join to any."""
    insertions: Matrix
    """[N + 1]: cost of all words up to a place, said on top."""


def costs_of(
    heard: Sequence[str],
    known: Vocabulary,
    skipped: Collection[tuple[str, ...]] = (),
    led: int | None = None,
    every: Collection[str] | None = None,
) -> Costs:
    """Compare every word heard with every word known; ``skipped`` are words that add nothing in these sentences, and so
    do the first ``led``; ``every`` has all words that matter to them, if more than these are known."""
    rows, places = len(known.words), len(heard) + 1
    table = np.full((rows, places), FAR, np.float32)
    table[:, 1:] = _compare(heard, known, known.words if every is None else every)
    joins = [first + second for first, second in itertools.pairwise(heard)]
    joined = None
    if joins:
        pairs = _spelling(joins, known.words)
        near = pairs >= JOINED_ALIKE
        near[[place for place, pair in enumerate(itertools.pairwise(heard)) if APART & set(pair)]] = False
        near[:, 0] = False
        if near.any():
            weights = np.array([weight(word) for word in joins], np.float32)[:, None] + known.weights[None, :]
            joined = np.full((rows, places), FAR, np.float32)
            joined[:, 2:] = np.where(near, (1 - pairs) * weights + 0.5, FAR).T
    led = lead(heard) if led is None else led
    nothing = {at + place for way in skipped for at in _places(heard, way) for place in range(len(way))}
    prices = [POLITE_COST if place < led or place in nothing else insertion(word) for place, word in enumerate(heard)]
    added = np.cumsum([0.0, *prices], dtype=np.float32)
    return Costs(table, joined, added)


def _places(heard: Sequence[str], way: tuple[str, ...]) -> list[int]:
    """Where some words are said."""
    return [at for at in range(len(heard) - len(way) + 1) if tuple(heard[at : at + len(way)]) == way]


def _compare(heard: Sequence[str], known: Vocabulary, every: Collection[str]) -> Matrix:
    if not heard:
        return np.zeros((len(known.words), 0), np.float32)
    spelt = _spelling(heard, known.words)
    sounds = _spelling([sound(word) for word in heard], known.sounds)
    alike: Matrix = np.maximum(spelt, (spelt + sounds) / 2)
    alike[alike < LEAST_ALIKE] = 0
    meant = [_may_be(heard[place : place + 2], every) for place in range(len(heard))]
    for place, word in enumerate(heard):
        same = HOMOPHONES.get(word, ()) or meant[place]
        alike[place, [row for row, other in enumerate(known.words) if other in same and other != word]] = HOMOPHONE
    ways = [(word, *other) for word, other in zip(heard, meant, strict=True)]
    for group in (NUMBER_WORDS, PRONOUNS, NEGATIONS | LARGE):
        alike[_different(ways, known.words, group)] = 0
    weights: Matrix = np.array([weight(word) for word in heard], np.float32)[:, None] + known.weights[None, :]
    table: Matrix = ((1 - alike) * weights).astype(np.float32)
    table[_different(ways, known.words, NEGATIONS)] = FAR
    table[:, [row for row, word in enumerate(known.words) if not word]] = FAR
    return np.ascontiguousarray(table.T)


def _may_be(words: Sequence[str], every: Collection[str]) -> tuple[str, ...]:
    """What the first of two words may be besides itself."""
    other = MAY_BE.get(words[0])
    matters = other and len(words) > 1 and words[-1] in every and words[-1] not in LIGHT | PRONOUNS
    return (other,) if other and matters else ()


def _different(heard: Sequence[tuple[str, ...]], words: Sequence[str], group: frozenset[str]) -> NDArray[np.bool_]:
    """Pairs of different words of which both (of what is no number and no pronoun: either) belong to a group; of what
    was heard with what it may be besides."""
    left = np.array([ways[-1] in group for ways in heard])[:, None]
    right = np.array([word in group for word in words])[None, :]
    same = np.array([[word in ways for word in words] for ways in heard])
    both: NDArray[np.bool_] = (left & right) if group in (NUMBER_WORDS, PRONOUNS) else (left | right)
    result: NDArray[np.bool_] = both & ~same.astype(np.bool_)
    return result


def _spelling(left: Sequence[str], right: Sequence[str]) -> Matrix:
    from rapidfuzz import fuzz, process

    compared: Matrix = process.cdist(left, right, scorer=fuzz.ratio, dtype=np.float32)
    return (compared / 100).astype(np.float32)
