"""What is kept belongs to the house: every room writes into one store, and one room brings up what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice.events import Event
from voice.guiding.responses import Responses
from voice.keeping.keeper import Keeper


class RoomKeeper(Keeper):
    """A room's desk at the house's store; the words and the wishes are the room's own, the clock is everybody's."""

    def __init__(
        self,
        house: Keeper,
        responses: Responses,
        titles: Mapping[str, str],
        brings_up: Callable[[], bool],
        busy_elsewhere: Callable[[], bool],
    ) -> None:
        """``house`` holds store, rules and clock; ``brings_up`` says whether what is due comes up in this room,
        ``busy_elsewhere`` whether anything goes on in any room.
        """
        super().__init__(house.store, house.shown, house.rules, responses, titles)
        self.timekeeping = house.timekeeping
        self._before = house._before
        self._claimed_here = house._claimed_here
        self._waiting = house._waiting
        self._house = house
        self.night = house.night
        self._brings_up = brings_up
        self._busy_elsewhere = busy_elsewhere

    def tick(self, t: float, *, busy: bool, talking: bool, upset: bool, closed: bool) -> list[Event]:
        """What is to be brought up here now: nothing where another room does it.

        Each call is claimed in the store before it sounds, so that it comes up once in the house.
        """
        if not self._brings_up():
            return []
        self._share(self._house, self)  # what lay in the store at the start is told once, whichever room does it
        events = super().tick(t, busy=busy, talking=talking, upset=upset, closed=closed)
        self._share(self, self._house)
        return events

    def _forget_in_copy(self, busy: bool) -> None:
        """One thread makes the sound of all rooms, so none may be playing."""
        super()._forget_in_copy(busy or self._busy_elsewhere())

    @staticmethod
    def _share(one: Keeper, other: Keeper) -> None:
        """Let the other know what the one has told already."""
        other._started, other._settled, other._told_trouble = one._started, one._settled, one._told_trouble
