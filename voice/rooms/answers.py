"""What a program that sends text and plays sound gets from Attune: practices that need no answer, and what can be said
in a sentence.

Pure: each text is understood by itself, as if nothing had been said before. What would have to be kept, or needs to
hear the two, is not handled: the program is told to ask in the room.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from voice.app import Content
from voice.events import Understood
from voice.guiding import effects as do
from voice.guiding.conversation import Conversation
from voice.guiding.steps import Breathe, Count, Pause, Say, Step
from voice.understanding.meanings import Meaning
from voice.understanding.recognition import as_event
from voice.understanding.words import split

MOST_CHARACTERS = 500
"""Of a text that is understood; nobody says more in a sentence to a guide."""
MENU = "what-can-i-say"
"""The practice that reads the menu of a room; through another program there is less to say."""
MOST_MINUTES = 10
"""Longer practices are for a room: the sound is held whole by whoever plays it."""
KEEPS = (do.Keep, do.TellKept, do.NotToday, do.UndoKept, do.Mute, do.MeasureRoom)
"""What needs the store or the microphone of a room."""
REMEMBERED = 64
"""Answers whose practice is known again when their text is to be spoken."""


def of_the_house(content: Content) -> Content:
    """The content of one machine, with what is different where sound and words go over a network."""
    return replace(content, responses=content.responses.instead("WhoHears", "WhoHearsRooms"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one text."""

    text: str
    """Words for the program to speak or show."""
    handled: bool
    intent: str | None = None
    """What was understood, if anything."""
    slots: Mapping[str, Any] | None = None
    start: Understood | None = None
    """The practice that the words begin."""


class Answers:
    """Answers texts, and knows its own words again; for one thread at a time."""

    def __init__(self, content: Content) -> None:
        """``content`` as every room has it."""
        self._content = content
        self._begun: OrderedDict[tuple[str, ...], Understood] = OrderedDict()
        self._usual = self._usual_beginnings()

    def answer(self, text: str) -> Answer:
        """What to say to a text; never raises for any text."""
        understood = self._understood(text[:MOST_CHARACTERS])
        return self.to(understood) if understood else Answer(self._sentence("NotUnderstood"), handled=False)

    def _understood(self, text: str) -> Understood | None:
        """What a text means; words of danger count here, though not in an idle room: they were said to Attune."""
        understander = self._content.understander
        plain = as_event(understander.understand(text, "idle"), 0.0)
        if isinstance(plain, Understood):
            return plain
        danger = as_event(understander.understand(text, "after"), 0.0)
        return danger if isinstance(danger, Understood) and danger.safety else None

    def practice_of(self, text: str) -> Understood | None:
        """The practice that a text of ours begins, or ``None`` for any other text."""
        words = split(text[:MOST_CHARACTERS])
        return self._begun.get(words) or self._usual.get(words)

    def to(self, understood: Understood) -> Answer:
        """What to say to something understood."""
        if understood.practice == MENU:
            return Answer(self._sentence("WhatHere"), True, understood.intent, understood.slots)
        conversation = Conversation(self._content.practices, self._content.responses, self._content.settings)
        effects = conversation.receive(understood)
        for effect in () if any(isinstance(effect, KEEPS) for effect in effects) else effects:
            if isinstance(effect, do.Say):
                return Answer(effect.text, True, understood.intent, understood.slots)
            if isinstance(effect, do.Play) and _is_breathed(effect.steps):
                return self._begins(effect.steps, understood)
        return Answer(self._sentence("OnlyInTheRoom"), False, understood.intent, understood.slots)

    def _begins(self, steps: tuple[Step, ...], understood: Understood) -> Answer:
        minutes = understood.slots.get("minutes", 0)
        if isinstance(minutes, int) and minutes > MOST_MINUTES:
            return Answer(self._sentence("OnlyInTheRoom"), False, understood.intent, understood.slots)
        text = _first_words(steps) or self._content.titles[understood.practice or ""] + "."
        self._begun[split(text)] = understood
        self._begun.move_to_end(split(text))
        while len(self._begun) > REMEMBERED:
            self._begun.popitem(last=False)
        return Answer(text, True, understood.intent, understood.slots, understood)

    def _usual_beginnings(self) -> dict[tuple[str, ...], Understood]:
        """Every text of ours that begins a practice as it is without further wishes: another program may know it."""
        usual: dict[tuple[str, ...], Understood] = {}
        meanings = {(one.intent, repr(sorted(one.slots.items()))): one for one in self._beginnings()}
        for meaning in meanings.values():
            answer = self.to(
                Understood(t=0.0, intent=meaning.intent, practice=meaning.practice, slots=meaning.slots, starts=True)
            )
            if answer.start:
                usual.setdefault(split(answer.text), answer.start)
        return usual

    def _beginnings(self) -> Iterator[Meaning]:
        for template in self._content.understander.intents.templates:
            if template.meaning.starts and template.meaning.counts("idle"):
                yield template.meaning

    def _sentence(self, name: str) -> str:
        return self._content.responses.get(name)


def _is_breathed(steps: tuple[Step, ...]) -> bool:
    """Whether a practice begins with something that is done along with the sound."""
    return any(isinstance(step.body, Breathe | Count) for step in steps)


def _first_words(steps: tuple[Step, ...]) -> str:
    """What is said before the first breath or pause."""
    words = []
    for step in steps:
        if isinstance(step.body, Breathe | Count | Pause):
            break
        if isinstance(step.body, Say):
            words.append(step.body.text)
    return " ".join(words)
