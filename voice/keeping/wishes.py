"""What a script may wish to keep, by the name in its ``keep:`` step; each answers with facts for what it says next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from voice.events import Event, Kept, Noted, Promised
from voice.keeping import records
from voice.keeping.appointments import Appointment, Kind, mark
from voice.keeping.clock import Now
from voice.keeping.coming_once import coming_once, due_by, on_day
from voice.keeping.due import EVENING, due_iso, is_quiet
from voice.keeping.history import week_of
from voice.keeping.recurrence import instant, latest, once, parts_of, rule, twelve_hours_later
from voice.keeping.said_wishes import SaidWishes
from voice.keeping.setting_wishes import SettingWishes
from voice.keeping.spoken import PART_HOURS, Day, Length, Moment, Repeat, Spoken, find_time, says_half_a_time
from voice.keeping.tongues import Tongue
from voice.understanding.words import split as words_of

if TYPE_CHECKING:
    from voice.keeping.keeper import Keeper

Details = Mapping[str, Any]
SHORTEST_MIN, USUAL_MIN, LONGEST_MIN = 5, 20, 120
"""A time-out in minutes: at least twenty are often advised, and a whole evening is no break any more."""
MORE_S = 10 * 60.0
"""Ten more."""
MOST_NAMED = 3
"""So many practices of a week are named."""


class Wishes:
    """Writes, and says how it went."""

    def __init__(self, keeper: Keeper) -> None:
        """Use the keeper's store and clock."""
        self._keeper = keeper
        self._tongue = keeper.tongue
        self._by_name: dict[str, Callable[[Details, float, Now], tuple[Details, list[Event]]]] = {
            "time-out": self._time_out,
            "ten-more": self._ten_more,
            "no-time": self._over,
            "met": self._over,
            "act": self._act,
            "ritual": self._ritual,
            "ritual-evening": self._ritual_evening,
            "follow-up": self._follow_up,
            "promise": self._promise,
            "promise-done": self._promise_over,
            "promise-moved": self._promise_moved,
            "week": self._week,
            "clock": self._clock,
            **SaidWishes(keeper).by_name,
            **SettingWishes(keeper).by_name,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """What a script may name."""
        return tuple(self._by_name)

    def carry_out(self, what: str, details: Details, t: float) -> list[Event]:
        """Write it; raises ``DeviceError`` where that cannot be."""
        now = self._keeper.now(t)
        facts, events = self._by_name[what](details, t, now)
        return [*events, Noted(t=t, what=what, facts={"clock": self._tongue.clock(now.wall), **facts})]

    # Time-outs

    def _time_out(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        spoken = self._keeper.said_time(t)
        if isinstance(spoken, Moment | Day):
            wall = spoken.wall if isinstance(spoken, Moment) else on_day(spoken.day, now, self._keeper.rules)
            seconds = (instant(wall, now.zone) - now.utc).total_seconds()
        else:
            asked = spoken.minutes if isinstance(spoken, Length) else int(details.get("minutes") or USUAL_MIN)
            seconds = 60.0 * min(LONGEST_MIN, max(SHORTEST_MIN, asked))
        if seconds <= 0:
            return {"kept": "when"}, []
        item = Appointment("time-out", "return", mark(now), due=mark(now).later(seconds))
        facts, events = self._written(item, t, now)
        if self._keeper.doubts_time(t):
            return {**facts, "kept": "unsure"}, events
        return {**facts, "kept": "moment" if isinstance(spoken, Moment | Day) else "yes"}, events

    def _ten_more(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        for item in self._open("time-out"):
            moved = records.move(self._keeper.store, item, due=mark(now).later(MORE_S))
            return self._facts(moved, now), [self._promised(moved, t, now)]
        return self._time_out({"minutes": 10}, t, now)

    def _over(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        records.let_go(self._keeper.store, *self._open("time-out"))
        return {"kept": "yes"}, []

    # By the clock

    def _act(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """Known until the practice ends."""
        return {"kept": "yes", "act": details["act"]}, []

    def _ritual(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        spoken = self._keeper.said_time(t) or _part_of_day(self._keeper.said, now.wall, self._tongue)
        if isinstance(spoken, Moment) and details.get("manner") == "new":
            spoken = Repeat(rule(spoken.wall.time(), (), 1, now.wall, weekly=False))
        wanted = _rule_of(spoken)
        if wanted is None:
            return {"kept": "when"}, []
        if is_quiet(_time_of(wanted), self._keeper.rules):
            return {"kept": "quiet"}, []
        act = str(details["act"])
        facts, events = self._written(Appointment("ritual", act, mark(now), rule=wanted), t, now)
        guessed = isinstance(spoken, Repeat | Moment) and not spoken.sure and _time_of(wanted).hour < 12
        return {**facts, "kept": "guessed" if guessed else "yes", "words": self._keeper.act(act)}, events

    def _ritual_evening(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """It was meant twelve hours later."""
        for item in self._open("ritual"):
            if item.id == details.get("id") and item.rule:
                moved = records.move(self._keeper.store, item, rule=twelve_hours_later(item.rule))
                return self._facts(moved, now), [self._promised(moved, t, now)]
        return {"kept": "none"}, []

    def _follow_up(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        days = details.get("days")
        wall = now.wall + timedelta(days=days) if days else None
        spoken: Spoken | None = Day(wall.date()) if wall else self._keeper.said_time(t)
        return self._once("follow-up", str(details["practice"]), spoken, details, t, now)

    def _promise(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """By when is told by its words, or where they tell none that comes once, by the answer about it."""
        words = str(details.get("words") or "")
        if not words:  # they were lost: there would be nothing to bring up
            return {"kept": "words"}, []
        spoken = find_time(words, now.wall, self._tongue.language, lasts=False)
        if spoken is None or isinstance(spoken, Repeat):
            spoken = self._keeper.said_time(t)
        return self._once("promise", "promise", spoken, details, t, now)

    def _once(
        self, kind: Kind, what: str, spoken: Spoken | None, details: Details, t: float, now: Now
    ) -> tuple[Details, list[Event]]:
        """Something that comes once, on a day or at a moment."""
        if isinstance(spoken, Repeat) or spoken is None:
            return {"kept": "when"}, []
        rules = self._keeper.rules
        wall, all_day = due_by(spoken, now, rules) if kind == "promise" else coming_once(spoken, now, rules)
        if not all_day and is_quiet(wall.time(), rules):
            return {"kept": "quiet", "when": self._tongue.another_time}, []
        words = str(details.get("words") or "") or None
        return self._written(
            Appointment(kind, what, mark(now), None, once(wall), all_day, details.get("person"), words), t, now
        )

    def _promise_over(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        records.let_go(self._keeper.store, *(item for item in self._open("promise") if item.id == details.get("id")))
        return {"kept": "yes"}, []

    def _promise_moved(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """Another day; tomorrow where none was said."""
        spoken = self._keeper.said_time(t)
        if spoken is None or isinstance(spoken, Repeat):
            spoken = Day((now.wall + timedelta(days=1)).date())
        wall, all_day = due_by(spoken, now, self._keeper.rules)
        for item in self._open("promise"):
            if item.id == details.get("id"):
                moved = records.move(self._keeper.store, item, rule=once(wall), all_day=all_day)
                return self._facts(moved, now), [self._promised(moved, t, now)]
        return {"kept": "none"}, []

    # The clock itself

    def _clock(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """They said what time it is, since the machine's clock cannot know."""
        timekeeping, shown = self._keeper.timekeeping, self._keeper.shown(t)
        spoken = self._keeper.said_time(t)
        if not isinstance(spoken, Moment) or not self._keeper.doubts_time(t):
            return {"kept": "when"}, []
        before = timekeeping.earliest(shown).wall
        timekeeping.correct(shown, instant(spoken.wall, now.zone))
        return {"kept": "yes", "when": self._tongue.moment(spoken.wall, before)}, []

    # What was done

    def _week(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        done = week_of(records.rows(self._keeper.store), now.wall.date())
        titles = list(dict.fromkeys(self._keeper.title(row.practice) for row in done))[:MOST_NAMED]
        return {"kept": "yes" if titles else "none", "done": ". ".join(titles)}, []

    # What all have in common

    def _open(self, kind: Kind) -> list[Appointment]:
        return [item for item in records.appointments(self._keeper.store) if item.kind == kind]

    def _written(self, wanted: Appointment, t: float, now: Now) -> tuple[Details, list[Event]]:
        store = self._keeper.store
        item = records.add(store, wanted)
        if item.made == wanted.made:  # else it was there already, and is not taken back with the saying of it
            self._keeper.may_forget(t, lambda: records.let_go(store, item))
        return {**self._facts(item, now), "id": item.id}, [self._promised(item, t, now), Kept(t=t, what=item.kind)]

    def _promised(self, item: Appointment, t: float, now: Now) -> Event:
        return Promised(t=t, what=item.kind, due=due_iso(item, now) or now.iso())

    def _facts(self, item: Appointment, now: Now) -> Details:
        """How an appointment is said."""
        if item.due:
            left_s = -item.due.ago_s(now)
            wall = Now(now.utc + timedelta(seconds=left_s), now.zone, 0.0, "").wall
            minutes = max(1, round(left_s / 60))
            return {
                "kept": "yes",
                "when": self._tongue.moment(wall, now.wall),
                "length": self._tongue.length(minutes),
                "left_s": left_s,
            }
        assert item.rule is not None
        if "COUNT=1" not in item.rule:
            return {"kept": "yes", "when": self._tongue.repeat(item.rule)}
        wall = latest(item.rule, datetime.max) or now.wall
        return {"kept": "yes", "when": self._tongue.once(wall, now.wall, all_day=item.all_day)}


def _part_of_day(said: str, wall: datetime, tongue: Tongue) -> Repeat | None:
    """ "In the evening" as every evening, unless a time was said with it that cannot be read."""
    if says_half_a_time(said, wall, tongue.language):
        return None
    part = next((tongue.parts[word] for word in words_of(said) if word in tongue.parts), None)
    return Repeat(rule(time(PART_HOURS[part]), (), 1, wall, weekly=False)) if part else None


def _rule_of(spoken: Spoken | None) -> str | None:
    match spoken:
        case Repeat(rule=rule):
            return rule
        case Moment(wall=wall):
            return once(wall)
        case Day(day=day):
            return once(datetime.combine(day, EVENING))
    return None


def _time_of(rule: str) -> time:
    return parts_of(rule)[0].time()
