"""Where scripts, intents and sounds lie, and how a YAML file is read with its line numbers.

YAML 1.2 by ruamel.yaml, because it keeps lines and does not turn ``18:00`` or ``on`` into something else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from voice.errors import ContentError, ContentErrors

APP = "attune"
Kind = Literal["scripts", "intents", "audio"]
Location = tuple[str | int, ...]

MAX_BRACKETS = 100
"""More open brackets than this are refused: the parser takes seconds for thousands."""
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
MAX_BYTES = 1_000_000
"""A larger YAML file is refused: our largest is under 60 kB."""


def builtin_folder(kind: Kind) -> Path:
    """The folder that ships with Attune: inside the wheel, or beside the package in a checkout."""
    packaged = Path(str(files("voice"))) / "data"
    return (packaged if packaged.is_dir() else Path(str(files("voice"))).parent) / kind


def folders(kind: Kind, extra: Sequence[Path] = (), language: str = "en") -> list[Path]:
    """Every existing folder of one kind; later ones win: built-in, packs, the user's, ``$VOICE_DATA``, ``extra``.

    English lies in the folder itself, another ``language`` in the folder of its two letters there.
    """
    from platformdirs import user_config_path

    from voice.packs import packs

    config = user_config_path(APP)
    roots = [*packs(config).values(), config]
    if os.environ.get("VOICE_DATA"):
        roots.append(Path(os.environ["VOICE_DATA"]))
    candidates = [builtin_folder(kind), *(root / kind for root in [*roots, *extra])]
    if language != "en":
        candidates = [folder / language for folder in candidates]
    return [folder for folder in candidates if folder.is_dir()]


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain values, with the line of each."""

    path: Path
    """Where it was read."""
    data: Any
    """Plain dicts, lists and scalars."""
    lines: dict[Location, int]
    """Line, counted from 1, of each key and item."""

    def line(self, location: Location) -> int:
        """The line of a value, or of the nearest thing around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def error(self, location: Location, what: str, remedy: str) -> ContentError:
        """A ``ContentError`` at the line of ``location``."""
        return ContentError(self.path, self.line(location), what, remedy)


def read_yaml(path: Path, *, doubles: bool = False) -> Document:
    """Read one YAML file; with ``doubles`` a key may stand there twice, and the first counts.

    Raises ``ContentErrors`` for a missing or too large file, bytes that are not UTF-8, tabs, anchors used as a bomb,
    the same key twice, or anything that is not YAML.
    """
    text = _read_text(path)
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    _refuse_tabs(path, text)
    _refuse_towers(path, text)
    yaml = YAML(typ="rt", pure=True)
    yaml.allow_duplicate_keys = doubles
    try:
        node = yaml.load(text)
    except DuplicateKeyError as error:
        key = str(error.problem).split('"')[1]  # found duplicate key "pace" with …
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _one(path, line, f"'{key}' stands here a second time", "take one of the two away") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or "this is not YAML").replace("\n", " ")
        raise _one(path, mark.line + 1 if mark else 1, what, "check the indentation, colons and quotes here") from error
    except (
        YAMLError,
        ValueError,
        KeyError,
        RecursionError,
    ) as error:  # KeyError: a %YAML version that it does not know
        first = (str(error).splitlines() or ["unreadable"])[0]
        raise _one(path, 1, f"this is not YAML: {first}", "compare it with one of the built-in files") from error
    lines: dict[Location, int] = {}
    return Document(path, _plain(path, node, (), lines, 0), lines)


def _one(path: Path, line: int, what: str, remedy: str) -> ContentErrors:
    return ContentErrors([ContentError(path, line, what, remedy)])


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _one(path, 1, f"cannot be read ({error.strerror})", "check the name and that you may read it") from error
    if len(raw) > MAX_BYTES:
        raise _one(path, 1, "is larger than 1 MB", "split it into several files")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _one(path, line, "is not UTF-8 text", "save it as UTF-8") from error


def _refuse_tabs(path: Path, text: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise _one(path, number, "a tab indents this line", "write two spaces for each step of indentation")


def _refuse_towers(path: Path, text: str) -> None:
    """Thousands of open brackets take the parser seconds, so they are counted first, outside of quotes."""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        bare = QUOTED.sub("", line)
        if not any(sign in bare for sign in "[]{}"):
            continue
        for sign in bare:
            depth = max(0, depth + (sign in "[{") - (sign in "]}"))
            if depth > MAX_BRACKETS:
                raise _one(path, number, "is nested too deeply", "close the brackets, or write it flatter")


MAX_DEPTH = 40
"""Deeper nesting is refused: our deepest script has 12 levels."""


def _plain(path: Path, node: Any, at: Location, lines: dict[Location, int], depth: int) -> Any:
    """Turn ruamel's nodes into plain values, and note the line of each."""
    if depth > MAX_DEPTH or len(lines) > 50_000:
        raise _one(path, lines.get(at, 1), "is nested too deeply or repeats itself too often", "write it flatter")
    places: Any = getattr(node, "lc", None)
    if isinstance(node, dict):
        for key in node:
            lines[(*at, str(key))] = places.key(key)[0] + 1 if key in (places.data or {}) else lines.get(at, 1)
        return {str(key): _plain(path, value, (*at, str(key)), lines, depth + 1) for key, value in node.items()}
    if isinstance(node, list):
        for index in range(len(node)):
            lines[(*at, index)] = places.item(index)[0] + 1
        return [_plain(path, value, (*at, index), lines, depth + 1) for index, value in enumerate(node)]
    if isinstance(node, bool) or node is None:
        return node
    for plain in (int, float, str):
        if isinstance(node, plain):
            return plain(node)
    return str(node)
