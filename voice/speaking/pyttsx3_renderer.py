"""The child process's side of the voice: text to a sound file through pyttsx3.

pyttsx3 cannot keep time, so it only renders, by ``save_to_file``. On Linux (espeak-ng) each phrase is rendered by a
fresh copy of a process that has everything loaded and no engine begun, see ``espeak_copies``. Elsewhere one engine
renders everything, into a folder of its own that is deleted at once; macOS and Windows are untested.
"""

from __future__ import annotations

import re
import sys
from typing import Protocol

from voice.errors import DeviceError
from voice.scratch import scratch_folder
from voice.speaking.espeak_copies import SLOWLY


class _Engine(Protocol):
    """One way to drive pyttsx3."""

    name: str

    def render(self, text: str, *, slow: bool = False) -> bytes:
        """A sound file."""


class Renderer:
    """Renders texts to sound files; the factory of a ``Child``."""

    def __init__(self, voice: str | None, words_per_minute: int) -> None:
        """Load pyttsx3 and try it once; raises ``DeviceError`` if the engine or the voice is missing."""
        self._engine = _open_engine(voice, words_per_minute)
        self._engine.render("one")

    def render(self, text: str, slow: bool = False) -> bytes:
        """A mono sound file (WAV; AIFF on macOS) of ``text``. Raises ``DeviceError`` if the engine fails."""
        return self._engine.render(sayable(text), slow=slow)

    def describe(self) -> str:
        """The voice's name for people."""
        return self._engine.name


def sayable(text: str) -> str:
    """The text without what espeak-ng 1.51 stumbles over: two dots in a row can make it speak without end."""
    return re.sub(r"\s*((\.\s*){2,}|…\s*)", ", ", text)


def _open_engine(voice: str | None, words_per_minute: int) -> _Engine:
    if sys.platform == "linux":
        from voice.speaking.espeak_copies import EspeakCopies

        return EspeakCopies(voice, words_per_minute)
    return _SystemEngine(voice, words_per_minute)


class _SystemEngine:
    """The voice that macOS or Windows has; one engine for all phrases."""

    def __init__(self, voice: str | None, words_per_minute: int) -> None:
        self.name = voice or "system voice"
        try:
            import pyttsx3

            self._engine = pyttsx3.init()
            if voice:
                self._engine.setProperty("voice", voice)
            self._words_per_minute = words_per_minute
            self._engine.runAndWait()  # the first one returns at once
        except (ImportError, RuntimeError, OSError, ValueError) as error:
            remedy = "Check the system's speech settings."
            raise DeviceError(f"The system's voice cannot be used ({error}).", remedy) from error

    def render(self, text: str, *, slow: bool = False) -> bytes:
        self._engine.setProperty("rate", round(self._words_per_minute * (SLOWLY if slow else 1.0)))
        with scratch_folder("phrase") as folder:
            file = folder / "phrase.wav"
            self._engine.save_to_file(text, str(file))
            self._engine.runAndWait()
            return file.read_bytes()
