"""What sentences mean: templates with their intent, practice, control or answer, and the states in which they count."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ALIKE = {
    "answering": ("guiding",),
    "idle": ("idle", "unprompted"),
    "lately": ("idle", "lately"),
    "after": ("idle", "lately", "after"),
    "apart": ("idle", "lately", "after", "apart"),
    "meeting": ("idle", "lately", "after", "meeting"),
}
"""What else counts in a state: ``unprompted`` is no practice within the hour, ``lately`` an hour after a practice,
``after`` ten minutes, ``apart`` a time-out, ``meeting`` its return."""
IDLE_STATES = ("idle", "lately", "after", "apart", "meeting")
"""States in which nothing runs."""


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
    requires: Mapping[str, Any] = field(default_factory=dict)
    """What the values said must bring along in their contexts."""
    excludes: Mapping[str, Any] = field(default_factory=dict)
    """What they must not."""

    def counts(self, state: str) -> bool:
        """Whether it counts in a state of the conversation."""
        alike = ALIKE.get(state, (state,))
        return state == "any" or "any" in self.when or any(one in self.when for one in alike)

    def goes_with(self, context: Mapping[str, Any], told: Collection[str]) -> bool:
        """Whether it may be meant of values with these contexts; ``told`` are the keys that any value has, and others
        are not known here."""
        lacks = any(not _holds(wanted, context.get(key)) for key, wanted in self.requires.items() if key in told)
        return not lacks and not any(_holds(bad, context[key]) for key, bad in self.excludes.items() if key in context)

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

    def needed(self, intent: str) -> frozenset[str]:
        """The slots without which none of an intent's sentences can be said: "add {tool} to my toolkit"."""
        each = [_needed(template.text) for template in self.templates if template.meaning.intent == intent]
        return frozenset.intersection(*each) if each else frozenset()

    @property
    def among_talk(self) -> bool:
        """False where no sentence starts a practice, as in another domain: whoever speaks, speaks to it."""
        return any(template.meaning.starts for template in self.templates)

    @property
    def names(self) -> tuple[str, ...]:
        """The intents' names, each once."""
        return tuple(dict.fromkeys(template.meaning.intent for template in self.templates))


def _holds(wanted: Any, value: Any) -> bool:
    """Whether a context's value is the one, or one of those, that a block names; naming none, it wants any."""
    wanted, value = (one.get("value") if isinstance(one, Mapping) else one for one in (wanted, value))
    if isinstance(wanted, list):
        return value in wanted
    return value is not None if wanted is None else value == wanted


_GROUP = re.compile(r"\[[^][()]*\]|\(([^][()]*)\)")
_SLOT = re.compile(r"\{(?:[^{}:]*:)?([^{}]+)\}")


def _needed(text: str) -> frozenset[str]:
    """Slots of one template, by the names of what they fill, outside of what may be left out or said otherwise."""
    while (opened := _GROUP.sub(lambda group: "" if "|" in (group[1] or "|") else group[1], text)) != text:
        text = opened
    return frozenset() if "|" in text else frozenset(_SLOT.findall(text))
