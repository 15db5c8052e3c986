"""Letters written right after a list belong to the last word of its values: "{drink}[s]" is "latte" and "lattes"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

ENDING = "+"
"""Parts the name of a list from the letters that its values end with, as a template."""

_LETTERS = re.compile(r"['’]?[^\W\d_]+")


def with_endings(parts: Sequence[Any]) -> list[tuple[Any, str]]:
    """The parts of a sequence, lists with the template of the letters that follow, which are no part any more."""
    found: list[tuple[Any, str]] = []
    rest = list(parts)
    while rest:
        part, ending = rest.pop(0), ""
        if type(part).__name__ == "ListReference" and rest:
            ending, rest[:1] = _ending(rest[0])
        found.append((part, ending))
    return found


def _ending(item: Any) -> tuple[str, list[Any]]:
    """The letters that an item begins with, as a template, and what is left of it."""
    if type(item).__name__ == "TextChunk":
        letters = _LETTERS.match(item.original_text)
        if letters is None:
            return "", [item]
        rest = item.original_text[letters.end() :]
        return letters[0], [replace(item, text=rest, original_text=rest)] if rest else []
    ways = [_text(way) for way in item.items] if type(item).__name__ == "Alternative" else []
    letters_only = [way for way in ways if way and _LETTERS.fullmatch(way)]
    if not letters_only or len(letters_only) != sum(way != "" for way in ways):
        return "", [item]
    return ("[{}]" if "" in ways else "({})").format("|".join(letters_only)), []


def _text(item: Any) -> str | None:
    """The text of a part that is nothing else."""
    while type(item).__name__ == "Sequence" and len(item.items) == 1:
        item = item.items[0]
    return item.original_text if type(item).__name__ == "TextChunk" else None
