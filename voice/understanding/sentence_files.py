"""Sentence files (Home Assistant's format) checked key by key, with the line of every fault.

The keys are those that hassil 3.12 reads (``Intents.from_dict``), and ``metadata`` keys of our own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from voice.content import MAX_BYTES, Document, Location, read_yaml
from voice.errors import ContentError
from voice.understanding.templates import parsed

STATES = ("idle", "guiding", "asking", "turn", "paused", "unprompted", "lately", "after", "apart",
          "meeting", "any")  # fmt: skip

FILE_KEYS = {
    "language", "intents", "lists", "expansion_rules", "skip_words", "settings", "responses", "replace",
}  # fmt: skip
INTENT_KEYS = {"data", "description", "domain"}
BLOCK_KEYS = {
    "sentences", "slots", "response", "requires_context", "excludes_context", "expansion_rules", "lists", "metadata",
    "required_keywords", "inferred_domain", "name_domains", "settings", "description", "example",
}  # fmt: skip
LIST_KEYS = {"values", "range", "wildcard", "description"}
VALUE_KEYS = {"in", "out", "context", "metadata", "description", "requires_context"}
RANGE_KEYS = {"type", "from", "to", "step", "multiplier", "digits", "words", "words_language", "fractions"}
METADATA_KEYS = {"starts", "control", "answer", "practice", "when", "whole", "safety", "asked"}

_BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}


def read_sentences(path: Path) -> Document:
    """A sentence file with its lines; the C parser where it can, since a start reads thousands of lines.

    Raises ``ContentErrors`` as ``voice.content.read_yaml`` does.
    """
    import yaml

    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            return read_yaml(path)
        text = raw.decode("utf-8-sig")
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        lines: dict[Location, int] = {}
        return Document(path, _plain(node, (), lines, 0), lines)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return read_yaml(path)


def _plain(node: Any, at: Location, lines: dict[Location, int], depth: int) -> Any:
    """A composed node as plain values; ``ValueError`` for what ``read_yaml`` has to explain."""
    if depth > 30 or len(lines) > 50_000:
        raise ValueError("too deep or too large")
    if node is None:
        return None
    if node.id == "mapping":
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge" and value.id == "mapping":
                merged = _plain(value, at, lines, depth + 1)
                continue
            if key.id != "scalar" or key.value in result:
                raise ValueError("a key is no scalar, or is there twice")
            lines[(*at, key.value)] = key.start_mark.line + 1
            result[key.value] = _plain(value, (*at, key.value), lines, depth + 1)
        return merged | result
    if node.id == "sequence":
        for index, item in enumerate(node.value):
            lines[(*at, index)] = item.start_mark.line + 1
        return [_plain(item, (*at, index), lines, depth + 1) for index, item in enumerate(node.value)]
    return node.value if node.style in ("'", '"', "|", ">") else _scalar(node.value)


def _scalar(text: str) -> Any:
    """A plain scalar by YAML 1.2: only true and false are booleans, so that ``on`` and ``no`` stay words."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text in ("", "~", "null"):
        return None
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    if re.fullmatch(r"[-+]?\d*\.\d+", text):
        return float(text)
    return text


class Checker:
    """Collects the faults of one file."""

    def __init__(self, document: Document, foreign: bool = False) -> None:
        """Check nothing yet; ``document`` is a sentence file as read, ``foreign`` if keys may be in it that are not
        known."""
        self.document = document
        self.foreign = foreign
        self.errors: list[ContentError] = []

    def fault(self, at: Location, what: str, remedy: str) -> None:
        """Note a fault at a place of the file."""
        self.errors.append(self.document.error(at, what, remedy))

    def mapping(self, value: Any, at: Location, keys: set[str] | None, what: str) -> dict[str, Any]:
        """``value`` as a mapping with known keys only; {} after a fault."""
        if not isinstance(value, dict):
            self.fault(at, f"{what} is not a mapping", "write 'key: value' lines below it")
            return {}
        for key in value if keys is not None and not self.foreign else ():
            if key not in (keys or ()):
                self.fault((*at, key), f"unknown key '{key}' in {what}", did_you_mean(key, keys or ()))
        return value

    def texts(self, value: Any, at: Location, what: str) -> list[str]:
        """``value`` as a list of texts; faults for anything else are noted and left out."""
        if not isinstance(value, list) or not value:
            self.fault(at, f"{what} is not a list of sentences", 'write lines such as  - "help us calm down"')
            return []
        good = [item for item in value if isinstance(item, str) and item.strip()]
        for index, item in enumerate(value):
            if not (isinstance(item, str) and item.strip()):
                self.fault((*at, index), f"'{item}' in {what} is not text", "put it between quotes")
        return good

    def template(self, text: str, at: Location, lists: set[str], rules: set[str]) -> bool:
        """Whether brackets pair, groups can be read, and every list and rule is known."""
        before = len(self.errors)
        wrong = unbalanced(text)
        if wrong:
            self.fault(at, f'{wrong} in "{text}"', "close every bracket that is opened, innermost first")
        elif "|" in text and ";" in text and not _is_readable(text):
            self.fault(at, f'"|" and ";" in one group in "{text}"', "write two groups, one in the other")
        for name in re.findall(r"\{([^{}]*)\}", text):
            base = name.split(":")[0].lstrip("@")
            if base not in lists and not re.fullmatch(r"\d+\.\.\d+(,\d+)?", base):
                self.fault(at, f"unknown list {{{base}}}", did_you_mean(base, lists, "define it under 'lists:'"))
        for name in re.findall(r"<([^<>]*)>", text):
            if name not in rules:
                self.fault(
                    at, f"unknown rule <{name}>", did_you_mean(name, rules, "define it under 'expansion_rules:'")
                )
        return len(self.errors) == before


def did_you_mean(word: str, known: set[str] | tuple[str, ...], otherwise: str = "", cut: int = 60) -> str:
    """What to write instead of a misspelt word; ``cut`` is the least ``fuzz.ratio`` of a guess."""
    from rapidfuzz import fuzz, process

    best = process.extractOne(str(word), sorted(known), scorer=fuzz.ratio, score_cutoff=cut)
    if best:
        return f"did you mean '{best[0]}'?"
    return otherwise or f"known here: {', '.join(sorted(known))}"


def _is_readable(text: str) -> bool:
    from hassil.parser import ParseError

    try:
        parsed(text)
    except ParseError:
        return False
    return True


def unbalanced(text: str) -> str | None:
    """What is wrong with the brackets of a template, or None."""
    stack: list[str] = []
    escaped = False
    for sign in text:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign in _BRACKETS:
            stack.append(sign)
        elif sign in _BRACKETS.values() and (not stack or _BRACKETS[stack.pop()] != sign):
            return f"'{sign}' closes nothing"
    return f"'{stack[-1]}' is never closed" if stack else None
