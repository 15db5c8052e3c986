"""Where a practice stands: hands out stages one after another, and follows the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voice.guiding.practice import Practice
from voice.guiding.steps import Action, Ask, Choose, Step, Turn


@dataclass(frozen=True, slots=True)
class Segment:
    """Steps that do not branch, to be played as one timeline."""

    steps: tuple[Step, ...]


Stage = Segment | Ask | Turn
"""What comes next: something to play, a question, or somebody's turn to speak."""


class Walk:
    """One way through a practice.

    ``facts`` are what ``choose`` can ask for beside the settings, for example ``{"alone": True}``.
    """

    def __init__(self, practice: Practice, facts: Mapping[str, Any]) -> None:
        """Stand before the first step."""
        self.practice = practice
        self._facts = {**practice.settings, **facts}
        self._frames: list[tuple[tuple[Step, ...], int]] = []
        self._jump("repeat")

    def next(self) -> Stage | None:
        """The next stage, or ``None`` at the end."""
        playable: list[Step] = []
        while (step := self._peek()) is not None:
            body = step.body
            if isinstance(body, Ask | Turn):
                if not playable:
                    self._advance()
                    return body
                break
            self._advance()
            self._enter(step, playable)
        return Segment(tuple(playable)) if playable else None

    def take(self, action: Action) -> None:
        """Follow an answer: its steps come next."""
        self._frames.append((action, 0))

    def _enter(self, step: Step, playable: list[Step]) -> None:
        body = step.body
        if step.each:
            self._frames += [(step.each, 0), (step.each, 0)]
        elif isinstance(body, Choose):
            self.take(body.cases.get(_written(self._facts.get(body.by)), body.otherwise))
        elif step.goto:
            self._jump(step.goto)
        elif not step.label:
            playable.append(step)

    def _peek(self) -> Step | None:
        while self._frames and self._frames[-1][1] >= len(self._frames[-1][0]):
            self._frames.pop()
        if not self._frames:
            return None
        steps, index = self._frames[-1]
        return steps[index]

    def _advance(self) -> None:
        steps, index = self._frames[-1]
        self._frames[-1] = (steps, index + 1)

    def _jump(self, target: str) -> None:
        steps = self.practice.script.steps
        if target == "next":
            return
        self._frames.clear()
        if target != "end":
            start = next((i for i, step in enumerate(steps) if step.label == target), 0)
            self._frames.append((steps, start))


def _written(value: object) -> str:
    """A value as an author writes it in YAML."""
    return {True: "yes", False: "no", None: "no"}[value] if value is None or isinstance(value, bool) else str(value)
