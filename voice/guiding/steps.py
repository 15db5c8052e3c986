"""The steps a script is made of, as pydantic models: one class per step, one field per key of the YAML.

pydantic (MIT, widely kept) validates, names every fault with its place, and writes the JSON Schema for editors.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from voice.guiding.filling import HOLES, holes_of


class Body(BaseModel):
    """What every step's body has in common: frozen, strict about types, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


def _short(field: str) -> BeforeValidator:
    """Let ``say: "text"`` stand for ``say: {text: "text"}``."""
    return BeforeValidator(lambda value: value if isinstance(value, dict | BaseModel) else {field: value})


LONGEST_SENTENCE = 14
"""Words; somebody who is upset does not take in more at once."""
LONGEST_PAUSE_S = 12.0
"""Seconds; a silence beyond it seems to be the end, unless a script means it."""


def _short_sentences(text: str) -> str:
    """Refuse long sentences in what is spoken, and holes that nothing fills."""
    for name in holes_of(text):
        if name not in HOLES:
            raise ValueError(f"there is nothing for '{{{name}}}'; write one of: {', '.join(HOLES)}")
    for sentence in re.split(r"(?<=[.!?:;])\s+", text):
        if (words := len(sentence.split())) > LONGEST_SENTENCE:
            raise ValueError(f"a sentence has {words} words; write at most {LONGEST_SENTENCE}, one idea each")
    return text


Text = Annotated[str, Field(min_length=1, max_length=200)]
Spoken = Annotated[Text, AfterValidator(_short_sentences)]
Seconds = Annotated[float, Field(strict=False, ge=0, le=3600)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]


def _as_steps(value: Any) -> Any:
    return [{"goto": value}] if isinstance(value, str) else value


Action = Annotated[tuple["Step", ...], Field(strict=False, max_length=40), BeforeValidator(_as_steps)]
"""What an answer leads to: ``next``, ``end``, ``repeat``, a label, or steps of its own."""


class Say(Body):
    """Speak one or more short sentences."""

    text: Spoken
    simple: Spoken | None = None
    """The same in simpler words, for "what?"."""
    pause: Seconds = 0.6
    """Silence afterwards, seconds."""
    slow: bool = False
    """Said slowly."""

    @classmethod
    def composed(cls, text: str, pause: float = 0.6, slow: bool = False) -> Say:
        """What was put together while it runs (numbers to call, names, kept words), however long: the limits are for
        those who write, and nobody is left without a word for them."""
        return cls.model_construct(text=text, simple=None, pause=pause, slow=slow)


class Pause(Body):
    """Be quiet for a while."""

    seconds: Seconds
    """Length, seconds."""
    silent: bool = False
    """True where the script means a silence longer than ``LONGEST_PAUSE_S``."""

    @model_validator(mode="after")
    def _means_it(self) -> Pause:
        if self.seconds > LONGEST_PAUSE_S and not self.silent:
            meant = f"write {{seconds: {self.seconds:g}, silent: true}} if you mean it"
            raise ValueError(f"a pause of {self.seconds:g} s seems to be the end to those who wait; {meant}")
        return self


class Tone(Body):
    """One soft sound from ``audio/``."""

    sound: Name
    """The file's stem."""


class Count(Body):
    """Count aloud, one number a second."""

    to: Annotated[int, Field(ge=1, le=20)]
    """Last number."""


class Breathe(Body):
    """Paced breathing on an exact one-second grid."""

    minutes: Annotated[float, Field(strict=False, gt=0, le=30)]
    """Length, minutes; whole breaths only."""
    in_s: Annotated[int, Field(ge=1, le=15)] = Field(4, alias="in")
    """Beats (seconds) of each in-breath."""
    hold_s: Annotated[int, Field(ge=0)] = Field(0, alias="hold")
    """Beats (seconds) of holding; 0 for none."""
    out_s: Annotated[int, Field(ge=1, le=15)] = Field(6, alias="out")
    """Beats (seconds) of each out-breath."""
    count: Literal["aloud", "silent"] = "aloud"
    """Whether numbers are spoken."""
    fade_after: Annotated[int, Field(ge=0, le=400)] = 3
    """Breaths counted in full voice before the counting fades."""
    tones: Literal["on", "off"] = "on"
    """Whether soft tones mark each in- and out-breath."""
    after_first: Spoken | None = None
    """Spoken on an out-breath once, after the first breath, when no number sounds."""
    after_fade: tuple[Spoken, ...] = Field((), strict=False)
    """Spoken one by one on the out-breaths after that."""

    @model_validator(mode="after")
    def _safe(self) -> Breathe:
        """Refuse patterns that could harm: slow breathing guides keep holds short and the exhale unhurried."""
        if self.hold_s > 7:
            raise ValueError(f"a hold of {self.hold_s} s can make people dizzy; write hold: 7 or less")
        if self.out_s < 2:
            raise ValueError("an exhale under 2 s hurries people into dizziness; write out: 2 or more")
        if 60 / self.cycle_s > 20:
            raise ValueError(
                "more than 20 breaths a minute is over-breathing; make in, hold and out add up to 3 or more"
            )
        return self

    @property
    def cycle_s(self) -> int:
        """One whole breath, seconds."""
        return self.in_s + self.hold_s + self.out_s

    @property
    def rounds(self) -> int:
        """Whole breaths in the time given; at least one."""
        return max(1, int(self.minutes * 60 / self.cycle_s + 1e-9))


