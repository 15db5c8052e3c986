"""What is due: a pure function of the present moment, of what is stored, and of what goes on in the room.

Nothing here waits or remembers. A thing that was brought up is claimed in the store first, so that whoever asks again
(a second later, or after a crash) is not told of it twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from voice.keeping.appointments import Appointment, Claims
from voice.keeping.clock import Now
from voice.keeping.recurrence import coming, instant, latest

ASKED_ALOUD_S = 30 * 60.0
"""A return further back than this is not asked aloud any more."""
TAKEN_PLACE_S = 60 * 60.0
"""A practice that went on this long over a return has taken its place."""
REMINDED_S = 15 * 60.0
"""From the question at the return, if nobody answers, to the one reminder."""
CAREFUL_S = 2 * 3600.0
"""After a stopped practice, and after a return that nobody answered, no touch is suggested for this long."""
EVENING = time(18)
"""When something is brought up for which only a day was said."""
TOUCH = frozenset({"hug", "kiss", "holding hands"})
"""Acts that need both, and closeness."""

Manner = Literal["return", "chime", "passed", "quiet", "ritual", "gentle", "promise", "follow-up"]
"""``chime``: a return without a word; ``quiet``: let go without a sound; ``gentle``: a ritual without its touch."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the two have set."""

    quiet: tuple[time, time] | None = (time(23), time(6))
    """Nothing is brought up between these wall-clock times; ``None`` for at any time."""
    patience_s: float = 15 * 60.0
    """How long a ritual waits for a calm moment before it lets go, seconds."""


