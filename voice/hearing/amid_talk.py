"""Answers amid talk: "yes", "right" and "no" are said to each other far more often than to a guide.

Who answers a question waits for what comes of it; in a conversation talk goes on. So an answer that comes soon after
other talk is held, and counts once it is quiet after it. Pure: seconds are those of the output clock.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from voice.understanding.doubt import AGAIN_S
from voice.understanding.recognition import NOBODY, Recognition
from voice.understanding.words import split

TALK_WORDS = 3
"""Words from which something that means nothing is talk: less may be a cough."""
AFTER_S, QUIET_S = 8.0, 2.0
"""Seconds after talk within which an answer is held, and of quiet that it then needs. Source: in 16 recordings of AMI's
meetings eleven answers are understood for which nobody asked; seven follow other talk, all within 5.9 s, and after six
of these somebody speaks again within 1.8 s (after the seventh the recording ends)."""
AMID = "it was said amid other talk"
"""Why an answer did not count."""


class AmidTalk:
    """What was said lately while one question was open, and the answer that is held."""

    def __init__(self) -> None:
        """Nobody has said anything."""
        self._asked: tuple[str, ...] | None = None
        self._talk_s = -math.inf
        self._quiet_s = -math.inf
        self._held: Recognition | None = None
        self._passed: tuple[str, float] | None = None

    def ask(self, answers: Sequence[str] | None) -> None:
        """Another question, or none, is open: what was said before it counts no more."""
        self._asked = None if answers is None else tuple(answers)
        self._talk_s, self._passed = -math.inf, None

    def heard(self, found: Recognition, start_s: float, end_s: float) -> list[Recognition]:
        """What counts of a turn from ``start_s`` to ``end_s``, after what becomes of an answer before it."""
        due = self.due(start_s)
        return [*due, *([found] if found.why == NOBODY else self._counts(found, start_s, end_s))]

    def _counts(self, found: Recognition, start_s: float, end_s: float) -> list[Recognition]:
        held, self._quiet_s = self._held, end_s
        if self._may_be_aside(found):
            again = self._passed is not None and self._passed[0] == found.answer and end_s - self._passed[1] <= AGAIN_S
            amid = held is not None or start_s - self._talk_s <= AFTER_S
            self._held = found if amid and not again else None
            return [*_dropped(held), *([] if self._held else [found])]
        if found.intent is None:
            if len(split(found.text)) < TALK_WORDS:
                return [found]
            self._talk_s = end_s
            self._passed = (held.answer, end_s) if held and held.answer else self._passed
        self._held = None
        return [*_dropped(held), found]

    def due(self, now_s: float) -> list[Recognition]:
        """The answer that is held, once it has been quiet for long enough; to be asked while nobody speaks."""
        if self._held is None or now_s - self._quiet_s < QUIET_S:
            return []
        found, self._held = self._held, None
        return [found] if found.answer in (self._asked or ()) else _dropped(found)

    def finish(self) -> list[Recognition]:
        """Nothing more will be heard: what is held was not followed by quiet."""
        held, self._held = self._held, None
        return _dropped(held)

    @staticmethod
    def _may_be_aside(found: Recognition) -> bool:
        """Whether it is an answer that may be meant for somebody else; "stop" always counts."""
        return found.answer is not None and "stop" not in (found.answer, found.control)


def _dropped(held: Recognition | None) -> list[Recognition]:
    return [] if held is None else [Recognition(held.text, score=held.score, why=AMID)]
