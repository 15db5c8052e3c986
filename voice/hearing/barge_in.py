"""Duck, then decide: what to do when somebody speaks while the guide does.

A voice over the guide lowers it at once. Within the next 0.6 s it is stopped, paused, or comes back up as if nothing
had been. A word that is surely a control word acts at once, with or without a voice noticed before; one that perhaps
is pauses, because silence is never wrong when somebody may have said "stop". Pure: time comes in with every call.
"""

from __future__ import annotations

from dataclasses import dataclass

DUCK_DB = -15.0
"""How much the guide is lowered: it stays there, and leaves room for a word."""
DECIDE_S = 0.6
"""It comes back up after this, unless something was understood, or perhaps was just then."""
LATE_S = 0.4
"""A voice may be noticed so much later than the word that it said; the slowest of 24 took 0.41 s."""
CONFIRM_S = 0.15
"""A doubtful word waits so long for a surer score; scores come every 80 ms."""


@dataclass(frozen=True, slots=True)
class Duck:
    """Lower the guide."""

    db: float = DUCK_DB


@dataclass(frozen=True, slots=True)
class ComeUp:
    """Nothing was meant: the guide is as loud as before."""


@dataclass(frozen=True, slots=True)
class Act:
    """Do what a control word says."""

    control: str
    """For example ``stop``."""
    score: float
    """Of the word that was spotted, 0 to 1."""
    sure: bool
    """False where it was only perhaps said: then the guide pauses, and asks."""


Decision = Duck | ComeUp | Act


class BargeIn:
    """Takes what is noticed over the guide; every method gives decisions in order. Seconds on the output clock."""

    def __init__(self, sure: float, doubtful: float, alone: float) -> None:
        """Scores from ``sure`` on act, those from ``doubtful`` on pause; without a voice, those from ``alone`` on act;
        0 to 1.
        """
        self._sure, self._doubtful, self._alone = sure, doubtful, alone
        self._talking = False
        self._up_at: float | None = None
        self._doubt: tuple[float, float] | None = None
        self._early: tuple[float, str, float] | None = None

    def voice(self, now_s: float, *, over_guide: bool) -> list[Decision]:
        """Somebody began to speak; ``over_guide`` where there is something to lower."""
        self._talking = True
        early, self._early = self._early, None
        if not over_guide:
            return []
        lowered = self._lower(now_s)
        return lowered + (self._weigh(now_s, *early[1:]) if early and now_s - early[0] <= LATE_S else [])

    def quiet(self) -> None:
        """Nobody speaks any more."""
        self._talking = False

    def spotted(self, now_s: float, word: str, score: float, *, voiced: bool = False) -> list[Decision]:
        """A control word was said with this score; ``voiced`` where there was anything beside the guide's voice."""
        if self._talking or voiced or score >= self._alone:
            return self._weigh(now_s, word, score)
        if self._early is None or now_s - self._early[0] > LATE_S or score > self._early[2]:
            self._early = (now_s, word, score)
        return []

    def advance(self, now_s: float) -> list[Decision]:
        """Time passes; to be called at least every 50 ms."""
        if self._doubt and now_s >= self._doubt[0]:
            return [Act("stop", self._doubt[1], sure=False), *self._let_go()]
        if self._up_at is not None and now_s >= self._up_at and self._doubt is None:
            return self._let_go()
        return []

    def _weigh(self, now_s: float, word: str, score: float) -> list[Decision]:
        if score >= self._sure:
            return [Act(word, score, sure=True), *self._let_go()]
        if score < self._doubtful:
            return []
        self._doubt = self._doubt or (now_s + CONFIRM_S, score)
        return self._lower(now_s)

    def _lower(self, now_s: float) -> list[Decision]:
        if self._up_at is not None:
            return []
        self._up_at = now_s + DECIDE_S
        return [Duck()]

    def _let_go(self) -> list[Decision]:
        up: list[Decision] = [ComeUp()] if self._up_at is not None else []
        self._up_at = self._doubt = self._early = None
        return up
