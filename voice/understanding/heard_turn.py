"""A turn to its meaning: from its text alone where that is plain, else from all that its sound tells, and in doubt from
what a second network makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice.understanding.confidence import Weights, confidence, least_sure, weights
from voice.understanding.doubt import between, nearly
from voice.understanding.meanings import IDLE_STATES
from voice.understanding.otherwise import is_something_else
from voice.understanding.recognition import NOBODY, Heard, Recognition, is_invented
from voice.understanding.second_network import (
    BEYOND_FAINT,
    FAINT,
    SURE,
    Ears,
    Opinion,
    asked_about,
    favors,
    in_doubt,
    is_in_doubt,
    with_second,
)
from voice.understanding.weighing import (
    Key,
    Scored,
    Weighed,
    adds,
    is_awaited,
    is_rough,
    key,
    weigh,
    without_rival,
)
from voice.understanding.words import split

if TYPE_CHECKING:
    from voice.understanding.understander import Understander

UNCLEAR = "it does not sound enough like any sentence"
"""Why a turn means nothing whose text or nearest sentence its sound does not bear out."""
WRITTEN = 0.93
"""Confidence below which a start or a control that was written down word for word is not simply believed. Source: of
983 controls of the fitting part six were written down wrongly, none of them with more than 0.78; of the right ones 101
have less than this, of 780 starts 12."""
HARDLY = 0.2
"""Confidence below which what was written down, during a practice or while an answer is awaited, counts only where both
networks are sure of it, but for "stop" and words of danger. Source: of 1,787 answers and controls of the fitting part
that were written down rightly, and of 288 controls while an answer was awaited, none had less; of 44 that were written
down wrongly, or were said to somebody else ("no" in a meeting, "go on" for "seven"), ten.
"""
SHORT, MOSTLY = 2, 0.5
"""Words of a start that may be the end of something else, and is not believed below ``SURE`` (source: "breathing", out
of a story of the report's hour, had 0.979); share of the second network's texts that outweighs all others."""

IDLE, MORE_THAN_A_WORD = ("stop", "only-talk"), 2
"""Controls of more than so many words that do nothing while nothing runs, and may have been a start: "stop the
breathing" ("start the breathing"), "we need ten minutes" ("two minutes")."""


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """What was heard of a turn, and where in the conversation."""

    understander: Understander
    transcript: Heard
    scored: Sequence[Scored]
    """Every phrase that was compared with its sound; the first is the free text itself."""
    state: str
    expected: tuple[str, ...] | None
    """The answers that are awaited."""

    def meaning(self, ears: Ears | None) -> Recognition:
        """What it means; ``ears`` are asked in doubt."""
        text = self.transcript.text
        if is_invented(self.transcript):
            return Recognition(text, why=NOBODY)
        plain = self.plain()
        clear = adds(self.scored[0])
        found = self.evidence()
        if found is None:
            return plain if clear else Recognition(text, why=UNCLEAR)
        first = confidence(found, weights())
        if clear and self.is_said():
            if self._may_be_wrong(plain):
                return self._questioned(plain, found, ears)
            if not self._is_hardly_said(plain, first):
                return plain
        found, told = self._believed(found, ears)
        sure = round(confidence(found, told), 4)
        if sure >= least_sure(found, text, told):
            return replace(found.meaning, text=text, score=sure)
        if clear and self._is_a_sentence(plain) and not self._is_hardly_said(plain, min(first, sure)):
            return plain
        either = between(found.meaning, found.rival)
        if either and confidence(without_rival(found), told) >= least_sure(found, text, told):
            return Recognition(text, score=sure, why=f"{either[0]} or {either[1]}?", between=either)
        near = None if found.part else nearly(found.meaning, sure)
        return Recognition(text, score=sure, why=UNCLEAR, near=near)

    def plain(self) -> Recognition:
        """What its text means."""
        return self.understander.understand(self.transcript.text, self.state, self.expected)

    def is_said(self) -> bool:
        """Whether its text is a sentence word for word: then no other is looked for. Where an answer is awaited that is
        not enough for anything else but "stop": "now" is often written down as "no"."""
        plain = self.plain()
        return self._is_a_sentence(plain) and (self.expected is None or is_awaited(plain))

    def evidence(
        self,
        shares: tuple[float, float] | None = None,
        favored: Mapping[str, float] | None = None,
        first: Key | None = None,
    ) -> Weighed | None:
        """The best phrase with all that is known of it; ``shares``: see ``share`` and ``asked`` of :func:`weigh`, and
        ``favored`` and ``first`` there."""
        share, asked = shares or (weights().prior, weights().asked)
        text, ours = self.transcript.text, self.understander

        def meaning_of(phrase: str) -> Recognition:
            return ours.meant(phrase, self.state, self.expected)

        found = weigh(
            self.transcript,
            self.scored[0],
            self.scored,
            self.plain(),
            meaning_of,
            ours.objection(text) if self.expected is None else 0.0,
            ours.refuses(text),
            self.state not in IDLE_STATES or not ours.among_talk,
            share,
            asked if self.expected else 0.0,
            favored,
            first,
        )
        if found is not None and not ours.among_talk and is_something_else(self.transcript, self.scored, found):
            return replace(found, borne_out=False)
        return found

    def ask_second(self, found: Weighed, ears: Ears) -> tuple[HeardTurn, Opinion] | None:
        """The second network's opinion of the likeliest phrases and, where no answers are awaited, which are all
        compared anyway, of those that it wrote down itself; and the turn with these. None without such a network."""
        asked = asked_about(found, self.scored[0].phrase)
        opinion = ears.second(asked)
        if opinion is None or self.expected is not None:
            return None if opinion is None else (self, opinion)
        more = [phrase for phrase in self._written(opinion) if phrase not in asked]
        opinion = ears.second([*asked, *more]) if more else opinion
        if opinion is None:
            return None
        known = {one.phrase for one in self.scored}
        scored = ears.score([phrase for phrase in more if phrase not in known])
        return replace(self, scored=[*self.scored, *scored]), opinion

    def seconded(
        self, opinion: Opinion, favor: float | None = None, *, guess: bool = True, first: Key | None = None
    ) -> Weighed | None:
        """The best phrase with a second network's opinion; ``favor``: see :class:`Weights`; ``guess``: whether the text
        itself may be it; ``first``: see :func:`weigh`."""
        liked = favors(opinion, weights().favor if favor is None else favor)
        if not guess:
            liked.pop(self.scored[0].phrase, None)
        found = self.evidence(favored=liked, first=first) if liked else None
        return found and with_second(found, opinion, self._text_meaning)

    def wrote(self, opinion: Opinion) -> Key | None:
        """What the second network wrote down word for word, where that is one of our sentences and it is surer of it
        than of all others together."""
        shares: dict[Key, float] = {}
        for text, share in opinion.texts:
            meant = self._text_meaning(text)
            if self._is_a_sentence(meant) and not meant.guessed:
                shares[key(meant)] = shares.get(key(meant), 0.0) + share
        return next((one for one, share in shares.items() if share > MOSTLY), None)

    def _believed(self, found: Weighed, ears: Ears | None) -> tuple[Weighed, Weights]:
        """The best phrase, in doubt with the second network's opinion, and the weights that tell its confidence."""
        sure = confidence(found, weights())
        again = self._with_ears(found, ears) if ears is not None and is_in_doubt(found, sure) else None
        if again is None:
            return found, weights()
        faint = again.kind == "start" and sure < FAINT and confidence(again, in_doubt()) < BEYOND_FAINT
        return replace(again, borne_out=again.borne_out and not faint), in_doubt()

    def _with_ears(self, found: Weighed, ears: Ears) -> Weighed | None:
        """What both networks are surest of: the phrase that is likeliest for both, or what the second wrote down."""
        thought = self.ask_second(found, ears)
        if thought is None:
            return None
        turn, opinion = thought
        again = turn.seconded(opinion)
        guessed = again is not None and again.meaning.guessed  # from a text that may hide what was said
        wrote = turn.wrote(opinion)
        thought_of = [
            again,
            turn.seconded(opinion, guess=False) if guessed else None,
            turn.seconded(opinion, first=wrote) if wrote else None,
        ]
        known = [one for one in thought_of if one is not None and one.kind in weights().second]
        return max(known, key=lambda one: confidence(one, in_doubt()), default=None)

    def _questioned(self, plain: Recognition, found: Weighed, ears: Ears | None) -> Recognition:
        """What a start or a control is that was written down: itself, where its sound leaves no doubt or both networks
        believe in it; for a control the other one that they believe in ("undo" for "I'm done"); nothing, where it is a
        start and they do not believe in it, or its sound is hardly for it ("what?", of noise)."""
        text, sure, same = self.transcript.text, confidence(found, weights()), key(found.meaning) == key(plain)
        short = plain.starts and len(split(text)) <= SHORT
        if same and sure >= (SURE if short else WRITTEN):
            return plain
        hardly = sure < HARDLY
        again = self._with_ears(found, ears) if ears is not None else None
        if again is not None:
            sure = confidence(again, in_doubt())
            believed = sure >= least_sure(again, text, in_doubt())
            if believed and key(again.meaning) == key(plain):
                return plain
            if believed and (self._is_idle(plain) or (again.kind in ("control", "stop") and not plain.starts)):
                return replace(again.meaning, text=text, score=round(sure, 4))
        if (plain.starts and again is not None) or hardly:
            near = None if again is not None and again.part else nearly(plain, sure)
            return Recognition(text, score=round(sure, 4), why=UNCLEAR, near=near)
        return plain

    def _may_be_wrong(self, plain: Recognition) -> bool:
        """Whether what was written down is questioned: a start, or a control during a practice, but never "stop" while
        there is anything to stop, nor words of danger. What controls do while nothing runs is seldom said, and so never
        sure."""
        control = self.state not in IDLE_STATES and plain.control not in (None, "stop")
        starts = plain.starts or self._is_idle(plain)
        return self.expected is None and (starts or control) and "safety" not in plain.metadata

    def _is_hardly_said(self, plain: Recognition, sure: float) -> bool:
        """Whether what was written down is not believed, where an answer is awaited and the sound is hardly for any."""
        kept = plain.control == "stop" or "safety" in plain.metadata
        return self.expected is not None and not kept and sure < HARDLY

    def _is_idle(self, plain: Recognition) -> bool:
        """Whether more than a word was said to no avail, as nothing runs: perhaps it was a start."""
        long = len(split(self.transcript.text)) > MORE_THAN_A_WORD
        return long and self.state == "idle" and plain.control in IDLE

    def _is_a_sentence(self, plain: Recognition) -> bool:
        """Whether a text is, by what it means, a sentence word for word."""
        return plain.intent is not None and plain.score >= self.understander.thresholds.exact and not is_rough(plain)

    def _text_meaning(self, text: str) -> Recognition:
        return self.understander.understand(text, self.state, self.expected)

    def _written(self, opinion: Opinion) -> list[str]:
        """The phrases that a second network's texts are, where they mean something by themselves."""
        meant = [text for text, _ in opinion.texts if _is_meant(self._text_meaning(text))]
        near = [one.phrase for text in meant for one in self.understander.shortlist(text, self.state, None, 1)]
        return list(dict.fromkeys(near))


def _is_meant(plain: Recognition) -> bool:
    return plain.intent is not None and not plain.guessed
