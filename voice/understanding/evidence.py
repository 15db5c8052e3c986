"""Whether a likely paraphrase is meant for Attune at all: one number from what the classifier and the templates say
together.

A logistic regression over seven features, fitted by ``benchmarks/understanding/train.py`` on sentences that the
classifier did not learn from (four folds), and stored with its weights.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import exp, log

from voice.understanding.costs import LIGHT, PRONOUNS, lead
from voice.understanding.words import word_set

US = word_set("us we our ours both")
"""Words by which two people speak of themselves to a third."""

FEATURES = ("label", "nothing", "template", "same", "same_template", "strange", "us", "me", "short")
"""Names of the features, in the order of their weights; a constant follows."""


def features(
    heard: Sequence[str], label: float, nothing: float, template: float, same: bool, meant: Collection[str]
) -> list[float]:
    """What is known of a sentence that may be a paraphrase.

    ``label`` and ``nothing`` are the classifier's probabilities of the likeliest intent and of no intent,
    ``template`` the best text score of any sentence, ``same`` whether that sentence means the same intent, ``meant``
    the words that any start or control was ever said in.
    """
    words = [word for word in heard[lead(heard) :] if word not in LIGHT and word not in PRONOUNS]
    strange = sum(word not in meant for word in words) / max(1, len(words))
    return [
        _odds(label),
        _odds(nothing),
        template,
        float(same),
        template * same,
        strange,
        float(any(word in US for word in heard)),
        float(any(word in ("me", "i", "my") for word in heard)),
        float(len(heard) <= 2),
    ]


def probability(values: Sequence[float], weights: Sequence[float]) -> float:
    """The regression's answer, 0 to 1."""
    total = weights[-1] + sum(value * weight for value, weight in zip(values, weights, strict=False))
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


def _odds(chance: float) -> float:
    chance = min(max(chance, 1e-5), 1 - 1e-5)
    return log(chance / (1 - chance))
