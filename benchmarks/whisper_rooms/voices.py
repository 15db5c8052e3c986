"""Who speaks in training: Kokoro, espeak-ng, flite, festival, and people's recordings; none of the report's.

People are few and synthetic voices many: trained on both alike, the encoder hears the synthetic ones better and people
worse than before (of 50 people reading, in kitchen noise at 12 dB, 47 % of words wrong instead of 31 %). So half of all
examples are people (``SHARES``), at several speeds, and half of the synthetic ones are Kokoro's, which are nearest to
people.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import soxr

from benchmarks.hearing_parts import kokoro
from benchmarks.hearing_parts.sets import people
from benchmarks.hearing_parts.sounds import RATE, TRAINING, VOICES, Sound, portion, read, rendered, trimmed

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
FLITE = ["flite awb", "flite kal"]
HELD_OUT = {voice.split()[1] for voices in VOICES.values() for voice in voices} | {
    *("af_heart", "af_sarah", "am_fenrir", "am_michael", "bf_emma", "bf_isabella"),
}
"""Voices of the fitting and of the report, and six of Kokoro's to try the result with."""
KOKORO, FLITE_SHARE = 0.5, 0.18
"""Of the synthetic voices; the rest is espeak's."""
FESTIVAL, FESTIVAL_SHARE, FLITE_SHARE_SHORT = "festival kal_diphone", 0.28, 0.27
"""The same for short texts, which Kokoro is not asked for."""
SHORT = 2
"""Words; as few are said by Kokoro's American voices, the others add a breath that sounds like a word."""
LONGEST_S = 6.5
"""Longer recordings are cut, or left out, seconds."""
SHARES = {"synthetic": 0.52, "read": 0.22, "words": 0.19, "talk": 0.07}
"""Of the examples: synthetic voices; people who read sentences, say single words, and talk in meetings."""
SPEEDS = (0.9, 1.0, 1.1)
"""At which each recording of people is heard."""
SHORTEST_S = 0.15
"""Less than this is a rendering that went wrong, seconds."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something said close by."""

    samples: Sound
    """float32[n] at 16 kHz, peak 0.9."""
    text: str
    """The words; empty where they are not known."""


def synthetic(texts: Iterable[str], *, short: bool = False, jobs: int = 2) -> list[Said]:
    """Each text by a voice at random; ``short``: by those that say a word or two as they say a sentence."""
    work = ((number, text, short) for number, text in enumerate(texts))
    with get_context("spawn").Pool(jobs) as pool:  # PyTorch has threads, which a fork would not
        return [said for said in pool.imap(_said, work, chunksize=32) if said is not None]


def recorded(speech: Path) -> dict[str, list[Said]]:
    """People, by the kinds of ``SHARES``: half of the speakers of single words, every other recording of the rest.

    Of meetings the words are not known: they teach only that far is to be heard as near.
    """
    listed = [line.split("\t") for line in (speech / "index.tsv").read_text().splitlines()[1:]]
    told = {row[0]: row[3] if len(row) > 3 else "" for row in listed}
    single = [speech / path for path in dict.fromkeys(item.said for item in people(TRAINING, speech))]
    single += portion(sorted(speech.glob("words/*.flac")), TRAINING)
    meetings = [
        part for path in portion(sorted(speech.glob("meeting/*.flac")), TRAINING) for part in _parts(read(path))
    ]
    kinds = {
        "read": [
            (read(path), told[_name(path, speech)]) for path in portion(sorted(speech.glob("read/*.flac")), TRAINING)
        ],
        "words": [(read(path), told[_name(path, speech)].replace("_", " ")) for path in single],
        "talk": [(part, "") for part in meetings],
    }
    return {kind: [said for sound, text in some for said in _at_speeds(sound, text)] for kind, some in kinds.items()}


def _name(path: Path, speech: Path) -> str:
    return path.relative_to(speech).as_posix()


def _parts(talk: Sound) -> list[Sound]:
    frames = 5 * RATE
    return [talk[at : at + frames] for at in range(0, len(talk) - frames + 1, frames)]


def _at_speeds(samples: Sound, text: str) -> Iterator[Said]:
    """A recording at each speed, without its words where it had to be cut."""
    for speed in SPEEDS:
        heard = soxr.resample(samples, RATE * speed, RATE).astype(np.float32)
        whole = len(heard) <= LONGEST_S * RATE
        yield Said(_even(heard[: int(LONGEST_S * RATE)]), text if whole else "")


def _said(job: tuple[int, str, bool]) -> Said | None:
    number, text, short = job
    rng = random.Random(number)
    voice = _short_voice(rng) if short else _voice(rng, len(text.split()) <= SHORT)
    samples = trimmed(rendered(text, voice))
    speed = rng.uniform(0.9, 1.12) if voice.startswith(("espeak", "kokoro")) else rng.uniform(0.85, 1.18)
    samples = soxr.resample(samples, RATE * speed, RATE).astype(np.float32)
    return Said(_even(samples), text) if SHORTEST_S * RATE < len(samples) < LONGEST_S * RATE else None


def _voice(rng: random.Random, short: bool) -> str:
    chance = rng.random()
    if chance < KOKORO:
        known = [name for name in kokoro.voices() if name not in HELD_OUT and (name.startswith("a") or not short)]
        pair = rng.sample(known, rng.choice((1, 2, 2)))
        return f"kokoro {'+'.join(pair)} {rng.uniform(0.85, 1.25):.2f}"
    if chance < KOKORO + FLITE_SHARE:
        return rng.choice(FLITE)
    return _espeak(rng)


def _short_voice(rng: random.Random) -> str:
    chance = rng.random()
    if chance < FESTIVAL_SHARE:
        return FESTIVAL
    return rng.choice(FLITE) if chance < FESTIVAL_SHARE + FLITE_SHARE_SHORT else _espeak(rng)


def _espeak(rng: random.Random) -> str:
    while True:
        language, variant = rng.choice(LANGUAGES), rng.choice(["", *VARIANTS])
        name = f"{language}+{variant}" if variant else language
        if name not in HELD_OUT:
            return f"espeak {name} {rng.randint(125, 195)}"


def _even(samples: Sound) -> Sound:
    return (samples * (0.9 / max(float(np.abs(samples).max()), 1e-6))).astype(np.float32)
