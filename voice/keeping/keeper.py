"""The store's desk: takes a session's wishes and questions, and says what has come due.

It owns the clock, the store and the rules; what is due is asked of the pure function in ``due.py``. Everything is
written before it is answered, so that nothing is said aloud that could be lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from voice.errors import DeviceError
from voice.events import Due, Error, Event, Kept, Noted, Promised
from voice.guiding import effects as do
from voice.guiding.effects import Effect
from voice.guiding.responses import Responses
from voice.keeping import records
from voice.keeping.appointments import Appointment, Claims, mark
from voice.keeping.clock import Now, WallClock
from voice.keeping.due import CAREFUL_S, Call, Room, Rules, at_start, due, due_iso, is_quiet, not_today
from voice.keeping.records import Row
from voice.keeping.saying import clock_words
from voice.keeping.spoken import Moment, Repeat, Spoken, find_time
from voice.keeping.store import Store
from voice.keeping.telling import Telling
from voice.keeping.timekeeping import Timekeeping
from voice.keeping.wishes import Wishes
from voice.understanding.words import number
from voice.understanding.words import split as words_of

LOGGER = logging.getLogger(__name__)

START_S = 2.0
"""What was kept is brought up this long after the start: by then it is heard whether anybody talks."""
SIGNAL_LIKENESS = 88
"""Of a hundred; one wrong letter in ten."""
EVERY_S = 1.0
"""How often it is looked at what is due, seconds on the output clock."""
PRACTICES = {"time-out": "time-out", "ritual": "rituals", "promise": "promise"}
"""The script that brings up each kind; a follow-up names its own."""


class Keeper:
    """Belongs to one session and its thread."""

    def __init__(
        self,
        store: Store,
        clock: WallClock,
        rules: Rules,
        responses: Responses,
        titles: Mapping[str, str],
        has_a_clock: Callable[[], bool] = lambda: True,
    ) -> None:
        """``titles`` are those of the practices, by id; ``responses`` the sentences about what is kept; ``has_a_clock``
        says whether the machine's time is more than a guess.
        """
        self.store = store
        self.rules = rules
        self._clock = clock
        self.timekeeping = Timekeeping(records.last_moment(store), has_a_clock)
        self._started = self._settled = False
        self._before = {item.id for item in records.appointments(store)}
        self._looked_s = float("-inf")
        self._said = ""
        self.made: list[tuple[float, Callable[[], object]]] = []
        """What was kept lately and how to take it back, with seconds on the output clock."""
        self.is_rare: Callable[[str], bool] = lambda words: True
        """Whether words are far enough from everyday talk and from every phrase to be a signal; the session knows."""
        self._wishes = Wishes(self)
        self._telling = Telling(self, responses, titles)

    def now(self, t: float) -> Now:
        """The time at so many seconds on the output clock."""
        return self.timekeeping.now(self._clock(t))

    def shown(self, t: float) -> Now:
        """The same, as the machine's own clock says it."""
        return self._clock(t)

    def doubts_time(self, t: float) -> bool:
        """Whether the machine's clock cannot be right, and nobody has said yet what time it is."""
        return self.timekeeping.is_doubtful(self._clock(t))

    def hear(self, text: str) -> None:
        """Remember the last words for a time in them; they are written nowhere."""
        self._said = text

    def said_time(self, t: float) -> Spoken | None:
        """The time in the last words."""
        now = self.timekeeping.earliest(self.shown(t)) if self.doubts_time(t) else self.now(t)
        return find_time(self._said, now.wall)

    def says_time(self, t: float, *, exact: bool) -> bool:
        """Whether the last words say a time; ``exact`` asks for a clock time or a repetition."""
        spoken = self.said_time(t)
        return isinstance(spoken, Moment | Repeat) if exact else spoken is not None

    def said_number(self) -> int | None:
        """The number from one to ten in the last words, if there is one."""
        found = [value for word in words_of(self._said) if (value := number((word,))) and 1 <= value <= 10]
        return found[-1] if found else None

    def said_signal(self) -> bool:
        """Whether the last words were the two's own signal, and nothing else; a letter or two may be misheard."""
        from rapidfuzz.fuzz import ratio

        said = " ".join(words_of(self._said))
        return any(ratio(said, words) >= SIGNAL_LIKENESS for _, words in records.kept(self.store, "signal"))

    @property
    def said(self) -> str:
        """The last words."""
        return self._said

    def title(self, practice: str) -> str:
        """What a practice is called."""
        return self._telling.titles.get(practice, practice)

    def act(self, act: str) -> str:
        """An act as it is said within a sentence."""
        return self._telling.act(act)

    def carry_out(self, effect: Effect, t: float) -> list[Event]:
        """What the conversation asks of the store; any other effect is none of its business."""
        match effect:
            case do.Keep(wish=wish, facts=facts, words=words, person=person):
                said = {"words": words, "person": person}
                own = wish.model_dump(exclude_none=True, exclude={"what"})
                return self.keep(wish.what, {**facts, **own, **said}, t)
            case do.NotToday():
                self.not_today(t)
            case do.UndoKept(since_t=since):
                self.undo(since)
            case do.WriteRow(practice=practice, began_t=began, finished=finished):
                return self.write_row(practice, began, t, finished=finished)
        return []

    def keep(self, what: str, details: Mapping[str, Any], t: float) -> list[Event]:
        """Carry out one wish; ``Noted`` comes last, in any case."""
        try:
            return self._wishes.carry_out(what, details, t)
        except DeviceError as refused:
            return [Error(t=t, what=str(refused)), Noted(t=t, what=what, facts={"kept": "no", "when": "another time"})]

    def tell(self, about: str, slots: Mapping[str, Any], t: float) -> str:
        """The answer to a question about what is kept, after the change that it asks for."""
        try:
            return self._telling.answer(about, slots, t)
        except DeviceError:
            return self._telling.cannot

    def undo(self, since_t: float) -> None:
        """Take back what was kept since then."""
        while self.made and self.made[-1][0] >= since_t:
            self.made.pop()[1]()

    def write_row(self, practice: str, began_t: float, t: float, *, finished: bool) -> list[Event]:
        """Write a row into the journal."""
        now = self.now(t)
        began = Now(now.utc - timedelta(seconds=t - began_t), now.zone, 0.0, "")
        row = Row(practice, began.iso(), round(t - began_t, 1), "finished" if finished else "stopped")
        try:
            records.write_row(self.store, row)
        except DeviceError as refused:
            return [Error(t=t, what=str(refused))]
        return [Kept(t=t, what="journal")]

    def not_today(self, t: float) -> None:
        """Claim the rest of today's rituals without a word."""
        now = self.now(t)
        for call in not_today(now, records.appointments(self.store), records.claims(self.store)):
            records.claim(self.store, call.appointment, call.occurrence, mark(now))

    # What is due

    def tick(self, t: float, *, busy: bool, talking: bool, upset: bool) -> list[Event]:
        """What is to be brought up now: at most one thing, claimed already."""
        if t < self._looked_s + EVERY_S or (not self._started and t < START_S):
            return []
        self._looked_s = t
        self._mind_a_jump(t)
        now, doubtful = self.now(t), self.doubts_time(t)
        kept, claims = records.appointments(self.store), records.claims(self.store)
        room = Room(busy, talking, upset, self._since_stopped_s(now))
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
            if records.claim(self.store, call.appointment, call.occurrence, mark(now)) and call.manner != "quiet":
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
            records.claim(self.store, call.appointment, call.occurrence, mark(now))
        ahead = [-item.due.ago_s(now) for item in kept if item.due and item.due.ago_s(now) < 0]
        if ahead and not (room.busy or room.talking or is_quiet(now.wall.time(), self.rules)):
            events.append(Due(t=t, what="restored", slots={"left_s": ahead[0]}))
        return events

    def _event(self, call: Call, t: float, now: Now) -> Event:
        item = call.appointment
        practice = PRACTICES.get(item.kind, item.what)
        clock = "it's time" if self.doubts_time(t) else clock_words(now.wall)
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
