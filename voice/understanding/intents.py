"""Sentence files as templates: what may be said, what it means, and when it counts.

The format is Home Assistant's, read by hassil; files of later folders add sentences, values and rules to earlier
ones, and a file with ``replace: true`` puts its intents in the place of earlier ones of the same name (safety and
controls excepted).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from voice.errors import ContentError, ContentErrors
from voice.understanding.blocks import At, list_of, meaning_of
from voice.understanding.meanings import Intents, Meaning, Template
from voice.understanding.sentence_files import BLOCK_KEYS, FILE_KEYS, INTENT_KEYS, Checker, read_sentences

__all__ = ["Intents", "Meaning", "Template", "load_intents"]

MAX_TEMPLATE = 20_000
"""Characters of one template; longer ones are refused."""


def load_intents(
    folders: Sequence[Path], language: str | None = None, known: Sequence[Path] = (), foreign: bool = False
) -> Intents:
    """Read every sentence file of some folders (or single files); ``language`` leaves out files in others.

    From the folders ``known`` only lists and rules are taken: what a single file may refer to. With ``foreign`` the
    files were not written for Attune, and what hassil lets pass is no fault: keys it does not know, metadata of any
    kind, a language that only one file names, and lists that are missing where nothing refers to them.

    Raises ``ContentErrors`` with file and line for anything wrong; templates are parsed by hassil when an
    ``Understander`` is made, and can hardly fail there after the checks made here.
    """
    files = sentence_files(folders)
    reader = _Reader(language, foreign)
    for path in sentence_files(known):
        if path not in files:
            reader.add(path, sentences=False)
    for path in files:
        reader.add(path)
    if not files:
        place = folders[0] if folders else Path("intents")
        reader.errors.append(ContentError(place, 1, "no sentence files here", "put a file such as mine.yaml there"))
    return reader.finish()


def sentence_files(folders: Sequence[Path]) -> list[Path]:
    """Every sentence file of some folders, or the single files themselves."""
    return [path for folder in folders for path in (_below(folder) if folder.is_dir() else [folder])]


def _below(folder: Path) -> list[Path]:
    """Every sentence file of a folder; inner folders of two letters hold other languages, of which English counts where
    there is nothing else."""
    every = sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml")))
    languages = [path.relative_to(folder).parts[0] for path in every]
    shared = [path for path, first in zip(every, languages, strict=True) if len(first) != 2]
    return shared or [path for path, first in zip(every, languages, strict=True) if first == "en"]


def _rules_in(texts: Sequence[str]) -> set[str]:
    return {name for text in texts for name in re.findall(r"<([^<>]*)>", text)}


class _Reader:
    """Merges files, then checks what refers to what."""

    def __init__(self, language: str | None, foreign: bool) -> None:
        self.language = language
        self.foreign = foreign
        self.first_language: str | None = None
        self.errors: list[ContentError] = []
        self.lists: dict[str, dict[str, Any]] = {}
        self.rules: dict[str, str] = {}
        self.skip_words: list[str] = []
        self.blocks: list[tuple[Checker, At, str, dict[str, Any]]] = []
        self.places: list[tuple[Checker, At, str]] = []

    def add(self, path: Path, sentences: bool = True) -> None:
        try:
            document = read_sentences(path)
        except ContentErrors as error:
            self.errors += error.errors
            return
        checker = Checker(document, self.foreign)
        top = checker.mapping(document.data, (), FILE_KEYS, "a sentence file")
        spoken = top.get("language") or (self.foreign and (self.first_language or "en"))
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

    def _lists_and_rules(self, checker: Checker, top: Mapping[str, Any], at: At, scope: str) -> None:
        lists = checker.mapping(top.get("lists") or {}, (*at, "lists"), None, "lists")
        for name, spec in lists.items():
            place = (*at, "lists", name)
            found, values = list_of(checker, name, spec, place)
            self.places += [(checker, at_value, text) for at_value, text in values]
            if "values" in found:
                found = {"values": [*self.lists.get(scope + name, {}).get("values", ()), *found["values"]]}
            self.lists[scope + name] = found
        rules = checker.mapping(top.get("expansion_rules") or {}, (*at, "expansion_rules"), None, "expansion_rules")
        for name, body in rules.items():
            place = (*at, "expansion_rules", name)
            if isinstance(body, str) and body.strip():
                self.rules[scope + name] = body
                self.places.append((checker, place, body))
            else:
                checker.fault(place, f"rule <{name}> is not text", "write it between quotes")

    def finish(self) -> Intents:
        templates: list[Template] = []
        for number, (checker, at, name, block) in enumerate(self.blocks):
            scope = f"{number}:" if block.get("lists") or block.get("expansion_rules") else ""
            if scope:
                self._lists_and_rules(checker, block, at, scope)
            templates += self._block(checker, at, name, block, scope)
        lists, rules = set(self.lists), set(self.rules)
        for checker, at, text in self._looked_at(templates):
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

    def _looked_at(self, templates: Sequence[Template]) -> list[tuple[Checker, At, str]]:
        """Where rules and values are written that are checked; of foreign rules those that anything refers to."""
        if not self.foreign:
            return self.places
        rules = [(at[-1], text) for _, at, text in self.places if "expansion_rules" in at]
        texts = [template.text for template in templates] + [text for _, at, text in self.places if "lists" in at]
        used: set[str] = set()
        named = _rules_in(texts)
        while named:
            used |= named
            named = _rules_in([text for name, text in rules if name in named]) - used
        return [place for place in self.places if "expansion_rules" not in place[1] or place[1][-1] in used]

    def _collect(self) -> None:
        checkers = dict.fromkeys([entry[0] for entry in self.blocks] + [entry[0] for entry in self.places])
        for checker in checkers:
            self.errors += sorted(checker.errors, key=lambda error: error.line)

    def _block(self, checker: Checker, at: At, name: str, block: dict[str, Any], scope: str) -> list[Template]:
        meaning = meaning_of(checker, at, name, block)
        lists = set(self.lists) | {key[len(scope) :] for key in self.lists if scope and key.startswith(scope)}
        rules = set(self.rules) | {key[len(scope) :] for key in self.rules if scope and key.startswith(scope)}
        place = (*at, "sentences")
        found: list[Template] = []
        for index, text in enumerate(checker.texts(block.get("sentences"), place, "sentences")):
            if len(text) > MAX_TEMPLATE:
                checker.fault((*place, index), "a template of over 20,000 characters", "split it into several")
            elif checker.template(text, (*place, index), lists, rules):
                line = checker.document.line((*place, index))
                found.append(Template(text, meaning, checker.document.path, line, scope))
        return found
