"""``attune check``: validates scripts, intents and settings, and says file, line, what is wrong and what to write."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voice.content import folders, read_yaml
from voice.errors import ContentError, ContentErrors
from voice.guiding.practice import load_practice, same_ids, script_files
from voice.guiding.responses import load_responses
from voice.understanding.intents import load_intents


def run(args: argparse.Namespace) -> int:
    """Check the given paths, or everything that would be loaded; exit 1 if anything is wrong."""
    errors: list[ContentError] = []
    checked = 0
    for path in args.paths or _everything(args.data):
        found, count = _check(path)
        errors += found
        checked += count
    for error in errors:
        print(error)
    if not errors:
        print(f"{checked} files are right.", file=sys.stderr)
    return 1 if errors else 0


def _everything(data: list[Path]) -> list[Path]:
    return [*folders("scripts", data), *folders("intents", data)]


def _check(path: Path) -> tuple[list[ContentError], int]:
    if path.is_dir():
        files = [
            *script_files(path),
            *(f for inner in sorted(path.iterdir()) if inner.is_dir() for f in script_files(inner)),
        ]
        errors = same_ids(path)
    else:
        files, errors = [path], []
    for file in files:
        try:
            _check_file(file)
        except ContentErrors as fault:
            errors += fault.errors
    return errors, len(files)


def _check_file(path: Path) -> None:
    """The kind of file follows from its keys: ``intents:`` or ``responses:``, else a script."""
    document = read_yaml(path)
    keys = document.data if isinstance(document.data, dict) else {}
    if "responses" in keys:
        load_responses([path.parent])
    elif "intents" in keys or "lists" in keys or "expansion_rules" in keys:
        load_intents([path])
    else:
        load_practice(path)
