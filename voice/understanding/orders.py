"""Whether a sentence of another domain that is near to a text is what was said: whoever speaks there, orders."""

from __future__ import annotations

from itertools import pairwise

from voice.understanding.reading import Match
from voice.understanding.words import word_set

OTHER_NUMBER = "there is no such number in its range"
"""Why a sentence of another domain means nothing whose number is too large or too small: 45 degrees are not 5."""

UNSAID = "it lacks a value"
"""Why a sentence of another domain means nothing of which one was left out: "set the lights in the to blue"."""

EXCEPTIONS = word_set("except excluding unless without minus")
"""Words that take something out of an order of another domain: "all the lights except in the kitchen"."""

TOLD = word_set("who why did he she yesterday")
"""Words that make of such an order something told or asked: "who turned off the lights"."""

PAIRED = {("how", "much"), ("how", "many"), ("how", "do"), ("apart", "from")}
"""The same of two words."""

NO_ORDER = "it was told or asked, or something was taken out of it"
"""Why a sentence of another domain with such words means nothing."""


def astray(match: Match) -> str | None:
    """Why a sentence of another domain, near to a text, is not what was said."""
    if match.miscounted:
        return OTHER_NUMBER
    if match.unsaid:
        return UNSAID
    added = match.extra
    told = not (EXCEPTIONS | TOLD).isdisjoint(added) or not PAIRED.isdisjoint(pairwise(added))
    return NO_ORDER if told else None
