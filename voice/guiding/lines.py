"""Every sentence that the practices have the guide say, so that it is not taken for a wish of the two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from voice.guiding.practice import Practice

SPOKEN = ("say", "text", "simple", "after_first", "after_fade")
"""Keys of a script under which there is something to say."""


def lines_of(practices: Iterable[Practice]) -> list[str]:
    """What some practices say, sorted; lines with a hole (``{When}``) as they are written."""
    return sorted({line for practice in practices for line in _said(practice.script.model_dump()["steps"], "")})


def _said(part: Any, key: str) -> Iterator[str]:
    match part:
        case str():
            if key in SPOKEN:
                yield part
        case dict():
            for name, value in part.items():
                yield from _said(value, name)
        case tuple() | list():
            for value in part:
                yield from _said(value, key)
