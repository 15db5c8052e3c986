"""Streams to learn from and to measure with: the guide speaking in a room, and people's words over it.

Everything goes the way it goes in the program: what the guide plays comes back through a measured room, late and on
another clock, words are laid over it, and the canceller takes out what it can. What is left becomes embeddings, beside
those of what was played.
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

Samples = npt.NDArray[np.float32]
RATE = 16_000
HELD_ROOMS = ("kitchen", "living-bedroom", "dining-far-kitchen", "cinema-room", "dining-living")
"""Five rooms that are only measured in; those measured in the same pair of rooms are not learnt from either."""
HELD_FAMILIES = (*HELD_ROOMS, "kitchen-true-stereo", "living-bedroom-leveled", "dining-far-kitchen-leveled")
HELD_SHARE = 4
"""One speaker of so many is held out."""
LEVELS_DB = (6, 0, -6, -12)


@dataclass(frozen=True, slots=True)
class Word:
    """One recording, or one synthetic word, cut to what sounds of it."""

    name: str
    """The word, or the kind of talk."""
    samples: Samples
    speaker: str


@dataclass(slots=True)
class Stream:
    """What a stretch of guidance sounded like."""

    heard: npt.NDArray[np.float16]
    """Embeddings of what was left of the microphone, shape (steps, 96)."""
    played: npt.NDArray[np.float16]
    """Embeddings of what was played, shape (steps, 96)."""
    events: list[tuple[str, float, float, float]]
    """Word, start and end in seconds, level against the echo in decibels."""


def is_held(speaker: str) -> bool:
    """Whether a speaker is kept for measuring."""
    return zlib.crc32(speaker.encode()) % HELD_SHARE == 0


def cut(samples: Samples, below_db: float = 25.0) -> Samples:
    """The part of a recording that is less than ``below_db`` under its loudest 20 ms."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    power = np.convolve(np.mean(np.square(frames), axis=1), [0.5, 0.5], "same")
    loud = np.flatnonzero(power > power.max() * 10 ** (-below_db / 10))
    return samples[max(0, loud[0] - 2) * 160 : (loud[-1] + 2) * 160]


