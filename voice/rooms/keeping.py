"""What is kept belongs to the house: every room writes into one store, and one room brings up what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice.events import Event
from voice.guiding.responses import Responses
from voice.keeping.keeper import Keeper


class RoomKeeper(Keeper):
    """A room's desk at the house's store; the words and the wishes are the room's own."""

    def __init__(
        self, house: Keeper, responses: Responses, titles: Mapping[str, str], brings_up: Callable[[], bool]
    ) -> None:
        """``house`` holds store, rules and clock; ``brings_up`` says whether what is due comes up in this room."""
        super().__init__(house.store, house.now, house.rules, responses, titles)
        self._house = house
        self._brings_up = brings_up

    def tick(self, t: float, *, busy: bool, talking: bool, upset: bool) -> list[Event]:
        """What is to be brought up here now: nothing where another room does it.

        Each call is claimed in the store before it sounds, so that it comes up once in the house.
        """
        if not self._brings_up():
            return []
        self._started = self._house._started  # what lay in the store at the start is told once, whichever room does it
        events = super().tick(t, busy=busy, talking=talking, upset=upset)
        self._house._started = self._started
        return events
