"""Sentence files as templates: what may be said, what it means, and when it counts.

The format is Home Assistant's, read by hassil; files of later folders add sentences, values and rules to earlier ones, and a
file with ``replace: true`` puts its intents in the place of earlier ones of the same name (safety and controls excepted).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice.errors import ContentError, ContentErrors
from voice.understanding.sentence_files import (
    BLOCK_KEYS,
    FILE_KEYS,
    INTENT_KEYS,
    LIST_KEYS,
    METADATA_KEYS,
    RANGE_KEYS,
    STATES,
    VALUE_KEYS,
    Checker,
    did_you_mean,
    read_sentences,
)

MAX_TEMPLATE = 2000
"""Characters of one template; longer ones are refused."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What every sentence of one block means."""

    intent: str
    """The intent's name."""
    practice: str | None = None
    """Id of the script it starts or belongs to."""
    starts: bool = False
    """Whether saying it starts the practice."""
    control: str | None = None
    """The control word it stands for, for example ``stop``."""
    answer: str | None = None
    """The answer of a closed set it stands for, for example ``yes``."""
    safety: str | None = None
    """The kind of danger it tells of: ``self``, ``other`` or ``medical``."""
    when: frozenset[str] = frozenset({"any"})
    """The states in which it counts."""
    whole: bool = False
    """Whether it must be the whole utterance, but for polite words."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Slots that are set by saying it."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The block's metadata as written."""

    def counts(self, state: str) -> bool:
        """Whether it counts in a state of the conversation."""
        alike = {"answering": ("guiding",), "after": ("idle", "after")}.get(state, (state,))
        return state == "any" or "any" in self.when or any(one in self.when for one in alike)

    @property
    def key(self) -> tuple[str, str | None, str | None]:
        """What tells one meaning from another when two compete."""
        return ("", None, self.answer) if self.answer else (self.intent, self.practice, None)


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence template."""

    text: str
    """As written."""
    meaning: Meaning
    """What it means."""
    path: Path
    """The file it stands in."""
    line: int
    """Its line, counted from 1."""
    scope: str = ""
    """Prefix of the lists and rules that its block defines for itself; empty for none."""


@dataclass(frozen=True, slots=True)
class Intents:
    """Everything that may be said."""

    language: str
    """Language code of the first file."""
    templates: tuple[Template, ...]
    """In the order of the files."""
    lists: Mapping[str, Mapping[str, Any]]
    """Slot lists by name, as written and merged."""
    rules: Mapping[str, str]
    """Expansion rules by name."""
    skip_words: tuple[str, ...] = ()
    """Words that may be left out or added anywhere."""

    @property
    def names(self) -> tuple[str, ...]:
        """The intents' names, each once."""
        return tuple(dict.fromkeys(template.meaning.intent for template in self.templates))


def load_intents(folders: Sequence[Path], language: str | None = None, known: Sequence[Path] = ()) -> Intents:
    """Read every sentence file of some folders (or single files); ``language`` leaves out files in others.

    From the folders ``known`` only lists and rules are taken: what a single file may refer to.

    Raises ``ContentErrors`` with file and line for anything wrong; templates are parsed by hassil when an ``Understander`` is
    made, and can hardly fail there after the checks made here.
    """
    files = _files(folders)
    reader = _Reader(language)
    for path in _files(known):
        if path not in files:
            reader.add(path, sentences=False)
    for path in files:
        reader.add(path)
    if not files:
        place = folders[0] if folders else Path("intents")
        reader.errors.append(ContentError(place, 1, "no sentence files here", "put a file such as mine.yaml there"))
    return reader.finish()


def _files(folders: Sequence[Path]) -> list[Path]:
    return [path for folder in folders for path in (sorted(folder.rglob("*.yaml")) if folder.is_dir() else [folder])]


