"""Spoken times in German: "jeden Abend um sechs", "zehn vor neun", "in zwanzig Minuten", "morgen".

The sentences lie in ``times_german.yaml``. German joins its number words ("fünfundzwanzig"), so that they become
digits before they are matched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from voice.content import read_yaml
from voice.keeping.saying_german import DAY_NAMES, ordinal, spell
from voice.keeping.spoken_whole import Beside

TIMES = Path(__file__).parent / "times_german.yaml"
PARTS = {"morgens": "morning", "morgen": "morning", "nachmittags": "afternoon", "nachmittag": "afternoon",
         "abends": "evening", "abend": "evening", "nachts": "night", "schlafen": "bedtime"}  # fmt: skip
"""Words for a part of the day, and what the table of times calls it."""
BESIDE = Beside(
    is_number=str.isdecimal,
    one=None,
    before_numbers=frozenset(("komma", "minus")),
    fractions=frozenset(("halb", "viertel", "dreiviertel")),
    minutes=frozenset(("minute", "minuten")),
    from_hour=frozenset(("nach", "vor")),
    at=frozenset(("um", "gegen")),
    hours=frozenset(("mittag", "mitternacht")),
    ends=frozenset(("uhr",)),
)
"""Around a time."""
_NUMBERS = {spell(number): str(number) for number in range(181)} | {"zwo": "2", "dreissig": "30"}
_ORDINALS = {ordinal(day): str(day) for day in range(1, 32) if day not in (2, 3)} | {"erste": "1"}
"""Not "zweiten" and "dritten", which also stand in "jeden zweiten Tag"; a date takes them back."""
_CLOCK = re.compile(r"\b(\d{1,2})[:.](\d\d)\b")
_DAYS = "|".join(DAY_NAMES).lower()
_JOINED = re.compile(rf"\b({_DAYS})(morgen|vormittag|mittag|nachmittag|abend|nacht)(s?)\b")
_DATE = re.compile(r"\bam (zwei|drit)ten (?=[a-zä]+)")


def words(text: str) -> tuple[str, ...]:
    """Plain lower-case words, numbers as digits: "acht Uhr fünf" and "8:05" are both "8 uhr 5"."""
    text = _CLOCK.sub(lambda found: f"{found[1]} uhr" + (f" {int(found[2])}" if int(found[2]) else ""), text.lower())
    text = _JOINED.sub(r"\1 \2\3", text)
    text = _DATE.sub(lambda found: f"am {2 if found[1] == 'zwei' else 3} ", text)
    return tuple(_digits(word) for word in re.findall(r"[^\W_]+", text))


def _digits(word: str) -> str:
    return str(int(word)) if word.isdecimal() else _NUMBERS.get(word) or _ORDINALS.get(word) or word


@cache
def known() -> frozenset[str]:
    """Every word that can be part of a time."""
    digits = {str(number) for number in range(181)}
    return frozenset(re.findall(r"[a-zäöüß]+", TIMES.read_text(encoding="utf-8"))) | digits


@cache
def _grammar() -> Any:
    from hassil import Intents

    return Intents.from_dict(read_yaml(TIMES).data)


@lru_cache(maxsize=2048)
def slots(text: str) -> Mapping[str, Any] | None:
    """The slots of the sentence that a text is, or ``None``."""
    from hassil import recognize_all

    for found in recognize_all(text, _grammar()):
        return {name: entity.value for name, entity in found.entities.items()}
    return None
