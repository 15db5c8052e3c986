"""``settings.yaml`` in the user's config folder: what the two told Attune about themselves. Every line may be left
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from voice.content import APP, Document, read_yaml
from voice.errors import ContentErrors, DeviceError
from voice.guiding.settings import Settings
from voice.keeping.countries import is_country
from voice.keeping.due import Rules
from voice.keeping.night import Night, NightMode
from voice.keeping.setting_faults import explain, why
from voice.keeping.spoken import is_repeat
from voice.rooms.address import read_address
from voice.speaking.backgrounds import AS_USUAL, Ambience, Background
from voice.speaking.breath_sounds import Character

Name = Annotated[str, Field(min_length=1, max_length=40)]
Clock = Annotated[str, Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")]
Device = Annotated[str, Field(min_length=1, max_length=120)]
Key = Annotated[str, Field(pattern=r"^(KEY|BTN)_[A-Z0-9_]{1,40}$")]
Control = Literal["stop", "pause", "go-on", "again", "skip", "slower", "faster", "softer", "louder"]


def _is_address(text: str) -> str:
    try:
        read_address(text)
    except DeviceError as error:
        raise ValueError(error.what.rstrip(".")) from error
    return text


def _are_two(names: list[str]) -> list[str]:
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError(f"both are called {names[-1]}; whose turn it is could not be told")
    return names


RoomAddress = Annotated[str, Field(max_length=200), AfterValidator(_is_address)]


class Ritual(BaseModel):
    """A small act and when it comes round."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    act: Name
    """As it is called in the sentences about rituals, for example ``hug``."""
    when: Annotated[str, Field(max_length=80), AfterValidator(is_repeat)]
    """In words: ``every evening at six``."""


class _File(BaseModel):
    """The file's keys."""

    model_config = ConfigDict(extra="forbid", strict=True)

    names: Annotated[list[Name], Field(min_length=2, max_length=2), AfterValidator(_are_two)] | None = None
    country: Annotated[str, AfterValidator(is_country)] | None = None
    quiet_hours: Annotated[list[Clock], Field(min_length=2, max_length=2)] | Literal["off"] = ["23:00", "06:00"]
    patience: Annotated[int, Field(ge=1, le=120)] = 15
    rituals: Annotated[list[Ritual], Field(max_length=50)] = []
    numbers: Literal["on", "off"] = "off"
    rooms: Annotated[list[RoomAddress], Field(max_length=50)] = []
    voice: Annotated[str, Field(min_length=1, max_length=300)] = "auto"
    pace: Annotated[int, Field(ge=110, le=180)] = 140
    volume: Annotated[int, Field(ge=-18, le=6)] = 0
    cues: Character = "tone"
    background: Background = "none"
    night: NightMode = "off"
    microphone: Device = "auto"
    loudspeaker: Device = "auto"
    echo: Literal["auto", "ours", "device", "off"] = "auto"
    keys: Annotated[dict[Key, Control], Field(max_length=20)] = {}
    language: Literal["en", "de"] = "en"


def settings_path() -> Path:
    """Where the file lies, whether or not it exists."""
    from platformdirs import user_config_path

    return user_config_path(APP) / "settings.yaml"


def load_settings(path: Path | None = None) -> Settings:
    """Read what guiding uses; without a file every setting has its default.

    Raises ``ContentErrors`` with the line of everything that is wrong.
    """
    read = _read(path)
    names = (read.names[0], read.names[1]) if read.names else None
    return Settings(names=names, country=read.country, numbers=read.numbers == "on")


@dataclass(frozen=True, slots=True)
class Home:
    """How it sounds and with what, as the two set it."""

    voice: str | None = None
    """A synthesizer or voice; ``None`` takes the best that is installed."""
    pace: int = 140
    """Words a minute."""
    volume_db: int = 0
    """Everything so much louder, decibels."""
    microphone: str | None = None
    """A part of its name; ``None`` is the system's own choice."""
    loudspeaker: str | None = None
    """The same."""
    language: str = "en"
    """Two letters."""
    ambience: Ambience = AS_USUAL
    """What is heard beside words."""
    echo: str = "auto"
    """Who takes the guide's voice out of what is heard: ``auto``, ``ours``, ``device`` or ``off``."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Controls by the names of keys and buttons, as Linux calls them."""


def load_home(path: Path | None = None) -> Home:
    """Read how it is to sound, and with what; raises ``ContentErrors`` like ``load_settings``."""
    read = _read(path)
    voice, microphone, loudspeaker = (
        None if value == "auto" else value for value in (read.voice, read.microphone, read.loudspeaker)
    )
    ambience = Ambience(read.cues, read.background)
    return Home(voice, read.pace, read.volume, microphone, loudspeaker, read.language, ambience, read.echo, read.keys)


def load_values(path: Path | None = None) -> dict[str, object]:
    """Every setting by its name, as it would be written; raises ``ContentErrors`` like ``load_settings``."""
    return _read(path).model_dump()


def load_rules(path: Path | None = None) -> tuple[Rules, tuple[Ritual, ...]]:
    """Read what keeping uses: when nothing may come, and the rituals.

    Raises ``ContentErrors`` like ``load_settings``.
    """
    read = _read(path)
    return _rules(read), tuple(read.rituals)


def load_night(path: Path | None = None) -> Night:
    """Read when it is to be soft; raises ``ContentErrors`` like ``load_settings``."""
    read = _read(path)
    return Night(read.night, _rules(read).quiet)


def load_rooms(path: Path | None = None) -> tuple[str, ...]:
    """Read where the satellites of other rooms are; raises ``ContentErrors`` like ``load_settings``."""
    return tuple(_read(path).rooms)


def _rules(read: _File) -> Rules:
    quiet = None if read.quiet_hours == "off" else (_clock(read.quiet_hours[0]), _clock(read.quiet_hours[1]))
    return Rules(quiet, read.patience * 60.0)


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _read(path: Path | None) -> _File:
    path = path or settings_path()
    if not path.is_file():
        return _File()
    return check(read_yaml(path))


def check(document: Document) -> _File:
    """The file's keys; raises ``ContentErrors`` with the line of everything that is wrong."""
    try:
        return _File.model_validate(document.data or {})
    except ValidationError as fault:
        wrong = {detail["loc"][:1]: detail for detail in reversed(fault.errors())}  # of each key the first fault
        faults = [explain(document, detail) for detail in wrong.values()]
        raise ContentErrors(sorted(faults, key=lambda one: one.line)) from fault


def why_not(key: str, value: object) -> str | None:
    """What is wrong with one value alone, perhaps without a word why; ``None`` where it is right."""
    try:
        _File.model_validate({key: value})
    except ValidationError as fault:
        return why(fault.errors()[0])
    return None
