"""What there is in which language: English in ``scripts/`` and ``intents/``, another in a folder of its two letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.content import Document, Location, builtin_folder, read_yaml

NAMES = {"en": "English", "de": "German"}
SPOKEN = ("title", "about", "evidence", "say", "text", "simple", "after_first")
"""Keys of a script whose text is read or heard."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that English has and a language lacks."""

    path: Path
    """The file that lacks it; where there is no such file yet, the English one."""
    line: int
    """Where in that file, counted from 1."""
    what: str
    """What is missing there."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def languages() -> list[str]:
    """Every language that ships, English first."""
    return ["en", *sorted(path.name for path in builtin_folder("scripts").iterdir() if is_language(path))]


def is_language(path: Path) -> bool:
    """Whether a folder holds another language: one of two letters in ``scripts`` or ``intents``."""
    return path.is_dir() and len(path.name) == 2 and path.absolute().parent.name in ("scripts", "intents")


def gaps(language: str, scripts: Path | None = None, intents: Path | None = None) -> list[Gap]:
    """What a language lacks: practices, single texts in them, sentences said beside them, and sentences understood.

    ``scripts`` and ``intents`` are the folders with the English files, by default those that ship. Raises
    ``ContentErrors`` for files that are no YAML.
    """
    scripts, intents = scripts or builtin_folder("scripts"), intents or builtin_folder("intents")
    return [*_in_scripts(scripts, language), *_said(intents, language), *_understood(intents, language)]


def _in_scripts(folder: Path, language: str) -> Iterator[Gap]:
    for path in sorted(folder.glob("*.yaml")):
        theirs = folder / language / path.name
        if not theirs.is_file():
            yield Gap(path, 1, f"the practice '{path.stem}' is not there in '{language}'; write {theirs}")
            continue
        english, other = read_yaml(path), read_yaml(theirs)
        there = {at for at, _ in _texts(other.data)}
        for at, text in _texts(english.data):
            if at not in there:
                yield Gap(theirs, _near(other, at), f"'{at[-1]}' is missing in '{language}' for: {text}")


def _texts(node: Any, at: Location = ()) -> Iterator[tuple[Location, str]]:
    """Every text that is read or heard, with its place; a text alone stands for its step's own key."""
    if isinstance(node, str) and at and (at[-1] in SPOKEN or (len(at) > 1 and at[-2] == "after_fade")):
        yield at, node
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield from _texts({"text": value} if key == "say" and at and isinstance(at[-1], int) and isinstance(value, str)
                          else value, (*at, key))  # fmt: skip


def _near(document: Document, at: Location) -> int:
    """The line of the nearest thing that is there around a place."""
    while at and at not in document.lines:
        at = at[:-1]
    return document.line(at)


def _said(intents: Path, language: str) -> Iterator[Gap]:
    english, path = read_yaml(intents / "responses.yaml"), intents / language / "responses.yaml"
    sentences = english.data["responses"]["intents"]
    other = read_yaml(path) if path.is_file() else Document(path, {}, {})
    theirs = ((other.data or {}).get("responses") or {}).get("intents") or {}
    for name, keys in sentences.items():
        for key, text in keys.items():
            if key not in theirs.get(name, {}):
                at = ("responses", "intents", name)
                yield Gap(path, _near(other, at), f"{name} lacks '{key}' in '{language}' for: {text}")


def _understood(intents: Path, language: str) -> Iterator[Gap]:
    theirs = {meaning for meaning, _ in _meanings(intents / language)}
    told = set(theirs)
    for meaning, (path, line) in _meanings(intents):
        if meaning not in told:
            told.add(meaning)
            yield Gap(path, line, f"{meaning} has no sentence in '{language}'; write one below {intents / language}")


def _meanings(folder: Path) -> Iterator[tuple[str, tuple[Path, int]]]:
    """What the sentences of a folder mean, each with its file and line; inner folders of other languages left out."""
    for path in sorted(folder.rglob("*.yaml")):
        if len(path.relative_to(folder).parts[0]) == 2:
            continue
        document = read_yaml(path)
        for name, intent in (document.data.get("intents") or {}).items():
            for index, block in enumerate(intent.get("data") or ()):
                line = document.line(("intents", name, "data", index))
                yield _meaning(name, block), (path, line)


def _meaning(name: str, block: dict[str, Any]) -> str:
    """What a block means: its answer, or its intent with the values that it sets."""
    metadata, slots = block.get("metadata") or {}, block.get("slots") or {}
    if "answer" in metadata:
        return f"the answer '{metadata['answer']}'"
    said = ", ".join(f"{key}: {value}" for key, value in slots.items())
    return f"the intent {name}" + (f" ({said})" if said else "")