class _Reader:
    """Merges files, then checks what refers to what."""

    def __init__(self, language: str | None) -> None:
        self.language = language
        self.first_language: str | None = None
        self.errors: list[ContentError] = []
        self.lists: dict[str, dict[str, Any]] = {}
        self.rules: dict[str, str] = {}
        self.skip_words: list[str] = []
        self.blocks: list[tuple[Checker, tuple[str | int, ...], str, dict[str, Any]]] = []
        self.places: list[tuple[Checker, tuple[str | int, ...], str]] = []

    def add(self, path: Path, sentences: bool = True) -> None:
        try:
            document = read_sentences(path)
        except ContentErrors as error:
            self.errors += error.errors
            return
        checker = Checker(document)
        top = checker.mapping(document.data, (), FILE_KEYS, "a sentence file")
        spoken = top.get("language")
        if not isinstance(spoken, str):
            checker.fault(("language",), "no 'language'", "write  language: en")
        elif self.language is None or spoken.split("-")[0] == self.language:
            self.first_language = self.first_language or spoken
            self._merge(checker, top if sentences else top | {"intents": {}})
        self.errors += checker.errors
        checker.errors = []

    def _merge(self, checker: Checker, top: dict[str, Any]) -> None:
        intents = checker.mapping(top.get("intents") or {}, ("intents",), None, "intents")
        if top.get("replace") is True:
            self._replace(set(intents))
        for name, intent in intents.items():
            at = ("intents", name)
            data = checker.mapping(intent, at, INTENT_KEYS, f"intent {name}").get("data")
            if not isinstance(data, list):
                checker.fault(at, f"intent {name} has no list 'data'", "write  data:  and below it  - sentences: …")
                continue
            for index, block in enumerate(data):
                place = (*at, "data", index)
                self.blocks.append((checker, place, name, checker.mapping(block, place, BLOCK_KEYS, "a block")))
        self._lists_and_rules(checker, top, (), "")
        words = top.get("skip_words")
        self.skip_words += checker.texts(words, ("skip_words",), "skip_words") if words else []

    def _replace(self, names: set[str]) -> None:
        def kept(block: dict[str, Any]) -> bool:
            metadata = block.get("metadata") or {}
            return "safety" in metadata or "control" in metadata

        self.blocks = [entry for entry in self.blocks if entry[2] not in names or kept(entry[3])]

    def _lists_and_rules(self, checker: Checker, top: Mapping[str, Any], at: tuple[str | int, ...], scope: str) -> None:
        lists = checker.mapping(top.get("lists") or {}, (*at, "lists"), None, "lists")
        for name, spec in lists.items():
            self._list(checker, scope + name, spec, (*at, "lists", name))
        rules = checker.mapping(top.get("expansion_rules") or {}, (*at, "expansion_rules"), None, "expansion_rules")
        for name, body in rules.items():
            place = (*at, "expansion_rules", name)
            if isinstance(body, str) and body.strip():
                self.rules[scope + name] = body
                self.places.append((checker, place, body))
            else:
                checker.fault(place, f"rule <{name}> is not text", "write it between quotes")

    def _list(self, checker: Checker, name: str, spec: Any, at: tuple[str | int, ...]) -> None:
        spec = checker.mapping(spec, at, LIST_KEYS, f"list {{{name}}}")
        if "values" in spec:
            values = self._values(checker, spec["values"], (*at, "values"))
            old = self.lists.get(name, {})
            self.lists[name] = {"values": [*old.get("values", ()), *values]}
        elif "range" in spec:
            if _range_fault(checker, spec["range"], (*at, "range")):
                self.lists[name] = {"range": spec["range"]}
        elif spec.get("wildcard") is True:
            self.lists[name] = {"wildcard": True}
        else:
            checker.fault(at, f"list {{{name}}} has no values", "give it 'values:', 'range:' or 'wildcard: true'")
            self.lists.setdefault(name, {"values": []})

    def _values(self, checker: Checker, values: Any, at: tuple[str | int, ...]) -> list[dict[str, Any]]:
        if not isinstance(values, list):
            checker.fault(at, "'values' is not a list", "write lines such as  - in: calm")
            return []
        good: list[dict[str, Any]] = []
        for index, value in enumerate(values):
            place = (*at, index)
            if isinstance(value, dict):
                value = checker.mapping(value, place, VALUE_KEYS, "a list value")
                spoken, out = value.get("in"), value.get("out", value.get("in"))
            else:
                spoken = out = value
            if spoken is None or isinstance(spoken, (dict, list)):
                checker.fault(place, "a list value without 'in'", "write  - {in: words that are said, out: value}")
                continue
            self.places.append((checker, place, str(spoken)))
            good.append({"in": str(spoken), "out": out})
        return good

    def finish(self) -> Intents:
        templates: list[Template] = []
        for number, (checker, at, name, block) in enumerate(self.blocks):
            scope = f"{number}:" if block.get("lists") or block.get("expansion_rules") else ""
            if scope:
                self._lists_and_rules(checker, block, at, scope)
            templates += self._block(checker, at, name, block, scope)
        lists, rules = set(self.lists), set(self.rules)
        for checker, at, text in self.places:
            bare = {name.partition(":")[2] for name in (*lists, *rules) if ":" in name}
            checker.template(text, at, lists | bare, rules | bare)
        self._collect()
        if self.errors:
            raise ContentErrors(self.errors)
        return Intents(
            self.first_language or self.language or "en",
            tuple(templates),
            self.lists,
            self.rules,
            tuple(self.skip_words),
        )

    def _collect(self) -> None:
        checkers = dict.fromkeys([entry[0] for entry in self.blocks] + [entry[0] for entry in self.places])
        for checker in checkers:
            self.errors += sorted(checker.errors, key=lambda error: error.line)

    def _block(
        self, checker: Checker, at: tuple[str | int, ...], name: str, block: dict[str, Any], scope: str
    ) -> list[Template]:
        meaning = _meaning(checker, at, name, block)
        lists = set(self.lists) | {key[len(scope) :] for key in self.lists if scope and key.startswith(scope)}
        rules = set(self.rules) | {key[len(scope) :] for key in self.rules if scope and key.startswith(scope)}
        place = (*at, "sentences")
        found: list[Template] = []
        for index, text in enumerate(checker.texts(block.get("sentences"), place, "sentences")):
            if len(text) > MAX_TEMPLATE:
                checker.fault((*place, index), "a template of over 2,000 characters", "split it into several")
            elif checker.template(text, (*place, index), lists, rules):
                line = checker.document.line((*place, index))
                found.append(Template(text, meaning, checker.document.path, line, scope))
        return found


def _meaning(checker: Checker, at: tuple[str | int, ...], name: str, block: dict[str, Any]) -> Meaning:
    metadata = checker.mapping(block.get("metadata") or {}, (*at, "metadata"), None, "metadata")
    for key in metadata:
        near = did_you_mean(key, METADATA_KEYS, "-", 78)
        if key not in METADATA_KEYS and near != "-" and re.search(r"'(.*)'", near):
            checker.fault((*at, "metadata", key), f"unknown key '{key}' in metadata", near)
    when = metadata.get("when", "any")
    states = when if isinstance(when, list) else [when]
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
    )


def _range_fault(checker: Checker, spec: Any, at: tuple[str | int, ...]) -> bool:
    before = len(checker.errors)
    spec = checker.mapping(spec, at, RANGE_KEYS, "a range")
    ends = [spec.get("from"), spec.get("to"), spec.get("step", 1)]
    if not all(isinstance(end, int) and not isinstance(end, bool) for end in ends):
        checker.fault(at, "a range needs whole numbers", "write  range: {from: 1, to: 60}")
    elif ends[0] > ends[1] or ends[2] < 1:
        checker.fault(at, "a range that holds nothing", "'from' is the smaller number, 'step' at least 1")
    return len(checker.errors) == before
