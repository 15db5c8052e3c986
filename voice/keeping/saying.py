"""Saying times as people do: "ten to nine", "tomorrow at nine in the morning", "every evening at six"."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from voice.keeping.recurrence import WEEKDAYS, parts_of
from voice.understanding.words import spell

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
_ENDINGS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
            "twelve": "twelfth"}  # fmt: skip
_TOLD = {5: "five", 10: "ten", 15: "a quarter", 20: "twenty", 25: "twenty-five"}
WORKDAYS, WEEKEND = WEEKDAYS[:5], WEEKDAYS[5:]


def clock_words(at: datetime | time) -> str:
    """A time of day: "ten to nine", "half past eight", "eight forty-seven"; noon and midnight by name."""
    hour, minute = at.hour % 12 or 12, at.minute
    after = spell(hour % 12 + 1)
    if minute == 0:
        return {0: "midnight", 12: "noon"}.get(at.hour, spell(hour))
    if minute == 30:
        return f"half past {spell(hour)}"
    if minute in _TOLD:
        return f"{_TOLD[minute]} past {spell(hour)}"
    if 60 - minute in _TOLD:
        return f"{_TOLD[60 - minute]} to {after}"
    return f"{spell(hour)} " + (f"oh {spell(minute)}" if minute < 10 else hyphened(minute))


def part_words(at: datetime | time) -> str:
    """The part of the day that a time lies in, with a space before it; nothing for noon and midnight."""
    if at.minute == 0 and at.hour % 12 == 0:
        return ""
    if at.hour < 5 or at.hour >= 22:
        return " at night"
    return " in the " + ("morning" if at.hour < 12 else "afternoon" if at.hour < 18 else "evening")


def moment_words(wall: datetime, now: datetime) -> str:
    """A moment as seen from ``now``: "at ten to nine", "tomorrow at nine in the morning", "on Friday at …"."""
    if timedelta() <= wall - now < timedelta(hours=11) or wall.date() == now.date():
        return f"at {clock_words(wall)}"
    return f"{day_words(wall, now)} at {clock_words(wall)}{part_words(wall)}"


def day_words(wall: datetime, now: datetime) -> str:
    """A day as seen from ``now``: today, tomorrow, "on Friday", "on the third of April"."""
    ahead = (wall.date() - now.date()).days
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    return (
        f"on {DAY_NAMES[wall.weekday()]}"
        if 1 < ahead < 7
        else f"on the {ordinal(wall.day)} of {MONTHS[wall.month - 1]}"
    )


def length_words(minutes: int) -> str:
    """A length: "twenty minutes", "one hour", "an hour and a half", "two hours and five minutes"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return "one minute" if rest == 1 else f"{hyphened(rest)} minutes"
    whole = "one hour" if hours == 1 else f"{spell(hours)} hours"
    if rest == 30:
        return "an hour and a half" if hours == 1 else f"{spell(hours)} and a half hours"
    return whole if not rest else f"{whole} and {hyphened(rest)} minutes" if rest > 1 else f"{whole} and one minute"


def repeat_words(rule: str) -> str:
    """A rule as it is said: "every evening at six", "on Sundays at half past eight in the morning"."""
    start, frequency, interval, days = parts_of(rule)
    at = f"at {clock_words(start)}"
    if frequency == "DAILY" and not days:
        return f"{_every(interval, 'day')} {at}{part_words(start)}" if interval > 1 else _daily(start, at)
    named = days or (WEEKDAYS[start.weekday()],)
    if interval > 1:
        names = _listed([DAY_NAMES[WEEKDAYS.index(day)] for day in named])
        return f"{_every(interval, 'week')} on {names} {at}{part_words(start)}"
    return f"on {_days(named)} {at}{part_words(start)}"


def _daily(start: datetime, at: str) -> str:
    part = part_words(start).split()[-1:]
    return (
        f"every {part[0]} {at}" if part and part[0] != "night" else f"every night {at}" if part else f"every day {at}"
    )


def _every(interval: int, unit: str) -> str:
    return f"every other {unit}" if interval == 2 else f"every {spell(interval)} {unit}s"


def _days(days: tuple[str, ...]) -> str:
    if days == WORKDAYS:
        return "weekdays"
    return "weekends" if days == WEEKEND else _listed([DAY_NAMES[WEEKDAYS.index(day)] + "s" for day in days])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}"


def hyphened(number: int) -> str:
    """A number below a hundred with its hyphen: "twenty-five"."""
    return spell(number).replace(" ", "-")


def ordinal(day: int) -> str:
    """A day of the month: "third", "twenty-first"."""
    tens, _, last = hyphened(day).rpartition("-")
    named = _ENDINGS.get(last, f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{tens}-{named}" if tens else named


def sentence(words: str) -> str:
    """The same words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]
