"""The second net under the canceller: words that the guide itself is just saying are not taken for anybody else's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voice.understanding.words import split

LATE_S = 0.15
"""An echo cannot begin later than this after its words ended, beside the loudspeaker's and the room's delay, seconds;
whoever answers a question needs longer.
"""
OWN_SHARE = 0.7
"""Share of the words heard that must be the guide's; the recognizer makes others of some."""


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase of the guide."""

    text: str
    start_s: float
    """Seconds on the output clock."""
    end_s: float
    """Seconds on the output clock."""


def are_own(text: str, start_s: float, said: Iterable[Said], delay_s: float | None) -> bool:
    """Whether a transcript whose speech began at ``start_s`` is what the guide was saying.

    While the delay of the echo is not known (``None``) half a second is assumed. Once it is, the echo is weak, and a
    single word is taken for an answer that came early.
    """
    heard = split(text)
    late_s = LATE_S + (0.5 if delay_s is None else delay_s)
    own = {word for phrase in said if phrase.start_s <= start_s < phrase.end_s + late_s for word in split(phrase.text)}
    enough = len(heard) > (0 if delay_s is None else 1)
    return enough and sum(word in own for word in heard) >= OWN_SHARE * len(heard)
