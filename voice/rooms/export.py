"""What can be said, as Home Assistant's custom sentences: its own agent then answers with Attune's words.

Only what the Wyoming service handles too. Names of intents, lists and rules begin with ours, since Home Assistant
merges all files of a language into one. One file for each intent and ``_common.yaml`` for the lists and rules, as
Home Assistant's intents are kept themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from voice.app import Content
from voice.events import Understood
from voice.rooms.answers import Answers
from voice.understanding.meanings import Template

OURS = "Attune"
PREFIX = "attune_"
REFERENCE = re.compile(r"\{([^{}]*)\}|<([^<>]*)>")
PUNCTUATION = re.compile(r"[^\w :\-'|()\[\]{}<>;]")
"""What Home Assistant's own check does not allow in a sentence."""

Files = dict[str, dict[str, Any]]
"""What is to be written, by path."""


def homeassistant_files(content: Content) -> Files:
    """Every file of the export: sentences, and a script that answers each intent with its words."""
    return _Export(content).files()


class _Export:
    """Collects what the sentences refer to."""

    def __init__(self, content: Content) -> None:
        self._intents = content.understander.intents
        self._answers = Answers(content)
        self._lists: dict[str, Any] = {}
        self._rules: dict[str, str] = {}

    def files(self) -> Files:
        language = self._intents.language
        folder = f"custom_sentences/{language}"
        blocks: dict[str, list[dict[str, Any]]] = {}
        scripts: dict[str, Any] = {}
        for name, templates in self._by_block().items():
            meaning = templates[0].meaning
            understood = Understood(t=0.0, intent=meaning.intent, practice=meaning.practice, slots=meaning.slots,
                                    control=meaning.control, starts=meaning.starts)  # fmt: skip
            answer = self._answers.to(understood)
            if not answer.handled:
                continue
            block: dict[str, Any] = {"sentences": [self._sentence(template) for template in templates]}
            blocks.setdefault(name, []).append(block | ({"slots": dict(meaning.slots)} if meaning.slots else {}))
            scripts.setdefault(name, {"speech": {"text": answer.text}})
        files: Files = {
            f"{folder}/{OURS.lower()}_{name}.yaml": {"language": language, "intents": {name: {"data": data}}}
            for name, data in sorted(blocks.items())
        }
        common = {"language": language, "lists": self._lists, "expansion_rules": self._rules}
        files[f"{folder}/_common_{OURS.lower()}.yaml"] = {key: value for key, value in common.items() if value}
        return files | {f"{OURS.lower()}_intent_script.yaml": scripts}

    def _by_block(self) -> dict[str, list[Template]]:
        """Templates that count when nothing runs, by the name that their meaning gets."""
        blocks: dict[tuple[str, str], list[Template]] = {}
        for template in self._intents.templates:
            meaning = template.meaning
            if meaning.counts("idle") and meaning.answer is None and meaning.safety is None:
                slots = repr(sorted(meaning.slots.items()))
                blocks.setdefault((meaning.intent, slots), []).append(template)
        names: dict[str, list[Template]] = {}
        for (intent, _), templates in blocks.items():
            name = OURS + intent
            if name in names:
                name += "".join(str(slot).title() for slot in templates[0].meaning.slots)
            names[name if name not in names else f"{name}{len(names)}"] = templates
        return names

    def _sentence(self, template: Template) -> str:
        return self._plain(template.text, template.scope)

    def _plain(self, text: str, scope: str) -> str:
        """A template with our names, in one line, without punctuation."""
        named = REFERENCE.sub(lambda found: self._named(found, scope), text)
        return " ".join(PUNCTUATION.sub("", named).split())

    def _named(self, found: re.Match[str], scope: str) -> str:
        if found[2] is not None:
            return f"<{self._known(found[2], scope, self._intents.rules, self._add_rule)}>"
        name, _, slot = found[1].partition(":")
        if ".." in name:
            return found[0]
        return f"{{{self._known(name, scope, self._intents.lists, self._add_list)}:{slot or name}}}"

    def _known(self, name: str, scope: str, where: Mapping[str, Any], add: Callable[[str, str, Any, str], None]) -> str:
        """The exported name of a list or rule, which is exported with it; a block's own come first."""
        full = scope + name if scope + name in where else name
        ours = PREFIX + full.replace(":", "_")
        add(ours, name, where[full], scope)
        return ours

    def _add_rule(self, ours: str, name: str, body: str, scope: str) -> None:
        if ours not in self._rules:
            self._rules[ours] = ""
            self._rules[ours] = self._plain(body, scope)

    def _add_list(self, ours: str, name: str, spec: Mapping[str, Any], scope: str) -> None:
        if "values" not in spec:
            self._lists[ours] = {key: spec[key] for key in ("range", "wildcard") if key in spec}
            return
        values = [value if isinstance(value, dict) else {"in": str(value), "out": value} for value in spec["values"]]
        self._lists[ours] = {
            "values": [{"in": self._plain(str(value["in"]), scope), "out": value["out"]} for value in values]
        }
