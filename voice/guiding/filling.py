"""Holes in what a script says: ``{when}`` is filled with what was kept, ``{When}`` begins a sentence with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

HOLES = ("when", "length", "clock", "act", "words", "line", "done", "tools")
"""What can stand between the braces: facts that the store tells."""

_HOLE = re.compile(r"\{(\w+)\}")
Model = TypeVar("Model", bound=BaseModel)


def fill(item: Model, facts: Mapping[str, Any]) -> Model:
    """A step or a stage with every hole filled in what it says; one without a fact stays as it is."""
    changed: dict[str, Any] = {}
    for name in type(item).model_fields:
        value = getattr(item, name)
        if isinstance(value, str) and "{" in value:
            changed[name] = fill_text(value, facts)
        elif isinstance(value, BaseModel):
            filled = fill(value, facts)
            if filled is not value:
                changed[name] = filled
    return item.model_copy(update=changed) if changed else item


def fill_text(text: str, facts: Mapping[str, Any]) -> str:
    """A text with its holes filled."""

    def filled(hole: re.Match[str]) -> str:
        name = hole[1]
        value = facts.get(name.lower())
        if value is None:
            return hole[0]
        words = str(value)
        return words[:1].upper() + words[1:] if name[0].isupper() else words

    return _HOLE.sub(filled, text)


def holes_of(text: str) -> Iterator[str]:
    """The names in a text's holes, as facts are called."""
    yield from (hole[1].lower() for hole in _HOLE.finditer(text))
