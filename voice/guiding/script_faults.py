"""Faults in a script, as sentences for its author: what is wrong, and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from voice.content import Document, Location
from voice.errors import ContentError
from voice.guiding.steps import Script, Step


def instead(name: str, known: Iterable[str], prefix: str = "") -> str:
    """What to write instead of a name that is not known."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    if near:
        return f"write {prefix}{near[0]}"
    listed = ", ".join(prefix + item for item in known)
    return f"write one of: {listed}" if listed else "add it under settings: first"


def causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out "too short" where it only follows from a fault inside."""

    def follows(detail: ErrorDetails) -> bool:
        at = detail["loc"]
        return detail["type"] == "too_short" and any(d["loc"][: len(at)] == at and d is not detail for d in details)

    return [detail for detail in details if not follows(detail)]


PLACEHOLDER = {"ask": {"say": "?", "expect": {"any": "next"}}}
"""In the place of a step that is wrong: whatever it was, it does not make a script go round without end."""


def without(script: dict[str, Any], wrong: Iterable[Location]) -> dict[str, Any]:
    """A script without the steps and keys that are wrong; those that are right keep their places."""
    left = {**script}
    steps = script.get("steps")
    for at in wrong:
        if at[:1] == ("steps",) and len(at) > 1 and isinstance(steps, list):
            left["steps"] = [PLACEHOLDER if index == at[1] else step for index, step in enumerate(left["steps"])]
        elif at and at[0] not in ("steps", "settings"):
            left.pop(str(at[0]), None)
    return {"title": "?", **left}


def explain(document: Document, detail: ErrorDetails) -> ContentError:
    """Turn one of pydantic's findings into a sentence for an author."""
    location = tuple(part for part in detail["loc"])
    kind, value = detail["type"], detail.get("input")
    key = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return document.error(location, f"'{key}' is not a key here", instead(key, _keys_at(location[:-1])))
    if kind == "missing":
        return document.error(location, f"'{key}' is missing", f"add a line '{key}: …'")
    if kind == "value_error":
        what, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
        return document.error(location, what, remedy)
    message = _plain(detail["msg"])
    shown = f" (it is {value!r})" if isinstance(value, str | int | float | bool) else ""
    return document.error(location, f"'{key}' {message[0].lower() + message[1:]}{shown}", _example(detail, key))


def _plain(message: str) -> str:
    """Pydantic's words, for people who do not program."""
    message = message.partition(", unable to parse")[0].replace("Input should be", "should be")
    for theirs, ours in (
        ("a valid integer", "a whole number"),
        ("a valid number", "a number"),
        ("a valid string", "text"),
    ):
        message = message.replace(theirs, ours)
    return message


def _example(detail: ErrorDetails, key: str) -> str:
    """A line an author can copy, by the kind of fault."""
    kind = detail["type"]
    if kind == "literal_error":
        return instead(str(detail["input"]), re.findall(r"'([^']+)'", str(detail["ctx"]["expected"])), f"{key}: ")
    if kind.startswith("int"):
        return f"write a whole number, for example '{key}: 2'"
    if kind.startswith("float"):
        return f"write a number, for example '{key}: 2'"
    if kind.startswith(("string_type", "string_pattern")):
        return (
            f"write plain text, for example '{key}: some-words'"
            if "pattern" in kind
            else f"write text, for example '{key}: \"Hello.\"'"
        )
    if kind.startswith(("tuple", "list")):
        return "write a list, each item on its own line after '- '"
    if kind.startswith(("dict", "model")):
        return f"write keys and values below '{key}:', two spaces further in"
    return "write a value within these limits"


def _keys_at(location: Location) -> list[str]:
    """The keys that may stand where ``location`` points, by walking the models."""
    model: type[BaseModel] = Script
    for part in location:
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        nested = _model_in(field.annotation) if field else None
        model = nested or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first pydantic model inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if getattr(annotation, "__forward_arg__", None) == "Step":
        return Step
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
