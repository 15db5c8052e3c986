"""Ways of asking for a practice, made from the templates: what the list of practices and the documents show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from voice.understanding.intents import Intents, Meaning, Template
from voice.understanding.recognition import Recognition
from voice.understanding.templates import parsed
from voice.understanding.understander import Understander

DEEPEST = 8
"""Rules within rules that are followed."""
SAID = ("the", "a", "an", "our", "my", "do", "have", "make", "take", "try", "drink", "eat", "go", "play", "with")
"""What may be left out and is said in examples where it comes first: "help us [do] a tea" would be no sentence without
it, and whatever else may be left out is none of the sentence's need."""
TRIED = 20
"""Ways of one template that are tried."""


def ways_of_asking(practice: str, understander: Understander, most: int = 3) -> tuple[str, ...]:
    """At most so many phrases that start a practice, each from another template, as one writes them."""
    intents = understander.intents
    own = [t for t in intents.templates if t.meaning.practice == practice and _starts(t.meaning, practice)]
    spoken = [template for template in own if not template.text.startswith("<")]
    short = [template for template in spoken if template.meaning.whole]
    found: list[str] = []
    for template in {one.text: one for one in (*spoken[:1], *short[:1], *spoken, *own)}.values():
        if len(found) < most:
            found += _first_that_starts(template, practice, understander, found)
    return tuple(re.sub(r"\bi\b", "I", phrase) for phrase in found)


def ways(template: Template, intents: Intents, most: int) -> Iterator[str]:
    """The first so many phrases of a template, plain ones first."""
    return (" ".join(way.split()) for way in islice(_expanded(template, intents), most))


def taken_by(template: Template, understander: Understander) -> tuple[str, str] | None:
    """A template's first phrase and the practice that it starts instead, where no way of saying it starts its own."""
    wanted = template.meaning.practice
    rules = _rules(template, understander.intents)
    if not wanted or not _starts(template.meaning, wanted) or not template.meaning.counts("idle"):
        return None
    if _has_lists(template.text, rules) or _first_that_starts(template, wanted, understander, ()):
        return None  # one of a list's values may be another's, and the others not
    phrase = next(ways(template, understander.intents, 1), "")
    other = understander.understand(phrase, "idle").practice
    return (phrase, other) if other and other != wanted else None


def _first_that_starts(
    template: Template, practice: str, understander: Understander, known: Sequence[str]
) -> list[str]:
    for phrase in ways(template, understander.intents, TRIED):
        if phrase not in known and _starts(understander.understand(phrase, "idle"), practice):
            return [phrase]
    return []


def _starts(heard: Meaning | Recognition, practice: str) -> bool:
    """Whether this begins the practice; the menu begins by its control word."""
    return heard.practice == practice and (heard.starts or heard.control == practice)


def _rules(template: Template, intents: Intents) -> dict[str, str]:
    """The rules that a template may name, those of its own block among them."""
    scope = template.scope
    own = {name[len(scope) :]: text for name, text in intents.rules.items() if scope and name.startswith(scope)}
    return {**intents.rules, **own}


def _has_lists(text: str, rules: Mapping[str, str], depth: int = 0) -> bool:
    inner = re.findall(r"<([^<>]*)>", text)
    return "{" in text or depth > DEEPEST or any(_has_lists(rules.get(name, ""), rules, depth + 1) for name in inner)


def _expanded(template: Template, intents: Intents) -> Iterator[str]:
    return _ways(parsed(template.text), _rules(template, intents))


def _ways(item: Any, rules: Mapping[str, str], depth: int = 0) -> Iterator[str]:
    """Concrete phrases, plain ones first; what may be left out is, but for articles, verbs and "with"."""
    from hassil.expression import Alternative, Group, ListReference, RuleReference, TextChunk

    if isinstance(item, TextChunk):
        yield item.original_text
    elif isinstance(item, RuleReference):
        rule = parsed(rules[item.rule_name])
        yield from _ways(rule, rules, depth + 1) if depth < DEEPEST else ()
    elif isinstance(item, ListReference):
        yield "friday" if item.list_name == "day" else "ten"
    elif isinstance(item, Alternative):
        first = next(_ways(item.items[0], rules, depth), "").strip()
        if item.is_optional and first.partition(" ")[0] not in SAID:
            yield ""
        for part in item.items:
            yield from _ways(part, rules, depth)
    elif isinstance(item, Group):
        yield from _joined(item.items, rules, depth)


def _joined(items: Sequence[Any], rules: Mapping[str, str], depth: int) -> Iterator[str]:
    """Every part's first way, then the other ways of the parts, from the left."""
    if not items:
        yield ""
        return
    for first in _ways(items[0], rules, depth):
        for rest in _joined(items[1:], rules, depth):
            yield first + rest
