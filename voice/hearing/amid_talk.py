"""Answers amid talk: "yes", "right" and "no" are said to each other far more often than to a guide.

Who answers a question waits for what comes of it; in a conversation talk goes on. So an answer that comes soon after
other talk is held, with its words, and counts once it is quiet after it. Pure: seconds are those of the output clock.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from voice.events import Heard
from voice.understanding.doubt import AGAIN_S
from voice.understanding.recognition import AMID, NOBODY, Recognition
from voice.understanding.words import split

TALK_WORDS = 3
"""Words from which something that means nothing is talk: less may be a cough."""
AFTER_S, QUIET_S = 8.0, 2.0
"""Seconds after talk within which an answer is held, and of quiet that it then needs. Source: in 16 recordings of AMI's
meetings eleven answers are understood for which nobody asked; seven follow other talk, all within 5.9 s, and after six
of these somebody speaks again within 1.8 s (after the seventh the recording ends)."""
STAYING = frozenset(
    ("louder", "softer", "slower", "faster", "repeat", "again", "how-long", "go-on", "hard-of-hearing", "cant-keep-up")
)
"""Controls after which the question still stands as it was answered; all others take the answer back, or leave it."""
TIMES = 3
"""Times that the same answer is said while it is held until it counts at once: twice is said in meetings."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a turn means, with its words."""

    found: Recognition
    """What it means, or why nothing."""
    words: Heard | None = None
    """None where there were none."""


class AmidTalk:
    """What was said lately while one question was open, and the answer that is held."""

    def __init__(self) -> None:
        """Nobody has said anything."""
        self._asked: tuple[str, ...] | None = None
        self._talk_s = -math.inf
        self._quiet_s = -math.inf
        self._held: Said | None = None
        self._times = 0
        self._passed: tuple[str, float] | None = None

    def ask(self, answers: Sequence[str] | None) -> None:
        """Another question, or none, is open: what was said before it counts no more."""
        self._asked = None if answers is None else tuple(answers)
        self._talk_s, self._passed = -math.inf, None

    def heard(self, said: Said, start_s: float, end_s: float, *, over_guide: bool = False) -> list[Said]:
        """What counts of a turn from ``start_s`` to ``end_s``, after what becomes of an answer before it.

        ``over_guide``: it began while the guide spoke, whose own words it may be: then it is no talk.
        """
        due = self.due(start_s)
        if said.found.why == NOBODY:
            return [*due, said]
        held, self._quiet_s = self._held, end_s
        if said.found.answer is not None:
            return [*due, *self._answered(said, held, start_s, end_s)]
        if said.found.intent is not None:
            return [*due, *self._understood(said, held)]
        if over_guide or len(split(said.found.text)) < TALK_WORDS:
            return [*due, said]
        self._talk_s = end_s
        if held is not None and held.found.answer is not None:
            self._passed = held.found.answer, end_s
        self._held = None
        return [*due, *_dropped(held), said]

    def _answered(self, said: Said, held: Said | None, start_s: float, end_s: float) -> list[Said]:
        """An answer may be meant for somebody else; "stop" always counts."""
        found = said.found
        same = held is not None and held.found.answer == found.answer
        self._times = self._times + 1 if same else 1
        again = self._passed is not None and self._passed[0] == found.answer and end_s - self._passed[1] <= AGAIN_S
        amid = held is not None or start_s - self._talk_s <= AFTER_S
        counts = not amid or again or self._times >= TIMES or "stop" in (found.answer, found.control)
        self._held = None if counts else said
        return [*_dropped(held), *([said] if counts else [])]

    def _understood(self, said: Said, held: Said | None) -> list[Said]:
        """Who says "louder" after an answer has spoken to the guide all along; "never mind" and all that ends
        something take it back."""
        self._held = None
        stays = said.found.control in STAYING and not said.found.starts
        return [*(([held] if held else []) if stays else _dropped(held)), said]

    def due(self, now_s: float) -> list[Said]:
        """The answer that is held, once it has been quiet for long enough; to be asked while nobody speaks."""
        if self._held is None or now_s - self._quiet_s < QUIET_S:
            return []
        said, self._held = self._held, None
        return [said] if said.found.answer in (self._asked or ()) else _dropped(said)

    def finish(self) -> list[Said]:
        """Nothing is heard for a while, or ever: what is held was not followed by quiet."""
        held, self._held = self._held, None
        return _dropped(held)


def _dropped(held: Said | None) -> list[Said]:
    return [] if held is None else [Said(Recognition(held.found.text, score=held.found.score, why=AMID), held.words)]
