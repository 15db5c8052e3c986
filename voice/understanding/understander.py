"""Text to meaning: which sentence, which slots, in this state of the conversation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voice.understanding.answers import literal_book
from voice.understanding.book import Book
from voice.understanding.candidates import candidates
from voice.understanding.decision import THRESHOLDS, Thresholds, choose
from voice.understanding.grammar import MOST_SAID, UNLIMITED, Grammar, Grammars
from voice.understanding.heard_turn import HeardTurn
from voice.understanding.intents import Intents, Meaning
from voice.understanding.judging import COUNTED, Guesser, amid_talk, best_of, recognition, turned
from voice.understanding.meanings import IDLE_STATES
from voice.understanding.orders import astray
from voice.understanding.paraphrases import LABEL_NOTHING, PATH, load
from voice.understanding.reading import Match, Reading
from voice.understanding.recognition import Candidate, Heard, Recognition
from voice.understanding.restarts import begun_again
from voice.understanding.second_network import Ears
from voice.understanding.weighing import Scored
from voice.understanding.words import NUMBER_WORDS, is_count, split

__all__ = ["Candidate", "Recognition", "Understander"]

MOST_WORDS = 40
"""Of longer talk only the last words are looked at: our longest sentence has 16."""


class Understander:
    """Compares what was heard with everything that counts in a state."""

    def __init__(self, intents: Intents, thresholds: Thresholds = THRESHOLDS, *, guided: Sequence[str] = ()) -> None:
        """Build the network of all templates; paraphrases are taken too where the trained classifier knows these
        intents. ``guided`` is what the guide says itself, which is no paraphrase of anything.

        Raises ``ContentErrors`` for templates that hassil cannot read.
        """
        self.intents = intents
        self.thresholds = thresholds
        self.book = Book(intents)
        self._grammars = Grammars(self.book)
        self._guesser = _guesser(intents, thresholds, guided)
        self.among_talk = intents.among_talk
        """See :class:`Intents`."""
        self._literal = lru_cache(maxsize=64)(literal_book)
        # A turn is read for its shortlist and for the decision, and so is whatever the second network wrote.
        self._meant = lru_cache(maxsize=4096)(self._meaning)
        self._read = lru_cache(maxsize=16)(lambda heard: Reading(self.book, heard))
        self._understood = lru_cache(maxsize=16)(self._understand)

    def understand(self, text: str, state: str, expected: Sequence[str] | None = None) -> Recognition:
        """What a text means in a state; with ``expected``, only those answers and what counts everywhere.

        ``state`` is one of ``voice.understanding.sentence_files.STATES``, or ``answering``.
        """
        return self._understood(text, state, tuple(expected) if expected is not None else None)

    def _understand(self, text: str, state: str, answers: tuple[str, ...] | None) -> Recognition:
        heard = self._words(text)
        if not heard:
            return Recognition(text, why="nothing was said")
        reading = self._read(heard)
        matches = self._matches(reading, state, answers)
        if not matches:
            return Recognition(text, why=f"nothing counts while {state}")
        if is_count(heard) and not matches[0].slots and matches[0].score < self.thresholds.exact:
            return Recognition(text, score=matches[0].score, why=COUNTED)
        if not self.among_talk and (reason := astray(matches[0])) is not None:
            return Recognition(text, score=matches[0].score, why=reason)
        objection = self._guesser.objection(heard) if self._guesser and answers is None else 0.0
        cut = self.thresholds if self.among_talk else amid_talk(matches[0], self.thresholds)
        plain = best_of(text, matches, objection, cut)
        if plain.intent is None and self._guesser and answers is None:
            return self._guesser.guess(text, reading, matches, state) or plain
        if plain.intent is None and not self.among_talk:
            return self._begun_again(text, heard, state, answers) or plain
        return plain

    def _begun_again(
        self, text: str, heard: tuple[str, ...], state: str, answers: tuple[str, ...] | None
    ) -> Recognition | None:
        """The sentence, word for word, that somebody began again with, or None."""
        for words in begun_again(heard):
            best = self._matches(Reading(self.book, words), state, answers)[0]
            if best.score >= self.thresholds.exact and astray(best) is None:
                return recognition(text, best)
        return None

    def shortlist(self, text: str, state: str, expected: Sequence[str] | None = None, most: int = 6) -> list[Candidate]:
        """Concrete phrases nearest to a text by spelling and sound, nearest first, at most ``most``, each once.

        Where nothing was made out, those nearest to "stop".
        """
        heard = self._words(text) or ("stop",)
        answers = tuple(expected) if expected is not None else None
        return candidates(text, self._matches(self._read(heard), state, answers), most)

    def grammar(self, state: str, expected: Sequence[str] | None = None) -> Grammar:
        """All that may be said in a state, for a recognizer to look for in the sound."""
        answers = tuple(expected) if expected is not None else None
        allowed = np.flatnonzero(self._allowed(state, answers)).tolist()
        return self._grammars.of(allowed, answers or (), MOST_SAID if self.among_talk else UNLIMITED)

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
        return choose(
            transcript, plain, shortlist, scores, self.thresholds, idle=state in IDLE_STATES and expected is None
        )

    def weigh(
        self,
        transcript: Heard,
        scored: Sequence[Scored],
        state: str,
        expected: Sequence[str] | None = None,
        ears: Ears | None = None,
    ) -> Recognition:
        """What a turn means, from every phrase that was compared with its sound; the first is the free text itself.

        ``ears`` are asked in doubt.
        """
        return self.turn(transcript, scored, state, expected).meaning(ears)

    def turn(
        self, transcript: Heard, scored: Sequence[Scored], state: str, expected: Sequence[str] | None = None
    ) -> HeardTurn:
        """A turn as it was heard, to be understood."""
        return HeardTurn(self, transcript, scored, state, tuple(expected) if expected is not None else None)

    def objection(self, text: str) -> float:
        """Probability, 0 to 1, that nothing is meant by a text, where no answer is awaited."""
        heard = self._words(text)
        return self._guesser.objection(heard) if self._guesser and heard else 0.0

    def refuses(self, text: str) -> bool:
        """Whether a text begins by refusing, or only offers."""
        heard = self._words(text)
        return bool(heard) and turned(heard)

    def meant(self, phrase: str, state: str, answers: tuple[str, ...] | None) -> Recognition:
        """What one of our own phrases means."""
        return self._meant(phrase, state, answers)

    def _meaning(self, phrase: str, state: str, answers: tuple[str, ...] | None) -> Recognition:
        matches = self._matches(self._read(self._words(phrase)), state, answers)
        if not matches or matches[0].score < self.thresholds.text:
            return Recognition(phrase)
        return recognition(phrase, matches[0])

    def words(self) -> tuple[str, ...]:
        """Every word of every sentence, sorted: what a recognizer has to know."""
        arcs = [arc for net in (self.book.network, self.book.lists.network) for group in net.arcs_into for arc in group]
        return tuple(sorted({word for arc in arcs if arc.word for word in (arc.shown or arc.word).lower().split()}))

    def _words(self, text: str) -> tuple[str, ...]:
        """The words of a text, each repeated word once, and two words of ours written as one ("timeout") opened."""
        parted: list[str] = []
        for word in words_of(text, self.book.doubled):
            parted += (word,) if word in self.book.words else self.book.pairs.get(word) or self.book.spelt(word)
        return tuple(parted)

    def _matches(self, reading: Reading, state: str, answers: tuple[str, ...] | None) -> list[Match]:
        matches = reading.matches(self._allowed(state, answers))
        if answers:
            book = self._literal(answers, self.intents.language)
            matches += Reading(book, reading.heard).matches(np.ones(len(answers), bool))
            matches = [_as_answer(match, answers) for match in matches]
        return sorted(
            matches,
            key=lambda match: (
                -round(match.score, 4),
                match.meaning.answer is None,
                match.phrase != match.meaning.answer,
                len(match.extra),
            ),
        )

    def _allowed(self, state: str, answers: tuple[str, ...] | None) -> NDArray[np.bool_]:
        return np.array([_counts(template.meaning, state, answers) for template in self.intents.templates], bool)


def words_of(text: str, doubled: Collection[str] = ()) -> tuple[str, ...]:
    """The last words of a text, each repeated word once ("stop, stop!" is "stop"); numbers may repeat, and so may
    ``doubled`` words."""
    words, again = split(text), NUMBER_WORDS.union(doubled)
    kept = [word for at, word in enumerate(words) if not at or word != words[at - 1] or word in again]
    return tuple(kept[-MOST_WORDS:])


def _guesser(intents: Intents, thresholds: Thresholds, guided: Sequence[str]) -> Guesser | None:
    """The classifier where it was trained for these intents: ours, with whatever a user added."""
    if not intents.language.startswith("en") or "CalmTogether" not in intents.names or not PATH.is_file():
        return None
    paraphrases = load()
    known = set(paraphrases.names) - {LABEL_NOTHING} <= set(intents.names)
    return Guesser(paraphrases, thresholds, guided) if known else None


def _counts(meaning: Meaning, state: str, answers: tuple[str, ...] | None) -> bool:
    if answers is None:
        return meaning.counts(state)
    if meaning.answer is not None:
        return meaning.answer in answers
    return meaning.counts(state) and (meaning.starts or meaning.control is not None or meaning.safety is not None)


def _as_answer(match: Match, answers: tuple[str, ...]) -> Match:
    """A control that is among the answers asked for counts as that answer."""
    meaning = match.meaning
    if meaning.answer is None and meaning.control in answers:
        template = replace(match.template, meaning=replace(meaning, answer=meaning.control))
        return replace(match, template=template)
    return match
