"""What is due, by a table of things that happen, and as properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.keeping.examples import at, later, promise, ritual, time_out
from voice.content import read_yaml
from voice.keeping import records
from voice.keeping.appointments import Appointment, mark
from voice.keeping.clock import Now
from voice.keeping.due import Room, Rules, at_start, day_time, due, due_iso, is_quiet, must_wait, not_today, waking_day
from voice.keeping.lookout import Waiting
from voice.keeping.store import memory_store

TABLE = read_yaml(Path(__file__).parent / "due.yaml").data
STEP_S = 30.0


class World:
    """A machine, its clock, and two people, while time passes; whatever comes due is claimed and written down."""

    def __init__(self, now: Now, rules: Rules) -> None:
        """Begin in a silent room."""
        self.now = now
        self.rules = rules
        self.room = Room()
        self.waiting = Waiting()
        self.stopped: Now | None = None
        self.awake = True
        self.store = memory_store()
        self.came: list[str] = []
        self.run_s = 0.0

    def keep(self, entry: dict[str, Any]) -> None:
        """Write what a table names."""
        ((kind, value), *_) = entry.items()
        match kind:
            case "time-out":
                item = time_out(self.now, value)
            case "promise":
                item = promise(self.now, value)
            case _:
                item = Appointment(kind, value, mark(self.now), rule=entry["rule"])
        records.add(self.store, item)

    def do(self, what: Any) -> None:
        """One thing that happens."""
        room = self.room
        match what:
            case "talk" | "silence":
                self.room = replace(room, talking=what == "talk")
            case "busy" | "idle":
                self.room = replace(room, busy=what == "busy")
            case "close" | "open":
                self.room = replace(room, closed=what == "close")
            case "upset" | "calm":
                self.room = replace(room, upset=what == "upset")
            case "stopped":
                self.stopped = self.now
            case "off" | "sleep":
                self.awake = False
            case "wake":
                self.awake = True
            case "on":
                self.awake = True
                self.now = replace(self.now, uptime_s=0.0, boot=self.now.boot + "'")
                self._bring(at_start(self.now, *self._stored(), self.rules, self._room()))
            case {"clock": minutes}:
                self.now = replace(self.now, utc=self.now.utc + timedelta(minutes=minutes))
            case {"zone": zone}:
                self.now = replace(self.now, zone=zone)

    def pass_time(self) -> None:
        """Half a minute."""
        if self.awake:
            self._bring(due(self.now, *self._stored(), self.rules, self._room()))
        self.now = later(self.now, STEP_S)
        self.run_s += STEP_S

    def _stored(self) -> Any:
        return records.appointments(self.store), records.claims(self.store)

    def _room(self) -> Room:
        stopped_s = mark(self.stopped).ago_s(self.now) if self.stopped else float("inf")
        room = replace(self.room, stopped_s=stopped_s)
        waits = must_wait(self.now, records.appointments(self.store), room)
        waited_s = self.waiting.look(self.now.uptime_s, waits=waits, patience_s=self.rules.patience_s)
        return replace(room, waited_s=waited_s)

    def _bring(self, calls: list[Any]) -> None:
        for call in calls:
            if records.claim(self.store, call.appointment, call.occurrence, mark(self.now)):
                self.came.append(f"{self.now.wall:%H:%M} {call.manner}")


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["title"]) for entry in TABLE])
def test_what_comes_is_what_is_due(entry: dict[str, Any]) -> None:
    """A table by hand."""
    wall, zone = entry["begin"].split()
    quiet = entry.get("quiet", ["23:00", "06:00"])
    hours = (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None
    world = World(at(wall, zone), Rules(hours, entry.get("patience", 15) * 60.0))
    for item in entry["kept"]:
        world.keep(item)
    then = list(entry.get("then", ()))
    while world.run_s <= entry.get("hours", 3) * 3600:
        while then and then[0]["after"] * 60 <= world.run_s:
            world.do(then.pop(0)["do"])
        world.pass_time()
    assert world.came == entry["comes"]


HAPPENINGS = st.sampled_from(
    ["talk", "silence", "busy", "idle", "close", "open", "upset", "calm", "stopped", "off", "on", "sleep", "wake"]
) | st.builds(lambda minutes: {"clock": minutes}, st.integers(-180, 180)) | st.sampled_from(
    [{"zone": "Europe/London"}, {"zone": "Pacific/Auckland"}, {"zone": "America/St_Johns"}]
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.tuples(HAPPENINGS, st.integers(1, 40)), max_size=8), st.integers(0, 23))
def test_nothing_ever_comes_twice(happenings: list[tuple[Any, int]], hour: int) -> None:
    """Whatever happens to the machine, its clock and the room, in any order."""
    world = World(at(f"2026-03-28T{hour:02}:00"), Rules())
    for entry in (
        {"time-out": 20}, {"ritual": "hug", "rule": "DTSTART:20260328T200000\nRRULE:FREQ=DAILY"},
        {"promise": "2026-03-28T18:00"},
    ):  # fmt: skip
        world.keep(entry)
    for what, minutes in happenings:
        world.do(what)
        for _ in range(minutes * 2):
            world.pass_time()
    manners = [came.split()[1] for came in world.came]
    assert manners.count("return") + manners.count("chime") <= 1
    assert manners.count("passed") <= 1
    assert manners.count("promise") <= 1


@given(st.integers(0, 7 * 24 * 60), st.booleans(), st.booleans(), st.booleans())
def test_people_are_never_talked_over(minutes: int, busy: bool, talking: bool, closed: bool) -> None:
    """While they talk, or asked it not to listen, a return only chimes; while a practice runs it makes no sound."""
    now = at("2026-03-25T20:30")
    kept = (time_out(now), ritual(now, "DTSTART:20260325T200000\nRRULE:FREQ=DAILY"), promise(now, "2026-03-27T18:00"))
    calls = due(later(now, minutes * 60), kept, {}, Rules(None), Room(busy, talking, closed=closed))
    allowed = {"quiet"} if busy else {"chime"} if talking or closed else {call.manner for call in calls}
    assert {call.manner for call in calls} <= allowed


@given(st.integers(-86_400, 86_400), st.integers(0, 40 * 60))
def test_a_set_clock_moves_no_time_out(set_by_s: int, passed_s: int) -> None:
    """On one run of the machine only real time counts."""
    begin = at("2026-03-25T20:30")
    item = time_out(begin)
    now = later(begin, passed_s)
    shown = replace(now, utc=now.utc + timedelta(seconds=set_by_s))
    assert due(now, (item,), {}, Rules(), Room()) == due(shown, (item,), {}, Rules(), Room())


def test_not_today_claims_what_is_left_of_today() -> None:
    """And nothing of tomorrow."""
    now = at("2026-03-25T17:00")
    daily = replace(ritual(now, "DTSTART:20260320T180000\nRRULE:FREQ=DAILY"), id=1)
    monday = replace(ritual(now, "DTSTART:20260330T180000\nRRULE:FREQ=WEEKLY;BYDAY=MO"), id=2)
    calls = not_today(now, (daily, monday), {})
    assert [(call.appointment.id, call.occurrence) for call in calls] == [(1, datetime(2026, 3, 25, 18).isoformat())]


def test_not_today_leaves_promises_and_what_is_claimed() -> None:
    """What one promised the other for today still comes; what came already is not taken for what comes."""
    now = at("2026-03-25T17:00")
    daily = replace(ritual(now, "DTSTART:20260320T180000\nRRULE:FREQ=DAILY"), id=1)
    promised = replace(promise(now, "2026-03-25T18:00"), id=2)
    kept = (daily, promised, time_out(now))
    (call,) = not_today(now, kept, {})
    assert call.appointment == daily
    assert not_today(now, kept, {(1, call.occurrence): mark(now)}) == []
    (come,) = due(later(now, 3600), (promised,), {(1, call.occurrence): mark(now)}, Rules(), Room())
    assert come.manner == "promise"


@pytest.mark.parametrize(
    ("quiet", "inside", "outside"),
    [
        ("23:00-06:00", ["23:00", "23:59", "00:00", "05:59"], ["06:00", "12:00", "22:59"]),
        ("13:00-15:00", ["13:00", "14:59"], ["12:59", "15:00", "00:00"]),
        ("00:00-07:00", ["00:00", "06:59"], ["07:00", "23:59"]),
    ],
)
def test_quiet_hours_go_over_midnight(quiet: str, inside: list[str], outside: list[str]) -> None:
    """From their first minute until their end; without any, no hour is quiet."""
    begin, end = (time.fromisoformat(at_) for at_ in quiet.split("-"))
    assert all(is_quiet(time.fromisoformat(at_), Rules((begin, end))) for at_ in inside)
    assert not any(is_quiet(time.fromisoformat(at_), Rules((begin, end))) for at_ in outside)
    assert not any(is_quiet(time.fromisoformat(at_), Rules(None)) for at_ in inside + outside)


def test_nothing_by_the_clock_sounds_in_the_night() -> None:
    """Before midnight and after it; a return that was asked for does."""
    now = at("2026-03-25T21:00")
    for hour in (23, 0, 3, 5):
        daily = ritual(now, f"DTSTART:20260320T{hour:02}3000\nRRULE:FREQ=DAILY")
        then = at(f"2026-03-{25 if hour == 23 else 26}T{hour:02}:31")
        assert due(then, (daily,), {}, Rules(), Room()) == []
        assert [call.manner for call in due(then, (daily,), {}, Rules(None), Room())] == ["ritual"]


def test_after_midnight_it_is_still_the_evening_before() -> None:
    """Until quiet hours end; where they do not go over midnight, or there are none, the calendar counts."""
    night, morning = datetime(2026, 3, 26, 0, 30), datetime(2026, 3, 26, 6, 0)
    assert [waking_day(wall, Rules()) for wall in (night, morning)] == [date(2026, 3, 25), date(2026, 3, 26)]
    for quiet in (None, (time(13), time(15)), (time(0), time(7))):
        assert waking_day(night, Rules(quiet)) == date(2026, 3, 26)


def test_a_day_means_its_evening_or_when_it_is_not_quiet_any_more() -> None:
    """Six, unless it is quiet then."""
    day = date(2026, 3, 26)
    assert day_time(day, Rules()) == day_time(day, Rules(None)) == datetime(2026, 3, 26, 18)
    assert day_time(day, Rules((time(17), time(19, 30)))) == datetime(2026, 3, 26, 19, 30)


def test_what_is_promised_is_told_with_its_hour_and_its_zone() -> None:
    """On both sides of a change of clocks; what does not come any more has no time."""
    now = at("2026-03-28T20:30")
    assert due_iso(time_out(now), later(now, 300)) == "2026-03-28T20:50:00+01:00"
    daily = ritual(now, "DTSTART:20260328T180000\nRRULE:FREQ=DAILY")
    assert due_iso(daily, now) == "2026-03-29T18:00:00+02:00"
    assert due_iso(promise(now, "2026-03-28T18:00"), now) is None
