"""How fast and how loud: what "slower", "faster", "softer" and "louder" change, within safe limits. Pure."""

from __future__ import annotations

from voice.guiding import effects as do
from voice.guiding.effects import Effect

STRETCH = 1.15
"""One "slower": the next breath is 15 % longer."""
SLOWEST, FASTEST = 1.75, 0.76
"""Limits of all stretching together: a beat of 1.75 s, or 0.76 s."""
STEP_DB = 4.0
"""One "softer" or "louder", decibels."""
LOUDEST_DB, SOFTEST_DB = 6.0, -18.0
"""Limits of all changes together, decibels."""


class Dials:
    """Pace belongs to a practice, loudness stays."""

    def __init__(self) -> None:
        """A beat of one second, the usual level."""
        self._stretch = 1.0
        self._volume_db = 0.0

    @property
    def stretch(self) -> float:
        """How many times longer than usual a beat was made in this practice."""
        return self._stretch

    @property
    def volume_db(self) -> float:
        """How much louder it was made since the start, decibels."""
        return self._volume_db

    def usual_pace(self) -> None:
        """A practice begins: a beat of one second."""
        self._stretch = 1.0

    def slower(self) -> list[Effect]:
        """Longer breaths from the next inhale on."""
        return self._stretched(STRETCH)

    def faster(self) -> list[Effect]:
        """Shorter breaths from the next inhale on."""
        return self._stretched(1 / STRETCH)

    def volume(self, change_db: float) -> list[Effect]:
        """Everything louder or softer by so many decibels."""
        wanted = min(LOUDEST_DB, max(SOFTEST_DB, self._volume_db + change_db))
        change_db, self._volume_db = wanted - self._volume_db, wanted
        return [do.Volume(change_db)] if change_db else []

    def _stretched(self, factor: float) -> list[Effect]:
        wanted = min(SLOWEST, max(FASTEST, self._stretch * factor))
        factor, self._stretch = wanted / self._stretch, wanted
        return [do.Stretch(factor)] if abs(factor - 1) > 0.01 else []
