"""The answers of understanding: what a sentence meant, and which phrases are worth comparing with the sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from voice.events import Ignored, Understood

NOBODY = "nobody seems to have spoken"
"""Why a turn without a voice in it is ignored."""
AMID = "it was said amid other talk"
"""Why an answer did not count."""
NO_SPEECH = 0.6
"""Probability of no speech above which an improbable text is taken for an invention of the recognizer."""
INVENTED = -1.0
"""Mean natural log probability below which it is improbable. Source: Whisper's own defaults for both."""


class Heard(Protocol):
    """What a recognizer made of one turn, as far as understanding looks at it."""

    @property
    def text(self) -> str:
        """The words."""
        ...

    @property
    def log_prob(self) -> float:
        """Mean natural log probability per token of the free decoding."""
        ...

    @property
    def no_speech(self) -> float:
        """Probability, 0 to 1, that nobody spoke."""
        ...


def is_invented(heard: Heard) -> bool:
    """Whether the words were made up, where nobody spoke."""
    return heard.no_speech > NO_SPEECH and heard.log_prob < INVENTED


@dataclass(frozen=True, slots=True)
class Recognition:
    """What an utterance means in a state, or why it means nothing."""

    text: str
    """The words as heard."""
    intent: str | None = None
    """Name of the intent, or None."""
    practice: str | None = None
    """Id of the script it starts or belongs to."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Values that were said or that saying it implies."""
    score: float = 0.0
    """0 to 1: how sure it is; of the best guess where nothing was understood."""
    why: str | None = None
    """Why nothing was understood."""
    answer: str | None = None
    """The answer of a closed set, where one was asked for."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The sentences' metadata: ``starts``, ``control``, ``safety`` …"""
    off: float = 0.0
    """Letters by which the words differ from the sentence; a courtesy on top counts 0.2, and what is said before and
    after it in full where nobody else is spoken to."""
    guessed: bool = False
    """Whether it is a paraphrase, which no sentence of ours is near to."""
    near: Recognition | None = None
    """Where nothing was understood: the start that it nearly was, with its confidence."""
    between: tuple[str, str] | None = None
    """Where nothing was understood: two practices, ids, of which one was surely meant."""

    @property
    def starts(self) -> bool:
        """Whether it starts a practice."""
        return "starts" in self.metadata

    @property
    def control(self) -> str | None:
        """The control it stands for."""
        return self.metadata.get("control")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concrete phrase that may have been said."""

    phrase: str
    """The words to compare with the sound."""
    meaning: Recognition
    """What it would mean; its ``score`` is how near the text came, 0 to 1."""
    guarded: str | None = None
    """Why the text as heard must not count as this, although near (a negation, talk about it); None for no reason."""


def as_event(heard: Recognition, t: float) -> Understood | Ignored:
    """A recognition as an event at ``t`` seconds on the output clock."""
    if heard.intent is None:
        return Ignored(t=t, text=heard.text, why=heard.why or "nothing was understood", between=heard.between)
    return Understood(
        t=t,
        intent=heard.intent,
        practice=heard.practice,
        slots=heard.slots,
        score=heard.score,
        answer=heard.answer,
        control=heard.control,
        starts=heard.starts,
        safety=heard.metadata.get("safety"),
    )
