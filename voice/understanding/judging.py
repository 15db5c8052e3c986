"""From the nearest sentences to one meaning, or to a reason for none.

Three ways in: a sentence that is there all but for polite words; one that is near, if no other is as near and the
classifier does not object; or, for starts and controls outside a partner's turn, a paraphrase that the classifier and
the evidence vouch for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from rapidfuzz import fuzz, process

from voice.understanding.costs import REFUSALS, lead
from voice.understanding.decision import Thresholds
from voice.understanding.evidence import US, features, probability
from voice.understanding.grammar import MOST_SAID
from voice.understanding.meanings import IDLE_STATES
from voice.understanding.paraphrases import LABEL_NOTHING, Paraphrases
from voice.understanding.reading import WORN, Match, Reading
from voice.understanding.recognition import Recognition
from voice.understanding.sounds import sound
from voice.understanding.weighing import NEAR_LETTERS
from voice.understanding.words import split, word_set

ABOUT = word_set(
    "said says saying say told tells telling asked asks why if because yesterday should he she they him his her "
    "their you your when remember remembered movie film show hate hated does did was were always ever"
)
"""Words that make a start phrase talk *about* it, when they are said before it."""

REFUSING = tuple(
    tuple(way.split())
    for way in (
        "do not", "let us not", "no", "not", "never", "i never", "we never want", "we do not want", "we do not need",
        "i do not want", "i do not need", "we will not", "i will not", "we are not going", "we are not doing",
        "i am not going", "i am not doing", "we can not do", "i am not ready", "we are not ready", "stop", "no more",
    )
)  # fmt: skip
"""Ways of beginning that turn what follows round."""

GUESSED = (*IDLE_STATES, "paused", "guiding", "answering", "any")
"""States in which a paraphrase may count: in a partner's turn and where answers are awaited, only sentences do."""

ONE = word_set("i me my myself")
"""Words by which one speaks for oneself only."""

FEWEST = 3
"""Different words of a paraphrase that starts something, at least; "listen and listen", read aloud, is too little."""

REQUESTS = tuple(
    tuple(way.split())
    for way in (
        "help us", "help me", "let us", "guide us", "lead us", "we would like", "i would like", "we want", "i want",
        "we need", "i need", "can you", "could you", "can we",
    )
)  # fmt: skip
"""Ways of beginning that ask for something, contractions opened: such a paraphrase may be longer than our starts."""

MEANT = word_set("attune help guide lead take start begin do questions ritual routine practice us we")
"""Words by which the guide is meant, or told of both, in what two people also say to each other ("let's go to bed and
read"): metadata ``asked``."""

HANGING = word_set("and but or because if when although since than the a an my your our to about from")
"""Words that a paraphrase does not end with: the rest was not heard ("we need to talk about")."""

GUIDED, GUIDED_SOUND = 88, 85
"""Likeness, 0 to 100 (``fuzz.ratio``), as spelled and as they sound run together, from which words are one of the
guide's own lines. Source: "the other being, begin with, I hear", heard of one, has 86 by its sound; of 1,799
paraphrases that we wrote one has more than 84."""

AMID = {2: 0.75, 3: 0.65}
"""Least text score of a sentence of another domain said word for word amid other words, by how many values it has; with
one value ("coffee") it is as likely talk as with us. Source: "hello there, would it be possible to get a large latte
with no milk" has 0.8, and of 60 look-alikes of eight domains none is taken for it that was not."""


COUNTED = "it is a number"
"""Why a number that is none of the answers means nothing: who counts along with the guide asks for nothing, though
"three" sounds a little like "freeze", and "one" like "on"."""


def guard(text: str, match: Match) -> str | None:
    """Why a sentence near to a text must not count: something in what was heard turns it round."""
    if any(word in REFUSALS for word in match.extra):
        return "it was said not to"
    if match.meaning.starts and is_offered(split(text)):
        return "it was one of several, offered"
    if match.meaning.starts and any(word in ABOUT for word in match.before):
        return "it was talked about, not asked for"
    return None


def is_offered(heard: Sequence[str]) -> bool:
    """Whether an utterance is the end of a choice that somebody gives ("or something else?")."""
    return tuple(heard[lead(heard) :])[:1] == ("or",)


def turned(heard: Sequence[str]) -> bool:
    """Whether an utterance begins by refusing ("let's not …"), only offers, or asks not to be helped."""
    words = tuple(heard[lead(heard) :])
    refused = any(words[: len(way)] == way for way in REFUSING)
    return refused or is_offered(heard) or ("not", "help") in set(pairwise(words))


def amid_talk(match: Match, cut: Thresholds) -> Thresholds:
    """Where a sentence of another domain begins to count: sooner if only the words around it are strange."""
    said = min(sum(bool(values) and not values[0].cost for _, _, values in match.values), max(AMID))
    if said not in AMID or match.inner > NEAR_LETTERS or ABOUT & set(match.extra):
        return cut
    return replace(cut, text=min(cut.text, AMID[said]))


