"""One recording of the hearing benchmark: how it sounds, and what it must be understood as."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.hearing_parts.sounds import (
    AS_IS,
    NEAR,
    RATE,
    REPORT,
    ROOM_20,
    VOICES,
    Condition,
    Sound,
    Studio,
    read,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORDS = ("stop", "yes", "no", "go", "on")
"""The closed set of the people's single words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One recording and its truth."""

    group: str
    """The set it belongs to."""
    said: str
    """What is said, or the recording's path below the speech folder."""
    voice: str
    """Who says it; ``people`` for recordings."""
    condition: Condition
    want: Mapping[str, Any] = field(default_factory=dict)
    """``practice``, ``control``, ``answer`` or ``slots``; empty where nothing must be understood."""
    state: str = "idle"
    expected: tuple[str, ...] | None = None
    domain: str = "ours"
    part: int = REPORT
    """For fitting or for the report: other voices, rooms, noises and people."""

    @property
    def key(self) -> str:
        """Names it in the cache."""
        return f"{self.group}|{self.said}|{self.voice}|{self.condition.name}|{self.part}|{self.state}|{self.expected}"

    def sound(self, studio: Studio) -> Sound:
        """The samples, float32[n] at 16 kHz."""
        if self.voice == "people":
            dry = read(studio.speech / self.said)
            tail = np.zeros(int(1.2 * RATE), np.float32)
            plain = np.concatenate([np.zeros(int(0.5 * RATE), np.float32), dry, tail])
            return plain if self.condition == AS_IS else studio.heard(dry, self.condition, self.key, self.part)
        if self.group == "quarrel and small talk":
            return _talk(studio, self)
        return studio.heard(studio.said(self.said, self.voice), self.condition, self.key, self.part)


def _talk(studio: Studio, item: Item) -> Sound:
    """Lines by two voices with pauses of 0.2 to 1.5 s between them."""
    rng = random.Random(item.said)
    pair = rng.sample(VOICES[item.part], 2)
    parts: list[Sound] = []
    for number, line in enumerate(item.said.split("|")[1:]):
        pause = np.zeros(int(rng.uniform(0.2, 1.5) * RATE), np.float32)
        parts += [studio.said(line, pair[number % 2]), pause]
    condition = rng.choice((NEAR, ROOM_20, ROOM_20))
    return studio.heard(np.concatenate(parts), condition, item.key, item.part)
