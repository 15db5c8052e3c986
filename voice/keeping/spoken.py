"""What spoken times mean, in any language: "every evening at six", "in twenty minutes", "tomorrow"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import ModuleType
from typing import Any

from voice.keeping import spoken_english, spoken_german
from voice.keeping.recurrence import rule

PART_HOURS = {"morning": 8, "afternoon": 15, "evening": 20, "night": 22, "bedtime": 22}
"""The hour that a part of the day stands for where no other is said; 22 is when bedtime comes in the built-in talk."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NOON = 12 * 60
MOST_WORDS = 16
"""The longest sentence in the table of times has 11 words."""


@dataclass(frozen=True, slots=True)
class Length:
    """Some time, from now on."""

    minutes: int
    moment: bool = False
    """True for "in twenty minutes": the moment at its end."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on a day."""

    wall: datetime
    """The wall clock's time, without a zone."""
    sure: bool = True
    """False where morning or evening was not said and had to be guessed."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, without a time."""

    day: date


@dataclass(frozen=True, slots=True)
class Repeat:
    """Days that come again and again, at one time."""

    rule: str
    """As in RFC 5545, the first time included."""
    sure: bool = True
    """False where morning or evening was not said and had to be guessed."""


Spoken = Length | Moment | Day | Repeat


def read_time(text: str, wall: datetime, language: str = "en") -> Spoken | None:
    """What a text says, if the whole of it is one time; ``wall`` is the present time without a zone."""
    slots = _reader(language).slots(" ".join(_reader(language).words(text)))
    return _meaning(slots, wall) if slots else None


def read_repeat(text: str, wall: datetime) -> Repeat | None:
    """A repetition in any of the languages; ``None`` where the text is none."""
    found = (read_time(text, wall, language) for language in ("en", "de"))
    return next((spoken for spoken in found if isinstance(spoken, Repeat)), None)


def is_repeat(text: str) -> str:
    """The text, where it says a repetition; raises ``ValueError`` otherwise, as pydantic's validators do."""
    if read_repeat(text, datetime(2026, 1, 1)) is None:
        raise ValueError(f"'{text}' does not say when it comes again")
    return text


def find_time(text: str, wall: datetime, language: str = "en", *, lasts: bool = True) -> Spoken | None:
    """The longest time that some words of a text say; the first of equally long ones. What is only a part of a time
    that cannot be read is none. Without ``lasts`` neither is how long something takes ("for ten minutes").
    """
    return _search(text, wall, language, lasts)[0]


def says_half_a_time(text: str, wall: datetime, language: str = "en") -> bool:
    """Whether a text says no time, but a part of one that cannot be read: "every evening at twenty four o'clock"."""
    spoken, cut = _search(text, wall, language, True)
    return spoken is None and cut


def _search(text: str, wall: datetime, language: str, lasts: bool) -> tuple[Spoken | None, bool]:
    """The time in a text, and whether a longer one was only a part of what cannot be read."""
    words = _reader(language).words(text)
    known = _reader(language).known()
    spans = sorted(
        (
            (start, end)
            for start in range(len(words))
            for end in range(start + 1, min(len(words), start + MOST_WORDS) + 1)
            if all(word in known for word in words[start:end])
        ),
        key=lambda span: (span[0] - span[1], span[0]),
    )
    cut: list[tuple[int, int]] = []
    for start, end in spans:
        if any(start < until and since < end for since, until in cut):
            continue
        slots = _reader(language).slots(" ".join(words[start:end]))
        spoken = _meaning(slots, wall) if slots else None
        only_lasts = not lasts and isinstance(spoken, Length) and not spoken.moment
        if spoken and not only_lasts and not _reader(language).BESIDE.cuts(words, start, end):
            return spoken, bool(cut)
        if spoken:
            cut.append((start, end))
    return None, bool(cut)


def _reader(language: str) -> ModuleType:
    return spoken_german if language == "de" else spoken_english


def _meaning(slots: Mapping[str, Any], wall: datetime) -> Spoken | None:
    match slots["kind"]:
        case "length" | "after" as kind:
            return Length(_minutes(slots), moment=kind == "after")
        case "day":
            day = _day(slots, wall)
            return Day(day) if day else None
        case "repeat":
            return _repeat(slots, wall)
    return _moment(slots, wall)


def _minutes(slots: Mapping[str, Any]) -> int:
    pieces = ("minutes", "spell", "half")
    return int(slots.get("hours", 0)) * 60 + sum(int(slots.get(piece, 0)) for piece in pieces)


