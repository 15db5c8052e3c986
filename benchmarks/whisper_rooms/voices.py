"""Who speaks in training: espeak-ng and flite in many voices, and people's recordings; none of the report's."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import soxr

from benchmarks.hearing_parts.items import WORDS, people
from benchmarks.hearing_parts.sounds import FITTING, RATE, REPORTED, Sound, read, rendered, trimmed

LANGUAGES = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-gb-scotland", "en-029")
VARIANTS = [
    "m1",
    "m2",
    "m3",
    "m4",
    "m5",
    "m6",
    "m7",
    "m8",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "Andy",
    "Annie",
    "Alex",
    "Gene",
    "Jacky",
    "Lee",
    "Michael",
    "belinda",
    "linda",
    "steph",
    "rob",
    "aunty",
    "grandma",
    "Denis",
    "Storm",
    "zac",
]
FLITE = [voice for voice in FITTING if voice.startswith("flite")]
REPORTED_ESPEAK = {voice.split()[1] for voice in REPORTED if voice.startswith("espeak")}
LONGEST_S = 6.5
"""Longer recordings are cut, or left out, seconds."""
SHORTEST_S = 0.15
"""Less than this is a rendering that went wrong, seconds."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something said close by."""

    samples: Sound
    """float32[n] at 16 kHz, peak 0.9."""
    text: str
    """The words; empty where they are not known."""


def synthetic(texts: Iterable[str], jobs: int = 2) -> list[Said]:
    """Each text by a voice at random."""
    with Pool(jobs) as pool:
        return [said for said in pool.imap(_said, enumerate(texts), chunksize=32) if said is not None]


def recorded(speech: Path) -> Iterator[Said]:
    """People: half of the speakers of single words, every other read sentence and clip."""
    listed = [line.split("\t") for line in (speech / "index.tsv").read_text().splitlines()[1:]]
    told = {row[0]: row[3] if len(row) > 3 else "" for row in listed}
    for path in dict.fromkeys(item.said for item in people(0, speech)):
        word = path.split("/")[1]
        yield Said(_even(read(speech / path)), word if word in WORDS else "")
    for path in (*sorted(speech.glob("read/*.flac"))[::2], *sorted(speech.glob("words/*.flac"))[::2]):
        samples = read(path)
        whole = len(samples) <= LONGEST_S * RATE and path.parent.name == "read"
        text = told[path.relative_to(speech).as_posix()] if whole else ""
        yield Said(_even(samples[: int(LONGEST_S * RATE)]), text)


def _said(job: tuple[int, str]) -> Said | None:
    number, text = job
    rng = random.Random(number)
    voice = _voice(rng)
    samples = trimmed(rendered(text, voice))
    speed = rng.uniform(0.85, 1.18) if voice.startswith("flite") else rng.uniform(0.9, 1.12)
    samples = soxr.resample(samples, RATE * speed, RATE).astype(np.float32)
    return Said(_even(samples), text) if SHORTEST_S * RATE < len(samples) < LONGEST_S * RATE else None


def _voice(rng: random.Random) -> str:
    if rng.random() < 0.35:
        return rng.choice(FLITE)
    while True:
        language, variant = rng.choice(LANGUAGES), rng.choice(["", *VARIANTS])
        name = f"{language}+{variant}" if variant else language
        if name not in REPORTED_ESPEAK:
            return f"espeak {name} {rng.randint(125, 195)}"


def _even(samples: Sound) -> Sound:
    return (samples * (0.9 / max(float(np.abs(samples).max()), 1e-6))).astype(np.float32)
