"""Whether a turn was clearly heard as something that is none of the sentences, where all that is said may be meant."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from voice.understanding.costs import LIGHT, REQUESTING, request
from voice.understanding.recognition import Heard
from voice.understanding.weighing import Scored, Weighed
from voice.understanding.words import split

CLEAR = -0.3
"""Mean log probability from which a text is what was said."""
BEHIND = 2.5
"""Log probability for each token by which a phrase that was not said lies behind it at least. Source for both: of 100
commands of six domains in kitchen noise at 12 and 4 dB that were understood rightly, none with a clear text lies
farther behind than 1.2; of 43 other sentences that were taken for one ("okay, let's go" for an espresso) 26 do."""
ALIKE = 70
"""Likeness, 0 to 100 (``fuzz.ratio``), from which a word of the phrase is in the text ("lat", latte)."""
ASKED = 2
"""Words of asking beyond which a text asks for something, whatever else was made out ("I was wondering if")."""


def is_something_else(transcript: Heard, scored: Sequence[Scored], found: Weighed) -> bool:
    """Whether the words of the best phrase are not all in a text that was clearly heard, and fits far better."""
    said = split(transcript.text)
    wanted = {word for phrase in found.phrases[:1] for word in split(phrase)} - LIGHT - REQUESTING
    lacks = any(process.extractOne(word, said, scorer=fuzz.ratio, score_cutoff=ALIKE) is None for word in wanted)
    best = next((one for one in scored if one.phrase in found.phrases[:1]), None)
    if best is None or not lacks or transcript.log_prob < CLEAR or request(said) > ASKED:
        return False
    return scored[0].total - best.total > BEHIND * best.tokens
