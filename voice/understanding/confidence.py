"""How sure it is that the likeliest phrase of a turn was said, and how sure it has to be.

A logistic regression over the evidence of :mod:`voice.understanding.weighing`, one for each kind of meaning, whose
answer is the confidence: how often such a decision is right. Where that leaves doubt, a second, larger network is
asked (:mod:`voice.understanding.second_network`), and its opinion is weighed with the rest, by weights of its own. All
weights and thresholds come from ``benchmarks/fit_decision.py`` and lie in ``weights.json`` beside this file, with
their source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, inf
from pathlib import Path

from voice.understanding.weighing import FEATURES, SECOND, Weighed, is_awaited
from voice.understanding.words import NUMBER_WORDS, is_count, split

PATH = Path(__file__).with_name("weights.json")

EVEN = 0.5
"""As likely as not."""
MORE_WORDS = 4
"""Words heard beside an answer, but "stop", from which it is a part of more ("No, sir, but I will attend"). Source: of
4,421 answers of the fitting part and the report that are right, thirteen have two or three more, and none four."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the fitting script found."""

    prior: float
    """Share of the prior that is taken off before phrases are compared."""
    asked: float
    """What an answer that was just asked for is ahead of other phrases, log probability."""
    kinds: Mapping[str, Mapping[str, float]]
    """For each kind of meaning the weight of each feature, ``constant``, and ``accept``, the least confidence."""
    second: Mapping[str, Mapping[str, float]]
    """The same for turns in doubt, with what the second network adds, for the kinds for which it is asked."""
    favor: float
    """Share of the second network's log probability of a phrase that is added before phrases are compared."""


@cache
def weights() -> Weights:
    """The fitted weights."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    return Weights(data["prior"], data["asked"], data["kinds"], data["second"], data["favor"])


def confidence(weighed: Weighed, found: Weights) -> float:
    """How often a decision with this evidence is right, 0 to 1."""
    told = found.kinds[weighed.kind]
    names = (*FEATURES, *SECOND)[: len(weighed.evidence)]
    total = told["constant"] + sum(told[name] * value for name, value in zip(names, weighed.evidence, strict=True))
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


def least_sure(weighed: Weighed, heard: str, found: Weights) -> float:
    """The least confidence that counts; none does where the sound does not speak for the phrase.

    Where a number was written down and none is meant, an answer must be likelier than not, and nothing else counts but
    "stop": who counts along with the guide asks for nothing, though "three" sounds a little like "freeze".
    """
    if not weighed.borne_out or _is_part_of_more(weighed, heard):
        return inf
    least, meaning = found.kinds[weighed.kind]["accept"], weighed.meaning
    if not is_count(split(heard)) or meaning.slots or NUMBER_WORDS & set(split(meaning.text)):
        return least
    if meaning.answer is not None:
        return max(least, EVEN)
    return least if is_awaited(meaning) else inf


def _is_part_of_more(weighed: Weighed, heard: str) -> bool:
    meaning = weighed.meaning
    if meaning.answer is None or "stop" in (meaning.answer, meaning.control) or not weighed.phrases:
        return False
    return len(split(heard)) - len(split(weighed.phrases[0])) >= MORE_WORDS
