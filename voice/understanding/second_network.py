"""A second, larger network is asked where the first leaves doubt: when, and what its texts say of the phrase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from voice.understanding.recognition import Recognition
from voice.understanding.weighing import Weighed, Weights, key, likeness, weights

DOUBT = {"start": 0.2, "stop": 0.1, "control": 0.1}
"""Confidence from which the second network is asked, for the kinds for which it is. Below, what was heard is too unlike
anything that counts: "give me a minute, I'm on the phone" had 0.07, and that is what both networks write down."""
SURE = 0.985
"""Confidence above which it is not: the first is right."""


def in_doubt() -> Weights:
    """Those for turns about which the second network was asked."""
    return replace(weights(), kinds=weights().second)


def is_in_doubt(weighed: Weighed, sure: float) -> bool:
    """Whether the second network is worth asking."""
    return weighed.kind in weights().second and DOUBT[weighed.kind] <= sure <= SURE


def with_second(
    weighed: Weighed, texts: Sequence[tuple[str, float]], meaning_of: Callable[[str], Recognition]
) -> Weighed:
    """The evidence with what the second network wrote: its texts, likeliest first, with their shares of 1."""
    alike = [max((likeness(text, phrase)[1] for phrase in weighed.phrases), default=0.0) for text, _ in texts]
    shares = [share for _, share in texts]
    agrees = [key(meaning_of(text)) == key(weighed.meaning) for text, _ in texts]
    added = (
        max(alike, default=0.0),
        sum(share * one for share, one in zip(shares, alike, strict=True)),
        sum(share for share, one in zip(shares, agrees, strict=True) if one),
    )
    return replace(weighed, evidence=(*weighed.evidence, *added))
