"""``attune record``: a phrase of a practice in somebody's own voice."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from voice.app import load_content
from voice.commands.options import options_of
from voice.drives.virtual import read_wav
from voice.errors import DeviceError
from voice.guiding.practice import Practice
from voice.speaking.loudness import Samples
from voice.speaking.recordings import forget_recording, keep_recording, recordings, recordings_folder

FILE_RATE, LIVE_RATE = 48_000, 16_000
"""Hertz: files are kept at the first, the microphone gives the second."""
SPOKEN = ("say", "text", "simple", "after_first", "after_fade")
"""Keys of a script whose text is said."""
LONGEST_S, SILENCE_S = 20.0, 1.5
"""A live recording ends after so long, or after so much silence behind the words, seconds."""
QUIETER_DB = 25.0
"""Silence behind the words: so far under the loudest block."""
GONE_S = 2.0
"""A microphone that gives nothing for so long, seconds, is gone."""


def run(args: argparse.Namespace) -> int:
    """List, record or forget."""
    folder = recordings_folder()
    if args.list:
        return _list(folder)
    if args.practice is None:
        raise DeviceError("Which practice?", "attune record two-minute-reset lists its phrases; --list shows what is.")
    content = load_content(options_of(args))
    practice = content.practices.get(args.practice)
    if practice is None:
        raise DeviceError(f"There is no practice '{args.practice}'.", "`attune scripts` lists them.")
    texts = phrases_of(practice)
    if args.phrase is None:
        return _show(texts, folder)
    text = _chosen(args.phrase, texts, args.practice)
    if args.forget:
        print("It is gone." if forget_recording(text, folder) else "There was no recording of it.")
        return 0
    samples, rate = (read_wav(args.source, FILE_RATE), FILE_RATE) if args.source else (_listen(text), LIVE_RATE)
    kept = keep_recording(text, samples, rate, folder)
    print(f'"{text}" is kept, {kept.seconds:.1f} s. It is heard from Attune\'s next start.')
    return 0


def phrases_of(practice: Practice) -> list[str]:
    """Every sentence that a script says and that is always the same, in its order."""
    return [text for text in dict.fromkeys(_spoken(practice.script, "")) if "{" not in text]


def _spoken(part: object, key: str) -> Iterator[str]:
    if isinstance(part, str):
        if key in SPOKEN:
            yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _spoken(getattr(part, name), name)
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from _spoken(inner, str(name))
    elif isinstance(part, (list, tuple)):
        for inner in part:
            yield from _spoken(inner, key)


def _chosen(phrase: str, texts: list[str], practice: str) -> str:
    """A phrase by its number or its words; raises ``DeviceError``."""
    if phrase.isdecimal() and 1 <= int(phrase) <= len(texts):
        return texts[int(phrase) - 1]
    if phrase in texts:
        return phrase
    raise DeviceError(
        f"{practice} does not say that.", f"Give a number from 1 to {len(texts)}: attune record {practice}"
    )


def _show(texts: list[str], folder: Path) -> int:
    own = {one.text for one in recordings(folder)}
    for number, text in enumerate(texts, 1):
        print(f"{number:3}{'*' if text in own else ' '} {text}")
    print("* in your own voice. Add a number to record one; it ends by itself after your words.")
    return 0


def _list(folder: Path) -> int:
    own = recordings(folder)
    for one in own:
        print(f"{one.seconds:5.1f} s  {one.text}")
    print(f"{len(own)} in {folder}" if own else "There are no recordings.")
    return 0


def _listen(text: str) -> Samples:
    """What is said into the microphone until it is silent again: float32 at 16 kHz. Raises ``DeviceError``."""
    from voice.hearing.microphone import Microphone
    from voice.keeping.settings import load_home

    microphone = Microphone.open(load_home().microphone)
    blocks: list[Samples] = []
    try:
        microphone.start()
        print(f'Say now: "{text}"', file=sys.stderr)
        while not has_ended(blocks):
            block = microphone.read(timeout_s=GONE_S)
            if block is None:
                raise DeviceError("The microphone gives no sound.", "`attune doctor` looks at it.")
            blocks.append(block.samples)
    finally:
        microphone.close()
    return np.concatenate(blocks)


def has_ended(blocks: list[Samples]) -> bool:
    """Whether somebody has spoken and is silent again, or has had time enough."""
    length = sum(map(len, blocks))
    if length >= LONGEST_S * LIVE_RATE:
        return True
    levels = [float(np.mean(np.square(block))) for block in blocks if len(block)]
    last = next(
        (at for at in range(len(levels) - 1, -1, -1) if levels[at] >= max(levels) * 10 ** (-QUIETER_DB / 10)), 0
    )
    behind = sum(len(block) for block in [block for block in blocks if len(block)][last + 1 :])
    return behind >= SILENCE_S * LIVE_RATE and max(levels) >= 1e-6
