"""One block of a sentence file: its metadata and slots as a meaning, and its lists, checked."""

from __future__ import annotations

import re
from typing import Any

from voice.understanding.meanings import Meaning
from voice.understanding.sentence_files import (
    LIST_KEYS,
    METADATA_KEYS,
    RANGE_KEYS,
    STATES,
    VALUE_KEYS,
    Checker,
    did_you_mean,
)

At = tuple[str | int, ...]
"""A place in a file."""

TEMPLATE = re.compile(r"[][(){}<>|]")
"""Signs by which a value stands for several ways of saying it."""


def meaning_of(checker: Checker, at: At, name: str, block: dict[str, Any]) -> Meaning:
    metadata = checker.mapping(block.get("metadata") or {}, (*at, "metadata"), None, "metadata")
    for key in metadata:
        near = did_you_mean(key, METADATA_KEYS, "-", 78)
        if not checker.foreign and key not in METADATA_KEYS and near != "-" and re.search(r"'(.*)'", near):
            checker.fault((*at, "metadata", key), f"unknown key '{key}' in metadata", near)
    when = metadata.get("when", "any")
    states = when if isinstance(when, list) else [when]
    if checker.foreign and not set(map(str, states)) <= set(STATES):
        states = ["any"]
    for state in states:
        if state not in STATES:
            checker.fault((*at, "metadata", "when"), f"unknown state '{state}'", did_you_mean(str(state), STATES))
    slots = checker.mapping(block.get("slots") or {}, (*at, "slots"), None, "slots")
    control, answer = metadata.get("control"), metadata.get("answer")
    return Meaning(
        intent=name,
        practice=metadata.get("starts") or metadata.get("practice"),
        starts="starts" in metadata,
        control=control,
        answer=answer,
        safety=metadata.get("safety"),
        when=frozenset(str(state) for state in states),
        whole=bool(metadata.get("whole", control is not None or answer is not None)),
        slots=slots,
        metadata=metadata,
        requires=checker.mapping(block.get("requires_context") or {}, (*at, "requires_context"), None, "a context"),
        excludes=checker.mapping(block.get("excludes_context") or {}, (*at, "excludes_context"), None, "a context"),
    )


def range_is_right(checker: Checker, spec: Any, at: At) -> bool:
    before = len(checker.errors)
    spec = checker.mapping(spec, at, RANGE_KEYS, "a range")
    wanted = [_whole(spec.get(key, 1 if key == "step" else None)) for key in ("from", "to", "step")]
    ends = [end for end in wanted if end is not None]
    if len(ends) < 3:
        checker.fault(at, "a range needs whole numbers", "write  range: {from: 1, to: 60}")
    elif ends[0] > ends[1] or ends[2] < 1:
        checker.fault(at, "a range that holds nothing", "'from' is the smaller number, 'step' at least 1")
    return len(checker.errors) == before


def _whole(value: Any) -> int | None:
    """A whole number, however it is written."""
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+(\.0*)?", str(value)):
        return None
    return int(float(value))


def list_of(checker: Checker, name: str, spec: Any, at: At) -> tuple[dict[str, Any], list[tuple[At, str]]]:
    """A list as written, and the templates among its values with their places; an empty list after a fault."""
    spec = checker.mapping(spec, at, LIST_KEYS, f"list {{{name}}}")
    if "values" in spec:
        values = _values(checker, spec["values"], (*at, "values"))
        return {"values": [value for _, value in values]}, [(place, value["in"]) for place, value in values]
    if "range" in spec and range_is_right(checker, spec["range"], (*at, "range")):
        ends = {key: _whole(spec["range"][key]) for key in ("from", "to", "step") if key in spec["range"]}
        return {"range": spec["range"] | ends}, []
    if spec.get("wildcard") is True:
        return {"wildcard": True}, []
    if "range" not in spec:
        checker.fault(at, f"list {{{name}}} has no values", "give it 'values:', 'range:' or 'wildcard: true'")
    return {"values": []}, []


def _values(checker: Checker, values: Any, at: At) -> list[tuple[At, dict[str, Any]]]:
    """Values with their places; ``out`` is None where, as for hassil, the words that were said are the value."""
    if not isinstance(values, list):
        checker.fault(at, "'values' is not a list", "write lines such as  - in: calm")
        return []
    good: list[tuple[At, dict[str, Any]]] = []
    for index, value in enumerate(values):
        place = (*at, index)
        context: dict[str, Any] = {}
        if isinstance(value, dict):
            value = checker.mapping(value, place, VALUE_KEYS, "a list value")
            spoken, out = value.get("in"), value.get("out")
            context = checker.mapping(value.get("context") or {}, (*place, "context"), None, "context")
        else:
            spoken, out = value, None
        if out is None and not TEMPLATE.search(str(spoken)):
            out = spoken
        if spoken is None or isinstance(spoken, (dict, list)):
            checker.fault(place, "a list value without 'in'", "write  - {in: words that are said, out: value}")
        else:
            good.append((place, {"in": str(spoken), "out": out} | ({"context": context} if context else {})))
    return good