@dataclass(frozen=True, slots=True)
class Room:
    """What goes on at this moment."""

    busy: bool = False
    """A conversation with Attune is on."""
    talking: bool = False
    """Somebody speaks, or did just now."""
    upset: bool = False
    """The two count as flooded."""
    stopped_s: float = float("inf")
    """Seconds since a practice was stopped."""
    closed: bool = False
    """They asked it not to listen: "stop" would not be heard."""
    waited_s: float = 0.0
    """Seconds that they could not well be asked lately; see ``lookout.Waiting``."""

    @property
    def asks_nothing(self) -> bool:
        """Whether nothing may be begun: somebody speaks, or no answer could be heard."""
        return self.talking or self.closed


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to be brought up now."""

    appointment: Appointment
    occurrence: str
    """Which of its times; to be claimed before a sound is made."""
    manner: Manner


def due(now: Now, kept: Iterable[Appointment], claims: Claims, rules: Rules, room: Room) -> list[Call]:
    """What is to be brought up at this moment, most urgent first; returns before rituals, rituals before the rest."""
    kept = tuple(kept)
    careful = is_careful(now, kept, room)
    calls: list[Call | None] = []
    for item in kept:
        if item.kind == "time-out":
            calls.append(_return(now, item, claims, room))
        elif not (room.busy or room.asks_nothing or is_quiet(now.wall.time(), rules)):
            calls.append(_by_the_clock(now, item, claims, rules, room, careful))
    order = ("time-out", "ritual", "promise", "follow-up")
    return sorted(
        (call for call in calls if call), key=lambda call: (order.index(call.appointment.kind), call.occurrence)
    )


def is_careful(now: Now, kept: Iterable[Appointment], room: Room) -> bool:
    """Whether a practice was stopped lately, or a time-out is open: no touch is suggested, nothing asked of them."""
    return room.stopped_s < CAREFUL_S or any(is_open(item, now) for item in kept)


def must_wait(now: Now, kept: Iterable[Appointment], room: Room) -> bool:
    """Whether a promise or a planned talk waits, for they would not hear it well, or it not them."""
    return room.closed or room.upset or is_careful(now, kept, room)


def is_open(item: Appointment, now: Now) -> bool:
    """Whether a time-out is going on, or nobody has answered at its end yet."""
    return item.kind == "time-out" and item.due is not None and item.due.ago_s(now) < CAREFUL_S


def is_quiet(at: time, rules: Rules) -> bool:
    """Whether a wall-clock time lies in the quiet hours, which may go over midnight."""
    if rules.quiet is None:
        return False
    begin, end = rules.quiet
    return begin <= at < end if begin <= end else at >= begin or at < end


def return_key(item: Appointment) -> str:
    """Which return this is: another one after "ten more"."""
    return _key("return", item)


def passed_key(item: Appointment) -> str:
    """The one reminder after a return."""
    return _key("passed", item)


def held_key(item: Appointment) -> str:
    """That a practice ran when the return came."""
    return _key("held", item)


def _key(what: str, item: Appointment) -> str:
    """By the clock that nobody can set: the other moves the appointment along, which stays the same one."""
    assert item.due is not None
    return f"{what} {item.due.uptime_s:.3f} {item.due.boot}"


def at_start(now: Now, kept: Iterable[Appointment], claims: Claims, rules: Rules, room: Room) -> list[Call]:
    """Returns that may not be asked aloud after a start: too far back, in quiet hours, or where nothing is asked.

    They are claimed without a word; "what did we promise" tells them.
    """
    found = []
    for item in kept:
        if item.kind != "time-out" or item.due is None or item.due.ago_s(now) < 0:
            continue
        silent = item.due.ago_s(now) >= ASKED_ALOUD_S or is_quiet(now.wall.time(), rules) or room.asks_nothing
        found += [Call(item, key(item), "quiet") for key in (return_key, passed_key)
                  if silent and (item.id, key(item)) not in claims]  # fmt: skip
    return found


def _return(now: Now, item: Appointment, claims: Claims, room: Room) -> Call | None:
    assert item.due is not None
    asked = claims.get((item.id, return_key(item)))
    late_s = item.due.ago_s(now)
    if asked is None:
        if not 0 <= late_s < TAKEN_PLACE_S:
            return None
        if room.busy:
            return _held(item, claims) if late_s < ASKED_ALOUD_S else None
        if late_s >= ASKED_ALOUD_S:
            return _after_all(item, claims, room)
        return Call(item, return_key(item), "chime" if room.asks_nothing else "return")
    if (item.id, passed_key(item)) in claims or not REMINDED_S <= asked.ago_s(now) < ASKED_ALOUD_S or room.busy:
        return None
    return Call(item, passed_key(item), "quiet" if room.asks_nothing else "passed")


def _held(item: Appointment, claims: Claims) -> Call | None:
    """A practice ran when the return came: noted, so that its end still brings it up."""
    return None if (item.id, held_key(item)) in claims else Call(item, held_key(item), "quiet")


def _after_all(item: Appointment, claims: Claims, room: Room) -> Call | None:
    """The practice has lasted long over the return: at its end, that the time has passed, in place of the question."""
    if (item.id, held_key(item)) not in claims or (item.id, passed_key(item)) in claims or room.asks_nothing:
        return None
    return Call(item, passed_key(item), "passed")


def _by_the_clock(now: Now, item: Appointment, claims: Claims, rules: Rules, room: Room, careful: bool) -> Call | None:
    """A ritual, a promise or a follow-up whose time has just come; what was missed is missed.

    A ritual comes round again; the others come once, and wait until it listens again and they are calm.
    """
    assert item.rule is not None
    at = latest(item.rule, now.wall)
    if at is None or (item.id, at.isoformat()) in claims:
        return None
    late_s = (now.utc - instant(at, now.zone)).total_seconds()
    today = item.all_day and at.date() == now.wall.date()
    patience_s = rules.patience_s + (0.0 if item.kind == "ritual" else room.waited_s)
    if late_s < 0 or not (today or late_s < patience_s):
        return None
    if item.kind == "ritual":
        return Call(item, at.isoformat(), "gentle" if careful and item.what in TOUCH else "ritual")
    if careful or room.upset:
        return None
    return Call(item, at.isoformat(), "promise" if item.kind == "promise" else "follow-up")


def not_today(now: Now, kept: Iterable[Appointment], claims: Claims) -> list[Call]:
    """What still comes today by the clock, to be claimed without a word."""
    midnight = datetime.combine(now.wall.date(), time())
    found = []
    for item in kept:
        at = coming(item.rule, midnight - timedelta(seconds=1)) if item.rule and item.kind == "ritual" else None
        if at is not None and at.date() == now.wall.date() and (item.id, at.isoformat()) not in claims:
            found.append(Call(item, at.isoformat(), "quiet"))
    return found


def day_time(day: date, rules: Rules) -> datetime:
    """When something is brought up for which only a day was said: in the evening, or when quiet hours end."""
    at = rules.quiet[1] if rules.quiet and is_quiet(EVENING, rules) else EVENING
    return datetime.combine(day, at)


def waking_day(wall: datetime, rules: Rules) -> date:
    """The day that a moment in quiet hours belongs to: half past twelve at night is still the evening before."""
    after_midnight = rules.quiet is not None and rules.quiet[0] > rules.quiet[1] > wall.time()
    return (wall - timedelta(days=1)).date() if after_midnight else wall.date()


def due_iso(item: Appointment, now: Now) -> str | None:
    """When an appointment comes next, ISO 8601 with zone; ``None`` if it does not come any more."""
    if item.due:
        left = timedelta(seconds=-item.due.ago_s(now))
        return Now(now.utc + left, now.zone, 0.0, "").iso()
    assert item.rule is not None
    wall = coming(item.rule, now.wall)
    return Now(instant(wall, now.zone), now.zone, 0.0, "").iso() if wall else None
