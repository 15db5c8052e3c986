"""When they shout over the guide: it steps back, asks nothing, and leaves after a while. Pure."""

from __future__ import annotations

from collections import deque

DUCKS = 3
"""So many times lowered …"""
WITHIN_S = 20.0
"""… within so many seconds, and they are not listening to it."""
LEAVES_AFTER_S = 60.0
"""After stepping back it ends at the next out-breath from this time on."""
STEP_BACK_DB = -6.0
"""How much lower it stays, decibels."""


class Shouting:
    """Counts how often the guide had to be lowered."""

    def __init__(self) -> None:
        """Nobody has spoken over it."""
        self._ducks: deque[float] = deque(maxlen=DUCKS)
        self.stepped_back = False
        """Whether the guide has stepped back; it never comes forward again in this practice."""

    def ducked(self, now_s: float) -> bool:
        """It was lowered once more: whether it steps back now."""
        self._ducks.append(now_s)
        if self.stepped_back or len(self._ducks) < DUCKS or now_s - self._ducks[0] > WITHIN_S:
            return False
        self.stepped_back = True
        return True

    def nobody_spoke(self, since_s: float) -> None:
        """It was lowered for nobody: what was counted from ``since_s`` on counts no more."""
        while self._ducks and self._ducks[-1] >= since_s:
            self._ducks.pop()
