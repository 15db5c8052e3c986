"""What happens in a conversation, one small frozen class per kind of event.

The same objects drive the conversation, fill the events file and tell the terminal what to print. Every ``t`` is
seconds on the output clock: the number of frames the loudspeaker has been given, divided by its rate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Danger = Literal["self", "other", "medical"]
"""The kind of danger that words speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Anything that happened."""

    t: float
    """Seconds on the output clock."""

    @classmethod
    def name(cls) -> str:
        """The name in an events file: the class name in lower case with underscores."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def to_json(self) -> dict[str, Any]:
        """One line of an events file, as a plain dict; ``None`` values are left out."""
        pairs = ((item.metadata.get("key", item.name), getattr(self, item.name)) for item in fields(self))
        return {"t": round(self.t, 6), "event": self.name()} | {k: v for k, v in pairs if k != "t" and v is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(Event):
    """Listening has begun."""

    engine: str
    """The recognizer, for example ``whisper tiny.en``."""
    voice: str
    """The synthesizer's voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech(Event):
    """Somebody began or ended talking."""

    edge: Literal["start", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Event):
    """Words the recognizer made of a turn."""

    text: str
    final: bool
    """False for a partial result, which may still change."""
    confidence: float
    """0 to 1."""
    start: float
    """Start of the speech, seconds on the output clock."""
    end: float
    """End of the speech, seconds on the output clock."""
    endings: Mapping[str, float] | None = None
    """What the last word may have been, and how probable each is; None where there is only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood(Event):
    """Words that mean something to Attune in this state."""

    intent: str
    practice: str | None = None
    """The script that the sentence belongs to."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    score: float = 1.0
    """0 to 1."""
    answer: str | None = None
    """The answer of a closed set that was asked for."""
    control: str | None = None
    """The control that the words stand for, for example ``stop``."""
    safety: Danger | None = None
    """The kind of danger that the words speak of."""
    starts: bool = False
    """True where the words start ``practice``, and do not only belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored(Event):
    """Words that mean nothing to Attune in this state."""

    text: str
    why: str
    between: tuple[str, str] | None = None
    """Two practices of which one was surely meant, where it could not be told which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Event):
    """The conversation moved from one state to another."""

    origin: str = field(metadata={"key": "from"})
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue(Event):
    """A sound that has really been played; ``t`` is its end."""

    kind: Literal["speak", "tone", "clip", "silence"]
    text: str
    """The words, or the name of the tone or clip."""
    start: float
    """Seconds on the output clock."""
    end: float
    """Seconds on the output clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat(Event):
    """One count of a breath, spoken or silent; ``t`` is its onset."""

    phase: Literal["in", "hold", "out"]
    beat: int
    """Counted from 1 within the phase."""
    round: int
    """Counted from 1 within the practice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The segment that was given has been played to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Event):
    """How loud the room was during a measurement."""

    db: float
    """Root mean square of the microphone's samples, dBFS; -inf without a microphone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDue(Event):
    """A timer that the conversation set has run out."""

    timer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted(Event):
    """A word that counts was noticed over the guide's voice, or perhaps was."""

    word: str
    score: float
    """0 to 1."""
    voiced: bool
    """Whether there was anything beside the guide's own voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ducked(Event):
    """The guide's voice was lowered because somebody spoke."""

    db: float
    """Change in decibels; 0 when it comes back up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted(Event):
    """Somebody may have said "stop" over the guide; it is not sure."""

    talking: bool = False
    """Whether they still speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDoubt(Event):
    """The words that may have been "stop" were understood, and were others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords(Event):
    """What was heard were the guide's words and nothing else: nobody spoke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced(Event):
    """The guide's voice has faded out."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised(Event):
    """A promise with a time was made, or read back at start."""

    what: str
    due: str
    """ISO 8601 with zone."""
    restored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Event):
    """What was promised for a time has come."""

    what: str
    """``return``, ``passed``, ``chime``, ``ritual``, ``gentle``, ``promise``, ``follow-up`` or ``restored``."""
    practice: str | None = None
    """The script that brings it up."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Settings and facts for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """The store has answered a wish to keep something."""

    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """``kept`` (yes, no, or what is missing), and times in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Event):
    """A row was written to the journal or a thing was kept on disk."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOutGone(Event):
    """The time-out was taken back: there is no time any more at which they meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety(Event):
    """Words of danger were heard and answered."""

    kind: Danger


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted(Event):
    """The microphone was closed by voice."""

    seconds: float
    """How long, unless a key is pressed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedBlocks(Event):
    """Microphone blocks that came faster than they could be taken."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Underflow(Event):
    """The loudspeaker ran out of samples."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaf(Event):
    """The recognizer cannot be brought back so far: what they say is lost, and they should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(Event):
    """Something failed, and what still works."""

    what: str
