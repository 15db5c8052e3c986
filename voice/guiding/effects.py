"""What the conversation wants to happen; whoever drives it carries these out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voice.events import Event
from voice.guiding.steps import Keep as KeepStep
from voice.guiding.steps import Step


@dataclass(frozen=True, slots=True)
class Play:
    """Compile these steps and play them from now; ``Finished`` follows when the last sample has sounded."""

    steps: tuple[Step, ...]
    first_round: int = 1
    """The number of the first breath."""
    stretch: float = 1.0
    """How many times longer than usual a beat is."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Fade out what sounds and forget it; nothing follows."""

    why: str
    fade_ms: int = 70
    """Milliseconds; 60 to 80 is quick without a click."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Fade out what sounds, and remember where."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a ``Hold``: at the next inhale, or at the beginning of the sentence; ``Finished`` follows."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Slow down or speed up the beat, from the next inhale on."""

    factor: float
    """Over 1 is slower."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Make everything louder or softer from now on."""

    change_db: float
    """Decibels."""


@dataclass(frozen=True, slots=True)
class StepBack:
    """They talk over it: from now on only tones, lower, until the practice ends."""

    change_db: float
    """Decibels."""


@dataclass(frozen=True, slots=True)
class EndAfterBreath:
    """End with the out-breath that sounds now; ``Finished`` follows."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a sentence beside the practice; ``Finished`` follows."""

    text: str


@dataclass(frozen=True, slots=True)
class SayTimeLeft:
    """Say how long the practice still lasts; ``Finished`` follows."""

    after_s: float
    """Seconds that come after what is held."""


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Say the last sentence again, slowly, in simpler words where there are some; ``Finished`` follows."""

    simpler: Mapping[str, str]
    """Simpler words by the sentence they stand for."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Close the microphone."""

    seconds: float
    """How long, unless a key is pressed before."""


@dataclass(frozen=True, slots=True)
class MeasureRoom:
    """Measure how loud the room is; ``Level`` follows."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Sound:
    """One soft sound over whatever else is going on."""

    name: str
    """The stem of a file in ``audio/``."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send ``TimerDue`` after a while; a timer of the same name is replaced."""

    timer: str
    after_s: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget one timer, if it is set."""

    timer: str


@dataclass(frozen=True, slots=True)
class CancelTimers:
    """Forget every timer."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Write something down; ``Noted`` follows, and nothing is said before it."""

    wish: KeepStep
    """What, as the script says it."""
    facts: Mapping[str, Any]
    """What is known in the practice: its settings, and what was noted before."""
    words: str = ""
    """What was said in the last turn, where the script may keep it."""
    person: int | None = None
    """Whose turn it is, 1 or 2."""


@dataclass(frozen=True, slots=True)
class TellKept:
    """Say what is kept, or change it, as they asked beside a practice; ``Finished`` follows."""

    about: str
    """The control or the intent that they spoke of."""
    slots: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotToday:
    """What would still come today stays away."""


@dataclass(frozen=True, slots=True)
class WriteRow:
    """A row for the journal."""

    practice: str
    began_t: float
    """Seconds on the output clock."""
    finished: bool
    """Whether it was gone through to its end."""


@dataclass(frozen=True, slots=True)
class UndoKept:
    """What was kept since then was not meant."""

    since_t: float
    """Seconds on the output clock."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Something happened that the log and the terminal want to know."""

    event: Event


Effect = (
    Play
    | Hush
    | Hold
    | Resume
    | Stretch
    | Volume
    | StepBack
    | EndAfterBreath
    | Say
    | SayTimeLeft
    | SayAgain
    | Sound
    | Mute
    | MeasureRoom
    | SetTimer
    | CancelTimer
    | CancelTimers
    | Keep
    | TellKept
    | NotToday
    | WriteRow
    | UndoKept
    | Tell
)
