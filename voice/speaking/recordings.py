"""People's own recordings of phrases: heard instead of the synthetic voice wherever exactly that phrase is said.

One 16-bit WAV file for each, named by the phrase's digest, the phrase itself in its title, readable by its owner only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.errors import DeviceError
from voice.speaking.loudness import SPEECH_LUFS, Samples, levelled, loudness_lufs
from voice.speaking.phrase import window_energies
from voice.speaking.renderer import Renderer

SILENT_LUFS = -60.0
"""Nobody spoke into anything softer than this."""
SHORTEST_S, LONGEST_S = 0.2, 20.0
"""Of what is left without the silence, seconds."""
TRIM_DB = 30.0
"""Silence is what lies this far under the loudest 10 ms: rooms and microphones have noise of their own."""
BEFORE_MS, AFTER_MS = 60, 150
"""Kept around the sound, so that soft beginnings and endings stay, milliseconds."""
AGAIN = "Record it again, nearer to the microphone."


@dataclass(frozen=True, slots=True)
class Recording:
    """A phrase that somebody spoke."""

    text: str
    """The phrase, exactly as it is written."""
    path: Path
    seconds: float


def recordings_folder() -> Path:
    """Where they lie, whether or not there are any."""
    from voice.keeping.store import data_folder

    return data_folder() / "recordings"


def keep_recording(text: str, samples: Samples, rate: int, folder: Path) -> Recording:
    """Trim a recording, bring it to the loudness of everything spoken, and write it; another one is replaced.

    ``samples`` is float32 mono at ``rate`` Hz. Raises ``DeviceError`` where nothing is heard in it, it is too long, or
    it cannot be written.
    """
    sound = _fit(samples, rate)
    path = folder / _file_name(text)
    fresh = path.with_suffix(".new")
    import soundfile

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
        with soundfile.SoundFile(fresh, "w", rate, 1, "PCM_16", format="WAV") as file:
            file.title = text
            file.write(sound)
        fresh.replace(path)
    except (OSError, soundfile.LibsndfileError) as error:
        with contextlib.suppress(OSError):  # where it could not be written it may not be looked at either
            fresh.unlink()
        raise DeviceError(f"{path} cannot be written.", "Let the folder be written to, or make room.") from error
    return Recording(text, path, len(sound) / rate)


def recordings(folder: Path) -> list[Recording]:
    """All of them by phrase; files that are none are left out."""
    import soundfile

    found = []
    for path in sorted(folder.glob("*.wav")):
        try:
            with soundfile.SoundFile(path) as file:
                found.append(Recording(file.title, path, file.frames / file.samplerate))
        except (OSError, soundfile.LibsndfileError):
            continue
    return sorted(found, key=lambda one: one.text)


def forget_recording(text: str, folder: Path) -> bool:
    """Delete the recording of a phrase; whether there was one. Raises ``DeviceError``."""
    path = folder / _file_name(text)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise DeviceError(f"{path} cannot be deleted ({error.strerror}).", "Look at its permissions.") from error
    return True


class Recorded:
    """A renderer that says some phrases in somebody's own voice."""

    def __init__(self, renderer: Renderer, folder: Path) -> None:
        """``folder`` holds the recordings; it is looked at once."""
        self._renderer = renderer
        self._files = {path.name: path for path in folder.glob("*.wav")} if folder.is_dir() else {}

    @property
    def name(self) -> str:
        """The voice's name for people."""
        return self._renderer.name

    def render(self, text: str, *, slow: bool = False) -> tuple[Samples, int]:
        """As the renderer does, or the recording; one that cannot be read is as none. Nobody is slowed down."""
        path = self._files.get(_file_name(text)) if self._files else None
        if path is not None and not slow and (kept := _read(path)) is not None:
            return kept
        return self._renderer.render(text, slow=slow)

    def restart(self) -> None:
        """Begin afresh."""
        self._renderer.restart()

    def close(self) -> None:
        """Release everything."""
        self._renderer.close()


def _fit(samples: Samples, rate: int) -> Samples:
    """The sound without the silence around it, at the voice's loudness; raises ``DeviceError``."""
    if not len(samples) or loudness_lufs(samples, rate) < SILENT_LUFS:
        raise DeviceError("Nothing is heard in this recording.", AGAIN)
    energy = window_energies(samples, rate)
    loud = np.flatnonzero(energy >= energy.max() * 10 ** (-TRIM_DB / 10))
    start = max(0, (int(loud[0]) - BEFORE_MS) * rate // 1000)
    stop = min(len(samples), (int(loud[-1]) + AFTER_MS) * rate // 1000)
    if (loud[-1] - loud[0]) / 1000 < SHORTEST_S:
        raise DeviceError("This recording holds only a short noise.", AGAIN)
    if (stop - start) / rate > LONGEST_S:
        raise DeviceError("This recording is longer than twenty seconds.", "Record one phrase alone.")
    return levelled(samples[start:stop], rate, SPEECH_LUFS)


def _read(path: Path) -> tuple[Samples, int] | None:
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError, ValueError):
        return None
    return (np.ascontiguousarray(samples[:, 0]), int(rate)) if len(samples) else None


def _file_name(text: str) -> str:
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.wav"
