"""Which voice speaks: the one that is asked for, else Piper where it is installed, else the system's."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.content import APP
from voice.errors import DeviceError
from voice.speaking.phrase_store import Remembered
from voice.speaking.piper_voices import piper_is_installed, piper_voices, speaks
from voice.speaking.renderer import PiperChild, Pyttsx3Renderer, Renderer

LOGGER = logging.getLogger(__name__)

ESPEAK = {"en": None, "de": "de+m7"}
"""The system's voice for a language; ``None`` is the one that ``espeak_copies`` chose."""
HOW = "Write espeak, piper, a voice of `espeak-ng --voices`, or a Piper voice's .onnx file."


def open_renderer(name: str | None = None, words_per_minute: int = 140, language: str = "en") -> Renderer:
    """The voice called ``name``; ``None`` asks ``$ATTUNE_VOICE``, then takes the best that is here.

    Raises ``DeviceError`` for a Piper voice that is not here.
    """
    name = name or os.environ.get("ATTUNE_VOICE") or "auto"
    system = ESPEAK.get(language)
    if name == "auto" and piper_is_installed() and (model := _first_of(language)):
        return Preferred(PiperChild(model, words_per_minute), system, words_per_minute)
    if name in ("auto", "espeak"):
        return Pyttsx3Renderer(system, words_per_minute)
    if (model := _named(name, language)) is not None:
        return PiperChild(model, words_per_minute)
    return Pyttsx3Renderer(name, words_per_minute)


def remembered(renderer: Renderer, texts: Callable[[], Collection[str]]) -> Renderer:
    """The same voice, its first phrases kept on disk where it takes long to load."""
    first = renderer.first if isinstance(renderer, Preferred) else renderer
    if not isinstance(first, PiperChild):
        return renderer
    from platformdirs import user_cache_path

    return Remembered(renderer, first.key, user_cache_path(APP) / "phrases", texts)


def _first_of(language: str) -> Path | None:
    return next((path for path in piper_voices().values() if speaks(path, language)), None)


def _named(name: str, language: str) -> Path | None:
    """The Piper voice that a name means, if it means one."""
    if name == "piper":
        if (model := _first_of(language)) is None:
            raise DeviceError(
                f"There is no Piper voice for '{language}'.",
                f"{HOW} Or type: ./attune --voice piper (or pip install 'attune-voice[piper]')",
            )
        return model
    if name.endswith(".onnx"):
        path = Path(name).expanduser()
        if not path.is_file() or not Path(f"{path}.json").is_file():
            raise DeviceError(f"There is no Piper voice at {name}.", "It is two files: NAME.onnx and NAME.onnx.json.")
        return path
    return piper_voices().get(name)


class InWords:
    """A voice of another language: what is counted in English inside is spoken in its own words."""

    def __init__(self, renderer: Renderer, words: Mapping[str, str]) -> None:
        """``words`` by the English number words."""
        self._renderer = renderer
        self._words = words

    @property
    def name(self) -> str:
        """The voice's name for people."""
        return self._renderer.name

    def render(self, text: str, *, slow: bool = False) -> tuple[NDArray[np.float32], int]:
        """As the renderer does."""
        return self._renderer.render(self._words.get(text, text), slow=slow)

    def restart(self) -> None:
        """Begin afresh."""
        self._renderer.restart()

    def close(self) -> None:
        """Release everything."""
        self._renderer.close()


class Preferred:
    """A voice chosen by itself: where it does not work at its first phrase, the system's voice speaks, and stays."""

    def __init__(self, first: Renderer, voice: str | None, words_per_minute: int) -> None:
        """``voice`` is the system's, begun only where ``first`` does not work."""
        self.first = self._renderer = first
        self._system = (voice, words_per_minute)
        self._settled = False

    @property
    def name(self) -> str:
        """The voice's name for people."""
        return self._renderer.name

    def render(self, text: str, *, slow: bool = False) -> tuple[NDArray[np.float32], int]:
        """As every renderer; never two voices after one another, but where the first cannot speak at all."""
        try:
            sound = self._renderer.render(text, slow=slow)
        except DeviceError as error:
            if self._settled:
                raise
            LOGGER.warning("%s The system's voice speaks instead.", error)
            self._renderer.close()
            self._renderer = Pyttsx3Renderer(*self._system)
            sound = self._renderer.render(text, slow=slow)
        self._settled = True
        return sound

    def restart(self) -> None:
        """Begin afresh."""
        self._renderer.restart()

    def close(self) -> None:
        """Release everything."""
        self._renderer.close()
