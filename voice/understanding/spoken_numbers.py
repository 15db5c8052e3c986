"""The numbers of a range: how each is said, and which of them some words say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice.understanding.words import number, spell


def count(limits: Mapping[str, Any]) -> int:
    """How many numbers a range holds."""
    between = {"halves": 2, "tenths": 10}.get(limits.get("fractions", ""), 1)
    return (int((limits["to"] - limits["from"]) // limits.get("step", 1)) + 1) * between


def named(limits: Mapping[str, Any]) -> list[tuple[str, int | float]]:
    """Every number of a range as it is said, with its value."""
    factor = float(limits.get("multiplier", 1))
    found: list[tuple[str, int | float]] = []
    for value in range(limits["from"], limits["to"] + 1, limits.get("step", 1)):
        sign = "minus " if value < 0 else ""
        ways = [sign + way for way in _ways(abs(value))]
        found += [(text, _scaled(value, factor)) for text in ways]
        if limits.get("fractions") == "halves":
            half = _scaled(value + 0.5, factor)
            found += [(f"{way} {more}", half) for way in ways for more in ("and a half", "point five")]
        elif limits.get("fractions") == "tenths":
            tenths = [(f"point {spell(tenth)}", _scaled(value + tenth / 10, factor)) for tenth in range(10)]
            found += [(f"{way} {more}", tenth) for way in ways for more, tenth in tenths]
    return found


def _ways(value: int) -> list[str]:
    """A number's names: "three thousand five hundred" is also "thirty five hundred", and "one hundred" "a hundred"."""
    text = spell(value)
    ways = [text, text.replace("hundred ", "hundred and ")] if value > 100 and value % 100 else [text]
    if 1000 < value < 10_000 and value % 1000 >= 100:
        hundreds, rest = divmod(value, 100)
        ways.append(f"{spell(hundreds)} hundred" + (f" {spell(rest)}" if rest else ""))
    return ways + [f"a {way.removeprefix('one ')}" for way in ways if way.startswith(("one hundred", "one thousand"))]


def value_of(said: tuple[str, ...], limits: Mapping[str, Any]) -> int | float | None:
    """The value of a number that is read by arithmetic, or None where it is none of the range."""
    sign, rest = (-1, said[1:]) if said[:1] == ("minus",) else (1, said)
    whole, more = _parted(rest, limits.get("fractions"))
    if whole[:1] == ("a",) and whole[1:2] in (("hundred",), ("thousand",)):
        whole = ("one", *whole[1:])
    value = number(whole)
    if value is None or not limits["from"] <= sign * value <= limits["to"]:
        return None
    if (sign * value - limits["from"]) % limits.get("step", 1):
        return None
    return _scaled(sign * (value + more), float(limits.get("multiplier", 1)))


def _parted(said: tuple[str, ...], fractions: str | None) -> tuple[tuple[str, ...], float]:
    """The words of a whole number, and the fraction that follows it."""
    if fractions == "halves":
        half = next((way for way in (("and", "a", "half"), ("point", "five")) if said[-len(way) :] == way), None)
        return (said[: -len(half)], 0.5) if half else (said, 0.0)
    tenth = number(said[-1:]) if fractions == "tenths" and said[-2:-1] == ("point",) else None
    return (said[:-2], tenth / 10) if tenth is not None and tenth < 10 else (said, 0.0)


def _scaled(value: float, factor: float) -> int | float:
    scaled = round(value * factor, 6)
    return int(scaled) if scaled == int(scaled) and factor == int(factor) else scaled
