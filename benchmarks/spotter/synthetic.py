"""Words said by synthetic voices: "stop", and words that are nearly it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from benchmarks.spotter.streams import Word, sounding
from voice.drives.virtual import read_wav

WORDS = (
    "stop up top shop start step hop stuff drop off pause slower what but not one two three four five six again skip "
    "chop mop story stay dog stopwatch stand cop spot store softer louder faster enough softly softer pause "
    "soft sofa sock song"
)
"""Parted by spaces."""
PHRASES = (
    "go on",
    "breathe in",
    "breathe out",
    "how long",
    "calm down",
    "I need space",
    "softer please",
    "a bit softer",
)
ESPEAK = [
    (language + variant, speed)
    for language in ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp")
    for variant in ("", "+f1", "+f2", "+f3", "+f4", "+m1", "+m3", "+m5", "+m7")
    for speed in (130, 165, 200)
]
FLITE = ("slt", "rms", "awb", "kal")
EACH = 14
"""Voices of a word that is not "stop", which all of them say."""
NEAREST, EACH_NEAREST = ("softer", "softer please", "a bit softer"), 70
"""A control of ours that begins like "stop", and by how many voices it is said."""


def synthetic_words(folder: Path, seed: int = 3) -> list[Word]:
    """Every word by some voices of espeak-ng and flite, as they are installed."""
    rng = np.random.default_rng(seed)
    path, found = folder / "word.wav", []
    for word in [*WORDS.split(), *PHRASES]:
        many = len(ESPEAK) if word == "stop" else EACH_NEAREST if word in NEAREST else EACH
        chosen = rng.choice(len(ESPEAK), many, replace=False)
        calls = [
            ["espeak-ng", "-v", ESPEAK[at][0], "-s", str(ESPEAK[at][1]), "-p", str(rng.integers(30, 70)), "-w"]
            for at in chosen
        ]
        for call in [[*call, str(path), word] for call in calls] + [
            ["flite", "-voice", voice, "-t", word, "-o", str(path)] for voice in FLITE
        ]:
            subprocess.run(call, check=True, capture_output=True)
            samples = read_wav(path)
            start, end = sounding(samples)
            found.append(Word(word, samples[max(0, start - 320) : end + 320], call[2]))
    return found
