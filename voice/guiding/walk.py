"""Where a practice stands: hands out stages one after another, and follows the answers."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from voice.guiding.filling import fill
from voice.guiding.practice import Practice
from voice.guiding.steps import Action, Ask, Choose, Keep, Say, Step, Turn


@dataclass(frozen=True, slots=True)
class Segment:
    """Steps that do not branch, to be played as one timeline."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """The room's level is to be measured."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HandOver:
    """Another practice takes over."""

    practice: str
    """Its id."""


Stage = Segment | Ask | Turn | Measure | Keep | HandOver
"""What comes next."""

Turns = tuple[str, str]
"""What invites the first person to an ``each``, and what the second."""


@dataclass(slots=True)
class _Frame:
    """A list of steps, and how far it is done."""

    steps: tuple[Step, ...]
    index: int = 0
    person: int | None = None
    """1 or 2 inside ``each``."""


class Walk:
    """One way through a practice.

    ``facts`` are what ``choose`` can ask for beside the settings, for example ``{"alone": True}``.
    """

    def __init__(self, practice: Practice, facts: Mapping[str, Any], turns: Turns = ("", "")) -> None:
        """Stand before the first step; ``turns`` are spoken before each person's part of an ``each``."""
        self.practice = practice
        self.facts = {**practice.settings, **facts}
        self._turns = turns
        self._frames: list[_Frame] = []
        self._jump("repeat")

    def another(self) -> Walk:
        """One that stands where this one does, and goes its own way."""
        other = copy(self)
        other.facts = dict(self.facts)
        other._frames = [copy(frame) for frame in self._frames]
        return other

    @property
    def person(self) -> int | None:
        """Whose part it is, 1 or 2; ``None`` outside ``each``."""
        return next((frame.person for frame in reversed(self._frames) if frame.person), None)

    def next(self) -> Stage | None:
        """The next stage, or ``None`` at the end."""
        playable: list[Step] = []
        while (step := self._peek()) is not None:
            stage = _stage_of(step)
            if stage is None:
                self._frames[-1].index += 1
                self._enter(step, playable)
            elif playable:
                break
            else:
                self._frames[-1].index += 1
                return fill(stage, self.facts) if isinstance(stage, Ask | Turn) else stage
        return Segment(tuple(playable)) if playable else None

    def take(self, action: Action) -> None:
        """Follow an answer: its steps come next."""
        self._frames.append(_Frame(action))

    def _enter(self, step: Step, playable: list[Step]) -> None:
        body = step.body
        if step.each:
            alone = bool(self.facts.get("alone"))
            people = [1] if alone else [2, 1]
            self._frames += [_Frame((*self._invitation(person, alone), *step.each), person=person) for person in people]
        elif isinstance(body, Choose):
            self.take(body.cases.get(_written(self.facts.get(body.by)), body.otherwise))
        elif step.goto:
            self._jump(step.goto)
        elif not step.label:
            playable.append(fill(step, self.facts))

    def _invitation(self, person: int, alone: bool) -> tuple[Step, ...]:
        text = "" if alone else self._turns[person - 1]
        return (Step(say=Say.composed(text)),) if text else ()

    def _peek(self) -> Step | None:
        while self._frames and self._frames[-1].index >= len(self._frames[-1].steps):
            self._frames.pop()
        return self._frames[-1].steps[self._frames[-1].index] if self._frames else None

    def _jump(self, target: str) -> None:
        steps = self.practice.script.steps
        if target == "next":
            return
        self._frames.clear()
        if target != "end":
            start = next((i for i, step in enumerate(steps) if step.label == target), 0)
            self._frames.append(_Frame(steps, start))


def _stage_of(step: Step) -> Stage | None:
    """The stage that a step is by itself, if it is one."""
    if step.start:
        return HandOver(step.start)
    if step.measure is not None:
        return Measure(step.measure)
    return step.body if isinstance(step.body, Ask | Turn | Keep) else None


def _written(value: object) -> str:
    """A value as an author writes it in YAML."""
    if isinstance(value, bool) or value is None:
        return "yes" if value else "no"
    return str(value)
