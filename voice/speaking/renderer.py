"""The port of a synthesizer, and pyttsx3 or Piper behind it in a child process."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice.child import Child
from voice.errors import DeviceError

PIPER_ANSWER_S = 20.0
"""The same for Piper, seconds: a sentence takes a second, and several on a machine that is busy with other things."""
ANSWER_S = 6.0
"""Longest wait for one phrase, seconds; longer than the renderer's own limit for a stall."""


class Renderer(Protocol):
    """Anything that turns text into samples; the same text always gives the same samples."""

    @property
    def name(self) -> str:
        """The voice's name for people."""

    def render(self, text: str, *, slow: bool = False) -> tuple[NDArray[np.float32], int]:
        """Mono samples in [-1, 1], shape (frames,), and their rate in hertz; ``slow`` for who did not follow.

        Raises ``DeviceError``.
        """

    def restart(self) -> None:
        """Begin afresh after an error."""

    def close(self) -> None:
        """Release everything."""


class Pyttsx3Renderer:
    """pyttsx3 in a process of its own."""

    def __init__(self, voice: str | None, words_per_minute: int) -> None:
        """Start the process; raises ``DeviceError`` from the first use if there is no engine or no such voice."""
        self._child = Child("voice.speaking.pyttsx3_renderer:Renderer", voice, words_per_minute, timeout_s=ANSWER_S)

    @property
    def name(self) -> str:
        """The voice's name for people; waits until the engine is loaded."""
        return str(self._child.call("describe"))

    def render(self, text: str, *, slow: bool = False) -> tuple[NDArray[np.float32], int]:
        """The phrase as the engine gives it. Raises ``DeviceError``, also after a crash or a stall."""
        import soundfile

        file = self._child.call("render", text, slow)
        if not file:
            return np.zeros(0, np.float32), 22_050
        try:
            samples, rate = soundfile.read(io.BytesIO(file), dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, ValueError) as error:
            raise DeviceError("The voice gave no sound that can be read.", "Try: espeak-ng test") from error
        return np.ascontiguousarray(samples[:, 0]), int(rate)

    def restart(self) -> None:
        """Begin afresh."""
        self._child.restart()

    def close(self) -> None:
        """End the process."""
        self._child.close()


class PiperChild:
    """A Piper voice in a process of its own, which loads behind what else begins."""

    def __init__(self, model: Path, words_per_minute: int) -> None:
        """Start the process; raises ``DeviceError`` from the first phrase where the voice cannot be used."""
        self._model = model
        self._words_per_minute = words_per_minute
        self._child = Child("voice.speaking.piper_renderer:Renderer", model, words_per_minute, timeout_s=PIPER_ANSWER_S)

    @property
    def name(self) -> str:
        """The voice's name for people; known at once."""
        return f"Piper {self._model.stem}"

    @property
    def key(self) -> str:
        """Another one for whatever would sound otherwise: another file, or another pace."""
        file = self._model.stat()
        return f"{self.name} {file.st_size} {file.st_mtime_ns} {self._words_per_minute} 1"

    def render(self, text: str, *, slow: bool = False) -> tuple[NDArray[np.float32], int]:
        """The phrase, with a rest between sentences. Raises ``DeviceError``, also after a crash or a stall."""
        samples, rate = self._child.call("render", text, slow)
        return samples, int(rate)

    def restart(self) -> None:
        """Begin afresh."""
        self._child.restart()

    def close(self) -> None:
        """End the process."""
        self._child.close()
