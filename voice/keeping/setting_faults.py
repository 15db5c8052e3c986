"""Faults in ``settings.yaml``, as sentences for those who wrote it: what is wrong, and what to write instead."""

from __future__ import annotations

import difflib

from pydantic_core import ErrorDetails

from voice.content import Document
from voice.errors import ContentError

EXAMPLES = {
    "names": "names: [Ana, Bo]",
    "country": "country: DE",
    "quiet_hours": 'quiet_hours: ["23:00", "06:00"], or off',
    "patience": "patience: 15 (minutes)",
    "rituals": "rituals: [{act: hug, when: every evening at six}]",
    "numbers": "numbers: on, or off",
    "rooms": 'rooms: ["tcp://192.168.1.20:10700"]',
    "voice": "voice: auto, espeak, piper, a voice's name, or a Piper voice's file",
    "pace": "pace: 140 (words a minute, 110 to 180)",
    "volume": "volume: 0 (decibels, -18 to 6)",
    "cues": "cues: tone, breath, bowl, hum, or sea",
    "background": "background: none, sea, or rain",
    "night": "night: off, auto (in the quiet hours), or on",
    "microphone": "microphone: auto, or a part of its name",
    "loudspeaker": "loudspeaker: auto, or a part of its name",
    "echo": "echo: auto, ours, device, or off",
    "keys": "keys: {KEY_F13: pause}",
    "language": "language: en, or de",
}
"""What to write for each key."""

IS_NOT = {
    "list_type": "should be a list",
    "dict_type": "should be names and values",
    "model_type": "should be names and values",
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "greater_than_equal": "should be {ge} or more",
    "less_than_equal": "should be {le} or less",
    "literal_error": "should be {expected}",
    "string_too_short": "is empty",
    "string_too_long": "should be at most {max_length} letters long",
}
"""What is wrong with a value, by pydantic's name for its fault."""
SHOULD_HAVE = {"too_short": "at least {min_length} items", "too_long": "at most {max_length} items"}
"""How many items a list should have."""


def explain(document: Document, detail: ErrorDetails) -> ContentError:
    """Turn one of pydantic's findings into a sentence."""
    key = str(detail["loc"][0]) if detail["loc"] else "settings"
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        near = difflib.get_close_matches(key, EXAMPLES, n=1, cutoff=0.74)
        remedy = f"write {EXAMPLES[near[0]]}" if near else "'attune settings' lists all there are"
        return document.error(detail["loc"], f"there is no setting '{key}'", remedy)
    example = EXAMPLES.get(key, "one setting on each line, as 'attune settings' lists them")
    told = why(detail)
    return document.error(detail["loc"], f"'{key}' is not right{told and f' ({told})'}", f"write {example}")


def why(detail: ErrorDetails) -> str:
    """What is wrong with a value, where that is more than its pattern."""
    kind, limits = detail["type"], detail.get("ctx", {})
    inner = "".join(map(str, detail["loc"][-1:]))
    if kind == "missing":
        return f"'{inner}' is missing"
    if kind == "extra_forbidden":
        return f"'{inner}' is not a name here"
    if kind in IS_NOT:
        return f"{_named(detail)} {IS_NOT[kind].format(**limits)}"
    if kind in SHOULD_HAVE:
        return f"it should have {SHOULD_HAVE[kind].format(**limits)}, and has {limits['actual_length']}"
    return "" if kind == "string_pattern_mismatch" else detail["msg"].removeprefix("Value error, ")


def _named(detail: ErrorDetails) -> str:
    """A value inside a setting by what it is, the setting's own as "it"."""
    value = detail["input"]
    return f"'{value}'" if len(detail["loc"]) > 1 and isinstance(value, str | int | float) else "it"
