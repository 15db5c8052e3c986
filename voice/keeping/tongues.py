"""What keeping says and reads in words, by language: times, lengths, and the few words around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from voice.keeping import saying, saying_german, spoken_german
from voice.keeping.spoken import PART_HOURS


class SaysMoment(Protocol):
    """Words for a wall-clock time as seen from another."""

    def __call__(self, wall: datetime, now: datetime) -> str:
        """The words."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one language says times."""

    language: str
    """Its two letters."""
    clock: Callable[[datetime | time], str]
    """A time of day."""
    moment: SaysMoment
    """A moment, with its day where that is another one."""
    day: SaysMoment
    """A day."""
    length: Callable[[int], str]
    """So many minutes."""
    repeat: Callable[[str], str]
    """A rule as in RFC 5545."""
    parts: Mapping[str, str]
    """Words for a part of the day, and its name in ``PART_HOURS``."""
    its_time: str = "it's time"
    """In the place of a clock time that nobody can be sure of."""
    another_time: str = "another time"
    """In the place of a time that could not be kept."""
    either: str = ", or "
    """Between things to choose from."""
    all_of_them: frozenset[str] = frozenset({"all"})
    """Words for every one of several."""

    def once(self, wall: datetime, now: datetime, *, all_day: bool) -> str:
        """A single time in words: only its day where only a day was said."""
        return (self.day if all_day else self.moment)(wall, now)


ENGLISH = Tongue("en", saying.clock_words, saying.moment_words, saying.day_words, saying.length_words,
                 saying.repeat_words, {part: part for part in PART_HOURS})  # fmt: skip
GERMAN = Tongue("de", saying_german.clock_words, saying_german.moment_words, saying_german.day_words,
                saying_german.length_words, saying_german.repeat_words, spoken_german.PARTS, "so weit", "ein andermal",
                ", oder ", frozenset({"alle", "alles"}))  # fmt: skip
TONGUES = {tongue.language: tongue for tongue in (ENGLISH, GERMAN)}


def tongue_of(language: str) -> Tongue:
    """The language's own, or English where it has none."""
    return TONGUES.get(language, ENGLISH)
