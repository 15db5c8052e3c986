"""Looks once a second whether something has come due, and notes it before a sound is made."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from voice.errors import DeviceError
from voice.events import Due, Error, Event, Promised
from voice.keeping import records
from voice.keeping.appointments import Appointment, Claims, Mark, mark
from voice.keeping.clock import Now, WallClock
from voice.keeping.due import CAREFUL_S, Call, Room, Rules, at_start, due, due_iso, is_quiet, must_wait
from voice.keeping.store import Store
from voice.keeping.timekeeping import Timekeeping
from voice.keeping.tongues import ENGLISH, Tongue

LOGGER = logging.getLogger(__name__)

START_S = 2.0
"""What was kept is brought up this long after the start: by then it is heard whether anybody talks."""
EVERY_S = 1.0
"""How often it is looked at what is due, seconds on the output clock."""
PRACTICES = {"time-out": "time-out", "ritual": "rituals", "promise": "promise"}
"""The script that brings up each kind; a follow-up names its own."""


class Waiting:
    """For how long they could not well be asked lately (``due.must_wait``): what comes once is told after that."""

    def __init__(self) -> None:
        """They can be asked."""
        self._is = False
        self._from_s = self._until_s = float("-inf")

    def look(self, uptime_s: float, *, waits: bool, patience_s: float) -> float:
        """Seconds that they had to wait, until ``patience_s`` after that, then 0; times are seconds of uptime."""
        if waits and not self._is and uptime_s >= self._until_s + patience_s:
            self._from_s = uptime_s
        if waits or self._is:
            self._until_s = uptime_s
        self._is = waits
        return self._until_s - self._from_s if uptime_s < self._until_s + patience_s else 0.0


class Lookout(ABC):
    """Owns the store, the clock and the rules; what is due is asked of the pure function in ``due.py``."""

    def __init__(
        self, store: Store, clock: WallClock, rules: Rules, has_a_clock: Callable[[], bool], tongue: Tongue = ENGLISH
    ) -> None:
        """``has_a_clock`` says whether the machine's time is more than a guess; ``tongue`` how times are said."""
        self.store = store
        self.tongue = tongue
        self.rules = rules
        self._clock = clock
        self.timekeeping = Timekeeping(records.last_moment(store), has_a_clock)
        self._started = self._settled = self._told_trouble = False
        self._before = {item.id for item in records.appointments(store)}
        self._looked_s = float("-inf")
        self._waiting = Waiting()
        self._claimed_here: dict[tuple[int, str], Mark] = {}
        """What was brought up while the disk refused to note it."""

    @abstractmethod
    def act(self, act: str) -> str:
        """An act as it is said within a sentence."""

    def now(self, t: float) -> Now:
        """The time at so many seconds on the output clock."""
        return self.timekeeping.now(self._clock(t))

    def shown(self, t: float) -> Now:
        """The same, as the machine's own clock says it."""
        return self._clock(t)

    def doubts_time(self, t: float) -> bool:
        """Whether the machine's clock cannot be right, and nobody has said yet what time it is."""
        return self.timekeeping.is_doubtful(self._clock(t))

    def tick(self, t: float, *, busy: bool, talking: bool, upset: bool, closed: bool) -> list[Event]:
        """What is to be brought up now: at most one thing, claimed already. ``closed`` says that it does not listen."""
        if t < self._looked_s + EVERY_S or (not self._started and t < START_S):
            return []
        self._looked_s = t
        room = Room(busy, talking, upset, closed=closed)
        trouble: list[Event] = []
        events: list[Event] = []
        steps = (
            self._mend_store,
            lambda: events.extend(self._look(t, room)),
            lambda: self._forget_in_copy(room.busy or bool(events)),
        )
        for step in steps:
            try:
                step()
            except DeviceError as fault:
                trouble.append(Error(t=t, what=str(fault)))
        told, self._told_trouble = self._told_trouble, bool(trouble)
        return events if told else [*trouble, *events]

    def _mend_store(self) -> None:
        """What could not be opened, or was damaged, is tried again at every look."""
        if self.store.broken:
            self.store.mend()
            LOGGER.warning("things can be kept again")
        if not self._claimed_here:
            return
        kept = {item.id: item for item in records.appointments(self.store)}
        for (item_id, occurrence), at in list(self._claimed_here.items()):
            if item_id in kept:
                records.claim(self.store, kept[item_id], occurrence, at)
            del self._claimed_here[item_id, occurrence]

    def _forget_in_copy(self, busy: bool) -> None:
        """What was deleted goes from the log and the copy too, once nothing sounds: a slow disk takes its time."""
        if self.store.copy_remembers and not busy:
            self.store.rewrite()

    def _claim(self, call: Call, now: Now) -> bool:
        """Note that it is being brought up; where the disk refuses, in memory: what was promised comes."""
        key = (call.appointment.id, call.occurrence)
        if key in self._claimed_here:
            return False
        try:
            return records.claim(self.store, call.appointment, call.occurrence, mark(now))
        except DeviceError as fault:
            LOGGER.error("%s comes, but cannot be noted: %s", call.appointment.kind, fault)
            self._claimed_here[key] = mark(now)
            return True

    def _look(self, t: float, room: Room) -> list[Event]:
        self._mind_a_jump(t)
        now, doubtful = self.now(t), self.doubts_time(t)
        kept, claims = records.appointments(self.store), records.claims(self.store)
        room = replace(room, stopped_s=self._since_stopped_s(now))
        waits = must_wait(now, kept, room)
        waited_s = self._waiting.look(now.uptime_s, waits=waits, patience_s=self.rules.patience_s)
        room = replace(room, waited_s=waited_s)
        before = tuple(item for item in kept if item.id in self._before)
        events: list[Event] = []
        if not self._started:
            self._started = True
            events = [Promised(t=t, what=item.kind, due=when, restored=True)
                      for item in before if (when := due_iso(item, now))]  # fmt: skip
        if doubtful:
            kept = tuple(item for item in kept if item.due and item.due.boot == now.boot)
            if self.timekeeping.asks(room):
                return [*events, Due(t=t, what="clock", practice="rituals", slots={"manner": "clock"})]
        elif not self._settled:
            self._settled = True
            return events + self._restore(t, now, before, claims, room)
        return events or self._due(t, now, kept, claims, room)

    def _due(self, t: float, now: Now, kept: tuple[Appointment, ...], claims: Claims, room: Room) -> list[Event]:
        for call in due(now, kept, claims, self.rules, room):
            if self._claim(call, now) and call.manner != "quiet":
                return [self._event(call, t, now)]
        return []

    def _mind_a_jump(self, t: float) -> None:
        """The wall clock was set: a time-out stays where it is, also for a start after this."""
        jump = self.timekeeping.jumped(self.shown(t))
        if jump is None:
            return
        LOGGER.warning("the clock was set by %.0f s", jump.total_seconds())
        boot = self.shown(t).boot
        for item in records.appointments(self.store):
            if item.due and item.due.boot == boot:
                records.move(self.store, item, due=replace(item.due, utc=item.due.utc + jump))

    def _restore(self, t: float, now: Now, kept: tuple[Appointment, ...], claims: Claims, room: Room) -> list[Event]:
        """What came while it was off is told when they ask; what lies ahead is said."""
        events: list[Event] = []
        for call in at_start(now, kept, claims, self.rules, room):
            self._claim(call, now)
        ahead = [-item.due.ago_s(now) for item in kept if item.due and item.due.ago_s(now) < 0]
        if ahead and not (room.busy or room.asks_nothing or is_quiet(now.wall.time(), self.rules)):
            events.append(Due(t=t, what="restored", slots={"left_s": ahead[0]}))
        return events

    def _event(self, call: Call, t: float, now: Now) -> Event:
        item = call.appointment
        practice = PRACTICES.get(item.kind, item.what)
        clock = self.tongue.its_time if self.doubts_time(t) else self.tongue.clock(now.wall)
        slots: dict[str, Any] = {"clock": clock, "manner": call.manner, "act": item.what}
        slots["words"] = self.act(item.what)
        if item.kind == "promise":
            slots |= {"words": item.words or "", "id": item.id}
        if item.kind == "follow-up" and item.what in ("debrief", "check-in"):
            practice, slots["manner"] = "rituals", "talk"
        return Due(t=t, what=call.manner, practice=practice, slots=slots)

    def _since_stopped_s(self, now: Now) -> float:
        """Seconds since the last practice that was stopped, by the journal."""
        stopped = [
            datetime.fromisoformat(row.began) + timedelta(seconds=row.seconds)
            for row in records.last_stopped(self.store)
        ]
        ago = (now.utc - max(stopped)).total_seconds() if stopped else float("inf")
        return ago if 0 <= ago < CAREFUL_S else float("inf")
