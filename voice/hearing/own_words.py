"""The second net under the canceller: words that the guide itself is just saying are not taken for anybody else's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from voice.understanding.sounds import sound
from voice.understanding.words import split

LATE_S = 0.15
"""An echo cannot begin later than this after its words ended, beside the loudspeaker's and the room's delay, seconds;
whoever answers a question needs longer.
"""
OWN_SHARE = 0.7
"""Share of the words heard that must be the guide's; the recognizer makes others of some."""
AROUND_S = 0.4
"""How far a word may be from where its place in the sentence says, seconds."""

UNSURE = 0.4
"""Confidence below which whatever begins while the guide speaks is a rest of it: 2 of 117 words said over it and well
understood were so unsure, and 10 of 24 that nobody said.
"""
SACRED = "stop"
"""Counts however unsure it is, unless the guide just said it: silence is never wrong where somebody may have."""
PART_ALIKE = 90.0
"""Likeness (``fuzz.partial_ratio``, 0 to 100) from which words are a part of others; "how long" has 80 with "slow and
long"."""
ENOUGH = 3
"""Words in a row that only the guide said: less may be chance."""
TAIL_S = 0.6
"""How long a room goes on sounding after words: what is so unsure and begins in it is its sound."""


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase of the guide."""

    text: str
    start_s: float
    """Seconds on the output clock."""
    end_s: float
    """Seconds on the output clock."""

    def around(self, from_s: float, to_s: float) -> Iterator[str]:
        """The words said in that time, as far as their place among the letters tells, in seconds on that clock."""
        words = split(self.text)
        letters = sum(map(len, words))
        at = 0
        for word in words:
            starts, ends = (self.start_s + (self.end_s - self.start_s) * n / letters for n in (at, at + len(word)))
            at += len(word)
            if starts < to_s and ends > from_s:
                yield word


def are_own(
    text: str,
    times_s: tuple[float, float],
    confidence: float,
    said: Iterable[Said],
    delay_s: float | None,
    answers: Collection[str] = (),
) -> bool:
    """Whether a transcript whose speech went from and to ``times_s`` is what the guide was saying.

    While the delay of the echo is not known (``None``) half a second is assumed. Once it is, the echo is weak; then a
    single word is the guide's only if it was saying that very word, or one that begins so, at that very moment, and
    not if it is one of the ``answers`` that it asks for: somebody answered early.
    """
    heard, (start_s, end_s) = split(text), times_s
    delay = 0.5 if delay_s is None else delay_s
    late = delay + (TAIL_S if confidence < UNSURE else LATE_S)
    near = [one for one in said if one.start_s <= start_s < one.end_s + late]
    if not heard or not near:
        return False
    own = {word for one in near for word in split(one.text)}
    if confidence < UNSURE:
        return SACRED not in heard or SACRED in own
    then = [word for one in near for word in one.around(start_s - delay - AROUND_S, end_s - delay + AROUND_S)]
    if len(heard) > (0 if delay_s is None else 1):
        return sum(word in own for word in heard) >= OWN_SHARE * len(heard) or _lies_in(heard, then)
    return heard[0] not in answers and any(_alike(heard[0], word) for word in then)


def are_nothing_else(text: str, said: Iterable[Said]) -> bool:
    """Whether each word of a transcript that is the guide's own (``are_own``) was in one of these phrases, so that
    nobody said "stop" among them.
    """
    heard, own = split(text), {word for one in said for word in split(one.text)}
    return len(heard) >= ENOUGH and own.issuperset(heard)


def _alike(heard: str, said: str) -> bool:
    """Whether one sounds like the beginning of the other: a rest of "nor" is taken for "no"."""
    one, other = sorted((sound(heard), sound(said)), key=len)
    return len(one) > 1 and other.startswith(one)


def _lies_in(heard: Sequence[str], said: Sequence[str]) -> bool:
    """Whether words are a part of others, run together, as spelled and as they sound: of "whoever likes" the recognizer
    made "ever like".
    """
    if SACRED in heard:
        return False
    pairs = [("".join(heard), "".join(said)), ("".join(map(sound, heard)), "".join(map(sound, said)))]
    return all(len(part) <= len(all_) and fuzz.partial_ratio(part, all_) >= PART_ALIKE for part, all_ in pairs)