class Ask(Body):
    """One question with a closed set of answers."""

    say: Spoken
    simple: Spoken | None = None
    """The question in simpler words, for "what?"."""
    expect: dict[str, Action] = Field(min_length=1, max_length=12)
    """What each answer leads to."""
    silence: Action = ()
    """What no answer leads to; by default the next step."""
    wait: Seconds = 8
    """How long an answer is waited for, seconds."""


class Turn(Body):
    """One person speaks for a while; what they say is kept only where a ``keep`` step asks for it."""

    say: Spoken | None = None
    simple: Spoken | None = None
    """The same in simpler words, for "what?"."""
    seconds: Annotated[float, Field(strict=False, ge=10, le=900)] = 60
    """Limit, seconds; a gentle tone sounds 15 s before it."""


class Choose(Body):
    """Take one way by what is known without asking: a setting, or whether somebody is alone."""

    by: Name
    """The name of a setting, or of a fact: ``alone``, ``first``, ``flooded``, ``fresh``, ``talk``, ``room``, ``kept``,
    ``manner``, ``numbers``."""
    cases: dict[str, Action] = Field(min_length=1)
    """The value, as it is written, and where it leads."""
    otherwise: Action = ()
    """Where any other value leads; by default the next step."""


class Keep(Body):
    """Write something down before a word is said about it; afterwards the fact ``kept`` says how that went."""

    what: Name
    """What: see ``voice/keeping/wishes.py``."""
    minutes: int | None = None
    """How long, for a time-out."""
    practice: Name | None = None
    """Which practice comes, for a follow-up."""
    act: str | None = None
    """Which small act, for a ritual."""
    days: int | None = None
    """In how many days, for a follow-up."""
    words: bool = False
    """Whether the words of the last turn are to be kept: only after "keep this"."""


class Step(Body):
    """One step of a script: exactly one of these keys."""

    say: Annotated[Say, _short("text")] | None = None
    pause: Annotated[Pause, _short("seconds")] | None = None
    tone: Annotated[Tone, _short("sound")] | None = None
    play: Annotated[Tone, _short("sound")] | None = None
    breathe: Breathe | None = None
    count: Annotated[Count, _short("to")] | None = None
    ask: Ask | None = None
    turn: Annotated[Turn, _short("say")] | None = None
    each: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)] | None = None
    choose: Choose | None = None
    keep: Annotated[Keep, _short("what")] | None = None
    start: Name | None = None
    """Go over to another practice, by its id."""
    measure: Annotated[float, Field(strict=False, ge=1, le=30)] | None = None
    """Listen to the room for this many seconds; afterwards the fact ``room`` is first, quieter, same, louder or
    unknown.
    """
    label: Name | None = None
    goto: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_key(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"goto": value}
        if isinstance(value, dict) and len(value) != 1:
            raise ValueError(
                f"a step has exactly one key, this one has {len(value)}; start each step with its own '- '"
            )
        if isinstance(value, dict) and None in value.values():
            raise ValueError("a step's key needs a value; write for example: - pause: 4")
        return value

    @property
    def body(self) -> Body | tuple[Step, ...] | str | float:
        """The one key's value."""
        values: list[Body | tuple[Step, ...] | str | float | None]
        values = [getattr(self, name) for name in type(self).model_fields]
        return next(value for value in values if value is not None)


class Script(Body):
    """A whole file of ``scripts/``."""

    title: Text
    about: str = ""
    """What happens, in one sentence."""
    source: str = ""
    """Where the idea comes from."""
    evidence: str = ""
    """What can honestly be said for it, in one line."""
    kind: Literal["calming", "talk", "small", "setting"] = "small"
    """``calming``: the two count as flooded from its first step; ``talk``: it ends with the closing sentence;
    ``setting``: it only changes how Attune is, and nothing is said after it.
    """
    journal: Literal["yes", "no", "turn"] = "yes"
    """Whether it is a row in the journal; ``turn``: once somebody was given a turn, so that a "not yet" is none."""
    settings: dict[str, str | int | float | bool] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(strict=False, min_length=1)


for _model in (Ask, Choose, Step, Script):
    _model.model_rebuild()
