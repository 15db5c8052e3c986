"""What the changes to Whisper's encoder bring: words wrong with and without them, by people and by synthetic voices.

    python -m benchmarks.whisper_rooms.measure [--model base] [--changes FILE] [--share 1.0] [--part 2] [--phrases 60]
                                               [--plain]

People read sentences (Common Voice), synthetic voices say Attune's phrases; none of them, nor the rooms and noises, was
trained with. Whisper writes down freely what it hears, with a beam of five.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.hearing_parts.items import ROOT
from benchmarks.hearing_parts.sets import own
from benchmarks.hearing_parts.sounds import (
    FITTING,
    KITCHEN,
    NEAR,
    QUIET,
    REPORT,
    ROOM_10,
    ROOM_20,
    Condition,
    Sound,
    Studio,
    portion,
    read,
)
from voice.hearing import whisper_engine, whisper_rooms
from voice.hearing.known_models import KNOWN, WHISPER, WHISPER_BASE
from voice.hearing.models import find_whisper

CONDITIONS = (NEAR, QUIET, *KITCHEN, ROOM_20, ROOM_10)


def main() -> int:
    """Print a table."""
    args = _arguments()
    studio = Studio(args.speech, args.scratch)
    kinds = {"people reading": list(readers(args.speech, args.part)), "our phrases": phrases(args.part, args.phrases)}
    print("| who, how | " + " | ".join(condition.name for condition in CONDITIONS) + " |")
    print("|---" * (len(CONDITIONS) + 1) + "|")
    for name, engine in engines(args):
        for kind, said in kinds.items():
            row = " | ".join(
                f"{100 * words_wrong(engine, heard(studio, said, condition, args.part)):.1f} %"
                for condition in CONDITIONS
            )
            print(f"| {kind} ({len(said)}), {name} | {row} |", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Words wrong with and without the changes to the encoder.")
    parser.add_argument("--speech", type=Path, default=ROOT.parent / "shared" / "speech")
    parser.add_argument("--scratch", type=Path, default=Path.home() / ".cache" / "attune-benchmark")
    parser.add_argument("--model", default=WHISPER_BASE.name, choices=[model.name for model in WHISPER])
    parser.add_argument("--changes", type=Path, help="default: those that come with Attune")
    parser.add_argument("--share", type=float, default=1.0, help="how much of the changes")
    parser.add_argument("--part", type=int, default=REPORT, choices=[FITTING, REPORT], help="1: fitting, 2: report")
    parser.add_argument("--phrases", type=int, default=60)
    parser.add_argument("--plain", action="store_true", help="also without the changes")
    return parser.parse_args()


def readers(speech: Path, part: int) -> Iterator[tuple[str, Sound]]:
    """People reading: their words and sounds."""
    listed = [line.split("\t") for line in (speech / "index.tsv").read_text().splitlines()[1:]]
    told = {row[0]: row[3] for row in listed if len(row) > 3}
    for path in portion(sorted(speech.glob("read/*.flac")), part):
        yield told[path.relative_to(speech).as_posix()], read(path)


def phrases(part: int, many: int) -> list[tuple[str, str]]:
    """Phrases of ours, each with a synthetic voice."""
    items = {(item.said, item.voice) for item in own(part)}
    return random.Random(4).sample(sorted(items), min(many, len(items)))


def engines(args: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """The engine with the changes, and, if wanted, without."""
    folder = str(find_whisper(args.model))
    changes = scaled(args.changes or whisper_rooms.changes_of(KNOWN[args.model]), args.share, args.scratch)
    whisper_rooms.changes_of = lambda model: changes
    yield "taught", whisper_engine.WhisperEngine(folder)
    if args.plain:
        yield "as it was", plain(folder)


def plain(folder: str) -> Any:
    """The engine without changes, and with the pictures of 15 s and more that any other model gets."""
    whisper_rooms.WHISPER = ()
    return whisper_engine.WhisperEngine(folder)


def scaled(path: Path, share: float, scratch: Path) -> Path:
    """A file with a share of the changes."""
    if share == 1.0:
        return path
    with np.load(path) as found:
        parts = {name: found[name] * np.float16(1.0 if name.endswith(":down") else share) for name in found.files}
    written = scratch / f"changes-{share}.npz"
    np.savez_compressed(written, **parts)
    return written


def heard(
    studio: Studio, said: Iterable[tuple[str, Sound | str]], condition: Condition, part: int
) -> Iterator[tuple[str, Sound]]:
    """Sounds, or texts with their voices, as they reach the microphone."""
    for text, sound in said:
        dry = studio.said(text, sound) if isinstance(sound, str) else sound
        yield text, studio.heard(dry, condition, text, part)


def words_wrong(engine: Any, said: Iterable[tuple[str, Sound]]) -> float:
    """Share of the words of some sounds that an engine writes down wrongly."""
    wrong = words = 0
    for text, sound in said:
        engine.feed(sound)
        aim, heard = _split(text), _split(engine.finish()[-1].text)
        wrong += Levenshtein.distance(aim, heard)
        words += len(aim)
    return wrong / words


def _split(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9 ]", " ", text.lower().replace("'", "")).split()


if __name__ == "__main__":
    sys.exit(main())
