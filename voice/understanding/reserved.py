"""Phrases that mean the same wherever they are said ("stop"), which no other sentence, answer or practice may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from voice.understanding.costs import POLITE
from voice.understanding.intents import Intents, Meaning, Template
from voice.understanding.phrases import ways
from voice.understanding.words import split

MOST_WAYS = 300
"""Ways of one template that are looked at: all of our controls, but for the ends of three long questions."""
Words = tuple[str, ...]


def reserved(intents: Intents, builtin: Path) -> Mapping[Words, Meaning]:
    """What each phrase means that is a control everywhere, or a plain yes or no, by the files in ``builtin``."""
    found: dict[Words, Meaning] = {}
    for template in intents.templates:
        meaning = template.meaning
        if template.path.is_relative_to(builtin) and (_everywhere(meaning) or meaning.answer in ("yes", "no")):
            for words in _said(template, intents):
                found.setdefault(words, meaning)
    return found


def taken_controls(own: Iterable[Template], intents: Intents, builtin: Path) -> Iterator[tuple[Template, str, str]]:
    """Each template of ``own`` that says something else by a reserved phrase, with that phrase and what it means."""
    phrases = reserved(intents, builtin)
    for template in own:
        for words in _said(template, intents):
            meaning = phrases.get(words)
            if meaning is not None and not _may(template.meaning, meaning, words, intents, builtin):
                yield template, " ".join(words), meaning.control or str(meaning.answer)
                break


def _everywhere(meaning: Meaning) -> bool:
    return meaning.control is not None and "any" in meaning.when


def _may(own: Meaning, taken: Meaning, words: Words, intents: Intents, builtin: Path) -> bool:
    """Whether it means the same, tells of danger, or is an answer; and "stop" only those that end ("enough")."""
    if own.safety or (own.control and own.control == taken.control):
        return True
    if own.answer is None:
        return False
    ours = [one for one in intents.templates if one.meaning.answer == own.answer and one.path.is_relative_to(builtin)]
    return taken.control != "stop" or own.answer == "stop" or any(words in _said(one, intents) for one in ours)


def _said(template: Template, intents: Intents) -> Mapping[Words, None]:
    """The phrases of a template in their order, without polite words."""
    said = (tuple(word for word in split(way) if word not in POLITE) for way in ways(template, intents, MOST_WAYS))
    return {words: None for words in said if words}
