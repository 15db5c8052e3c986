"""What to make of a start that was not quite sure: said twice it counts, and between two the couple is asked once.

Pure: times come with what was heard, seconds on the output clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from voice.understanding.recognition import Recognition

AGAIN_S = 15.0
"""Seconds within which a second near miss of the same start counts."""
NEAR = 0.12
"""Least confidence of a near miss. Two at this confidence are never enough: see ``ENOUGH``."""
ENOUGH = 0.5
"""Least confidence of both together, that at least one of them was meant."""

CALMING = frozenset(
    ("two-minute-reset", "long-breath", "grounding-senses", "grounding-touch", "count-to-four", "quiet-room",
     "something-else")
)  # fmt: skip
"""Practices between which nobody is asked: any of them helps at once, a question does not."""


class Repeats:
    """Remembers the last near miss."""

    def __init__(self) -> None:
        """Nothing was missed yet."""
        self._last: Recognition | None = None
        self._since_s = 0.0

    def heard(self, found: Recognition, now_s: float) -> Recognition:
        """The same, or the start that was nearly understood twice within ``AGAIN_S``."""
        if found.intent is not None or found.near is None:
            self._last = None if found.intent is not None else self._last
            return found
        last, near = self._last, found.near
        again = last is not None and now_s - self._since_s <= AGAIN_S and _same(last, near)
        self._last, self._since_s = near, now_s
        if not again or last is None:
            return found
        sure = 1.0 - (1.0 - last.score) * (1.0 - near.score)
        if sure < ENOUGH:
            return found
        self._last = None
        return replace(near, text=found.text, score=round(sure, 4))


def nearly(meaning: Recognition, sure: float) -> Recognition | None:
    """A start that was nearly understood, with its confidence; None for anything else."""
    return replace(meaning, score=sure) if meaning.starts and sure >= NEAR else None


def between(best: Recognition, rival: Recognition | None) -> tuple[str, str] | None:
    """Two practices of which one was surely meant, to ask which; None where nobody is to be asked."""
    if rival is None or not best.starts or not rival.starts or not best.practice or not rival.practice:
        return None
    if best.practice == rival.practice or (best.practice in CALMING and rival.practice in CALMING):
        return None
    return best.practice, rival.practice


def question(titles: Mapping[str, str], pair: tuple[str, str]) -> str:
    """The one question: "The debrief, or the check-in?"."""
    first, second = (titles.get(name, name.replace("-", " ")) for name in pair)
    return f"{first[:1].upper()}{first[1:]}, or {second}?"


def _same(left: Recognition, right: Recognition) -> bool:
    return (left.intent, left.practice) == (right.intent, right.practice)
