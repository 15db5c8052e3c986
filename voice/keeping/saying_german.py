"""Saying times in German: "zehn vor neun", "morgen Abend um sieben", "jeden Abend um sechs"."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from voice.keeping.recurrence import WEEKDAYS, parts_of

DAY_NAMES = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")  # fmt: skip
ONES = ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
        "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn")  # fmt: skip
TENS = ("null", "zehn", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_TOLD = {5: "fünf nach {0}", 10: "zehn nach {0}", 15: "Viertel nach {0}", 20: "zwanzig nach {0}",
         25: "fünf vor halb {1}", 30: "halb {1}", 35: "fünf nach halb {1}", 40: "zwanzig vor {1}",
         45: "Viertel vor {1}", 50: "zehn vor {1}", 55: "fünf vor {1}"}  # fmt: skip
_IRREGULAR = {1: "ersten", 3: "dritten", 7: "siebten", 8: "achten"}
_PARTS = {"morgens": "morgen", "vormittags": "vormittag", "mittags": "mittag", "nachmittags": "nachmittag",
          "abends": "abend"}  # fmt: skip
WORKDAYS, WEEKEND = WEEKDAYS[:5], WEEKDAYS[5:]


def spell(number: int) -> str:
    """A number from 0 to 199 in words: "einundzwanzig"."""
    if number < 20:
        return ONES[number]
    if number >= 100:
        return "hundert" + (spell(number % 100) if number % 100 else "")
    tens, ones = divmod(number, 10)
    return TENS[tens] if not ones else f"{'ein' if ones == 1 else ONES[ones]}und{TENS[tens]}"


def ordinal(day: int) -> str:
    """A day of the month, as it is said after "am": "dritten", "einundzwanzigsten"."""
    return _IRREGULAR.get(day) or spell(day) + ("ten" if day < 20 else "sten")


def clock_words(at: datetime | time) -> str:
    """A time of day: "zehn vor neun", "halb neun", "acht Uhr siebenundvierzig"; noon and midnight by name."""
    hour, minute = at.hour % 12 or 12, at.minute
    if minute == 0:
        return {0: "Mitternacht", 12: "zwölf Uhr mittags"}.get(at.hour, spell(hour))
    if minute in _TOLD:
        return _TOLD[minute].format(spell(hour), spell(hour % 12 + 1))
    return f"{'ein' if hour == 1 else spell(hour)} Uhr {spell(minute)}"


def part_words(at: datetime | time) -> str:
    """The part of the day that a time lies in: "abends"; nothing for noon and midnight."""
    if at.minute == 0 and at.hour % 12 == 0:
        return ""
    starts = ((18, "abends"), (13, "nachmittags"), (12, "mittags"), (10, "vormittags"), (5, "morgens"))
    return next((part for hour, part in starts if at.hour >= hour), "nachts")


def moment_words(wall: datetime, now: datetime) -> str:
    """A moment as seen from ``now``: "um zehn vor neun", "morgen früh um neun", "am Freitagabend um …"."""
    if timedelta() <= wall - now < timedelta(hours=11) or wall.date() == now.date():
        return f"um {clock_words(wall)}"
    day, part, ahead = day_words(wall, now), part_words(wall), (wall.date() - now.date()).days
    if part in _PARTS and ahead == 1:
        named = "früh" if part == "morgens" else _PARTS[part].capitalize()
        return f"{day} {named} um {clock_words(wall)}"
    if part in _PARTS and 1 < ahead < 7:
        return f"{day}{_PARTS[part]} um {clock_words(wall)}"
    return f"{day} um {clock_words(wall)} {part}".rstrip()


def day_words(wall: datetime, now: datetime) -> str:
    """A day as seen from ``now``: heute, morgen, "am Freitag", "am dritten April"."""
    ahead = (wall.date() - now.date()).days
    if ahead in (0, 1):
        return ("heute", "morgen")[ahead]
    return f"am {DAY_NAMES[wall.weekday()]}" if 1 < ahead < 7 else f"am {ordinal(wall.day)} {MONTHS[wall.month - 1]}"


def length_words(minutes: int) -> str:
    """A length: "zwanzig Minuten", "eine Stunde", "anderthalb Stunden", "zwei Stunden und fünf Minuten"."""
    hours, rest = divmod(minutes, 60)
    told = "eine Minute" if rest == 1 else f"{spell(rest)} Minuten"
    if not hours:
        return told
    if rest == 30:
        return "anderthalb Stunden" if hours == 1 else f"{spell(hours)}einhalb Stunden"
    whole = "eine Stunde" if hours == 1 else f"{spell(hours)} Stunden"
    return f"{whole} und {told}" if rest else whole


def repeat_words(rule: str) -> str:
    """A rule as it is said: "jeden Abend um sechs", "sonntags um halb neun morgens"."""
    start, frequency, interval, days = parts_of(rule)
    at = f"um {clock_words(start)} {part_words(start)}".rstrip()
    if frequency == "DAILY" and not days:
        return _daily(start) if interval == 1 else f"{_every(interval, 'Tag', 'Tage')} {at}"
    named = days or (WEEKDAYS[start.weekday()],)
    if interval > 1:
        names = " und ".join(DAY_NAMES[WEEKDAYS.index(day)] for day in named)
        return f"{_every(interval, 'Woche', 'Wochen')} am {names} {at}"
    return f"{_days(named)} {at}"


def _daily(start: datetime) -> str:
    part = part_words(start)
    each = f"jeden {_PARTS[part].capitalize()}" if part in _PARTS else "jede Nacht" if part else "jeden Tag"
    return f"{each} um {clock_words(start)}"


def _every(interval: int, unit: str, units: str) -> str:
    ending = "n" if unit == "Tag" else ""
    return f"jede{ending} zweite{ending} {unit}" if interval == 2 else f"alle {spell(interval)} {units}"


def _days(days: tuple[str, ...]) -> str:
    if days == WORKDAYS:
        return "werktags"
    names = [DAY_NAMES[WEEKDAYS.index(day)].lower() + "s" for day in days]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} und {names[-1]}"
    return "an Wochenenden" if days == WEEKEND else listed
