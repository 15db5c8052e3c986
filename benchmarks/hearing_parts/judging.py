"""Right, wrong or missed: what became of an item, by Attune and by the way of the tutorials."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import sqrt
from typing import Any

from rapidfuzz import fuzz, process
from ruamel.yaml import YAML

from benchmarks.hearing_parts.evidence import Turn
from benchmarks.hearing_parts.items import HERE, Item
from voice.understanding.recognition import Recognition

CUT = 80
"""The tutorials' threshold for ``WRatio``."""


def ours(item: Item, turns: Sequence[Turn]) -> str:
    """``right``, ``wrong`` or ``missed``; where nothing was meant ``right`` is that nothing came of it."""
    found = [turn.found for turn in turns if turn.found.intent is not None]
    if not item.want:
        return "wrong" if any(_counts(item, one) for one in found) else "right"
    fitting = [fits(item, one) for one in found]
    return "missed" if not fitting else "right" if all(fitting) else "wrong"


def _counts(item: Item, found: Recognition) -> bool:
    """Whether something comes of a recognition: a start while idle, an answer, a control during a practice."""
    if item.said.startswith("words/goodnight") and found.practice == "bedtime":
        return False
    return found.starts if item.state == "idle" else True


def fits(item: Item, found: Recognition) -> bool:
    """Whether it is what was meant."""
    got = {
        "practice": found.practice,
        "control": found.control,
        "answer": found.answer,
        "intent": found.intent,
        "slots": dict(found.slots),
    }
    if "control" in item.want and found.practice == item.want["control"]:
        return True
    return all(got[name] == value for name, value in item.want.items())


def tutorial(item: Item, turns: Sequence[Turn]) -> str:
    """The same by free text and the most similar phrase of a list, ``WRatio`` of 80 and more."""
    found = [one for turn in turns if (one := _nearest(item, turn.known.transcript.text)) is not None]
    if not item.want:
        return "wrong" if found else "right"
    wanted = item.want.get("slots") or next(iter(item.want.values()))
    fits = [one == wanted for one in found]
    return "missed" if not fits else "right" if all(fits) else "wrong"


def _nearest(item: Item, text: str) -> Any:
    text = text.lower().strip(" .!?,")
    if not text:
        return None
    if item.domain != "ours":
        return _slots(text)
    table = {answer: answer for answer in item.expected} if item.expected else _commands(item.state)
    best = process.extractOne(text, list(table), scorer=fuzz.WRatio, score_cutoff=CUT)
    return table[best[0]] if best else None


@cache
def _commands(state: str) -> dict[str, str]:
    told = YAML(typ="safe").load((HERE / "phrases.yaml").read_text())
    kinds = told["starts"] if state == "idle" else told["controls"]
    return {text.lower(): name for name, texts in kinds.items() for text in texts}


def _slots(text: str) -> dict[str, Any]:
    """Each slot's most similar value, by ``WRatio`` with the whole text, as tutorials for slots do."""
    found: dict[str, Any] = {}
    for name, spec in _lists().items():
        best = process.extractOne(text, list(spec), scorer=fuzz.WRatio, score_cutoff=CUT)
        if best:
            found[name] = spec[best[0]]
    return found


@cache
def _lists() -> dict[str, dict[str, Any]]:
    data = YAML(typ="safe").load((HERE / "counter" / "sandwiches.yaml").read_text())
    lists: dict[str, dict[str, Any]] = {}
    for name in ("number", "size", "toast", "filling", "bread", "cheese", "sauce"):
        for value in data["lists"][name]["values"]:
            text, out = (value["in"], value["out"]) if isinstance(value, dict) else (value, value)
            for one in text.strip("()").split("|"):
                lists.setdefault(name, {})[one.strip("()")] = out
    return lists


def wilson(hits: int, many: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share, in per cent (Wilson 1927)."""
    if not many:
        return 0.0, 100.0
    share = hits / many
    middle = share + z * z / (2 * many)
    spread = z * sqrt(share * (1 - share) / many + z * z / (4 * many * many))
    low, high = (middle - spread) / (1 + z * z / many), (middle + spread) / (1 + z * z / many)
    return 100 * max(0.0, low), 100 * min(1.0, high)
