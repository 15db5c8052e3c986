"""Writes ``settings.yaml``: one commented file, whose comments stay when a line is changed."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node

from voice.content import read_yaml
from voice.errors import ContentErrors, DeviceError
from voice.keeping.settings import check, settings_path
from voice.keeping.settings_table import ROWS, Row

HEAD = "# Attune's settings. Every line may be left out; take the # away before a line to use it.\n"


def fresh_text() -> str:
    """A file in which every setting is explained and none is set."""
    return HEAD + "".join(f"\n{_explained(row)}# {row.key}: {row.example}\n" for row in ROWS)


def _explained(row: Row) -> str:
    said = "; by voice: " + " or ".join(f'"{way}"' for way in row.says) if row.says else ""
    return f"# {row.sentence} ({row.values}{said})\n"


def change(key: str, value: object, path: Path | None = None) -> None:
    """Set one line, or make it a comment where ``value`` is ``None``; everything else stays as it is written.

    Raises ``ContentErrors`` for a value that is not right and for a file that is not, ``DeviceError`` where it cannot
    be written. A value that is refused changes nothing; what is taken away is taken from a file with other faults, too,
    and as often as it stands there.
    """
    path = path or settings_path()
    if path.is_file():
        read_yaml(path, doubles=value is None)  # says with its line what no YAML is, nor text
    before = path.read_text(encoding="utf-8") if path.is_file() else fresh_text()
    after = _changed(before, key, value)
    folder = path.parent
    fresh = folder / f".{path.name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_text(after, encoding="utf-8")
        try:
            document = read_yaml(fresh, doubles=value is None)
            if value is not None:
                check(document)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except ContentErrors as fault:
        raise ContentErrors([type(one)(path, one.line, one.what, one.remedy) for one in fault.errors]) from fault
    except OSError as error:
        raise DeviceError(f"{path} cannot be written ({error.strerror}).", "Let it be written to.") from error


def holds(key: str, path: Path | None = None) -> bool:
    """Whether a file has a line for a key, be there such a setting or not; raises ``ContentErrors`` like ``change``."""
    path = path or settings_path()
    data = read_yaml(path, doubles=True).data if path.is_file() else None
    return isinstance(data, dict) and key in data


def _changed(text: str, key: str, value: object) -> str:
    """The text with one key set, beneath its own explanation, or without it."""
    places = _places(text, key)
    lines = text.splitlines(keepends=True)
    if value is None:
        for first, last in reversed(places):
            lines[first:last] = ["# " + line for line in lines[first:last]]
        return "".join(lines)
    line = f"{key}: {_written(value)}\n"
    for first, last in places:
        return "".join([*lines[:first], line, *lines[last:]])
    for number, old in enumerate(lines):
        if old.startswith(f"# {key}: "):
            return "".join([*lines[:number], line, *lines[number + 1 :]])
    return text + ("" if text.endswith("\n") or not text else "\n") + line


def _places(text: str, key: str) -> list[tuple[int, int]]:
    """The lines of a key and its value wherever it stands, from 0, the second of each beyond: comments after it are not
    part of it.
    """
    root = YAML(typ="rt", pure=True).compose(text)
    pairs = root.value if isinstance(root, MappingNode) else []
    lines = text.splitlines()
    return [(name.start_mark.line, _end(lines, name, value)) for name, value in pairs if name.value == key]


def _end(lines: Sequence[str], name: Node, value: Node) -> int:
    """The line beyond a value. What is written as a block is followed by the next key, and whatever lies between."""
    first, mark = int(name.start_mark.line), value.end_mark
    last = max(first, int(mark.line) - int(mark.column == 0)) + 1
    while last > first + 1 and lines[last - 1].lstrip()[:1] in ("", "#"):
        last -= 1
    return last


def _written(value: object) -> str:
    """The value on one line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.width = 100_000
    out = io.StringIO()
    yaml.dump({"x": value}, out)  # in a list a mapping of one pair would lose its brackets
    return out.getvalue().strip().removeprefix("{x: ").removesuffix("}")


def parsed(text: str) -> object:
    """A value as it was typed; raises ``DeviceError`` where it is no YAML."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise DeviceError(f"{text} is not a value.", 'Write it as in the file, for example "[Ana, Bo]".') from error
