"""Spoken times in English: "every evening at six", "ten to nine", "in twenty minutes", "tomorrow".

The sentences lie in ``times.yaml`` and hassil matches them. None of the time parsers at hand reads spoken English: of
fifteen everyday ways dateparser 1.5 understood 3, recurrent 0.4 understood 5, ovos-date-parser 0.29 7, timefhuman 0.1
6, and most of the others came out wrong rather than refused ("ten to nine" as 21:00).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from voice.content import read_yaml
from voice.keeping.spoken_whole import Beside
from voice.understanding.words import NUMBER_WORDS, split

TIMES = Path(__file__).parent / "times.yaml"

BESIDE = Beside(
    is_number=NUMBER_WORDS.__contains__,
    one="one",
    before_numbers=frozenset(("point", "minus")),
    fractions=frozenset(("half", "quarter")),
    minutes=frozenset(("minute", "minutes")),
    from_hour=frozenset(("past", "after", "to", "before", "till")),
    at=frozenset(("at",)),
    hours=frozenset(("noon", "midday", "midnight")),
    ends=frozenset(("oclock",)),
)
"""Around a time."""

_DIGITS = re.compile(r"\b(\d{1,2})[:.](\d\d)\b")


def words(text: str) -> tuple[str, ...]:
    """Plain words, with 8:00 as "eight oclock" and 8:05 as "eight oh five"."""

    def spoken(found: re.Match[str]) -> str:
        minute = found[2]
        return f"{found[1]} " + ("o'clock" if minute == "00" else f"oh {minute[1]}" if minute[0] == "0" else minute)

    return split(_DIGITS.sub(spoken, text))


@cache
def _grammar() -> Any:
    from hassil import Intents

    return Intents.from_dict(read_yaml(TIMES).data)


@cache
def known() -> frozenset[str]:
    """Every word that can be part of a time."""
    return frozenset(re.findall(r"[a-z]+", TIMES.read_text(encoding="utf-8"))) | NUMBER_WORDS


@lru_cache(maxsize=2048)
def slots(text: str) -> Mapping[str, Any] | None:
    """The slots of the sentence that a text is, or ``None``."""
    from hassil import recognize_all

    for found in recognize_all(text, _grammar()):
        return {name: entity.value for name, entity in found.entities.items()}
    return None
