"""What Attune says beside a practice, in Home Assistant's ``responses`` format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from voice.content import read_yaml
from voice.errors import ContentErrors
from voice.guiding.everywhere import BESIDE, ENDING

KEPT_SENTENCES = (
    "NotKept", "StillApart", "Acts", "NoTimeSet", "NoTime", "NoRituals", "RitualGone", "WhichRitual", "InSettings",
    "NoPromises", "PromiseGone", "ToolAdded", "ToolGone", "NoTool", "NotToday",
)  # fmt: skip
"""Sentences about what is kept."""

REQUIRED = {
    "WhatCanISay": ("default",),
    "HowLong": ("minutes", "one", "half", "soon"),
    "VoiceLost": ("default",),
    "CannotHear": ("default",),
    "EachBegins": ("default", "named"),
    "EachThen": ("default", "named"),
    "WhoseTurn": ("first", "second", "nobody"),
    "EmergencyNumber": ("default",),
    "CrisisNumber": ("default",),
    "NoNeedTo": ("default", "again", "later"),
    **{name: ("default",) for name in ("TakeYourTime", "ForUs", "GoOnOrStop", *BESIDE.values(), *ENDING.values())},
    "WhatKept": ("default", "times", "words"),
    "ForgetThat": ("default", "now"),
    "Meet": ("default", "now"),
    "Kept": ("default", "ritual", "promise", "follow-up"),
    **{name: ("default",) for name in KEPT_SENTENCES},
    "WhoToCall": ("default", "unknown", "unset"),
    **{name: ("default",) for name in ("OtherRoom", "NotUnderstood", "OnlyInTheRoom", "WhatHere", "WhoHearsRooms")},
}
"""Every sentence that the code asks for, by intent and key."""

SOON_S, HALF_S, ONE_S = 15.0, 45.0, 90.0
"""Below so many seconds it is almost done, half a minute, or one minute: a short practice is not over as it begins."""


class Responses:
    """Sentences by intent and key."""

    def __init__(self, sentences: Mapping[str, Mapping[str, str]], language: str = "en") -> None:
        """Take them as they stand in the file."""
        self._sentences = sentences
        self.language = language

    def get(self, intent: str, key: str = "default") -> str:
        """One sentence; an unknown key gives the default."""
        sentences = self._sentences[intent]
        return sentences[key] if key in sentences else sentences["default"]

    def instead(self, intent: str, by: str) -> Responses:
        """The same with the sentences of ``by`` in the place of those of ``intent``."""
        return Responses({**self._sentences, intent: self._sentences[by]}, self.language)

    def all(self, intent: str) -> Mapping[str, str]:
        """Every sentence of an intent by its key; none where there is no such intent."""
        return self._sentences.get(intent, {})

    def time_left(self, seconds: float) -> str:
        """How long something still lasts, in words."""
        for key, below_s in (("soon", SOON_S), ("half", HALF_S), ("one", ONE_S)):
            if seconds < below_s:
                return self.get("HowLong", key)
        return self.get("HowLong", "minutes").replace("{minutes}", str(round(seconds / 60)))

    def texts(self) -> list[str]:
        """Every sentence, for rendering ahead; those with a hole in them are left out."""
        return [text for keys in self._sentences.values() for text in keys.values() if "{" not in text]


def load_responses(folders: Sequence[Path]) -> Responses:
    """Read ``responses.yaml`` of every folder; later ones replace single sentences.

    Raises ``ContentErrors`` where a sentence is no text, or one that is needed is missing.
    """
    found: dict[str, dict[str, str]] = {}
    language = "en"
    for folder in folders:
        path = folder / "responses.yaml"
        if path.is_file():
            language = _read(path, found)
    return Responses(found, language)


def _read(path: Path, found: dict[str, dict[str, str]]) -> str:
    """Take over a file's sentences; its language."""
    document = read_yaml(path)
    intents: Any = ((document.data or {}).get("responses") or {}).get("intents") or {}
    errors = []
    for intent, keys in intents.items():
        for key, text in keys.items() if isinstance(keys, dict) else [("", keys)]:
            if isinstance(text, str) and key:
                found.setdefault(intent, {})[key] = text
            else:
                errors.append(
                    document.error(("responses", "intents", intent, key), "is not text", 'write default: "A sentence."')
                )
    for intent, needed in REQUIRED.items():
        for key in needed:
            if key not in found.get(intent, {}):
                at = ("responses", "intents", intent)
                errors.append(
                    document.error(at, f"'{intent}' lacks '{key}'", f'add {key}: "A sentence." below {intent}:')
                )
    if errors:
        raise ContentErrors(errors)
    return str((document.data or {}).get("language") or "en")
