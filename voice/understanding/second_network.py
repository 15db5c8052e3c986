"""A second, larger network is asked where the first leaves doubt: when, and what it says of the phrases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from typing import Protocol

from voice.understanding.confidence import Weights, weights
from voice.understanding.recognition import Recognition
from voice.understanding.weighing import FAR, MUCH_MORE, Scored, Weighed, key, likeness
from voice.understanding.words import split

DOUBT = {"start": 0.02, "stop": 0.02, "control": 0.05, "answer": 0.05}
"""Confidence from which the second network is asked, for the kinds for which it is. Below, what was heard is too unlike
anything that counts. A "stop" or "pause" that is not heard hurts most: of 13 turns of the fitting part from 0.02 to 0.1
that mean none the second network takes none for one."""
FAINT, BEYOND_FAINT = 0.2, 0.9
"""Confidence of the first network below which it hardly heard a start, and that of both together which it needs then.
Source: of the fitting part's turns that mean none, or another, none had more than 0.59, and three that are right are
lost; of the report's, two had 0.67 and 0.72 ("time out for the home team, two minutes left", "we need to talk about
the money")."""
BEHIND, MEAN = 20.0, 6.0
"""Log probabilities of a phrase and of a token beyond which more makes no difference."""
MOST = 8
"""Phrases that it is asked about, before it is known what it wrote."""
SURE = 0.985
"""Confidence above which it is not: the first is right."""


class Opinion(Protocol):
    """What a second network makes of a turn, as a recognizer gives it."""

    @property
    def texts(self) -> Sequence[tuple[str, float]]:
        """What it wrote down, likeliest first, with their shares of 1."""
        ...

    @property
    def found(self) -> Sequence[Scored]:
        """The likeliest of its texts, then each phrase that it was asked about."""
        ...


class Ears(Protocol):
    """What can still be asked about a turn; a recognizer has it."""

    def score(self, phrases: Sequence[str]) -> Sequence[Scored]:
        """How well phrases fit the turn."""
        ...

    def second(self, phrases: Sequence[str]) -> Opinion | None:
        """What a second network makes of it, and of phrases; None where there is none."""
        ...


def asked_about(weighed: Weighed, free: str) -> list[str]:
    """The phrases to have an opinion about: the free text, and the likeliest."""
    return list(dict.fromkeys([free, *weighed.phrases[: MOST // 2], *weighed.others]))[:MOST]


def favors(opinion: Opinion, share: float) -> dict[str, float]:
    """What an opinion adds to each phrase that was asked about; ``share`` of its log probability."""
    return {one.phrase: share * one.total for one in opinion.found[1:]}


def in_doubt() -> Weights:
    """Those for turns about which the second network was asked."""
    return replace(weights(), kinds=weights().second)


def is_in_doubt(weighed: Weighed, sure: float) -> bool:
    """Whether the second network is worth asking."""
    return weighed.kind in weights().second and DOUBT[weighed.kind] <= sure <= SURE


def with_second(weighed: Weighed, opinion: Opinion, meaning_of: Callable[[str], Recognition]) -> Weighed:
    """The evidence with what the second network wrote, and made of the phrases.

    A start is not borne out where it heard much more than that: a part of what two people said to each other.
    """
    ours = weighed.phrases
    alike = [max((likeness(text, phrase)[1] for phrase in ours), default=0.0) for text, _ in opinion.texts]
    shares = [share for _, share in opinion.texts]
    agrees = [key(meaning_of(text)) == key(weighed.meaning) for text, _ in opinion.texts]
    written, *asked = opinion.found
    best = max((one for one in asked if one.phrase in ours), key=lambda one: one.total, default=written)
    rivals = [one.total for one in asked if one.phrase in weighed.others]
    behind = written.total - best.total
    added = (
        max(alike, default=0.0),
        sum(share * one for share, one in zip(shares, alike, strict=True)),
        sum(share for share, one in zip(shares, agrees, strict=True) if one),
        max(-MEAN, best.total / best.tokens),
        max(-BEHIND / 4, min(BEHIND, behind)) / BEHIND,
        max(-1.0, min(MEAN, behind / best.tokens)),
        max(-FAR, min(FAR, best.total - max(rivals, default=-inf))) / FAR,
    )
    part = _is_part(weighed, best.phrase, opinion)
    borne_out = weighed.borne_out and not part
    return replace(weighed, evidence=(*weighed.evidence, *added), borne_out=borne_out, part=part)


def _is_part(weighed: Weighed, phrase: str, opinion: Opinion) -> bool:
    """Whether a start, by its likeliest phrase, is a part of what the second network wrote. Source: of 973 starts of
    the fitting part that are right and in doubt three are; of the report's hour of talk three ("put on some music",
    "I'll burst", "let's go to bed, it's late")."""
    heard = sum(map(len, split(opinion.texts[0][0]))) if opinion.texts else 0
    return weighed.meaning.starts and heard > MUCH_MORE * sum(map(len, split(phrase)))