def level(samples: Samples) -> float:
    """Root mean square of the louder half of a sound's 10 ms."""
    power = np.sort(np.mean(np.square(samples[: len(samples) // 160 * 160].reshape(-1, 160)), axis=1))
    return float(np.sqrt(np.mean(power[len(power) // 2 :]))) + 1e-9


@cache
def words(speech: Path, held: bool) -> dict[str, list[Word]]:
    """People's recordings by word; of the speakers that are held out, or of the others."""
    found: dict[str, list[Word]] = {}
    for path in sorted((speech / "commands").glob("*/*.flac")):
        if is_held(path.name.split("_")[0]) is held:
            samples = cut(read_wav(path))
            if len(samples) > 0.15 * RATE:
                found.setdefault(path.parent.name, []).append(Word(path.parent.name, samples, path.name.split("_")[0]))
    for kind in ("words", "read", "meeting"):
        for path in sorted((speech / kind).glob("*.flac")):
            if is_held(path.name) is held:
                found.setdefault(kind, []).append(Word(kind, read_wav(path), path.name))
    return found


def paced(samples: Samples, factor: float) -> Samples:
    """A sound ``factor`` times as long and as much lower: another person, nearly."""
    at = np.arange(0, len(samples) - 1, 1 / factor)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def in_room(samples: Samples, response: Samples) -> Samples:
    """A word as it sounds from elsewhere in the room, as loud as before."""
    size = len(samples) + len(response)
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples) + 1600]
    return np.asarray(wet * (level(samples) / level(wet.astype(np.float32))), np.float32)


class Maker:
    """Makes streams of a guide's recordings, rooms and words."""

    def __init__(self, speech: Path, guides: list[Samples], held: bool, extra: list[Word], seed: int) -> None:
        """``guides`` are practices at 16 kHz; ``held`` takes the rooms and speakers kept for measuring."""
        self.rng = np.random.default_rng(seed)
        self.words = words(speech, held)
        self._guides = guides
        self._extra = extra
        rooms = sorted((speech / "room").glob("*.flac"))
        self._rooms = [room for room in rooms if (room.stem in HELD_ROOMS if held else room.stem not in HELD_FAMILIES)]
        self._noises = sorted((speech / "noise").glob("*.flac"))
        self._held = held

    def played(self, seconds: float) -> Samples:
        """A stretch of a practice from its beginning or from anywhere."""
        guide = self._guides[self.rng.integers(len(self._guides))]
        size = round(seconds * RATE)
        start = self.rng.integers(max(1, len(guide) - size))
        stretch = np.pad(guide[start : start + size], (0, max(0, size - len(guide))))
        if not self._held and self.rng.random() < 0.4:
            stretch = np.resize(paced(stretch, self.rng.uniform(0.88, 1.14)), size)
        return stretch

    def path(self) -> EchoPath:
        """A room with a random delay, drift and level."""
        drift = 0.0 if self.rng.random() < 0.4 else float(self.rng.uniform(-200, 200))
        room = self._rooms[self.rng.integers(len(self._rooms))]
        echo_db = -6.0 if self._held else float(self.rng.uniform(-14, 2))
        return EchoPath(room, echo_db, float(self.rng.uniform(20, 300)), drift)

    def word(self) -> Word:
        """Something that is said: "stop" nearly half the time."""
        draw = self.rng.random()
        if draw < 0.42:
            pool = self._extra if self._extra and draw < 0.12 else self.words["stop"]
        elif draw < 0.50 and self._extra:
            pool = [word for word in self._extra if word.name != "stop"]
        else:
            kinds = ["go", "no", "on", "off", "yes", "unknown", "words", "read", "meeting"]
            pool = self.words[kinds[self.rng.integers(len(kinds))]]
        if draw < 0.12 and self._extra:
            pool = [word for word in self._extra if word.name == "stop"]
        return pool[self.rng.integers(len(pool))]

    def said(self, word: Word) -> Samples:
        """One word as somebody says it in the room; of long talk an excerpt."""
        samples = word.samples
        if len(samples) > 2.5 * RATE:
            start = self.rng.integers(len(samples) - 2 * RATE)
            samples = samples[start : start + 2 * RATE]
        if not self._held:
            samples = paced(samples, self.rng.uniform(0.87, 1.15))
        if self.rng.random() < 0.5:
            samples = in_room(samples, read_wav(self._rooms[self.rng.integers(len(self._rooms))])[:8000])
        return samples

    def stream(self, seconds: float, level_db: float | None = None, kinds: tuple[str, ...] | None = None) -> Stream:
        """One stretch with a word every three seconds; ``kinds`` of words, at ``level_db`` against the echo."""
        played = self.played(seconds)
        room = EchoRoom(self.path())
        echo = [room.feed(played[at : at + BLOCK]) for at in range(0, len(played) - BLOCK + 1, BLOCK)]
        heard = np.concatenate(echo)
        reference = level(heard)
        events, at = [], self.rng.uniform(0.5, 2.5)
        while at < seconds - 3:
            word = self._one_of(kinds) if kinds else self.word()
            said = self.said(word)
            db = float(self.rng.uniform(-13, 13)) if level_db is None else level_db
            first = round(at * RATE)
            heard[first : first + len(said)] += said * np.float32(reference / level(said) * 10 ** (db / 20))
            events.append((word.name, at, at + len(cut(said)) / RATE, db))
            at += len(said) / RATE + self.rng.uniform(1.3, 3.0)
        heard += self._noise(len(heard)) * np.float32(reference * 10 ** (self.rng.uniform(-45, -18) / 20))
        gain = 1.0 if self._held else 10 ** (self.rng.uniform(-12, 8) / 20)
        return Stream(*_embedded(played, echo, np.asarray(heard * gain, np.float32)), events)

    def _one_of(self, kinds: tuple[str, ...]) -> Word:
        pool = self.words[kinds[self.rng.integers(len(kinds))]]
        return pool[self.rng.integers(len(pool))]

    def _noise(self, size: int) -> Samples:
        noise = read_wav(self._noises[self.rng.integers(len(self._noises))])
        start = self.rng.integers(max(1, len(noise) - size))
        noise = np.resize(noise[start:], size)
        return np.asarray(noise / level(noise), np.float32)


def _embedded(
    played: Samples, blocks: list[Samples], heard: Samples
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]]:
    """Embeddings of what the canceller leaves, and of what was played, in step."""
    canceller, ears, guide = EchoCanceller(), Embedder(), Embedder()
    left: list[Samples] = []
    known: list[Samples] = []
    at = 0
    for number, block in enumerate(blocks):
        taken = heard[at : at + len(block)]
        at += len(block)
        for cleaned in canceller.feed(taken, played[number * BLOCK : (number + 1) * BLOCK]):
            left += ears.feed(cleaned.samples)
            known += guide.feed(cleaned.played)
    return np.array(left, np.float16).reshape(-1, SIZE), np.array(known, np.float16).reshape(-1, SIZE)


__all__ = ["STEP", "Maker", "Stream", "Word"]
