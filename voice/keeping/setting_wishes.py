"""Settings that are changed by voice: written into the same file, with its comments, as by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice.errors import ContentErrors
from voice.events import Event, Kept
from voice.keeping.clock import Now
from voice.keeping.settings import load_values
from voice.keeping.settings_table import row

if TYPE_CHECKING:
    from voice.keeping.keeper import Keeper

Details = Mapping[str, Any]
Others = Callable[[str], list[str]]
"""What else a setting could be on this machine: voices, microphones, loudspeakers."""
STEPS = {"pace": (110, 180), "volume": (-18, 6)}
"""Settings that go up and down, and their range."""
AND = re.compile(r"\s+(?:and|und|,)\s+|,\s*|\s+&\s+")


class SettingWishes:
    """Written to ``path``; nothing is written where there is none, as in a rehearsal."""

    def __init__(self, keeper: Keeper) -> None:
        """Use the keeper's settings file, looked at when something is wished."""
        self._keeper = keeper
        self._names: list[str] = []
        self._volume: int | None = None
        self.by_name = {
            "setting": self._setting,
            "volume": self._keep_volume,
            "names": self._take_names,
            "names-right": self._names_right,
        }

    def _setting(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        key = str(details.get("setting"))
        if row(key) is None:
            return {"kept": "none"}, []
        if key == "night" and details.get("value") == "tonight":
            self._keeper.night.tonight(now.wall)
            self._keeper.may_forget(t, self._keeper.night.as_usual)
            return {"kept": "tonight"}, []
        values = load_values(self._keeper.settings_path or Path("/nowhere"))
        value = self._wanted(key, details, values)
        if key == "language" and value not in (values[key], *self._keeper.others(key)):
            return {"kept": "unheard"}, []
        if value == values[key] and key in STEPS:
            return {"kept": "edge"}, []
        if value is _ONLY:
            return {"kept": "only"}, []
        facts, events = self._write(key, value, t)
        if key == "country" and facts["kept"] == "yes":  # who is afraid asks for numbers next, and not tomorrow
            return {"kept": "at-once", "country": value}, events
        return facts, events

    def _wanted(self, key: str, details: Details, values: Mapping[str, Any]) -> object:
        value = details.get("value")
        if key in STEPS:
            low, high = STEPS[key]
            return min(high, max(low, values[key] + int(value or 0)))
        if value == "other":
            others = self._keeper.others(key)
            names = ["auto", *(name for name in others if name != "auto")]
            following = names[(names.index(values[key]) + 1) % len(names)] if values[key] in names else names[0]
            return following if len(names) > 1 else _ONLY
        if details.get("evening") and details.get("early"):
            return [f"{(int(details['evening']) + 12) % 24:02}:00", f"{int(details['early']):02}:00"]
        if key == "patience":
            return int(str(value))
        return None if value == "none" else value

    def _keep_volume(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """What was made louder or softer since the start stays for good."""
        if self._volume is None:
            self._volume = int(str(load_values(self._keeper.settings_path or Path("/nowhere"))["volume"]))
        low, high = STEPS["volume"]
        wanted = min(high, max(low, self._volume + round(float(details.get("volume_db") or 0))))
        return self._write("volume", wanted, t)

    def _take_names(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """Two names out of what was just said, held until they are confirmed."""
        words = re.sub(r"[.!?]+$", "", str(details.get("words") or "").strip())
        self._names = [name.strip().title() for name in AND.split(words) if name.strip()]
        fits = len(self._names) == 2 and all(len(name) <= 40 and len(name.split()) <= 2 for name in self._names)
        return ({"kept": "yes", "words": f"{self._names[0]}, {self._names[1]}"} if fits else {"kept": "none"}), []

    def _names_right(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        return self._write("names", self._names, t)

    def _write(self, key: str, value: object, t: float) -> tuple[Details, list[Event]]:
        path = self._keeper.settings_path
        if path is not None:
            from voice.keeping.settings_file import change

            before = load_values(path)[key]
            try:
                change(key, value, path)
            except ContentErrors:
                return {"kept": "no"}, []
            self._keeper.may_forget(t, lambda: _changed_back(key, before, path))
        return {"kept": "yes"}, [Kept(t=t, what="setting")]


_ONLY = object()


def _changed_back(key: str, before: object, path: Path) -> bool:
    from voice.keeping.settings_file import change

    change(key, before, path)
    return True


def others_here(key: str) -> list[str]:
    """What else this machine has: Piper voices and espeak, or the names of its devices."""
    if key == "language":
        return ["en"]  # what can be heard without naming a model; the keyboard can do more
    if key == "voice":
        from voice.speaking.piper_voices import piper_is_installed, piper_voices

        return ["espeak", *(piper_voices() if piper_is_installed() else ())]
    from voice.portaudio import device_names

    return device_names("input" if key == "microphone" else "output")
