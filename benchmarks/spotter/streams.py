"""What the spotter learns from and is measured with: the guide in a room, and people's words over it.

Everything goes the way it goes in the program. What the guide plays comes back through a measured room, late and on
another clock, with noise; the canceller takes out what it can. Words are laid over what is left: the canceller is
linear and holds still while somebody speaks, so that they would come through it unchanged.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.drives.echo_room import BLOCK, EchoPath, EchoRoom
from voice.drives.virtual import read_wav
from voice.hearing.echo import EchoCanceller
from voice.hearing.embeddings import SIZE, STEP, Embedder
from voice.hearing.spotter import CONTEXT

Samples = npt.NDArray[np.float32]
RATE = 16_000
HELD_ROOMS = ("kitchen", "living-bedroom", "dining-far-kitchen", "cinema-room", "dining-living")
"""Five rooms that are only measured in; other recordings of the same places are not learnt from either."""
HELD_FAMILIES = (*HELD_ROOMS, "kitchen-true-stereo", "living-bedroom-leveled", "dining-far-kitchen-leveled")
HELD_SHARE = 4
"""One speaker of so many is held out, by a hash of the name; of the 91 at hand these were 34."""
LEVELS_DB = (6, 0, -6, -12)
OTHERS = ("go", "no", "on", "off", "yes", "unknown", "words", "read", "meeting")
"""What is not "stop": folders of recordings."""
STEPS = 22
"""Embeddings kept around the end of a word; the last ends 0.3 to 0.4 s after it. Sixteen left out how longer words
begin, and "softer" was stopped at "sof"."""
AFTER = 4


@dataclass(frozen=True, slots=True)
class Word:
    """One recording."""

    name: str
    """The word, or the kind of talk."""
    samples: Samples
    speaker: str


@dataclass(frozen=True, slots=True)
class Example:
    """Embeddings around the end of a word."""

    embeddings: npt.NDArray[np.float16]
    """Shape (STEPS, 96)."""
    word: str
    level_db: float
    """Against the echo at the microphone."""
    first_s: float
    """Where the first embedding ends, seconds after the end of the word; each ends 80 ms after the one before."""


def is_held(speaker: str) -> bool:
    """Whether a speaker is kept for measuring."""
    return zlib.crc32(speaker.encode()) % HELD_SHARE == 0


def sounding(samples: Samples, below_db: float = 25.0) -> tuple[int, int]:
    """First and last frame of the part that is less than ``below_db`` under its loudest 20 ms."""
    power = np.mean(np.square(samples[: len(samples) // 160 * 160].reshape(-1, 160)), axis=1)
    power = np.convolve(power, [0.5, 0.5], "same")
    loud = np.flatnonzero(power > power.max() * 10 ** (-below_db / 10))
    return int(loud[0]) * 160, int(loud[-1] + 1) * 160


def level(samples: Samples) -> float:
    """Root mean square of the louder half of a sound's 10 ms."""
    power = np.sort(np.mean(np.square(samples[: len(samples) // 160 * 160].reshape(-1, 160)), axis=1))
    return float(np.sqrt(np.mean(power[len(power) // 2 :]))) + 1e-9


@cache
def words(speech: Path, held: bool | None) -> dict[str, list[Word]]:
    """People's recordings by word; of the speakers that are held out, of the others, or (``None``) of all."""
    found: dict[str, list[Word]] = {}
    for path in sorted((speech / "commands").glob("*/*.flac")):
        speaker = path.name.split("_")[0]
        if held in (None, is_held(speaker)):
            samples = read_wav(path)
            start, end = sounding(samples)
            if end - start > 0.15 * RATE:
                spoken = samples[max(0, start - 320) : end + 320]
                found.setdefault(path.parent.name, []).append(Word(path.parent.name, spoken, speaker))
    for kind in ("words", "read", "meeting"):
        for path in sorted((speech / kind).glob("*.flac")):
            if held in (None, is_held(path.name)):
                found.setdefault(kind, []).append(Word(kind, read_wav(path), path.name))
    return found


def paced(samples: Samples, factor: float) -> Samples:
    """A sound ``factor`` times as long and as much lower: another person, nearly."""
    at = np.arange(0, len(samples) - 1, 1 / factor)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def through_microphone(samples: Samples, rng: np.random.Generator) -> Samples:
    """As another microphone or distance would color it: a slope of up to 4 dB an octave either way, at times narrow."""
    bins = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    colored = bins * np.clip((np.maximum(hertz, 80) / 1000) ** rng.uniform(-0.66, 0.66), 0.1, 10)
    if rng.random() < 0.15:
        colored[hertz > rng.uniform(3400, 6000)] = 0
    heard = np.fft.irfft(colored, len(samples)).astype(np.float32)
    return np.asarray(heard * (level(samples) / level(heard)), np.float32)


def in_room(samples: Samples, response: Samples) -> Samples:
    """A word as it sounds from elsewhere in the room, as loud as before."""
    size = len(samples) + len(response)
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples) + 1600]
    wet = wet.astype(np.float32)
    return np.asarray(wet * (level(samples) / level(wet)), np.float32)


class Maker:
    """Makes sounds and examples of a guide's recordings, rooms and words."""

    def __init__(
        self, speech: Path, guides: list[Samples], seed: int, *, held: bool | None, synthetic: list[Word]
    ) -> None:
        """``guides`` are practices at 16 kHz; ``held`` takes the rooms and speakers kept for measuring, ``None`` all
        speakers and the rooms that are learnt from.
        """
        self.rng = np.random.default_rng(seed)
        self.words = words(speech, held)
        self._guides, self._synthetic = guides, synthetic
        rooms = sorted((speech / "room").glob("*.flac"))
        self._rooms = [room for room in rooms if (room.stem in HELD_ROOMS if held else room.stem not in HELD_FAMILIES)]
        self._noises = sorted((speech / "noise").glob("*.flac"))
        self._varied = not held

    def played(self, seconds: float) -> Samples:
        """A stretch of a practice, at times in a higher or lower voice."""
        guide = self._guides[self.rng.integers(len(self._guides))]
        size = round(seconds * RATE)
        start = self.rng.integers(max(1, len(guide) - size))
        stretch = np.pad(guide[start : start + size], (0, max(0, size - len(guide))))
        if self._varied and self.rng.random() < 0.4:
            stretch = np.resize(paced(stretch, self.rng.uniform(0.88, 1.14)), size)
        return stretch

    def path(self, room: str | None = None) -> EchoPath:
        """A room with a random delay, drift and level; -6 dB where it is measured in."""
        drift = 0.0 if self.rng.random() < 0.4 else float(self.rng.uniform(-200, 200))
        named = [path for path in self._rooms if path.stem == room] or self._rooms
        echo_db = float(self.rng.uniform(-14, 2)) if self._varied else -6.0
        return EchoPath(named[self.rng.integers(len(named))], echo_db, float(self.rng.uniform(20, 300)), drift)

    def echo(self, played: Samples, path: EchoPath) -> list[Samples]:
        """What the microphone takes of it in each 10 ms, with the room's noise."""
        room = EchoRoom(path)
        blocks = [room.feed(played[at : at + BLOCK]) for at in range(0, len(played) - BLOCK + 1, BLOCK)]
        loud = level(np.concatenate(blocks)) * 10 ** (self.rng.uniform(-45, -18) / 20)
        noise = read_wav(self._noises[self.rng.integers(len(self._noises))])
        noise = np.resize(noise / level(noise) * np.float32(loud), sum(map(len, blocks)) + BLOCK)
        ends = np.cumsum([len(block) for block in blocks])
        return [block + noise[end - len(block) : end] for block, end in zip(blocks, ends, strict=True)]

    def residue(self, seconds: float = 60.0) -> tuple[Samples, float]:
        """What the canceller leaves of a stretch of guidance, and the level of its echo at the microphone."""
        played = self.played(seconds)
        echo, canceller = self.echo(played, self.path()), EchoCanceller()
        left = [
            cleaned.samples
            for at, block in enumerate(echo)
            for cleaned in canceller.feed(block, played[at * BLOCK : (at + 1) * BLOCK])
        ]
        return np.concatenate(left), level(np.concatenate(echo))

    def word(self) -> Word:
        """Something that is said: "stop" four times in ten; one in four is synthetic."""
        stop, synthetic = self.rng.random() < 0.42, self.rng.random() < 0.26
        if synthetic and self._synthetic:
            pool = [word for word in self._synthetic if (word.name == "stop") is stop]
        else:
            pool = self.words["stop" if stop else OTHERS[self.rng.integers(len(OTHERS))]]
        return pool[self.rng.integers(len(pool))]

    def said(self, word: Word) -> Samples:
        """One word as somebody says it in the room; of long talk an excerpt."""
        samples = word.samples
        if len(samples) > 2.5 * RATE:
            start = self.rng.integers(len(samples) - 2 * RATE)
            samples = samples[start : start + 2 * RATE]
        if self._varied:
            samples = through_microphone(paced(samples, self.rng.uniform(0.85, 1.17)), self.rng)
        if self.rng.random() < 0.5:
            samples = in_room(samples, read_wav(self._rooms[self.rng.integers(len(self._rooms))])[:8000])
        return samples

    def example(self, residues: list[tuple[Samples, float]], embedder: Embedder) -> Example:
        """A word over what is left of the guide, as embeddings."""
        left, echo = residues[self.rng.integers(len(residues))]
        word = self.word()
        said, db = self.said(word), float(self.rng.uniform(-13, 13))
        step = int(self.rng.integers(40, len(left) // STEP - AFTER - 1))
        end = step * STEP + int(self.rng.integers(STEP))
        begin = (step + AFTER + 1 - STEPS - 10) * STEP
        sound = left[begin : (step + AFTER + 1) * STEP].copy()
        at = end - sounding(said)[1] - begin
        spoken = said[max(0, -at) :][: len(sound) - max(0, at)]
        sound[max(0, at) : max(0, at) + len(spoken)] += spoken * np.float32(echo / level(said) * 10 ** (db / 20))
        gain = np.float32(10 ** (self.rng.uniform(-12, 8) / 20)) if self._varied else np.float32(1)
        embeddings = np.array(embedder.feed(sound * gain)[-STEPS:], np.float16)
        return Example(embeddings, word.name, db, ((step + AFTER + 2 - STEPS) * STEP - end) / RATE)


def contexts(embeddings: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    """Every run of CONTEXT embeddings, flat: float32[n - CONTEXT + 1, CONTEXT * 96]."""
    flat = [embeddings[at : at + CONTEXT].reshape(-1) for at in range(len(embeddings) - CONTEXT + 1)]
    return np.array(flat, np.float32).reshape(-1, CONTEXT * SIZE)
