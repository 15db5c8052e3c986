"""What waits for a time: time-outs, rituals, small promises, follow-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from voice.keeping.clock import Now

Kind = Literal["time-out", "ritual", "promise", "follow-up"]
KINDS: tuple[Kind, ...] = ("time-out", "ritual", "promise", "follow-up")


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on both clocks, so that neither a set clock nor a restart moves it."""

    utc: datetime
    """With zone UTC."""
    uptime_s: float
    """Seconds since the machine was switched on."""
    boot: str
    """Which start of the machine that counts from."""

    def ago_s(self, now: Now) -> float:
        """Seconds since then; negative while it lies ahead. After a restart only the wall clock can tell."""
        if self.boot == now.boot:
            return now.uptime_s - self.uptime_s
        return (now.utc - self.utc).total_seconds()

    def later(self, seconds: float) -> Mark:
        """The moment so long after this one."""
        return Mark(self.utc + timedelta(seconds=seconds), self.uptime_s + seconds, self.boot)


def mark(now: Now) -> Mark:
    """This moment."""
    return Mark(now.utc, now.uptime_s, now.boot)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One thing that was agreed on and is not over yet."""

    kind: Kind
    what: str
    """The act of a ritual, the practice of a follow-up; ``return`` of a time-out, ``promise`` of a promise."""
    made: Mark
    """When it was agreed on."""
    due: Mark | None = None
    """When it comes, for a time-out."""
    rule: str | None = None
    """When it comes by the wall clock, for everything else: an RFC 5545 rule."""
    all_day: bool = False
    """True where only a day was said: it is brought up once on that day, from the rule's time on."""
    person: int | None = None
    """Whose it is, 1 or 2, where it is one person's own."""
    words: str | None = None
    """What was said, only after "keep this"."""
    origin: Literal["said", "settings"] = "said"
    """Where it comes from."""
    id: int = 0
    """Its number in the store; 0 before it is written."""


Claims = Mapping[tuple[int, str], Mark]
"""What was already brought up, and when: (appointment's number, which of its times)."""


def from_timestamp(seconds: float) -> datetime:
    """Seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
