"""Text to meaning: which template, which slots, in this state of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.events import Ignored, Understood
from voice.understanding.book import Book
from voice.understanding.costs import REFUSALS
from voice.understanding.decision import THRESHOLDS, Thresholds, choose
from voice.understanding.intents import Intents, Meaning, Template
from voice.understanding.reading import Match, Reading
from voice.understanding.recognition import Candidate, Heard, Recognition
from voice.understanding.words import NUMBER_WORDS, split

__all__ = ["Candidate", "Recognition", "Understander", "as_event"]

MOST_WORDS = 40
"""Of longer talk only the last words are looked at: our longest sentence has 16."""

ABOUT = frozenset(
    "said says saying say told tells telling asked asks why if because yesterday should he she they him his her their you "
    "your when remember remembered movie film show hate hated does did was were always ever".split()
)
"""Words that make a start phrase talk *about* it, when they are said on top."""


class Understander:
    """Compares what was heard with everything that counts in a state."""

    def __init__(self, intents: Intents, thresholds: Thresholds = THRESHOLDS) -> None:
        """Build the network of all templates.

        Raises ``ContentErrors`` for templates that hassil cannot read.
        """
        self.intents = intents
        self.thresholds = thresholds
        self.book = Book(intents)
        self._literal = lru_cache(maxsize=64)(_literal_book)

    def understand(self, text: str, state: str, expected: Sequence[str] | None = None) -> Recognition:
        """What a text means in a state; with ``expected``, only those answers and what counts everywhere.

        ``state`` is one of ``voice.understanding.sentence_files.STATES``.
        """
        heard = words_of(text)
        if not heard:
            return Recognition(text, why="nothing was said")
        matches = self._matches(heard, state, expected)
        if not matches:
            return Recognition(text, why=f"nothing counts while {state}")
        return self._best(text, matches)

    def _best(self, text: str, matches: list[Match]) -> Recognition:
        cut = self.thresholds
        best = matches[0]
        rival = next((other for other in matches if other.meaning.key != best.meaning.key), None)
        if best.score < cut.text:
            return Recognition(text, score=best.score, why="no sentence is near enough")
        if (reason := _guard(best)) is not None:
            return Recognition(text, score=best.score, why=reason)
        if rival and best.score < cut.exact and best.score - rival.score < cut.text_margin:
            return Recognition(text, score=best.score, why=f"{best.meaning.intent} or {rival.meaning.intent}?")
        return recognition(text, best)

    def shortlist(
        self, text: str, state: str, expected: Sequence[str] | None = None, most: int = 6
    ) -> list[Candidate]:
        """Concrete phrases nearest to a text by spelling and sound, nearest first, at most ``most``, each once."""
        heard = words_of(text)
        matches = self._matches(heard, state, expected) if heard else self._shortest(state, expected)
        found: dict[str, Candidate] = {}
        options = [
            (match.score - lost, phrase, replace(recognition(text, match), slots=slots, score=match.score - lost), _guard(match))
            for match in matches
            for phrase, slots, lost in _variants(match)
        ]
        for _, phrase, meaning, guarded in sorted(options, key=lambda option: -option[0]):
            found.setdefault(phrase, Candidate(phrase, meaning, guarded))
        return list(found.values())[:most]

    def decide(
        self,
        transcript: Heard,
        shortlist: Sequence[Candidate],
        scores: Sequence[float],
        state: str,
        expected: Sequence[str] | None = None,
    ) -> Recognition:
        """What a turn means, from its text and from how well each candidate fits its sound.

        ``scores`` has the mean natural log probability per token of each candidate, or is empty where none were scored.
        """
        plain = self.understand(transcript.text, state, expected)
        return choose(transcript, plain, shortlist, scores, self.thresholds)

    def words(self) -> tuple[str, ...]:
        """Every word of every sentence, sorted."""
        return self.phrases("any")

    def phrases(self, state: str) -> tuple[str, ...]:
        """Every word that can count in a state, sorted: what a grammar or a vocabulary check needs."""
        arcs = self.book.network.arcs_into
        used = {arc.shown or arc.word for group in arcs for arc in group if arc.word}
        listed = {arc.shown or arc.word for group in self.book.lists.network.arcs_into for arc in group if arc.word}
        return tuple(sorted(used | listed))

    def _matches(self, heard: tuple[str, ...], state: str, expected: Sequence[str] | None) -> list[Match]:
        heard = self._unjoined(heard)
        answers = tuple(expected) if expected is not None else None
        matches = Reading(self.book, heard).matches(self._allowed(state, answers))
        if answers:
            book = self._literal(answers, self.intents.language)
            matches += Reading(book, heard).matches(np.ones(len(book.intents.templates), bool))
            matches = [_as_answer(match, answers) for match in matches]
        return sorted(matches, key=lambda match: (-round(match.score, 4), len(match.extra)))

    def _allowed(self, state: str, expected: tuple[str, ...] | None) -> NDArray[np.bool_]:
        return np.array([_counts(template.meaning, state, expected) for template in self.intents.templates], bool)

    def _unjoined(self, heard: tuple[str, ...]) -> tuple[str, ...]:
        """Open words that are two known words written as one ("timeout")."""
        known = self.book.words
        parted: list[str] = []
        for word in heard:
            splits = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
            pair = None if word in known else next((two for two in splits if set(two) <= known), None)
            parted += pair or (word,)
        return tuple(parted)

    def _shortest(self, state: str, expected: Sequence[str] | None) -> list[Match]:
        return self._matches(("stop",), state, expected)


def words_of(text: str) -> tuple[str, ...]:
    """The last words of a text, each repeated word once ("stop, stop!" is "stop"); numbers may repeat."""
    words = split(text)
    return tuple(
        word for at, word in enumerate(words) if not at or word != words[at - 1] or word in NUMBER_WORDS
    )[-MOST_WORDS:]


def recognition(text: str, match: Match) -> Recognition:
    """A match as an answer."""
    meaning = match.meaning
    return Recognition(
        text=text,
        intent=meaning.intent,
        practice=meaning.practice,
        slots=match.slots,
        score=match.score,
        answer=meaning.answer,
        metadata=meaning.metadata,
    )


def as_event(heard: Recognition, t: float) -> Understood | Ignored:
    """A recognition as an event at ``t`` seconds on the output clock."""
    if heard.intent is None:
        return Ignored(t=t, text=heard.text, why=heard.why or "nothing was understood")
    return Understood(
        t=t,
        intent=heard.intent,
        practice=heard.practice,
        slots=heard.slots,
        score=heard.score,
        answer=heard.answer,
        control=heard.control,
        starts=heard.starts,
    )


def _counts(meaning: Meaning, state: str, expected: tuple[str, ...] | None) -> bool:
    if expected is None:
        return meaning.counts(state)
    if meaning.answer is not None:
        return meaning.answer in expected
    return meaning.counts(state) and (meaning.control is not None or meaning.safety is not None)


def _guard(match: Match) -> str | None:
    """Why a near sentence must not count: something in what was heard turns it round."""
    if any(word in REFUSALS for word in match.extra):
        return "it was said not to"
    if match.meaning.starts and any(word in ABOUT for word in match.before):
        return "it was talked about, not asked for"
    return None


def _variants(match: Match) -> list[tuple[str, dict[str, object], float]]:
    """The nearest sentence of a template, and it with one slot's next likeliest values: (phrase, slots, score lost)."""
    variants: list[tuple[str, dict[str, object], float]] = [(match.phrase, match.slots, 0.0)]
    for name, written, values in match.values:
        for value in values[1:]:
            phrase = f" {match.phrase} ".replace(f" {written} ", f" {value.text} ", 1).strip()
            lost = (value.cost - values[0].cost) / max(1.0, 2.0 * len(match.phrase))
            variants.append((phrase, match.slots | {name: value.out}, max(0.0, lost)))
    return variants


def _as_answer(match: Match, expected: tuple[str, ...]) -> Match:
    """A control that is among the answers asked for counts as that answer."""
    meaning = match.meaning
    if meaning.answer is None and meaning.control in expected:
        template = replace(match.template, meaning=replace(meaning, answer=meaning.control))
        return replace(match, template=template)
    return match


def _literal_book(expected: tuple[str, ...], language: str) -> Book:
    """The answers themselves, word by word, as templates."""
    templates = tuple(
        Template(_escaped(word), Meaning(intent="Answer", answer=word, whole=True), Path("expected"), 1)
        for word in expected
    )
    return Book(Intents(language, templates, {}, {}))


def _escaped(word: str) -> str:
    return "".join(f"\\{sign}" if sign in "()[]{}<>|;\\" else sign for sign in word)
