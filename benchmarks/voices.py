"""How well each voice of the guide is understood and how even it is: ``python -m benchmarks.voices [VOICE…]``.

Every sentence that is made ahead (greetings, questions, answers) is spoken and read back by Whisper. Counted
are substitutions, insertions and deletions over words, without case and punctuation, numbers as words.
A machine listens to a machine here: it compares voices, and says nothing about what people understand.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import soxr
from rapidfuzz.distance import Levenshtein

from voice.app import Content, Options, load_content
from voice.guiding.timeline import Speech
from voice.hearing.recognizer import Recognizer, open_recognizer
from voice.speaking.choice import open_renderer
from voice.speaking.loudness import loudness_lufs
from voice.speaking.phrase import Phrase
from voice.speaking.voice import Voice
from voice.understanding.words import split

RATE = 48_000
HEARING_RATE = 16_000


def main(names: Sequence[str]) -> None:
    """One line a voice."""
    texts = texts_of(load_content(Options()))
    ears = open_recognizer("whisper", "tiny.en", [])
    try:
        for name in names:
            voice = Voice(RATE, renderer=open_renderer(name))
            try:
                print(f"{voice.name}: {report(voice, ears, texts)}", flush=True)
            finally:
                voice.close()
    finally:
        ears.close()


def texts_of(content: Content) -> list[str]:
    """Every sentence without a hole that is made ahead, of three words or more."""
    texts = [sound.text for sound in content.first_sounds() if isinstance(sound, Speech)]
    return [text for text in dict.fromkeys(texts) if len(text.split()) >= 3]


def report(voice: Voice, ears: Recognizer, texts: Sequence[str]) -> str:
    """Word error rate, loudness and pace of a voice over texts."""
    wrong = words = 0
    seconds, loud = 0.0, []
    for text in texts:
        phrase = voice.say(text)
        said, heard = split(text), split(read_back(phrase, ears))
        wrong += Levenshtein.distance(said, heard)
        words += len(said)
        seconds += len(phrase.samples) / phrase.rate
        loud.append(loudness_lufs(phrase.samples, phrase.rate))
    return (
        f"{len(texts)} sentences, word error rate {100 * wrong / words:.1f} %, "
        f"{60 * words / seconds:.0f} words a minute, {min(loud):.1f} to {max(loud):.1f} LUFS"
    )


def read_back(phrase: Phrase, ears: Recognizer) -> str:
    """What Whisper makes of a phrase, with half a second of faint noise around it."""
    sound = soxr.resample(phrase.samples, phrase.rate, HEARING_RATE)
    sound = np.pad(sound, HEARING_RATE // 2) + np.random.default_rng(1).normal(0, 3e-4, len(sound) + HEARING_RATE)
    heard = ears.feed(sound.astype(np.float32)) + ears.finish()
    return " ".join(part.text for part in heard if part.final)


if __name__ == "__main__":
    main(sys.argv[1:] or ["espeak", "piper"])
