"""From templates, as hassil parses them, to nodes and arcs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voice.errors import ContentError
from voice.understanding.endings import ENDING, with_endings
from voice.understanding.network import Arc, Network, ordered
from voice.understanding.templates import parsed
from voice.understanding.words import CONTRACTIONS, split

MAX_ARCS = 20_000
"""A template with more arcs is refused: our largest has under 300."""
MAX_DEPTH = 24
"""Rules nested deeper are refused, as hassil does; this also ends rules that name each other."""

Frontier = dict[str, int]
"""Where a way through a template has got to: the letters of a word not finished yet, and the node it began at."""


class TooLarge(ValueError):
    """A template stands for a network that is too large or too deep."""


class Builder:
    """Collects nodes and arcs of many templates or of one list's values."""

    def __init__(
        self,
        lists: Mapping[str, Mapping[str, Any]] | None = None,
        rules: Mapping[str, str] | None = None,
        share: bool = False,
    ) -> None:
        """Begin an empty network; ``lists`` are the lists there are, ``rules`` the rules' texts.

        With ``share`` a rule may become an arc of its own instead of being written out.
        """
        self.share = share
        self.arcs: list[Arc] = []
        self.nodes = 0
        self.used: dict[str, tuple[int, int, int] | None] = {}
        self._lists = lists or {}
        self._rules = rules or {}
        self._parsed: dict[str, Any] = {}

    def finish(self) -> Network:
        """What was collected, ready to be aligned."""
        return ordered(self.nodes, self.arcs)

    def node(self) -> int:
        """A new node."""
        self.nodes += 1
        return self.nodes - 1

    def add_text(self, start: int, text: str) -> int:
        """Plain words from ``start``; the node they end at."""
        return self._flush(self._text({"": start}, text))

    def add_template(self, start: int, text: str, scope: str = "") -> int:
        """A template from ``start``; the node it ends at.

        Raises hassil's ``ParseError`` for what it cannot read and ``TooLarge``.
        """
        limit = len(self.arcs) + MAX_ARCS
        return self._flush(self._expression({"": start}, parsed(text), scope, 0, limit))

    def _expression(self, front: Frontier, item: Any, scope: str, depth: int, limit: int) -> Frontier:
        if depth > MAX_DEPTH or len(self.arcs) > limit:
            raise TooLarge("it is too large, or its rules name each other")
        kind = type(item).__name__
        if kind == "TextChunk":
            return self._text(front, item.original_text)
        if kind == "Sequence":
            return self._sequence(front, item.items, scope, depth, limit)
        if kind == "Alternative":
            return self._merge([self._expression(front, part, scope, depth, limit) for part in item.items])
        if kind == "Permutation":
            return self._permutation(front, item.items, scope, depth, limit)
        if kind == "RuleReference":
            name = scope + item.rule_name if scope + item.rule_name in self._rules else item.rule_name
            return self._expression(front, self._rule(name), scope, depth + 1, limit)
        return self._slot(front, item, scope)

    def _sequence(self, front: Frontier, parts: list[Any], scope: str, depth: int, limit: int) -> Frontier:
        joined = with_endings(parts)
        for (part, ending), (after, _) in zip(joined, [*joined[1:], (None, "")], strict=True):
            name = self._shared(part, after, scope)
            if ending:
                front = self._slot(front, part, scope, ending)
            elif name and set(front) == {""}:
                source, target = front[""], self.node()
                self.used.setdefault(f"<{name}>", None)
                self.arcs.append(Arc(source, target, slot=f"<{name}>"))
                front = {"": target}
            else:
                front = self._expression(front, part, scope, depth, limit)
        return front

    def _shared(self, part: Any, after: Any, scope: str) -> str | None:
        """The rule's name if it can be aligned once for all templates: no lists in it, and no letters joined to its
        end."""
        if type(part).__name__ != "RuleReference" or not self.share:
            return None
        name = scope + part.rule_name if scope + part.rule_name in self._rules else part.rule_name
        alone = after is None or (type(after).__name__ == "TextChunk" and after.original_text.startswith(" "))
        return name if alone and not self._holds_lists(name, 0) else None

    def _holds_lists(self, name: str, depth: int) -> bool:
        text = self._rules.get(name, "{")
        inner = re.findall(r"<([^<>]*)>", text)
        return "{" in text or depth > MAX_DEPTH or any(self._holds_lists(rule, depth + 1) for rule in inner)

    def _rule(self, name: str) -> Any:
        if name not in self._parsed:
            self._parsed[name] = parsed(self._rules[name])
        return self._parsed[name]

    def _slot(self, front: Frontier, item: Any, scope: str, ending: str = "") -> Frontier:
        """A list, said as one of its values; with an ``ending`` its values are lengthened by it, where it has any."""
        source, target = self._flush(front), self.node()
        name = scope + item.list_name if scope + item.list_name in self._lists else item.list_name
        if item.is_inline_range:
            name = item.list_name
            self.used[name] = item.get_inline_range()
        else:
            listed = "values" in self._lists.get(name, {})
            name, ending = (name + ENDING + ending, "") if ending and listed else (name, ending)
            self.used.setdefault(name, None)
        self.arcs.append(Arc(source, target, slot=name, slot_name=item.slot_name))
        return {"": self.add_template(target, ending) if ending else target}

    def _permutation(self, front: Frontier, parts: list[Any], scope: str, depth: int, limit: int) -> Frontier:
        everything = (1 << len(parts)) - 1
        reached: dict[int, list[Frontier]] = {0: [front]}
        for said in range(everything):
            here = {"": self._flush(self._merge(reached[said]))}
            for index, part in enumerate(parts):
                if not said >> index & 1:
                    after = self._expression(here, part, scope, depth, limit)
                    reached.setdefault(said | 1 << index, []).append(after)
        return self._merge(reached[everything])

    def _text(self, front: Frontier, text: str) -> Frontier:
        """Go on by some text, whose first and last word may be parts of words."""
        pieces = text.replace("\n", " ").split(" ")
        for index, piece in enumerate(pieces):
            if index:
                front = {"": self._flush(front)}
            if piece:
                front = {pending + piece: node for pending, node in front.items()}
        return front

    def _merge(self, fronts: list[Frontier]) -> Frontier:
        by_pending: dict[str, list[int]] = {}
        for front in fronts:
            for pending, node in front.items():
                by_pending.setdefault(pending, []).append(node)
        return {pending: self._join(nodes) for pending, nodes in by_pending.items()}

    def _join(self, nodes: list[int]) -> int:
        nodes = sorted(set(nodes))
        if len(nodes) == 1:
            return nodes[0]
        target = self.node()
        self.arcs += [Arc(node, target) for node in nodes]
        return target

    def _flush(self, front: Frontier) -> int:
        """End the words that are begun; the one node where all of them meet."""
        ends = [self._word(node, pending) if pending else node for pending, node in front.items()]
        return self._join(ends)

    def _word(self, node: int, shown: str) -> int:
        for index, word in enumerate(split(shown)):
            target = self.node()
            as_written = shown if shown.lower().replace("’", "'") in CONTRACTIONS else word
            self.arcs.append(Arc(node, target, word=word, shown="" if as_written is shown and index else as_written))
            node = target
        return node


def template_error(path: Path, line: int, text: str, reason: Exception) -> ContentError:
    """What to tell the author of a template that cannot be built."""
    return ContentError(path, line, f'cannot read "{text}" ({reason})', "write it like the sentences around it")