def recognition(text: str, match: Match, score: float | None = None) -> Recognition:
    """A match as an answer."""
    meaning = match.meaning
    return Recognition(
        text=text,
        intent=meaning.intent,
        practice=meaning.practice,
        slots=match.slots,
        score=match.score if score is None else score,
        off=match.off,
        answer=meaning.answer,
        metadata=meaning.metadata,
    )


def best_of(text: str, matches: Sequence[Match], objection: float, cut: Thresholds) -> Recognition:
    """The nearest sentence if it is near enough and alone in that; ``objection`` is the probability that nothing is
    meant."""
    best = matches[0]
    least = cut.danger if best.meaning.safety else cut.text
    if best.score < least:
        return Recognition(text, score=best.score, why="no sentence is near enough")
    if (reason := guard(text, best)) is not None:
        return Recognition(text, score=best.score, why=reason)
    if best.score < cut.exact and not best.meaning.safety:
        rival = next((other for other in matches if other.meaning.key != best.meaning.key), None)
        if rival and best.score - rival.score < cut.text_margin:
            return Recognition(text, score=best.score, why=f"{best.meaning.intent} or {rival.meaning.intent}?")
        allowed = cut.objection if best.score < cut.near_text else cut.objection_near
        if objection > allowed and not best.meaning.answer:
            return Recognition(text, score=best.score, why="it does not seem to be meant for Attune")
    return recognition(text, best)


class Guesser:
    """Takes paraphrases for what they mean."""

    def __init__(self, paraphrases: Paraphrases, cut: Thresholds, guided: Sequence[str] = ()) -> None:
        """Over a trained classifier; ``guided`` is what the guide says itself."""
        lines = [split(line) for line in guided]
        self._guided = [" ".join(line) for line in lines]
        self._guided_sounds = [_run_together(line) for line in lines]
        self._paraphrases = paraphrases
        self._cut = cut

    def objection(self, heard: Sequence[str]) -> float:
        """Probability, 0 to 1, that nothing is meant by some words."""
        return self._paraphrases.odds(heard)[LABEL_NOTHING]

    def guess(self, text: str, reading: Reading, matches: Sequence[Match], state: str) -> Recognition | None:
        """The meaning of a paraphrase that the evidence vouches for, or None."""
        if state not in GUESSED or self._is_guided(reading.heard):
            return None
        odds = self._paraphrases.odds(reading.heard)
        nothing = odds.pop(LABEL_NOTHING)
        name = max(odds, key=lambda key: odds[key])
        best = matches[0]
        same = best.meaning.intent == name
        meant = self._paraphrases.meant
        known = features(reading.heard, odds[name], nothing, best.score, same, meant)
        chance = probability(known, self._paraphrases.trust)
        if chance < min(self._cut.guess_start, self._cut.guess_control):
            return None
        return self._taken(text, reading, name, state, chance)

    def _is_guided(self, heard: Sequence[str]) -> bool:
        """Whether words are a line of the guide's: its own voice, or somebody who says it after it."""
        spelled = process.extractOne(" ".join(heard), self._guided, scorer=fuzz.ratio, score_cutoff=GUIDED)
        sounds = _run_together(heard)
        return bool(
            spelled or process.extractOne(sounds, self._guided_sounds, scorer=fuzz.ratio, score_cutoff=GUIDED_SOUND)
        )

    def _taken(self, text: str, reading: Reading, name: str, state: str, chance: float) -> Recognition | None:
        templates = reading.book.intents.templates
        allowed = np.array([t.meaning.intent == name and t.meaning.counts(state) for t in templates], bool)
        nearest = reading.matches(allowed, most=8)
        if not nearest:
            return None
        alone = bool(ONE & set(reading.heard)) and not US & set(reading.heard)
        match = next((match for match in nearest if bool(match.meaning.slots.get("alone")) == alone), nearest[0])
        if chance < (self._cut.guess_start if match.meaning.starts else self._cut.guess_control):
            return None
        if match.meaning.starts and (turned(reading.heard) or ABOUT & set(match.before)):
            return None
        if match.meaning.starts and not _is_whole(reading.heard):
            return None
        if match.meaning.metadata.get("asked") and not _is_asked(reading.heard):
            return None
        worn = _worn(match)
        if not reading.book.intents.needed(name) <= set(worn.slots):
            return None  # "add marmalade to my toolkit": there is no such value, and without one nothing is asked
        return replace(recognition(text, worn, chance), guessed=True)


def _run_together(words: Sequence[str]) -> str:
    return "".join(map(sound, words))


def _is_whole(heard: Sequence[str]) -> bool:
    """Whether words may be a paraphrase of their own, and not a part of what was said."""
    asked = any(tuple(heard[: len(way)]) == way for way in REQUESTS)
    return len(set(heard)) >= FEWEST and (asked or len(heard) <= MOST_SAID) and heard[-1] not in HANGING


def _is_asked(heard: Sequence[str]) -> bool:
    """Whether words are for the guide, and not for each other."""
    return bool(MEANT & set(heard[2:] if tuple(heard[:2]) == ("let", "us") else heard))


def _worn(match: Match) -> Match:
    """A match without the values that were forced upon words which hardly say them."""
    kept = tuple(entry for entry in match.values if entry[2] and entry[2][0].cost <= WORN * entry[2][0].size)
    return replace(match, values=kept)
