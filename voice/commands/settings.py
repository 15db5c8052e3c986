"""``attune settings``: what can be set, what it is set to, and setting it."""

from __future__ import annotations

import argparse
import difflib
import json

from voice.errors import DeviceError
from voice.keeping.settings import load_values, settings_path, why_not
from voice.keeping.settings_table import ROWS, Row, row


def run(args: argparse.Namespace) -> int:
    """List everything, show one, set one, or put one back to its default."""
    if args.action in (None, "list"):
        return _list(args.json)
    from voice.keeping.settings_file import change, holds, parsed

    if args.action == "reset" and not _row(args.key) and holds(args.key):
        change(args.key, None)
        print(f"'{args.key}' is no setting, and is taken away.")
        return 0
    known = _known(args.key)
    if args.action == "get":
        value = load_values()[known.key]
        print(json.dumps(value, ensure_ascii=False) if args.json else _shown(value))
        return 0
    wanted = None if args.action == "reset" else parsed(args.value)
    if args.action == "set":
        _fits(known, wanted, args.value)
    if known.key == "voice" and isinstance(wanted, str):
        _speak(wanted, str(load_values()["language"]))
    change(known.key, wanted)
    print(f"{known.key}: {_shown(load_values()[known.key])}. It counts from Attune's next start.")
    return 0


def _fits(known: Row, value: object, typed: str) -> None:
    """Raises ``DeviceError`` about what was typed, and not about a line of a file, where it is not right."""
    why = why_not(known.key, value)
    if why is not None:
        what = f"{known.key} cannot be {_quoted(typed)}{why and f': {why}'}."
        example = f"attune settings set {known.key} {_quoted(known.example)}"
        raise DeviceError(what, f"It may be: {known.values}. For example: {example}")


def _speak(name: str, language: str) -> None:
    """One word by a voice: raises ``DeviceError`` for one that is not here, and not at Attune's next start."""
    from voice.speaking.choice import open_renderer

    renderer = open_renderer(name, language=language)
    try:
        renderer.render("one")
    finally:
        renderer.close()


def _row(key: str) -> Row | None:
    return row(key.replace("-", "_"))


def _known(key: str) -> Row:
    found = _row(key)
    if found is None:
        near = difflib.get_close_matches(key, [one.key for one in ROWS], n=1)
        remedy = f"Did you mean {near[0]}?" if near else "`attune settings` lists them."
        raise DeviceError(f"There is no setting '{key}'.", remedy)
    return found


def _list(as_json: bool) -> int:
    values = load_values()
    if as_json:
        table = [{"key": one.key, "value": values[one.key], "default": one.default, "values": one.values,
                  "about": one.sentence, "say": one.says} for one in ROWS]  # fmt: skip
        print(json.dumps({"file": str(settings_path()), "settings": table}, ensure_ascii=False))
        return 0
    for one in ROWS:
        usual = "" if values[one.key] == one.default else f" (else {_shown(one.default)})"
        print(f"{one.key}: {_shown(values[one.key])}{usual}")
        print(f"    {one.sentence}")
        print(f"    Range: {one.values}.")
        said = f'Say "{one.says[0]}", or type' if one.says else "Type"
        print(f"    {said}: attune settings set {one.key} {_quoted(one.example)}")
    print(f"All of it stands in {settings_path()}")
    return 0


def _quoted(text: str) -> str:
    return f"'{text}'" if set(text) & set(' []{}"') else text


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
