"""What the conversation remembers from one practice to the next. Pure: times come with events."""

from __future__ import annotations

from voice.events import Danger
from voice.guiding.practice import Practice

FLOODED_S = 20 * 60.0
"""After a calming practice two people count as upset for this long: a time-out wants at least twenty minutes."""
DANGER_COUNTS_S = 10 * 60.0
"""Words of danger still count this long after a practice; and so long "I can't go on" after them is one of them."""
ADDRESSED_S = 1.0
"""They count this long after a line was typed: until it is understood."""
NO_TALK_S = 24 * 3600.0
"""After words of danger from the other no talk is offered for this long."""
LATELY_S = 3600.0
"""For this long after a practice "give me twenty minutes" asks for a time-out."""
UNDO_S = 15.0
"""A plain "no" undoes a start within this time."""


class Memory:
    """Held in memory only, and gone with it."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.begun = 0
        """Practices begun, so that who begins alternates."""
        self.first = True
        """Whether no practice has been gone through yet."""
        self._finished: set[str] = set()
        self._flooded_until = self._danger_until = self._no_talk_until = self._undo_until = float("-inf")
        self._lately_until = float("-inf")
        self._danger: tuple[Danger | None, float] = (None, float("-inf"))

    def facts(self, practice: Practice, now_s: float, *, alone: bool) -> dict[str, bool]:
        """What a script can ask for beside its settings."""
        return {
            "alone": alone,
            "first": self.first,
            "flooded": self.is_flooded(now_s),
            "fresh": practice.id not in self._finished,
            "talk": not alone and now_s >= self._no_talk_until,
        }

    def begins(self, practice: Practice, now_s: float) -> None:
        """A practice begins."""
        self.begun += 1
        self._undo_until = now_s + UNDO_S
        if practice.script.kind == "calming":
            self._flooded_until = now_s + FLOODED_S

    def ends(self, practice: Practice, now_s: float) -> None:
        """A practice ends, in whatever way."""
        if practice.script.kind == "calming":
            self._flooded_until = now_s + FLOODED_S
        self._danger_until = now_s + DANGER_COUNTS_S
        self._lately_until = now_s + LATELY_S

    def finished(self, practice: Practice) -> None:
        """A practice was gone through to its end."""
        self._finished.add(practice.id)

    def danger(self, kind: Danger, now_s: float) -> None:
        """Words of danger were heard."""
        self._danger = (kind, now_s)
        if kind == "other":
            self._no_talk_until = now_s + NO_TALK_S

    def lately_in_danger(self, now_s: float) -> Danger | None:
        """The kind of danger that somebody spoke of within the last ten minutes."""
        kind, at_s = self._danger
        return kind if now_s < at_s + DANGER_COUNTS_S else None

    def addressed(self, now_s: float) -> None:
        """What comes now is surely meant for the guide: words of danger count, as after a practice."""
        self._danger_until = max(self._danger_until, now_s + ADDRESSED_S)

    def danger_counts(self, now_s: float) -> bool:
        """Whether words of danger count although nothing runs."""
        return now_s < self._danger_until

    def is_flooded(self, now_s: float) -> bool:
        """Whether the two count as upset."""
        return now_s < self._flooded_until

    def is_lately(self, now_s: float) -> bool:
        """Whether a practice ended within the hour."""
        return now_s < self._lately_until

    def can_undo(self, now_s: float) -> bool:
        """Whether a practice began so lately that "no" means it was not wanted."""
        return now_s < self._undo_until