def _moment(slots: Mapping[str, Any], wall: datetime) -> Moment | None:
    day = _day(slots, wall)
    said = _time_of_day(slots)
    if said is None:
        return None
    minutes, sure = said
    coming_today = day == wall.date() and (not sure or slots.get("hour") == 0)  # today has two midnights
    if day is not None and not coming_today:
        late = "noon" in slots or slots.get("part") in ("evening", "night")
        return Moment(_at(day, minutes, late), sure)
    coming = (_at(wall.date(), option, late=False) for option in sorted(_options(minutes, sure)))
    later = [moment for moment in coming if moment > wall]
    return Moment(later[0] if later else _at(wall.date(), min(_options(minutes, sure)), False) + timedelta(days=1))


def _options(minutes: int, sure: bool) -> tuple[int, ...]:
    """The minutes of the day that a time said without its half of the day can mean."""
    return (minutes,) if sure else (minutes % NOON, minutes % NOON + NOON)


def _at(day: date, minutes: int, late: bool) -> datetime:
    """A day and minutes after its midnight; "midnight" and "one at night" belong to the night that follows the day."""
    after = timedelta(days=1) if late and minutes < 5 * 60 else timedelta()
    return datetime.combine(day, time(minutes // 60, minutes % 60)) + after


def _time_of_day(slots: Mapping[str, Any]) -> tuple[int, bool] | None:
    """Minutes after midnight, and whether the half of the day was said."""
    part = slots.get("part")
    if "noon" in slots:
        return int(slots["noon"]) * 60, True
    if "hour" not in slots:
        return (PART_HOURS[part] * 60, True) if part in PART_HOURS else None
    hour = int(slots["hour"])
    minute = int(slots.get("offset", 0)) + int(slots.get("minute", 0))
    minute += int(slots.get("past", 0)) - int(slots.get("before", 0))
    if hour > 12 or hour == 0:  # on a clock of twenty-four hours
        return (hour * 60 + minute) % (2 * NOON), True
    clock = (hour * 60 + minute) % NOON
    return clock + NOON * _afternoon(clock, part), part is not None


def _afternoon(clock: int, part: str | None) -> bool:
    """Whether a time on a twelve-hour clock, in minutes, lies after noon.

    Without a part of the day seven to eleven count as the morning, the rest as after noon: so calendars read them.
    """
    if part in ("afternoon", "evening"):
        return True
    if part in ("night", "bedtime"):
        return clock >= 5 * 60
    return False if part == "morning" else clock < 7 * 60


def _day(slots: Mapping[str, Any], wall: datetime) -> date | None:
    today = wall.date()
    if "days" in slots:
        return _sunday(today) if slots["days"] == "weekend" else today + timedelta(days=int(slots["days"]))
    if "weeks" in slots:
        return today + timedelta(weeks=int(slots["weeks"]))
    if "weekday" in slots:
        ahead = (WEEKDAYS.index(slots["weekday"]) - today.weekday()) % 7
        return today + timedelta(days=ahead or 7)
    if "ordinal" in slots:
        return _date(int(slots["ordinal"]), slots.get("month"), today)
    return today if slots.get("part") and "hour" not in slots else None


def _sunday(today: date) -> date:
    return today + timedelta(days=6 - today.weekday())


def _date(day: int, month: int | None, today: date) -> date | None:
    """The next day of that name from tomorrow on; ``None`` where no month has it."""
    for number in range(today.month, today.month + 12 * 8 + 1):
        if month is None or (number - 1) % 12 + 1 == int(month):
            try:
                found = date(today.year + (number - 1) // 12, (number - 1) % 12 + 1, day)
            except ValueError:
                continue
            if found > today:
                return found
    return None


def _repeat(slots: Mapping[str, Any], wall: datetime) -> Repeat:
    named = [slots[name] for name in ("weekday", "weekday_two", "weekday_three") if name in slots]
    minutes, sure = _time_of_day({"part": slots.get("parted"), **slots}) or (PART_HOURS["evening"] * 60, False)
    days = tuple(day for names in named for day in names.split(","))
    weekly = bool(days) or slots.get("every") == "WEEKLY"
    interval = int(slots.get("interval", slots.get("number", 1)))
    return Repeat(rule(time(minutes // 60 % 24, minutes % 60), days, interval, wall, weekly=weekly), sure)
