"""How well Attune hears: its own phrases, closed questions, other people's talk, slots of another domain, cost.

    python -m benchmarks.hearing [--engine whisper] [--set NAME]... [--sample N] [--speech DIR] [--write]

Prints tables; ``--write`` writes docs/hearing.md. Beside Attune, in the same run, the way of the
tutorials: the free text and the most similar phrase of a list by rapidfuzz's ``WRatio``, 80 or more. What was heard is
kept in the scratch folder: a second run asks the recognizer only what is new.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.hearing_parts import judging, page
from benchmarks.hearing_parts.cost import Cost, measured
from benchmarks.hearing_parts.evidence import Bench, Silent, Turn
from benchmarks.hearing_parts.items import ROOT, Item
from benchmarks.hearing_parts.sets import builders
from benchmarks.hearing_parts.sounds import FITTING, REPORT, Studio, VoiceMissing
from benchmarks.understanding import blind
from voice.hearing.recognizer import open_recognizer

_bench: Bench
_work: Callable[[Bench, Item], Any]


def main() -> int:
    """Measure, and print; a voice that this machine lacks is named."""
    try:
        measure(arguments())
    except VoiceMissing as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def measure(args: argparse.Namespace) -> None:
    """Play every set, and print what became of it."""
    table = builders(args.speech)
    names = args.set or list(table)
    rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name in names:
        items = sampled(list(table[name](FITTING if args.fitting else REPORT)), args.sample)
        for item, turns in played(items, args, turns_of):
            judged = judging.ours(item, turns), judging.tutorial(item, turns)
            rows.setdefault((item.group, item.condition.name), []).append(judged)
            if args.faults and judged[0] != "right":
                show(item, turns, judged[0])
    counted = blind.measured()
    cost = None if args.no_cost else cost_of(args)
    for table_lines in (page.lines(rows), page.text_lines(counted), [] if cost is None else page.cost_lines(cost)):
        print("\n".join(table_lines), end="\n\n")
    if args.write:
        page.write(ROOT / "docs" / "hearing.md", args.engine, rows, counted, cost, command_of(args))


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--engine", default="whisper", choices=["whisper", "vosk"])
    parser.add_argument("--model")
    parser.add_argument("--set", action="append", help="only this set; may be given several times")
    parser.add_argument("--sample", type=int, help="at most so many recordings of each set, at random")
    parser.add_argument("--speech", type=Path, default=ROOT.parent / "shared" / "speech")
    parser.add_argument("--scratch", type=Path, default=Path.home() / ".cache" / "attune-benchmark")
    parser.add_argument("--fitting", action="store_true", help="the part that the decision is fitted with")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cached", action="store_true", help="only what was heard in an earlier run")
    parser.add_argument("--no-cost", action="store_true", help="do not measure delays and processor time")
    parser.add_argument("--write", action="store_true", help="write docs/hearing.md")
    parser.add_argument("--faults", action="store_true", help="show each fault")
    return parser.parse_args()


def command_of(args: argparse.Namespace) -> str:
    """How to do the same again."""
    told = [f"--set {name}" for name in args.set or ()] + ([f"--sample {args.sample}"] if args.sample else [])
    return " ".join(["python -m benchmarks.hearing", f"--engine {args.engine}", *told, "--write"])


def cost_of(args: argparse.Namespace) -> Cost:
    """Delays and processor time of the engine in its own process."""
    recognizer = open_recognizer(args.engine, args.model, [])
    try:
        return measured(Studio(args.speech, args.scratch), recognizer)
    finally:
        recognizer.close()


def sampled(items: list[Item], many: int | None) -> list[Item]:
    """All items, or some of them."""
    if many is None or many >= len(items):
        return items
    return random.Random(3).sample(items, many)


def played(
    items: list[Item], args: argparse.Namespace, work: Callable[[Bench, Item], Any]
) -> Iterable[tuple[Item, Any]]:
    """Every item with what ``work`` makes of it."""
    with multiprocessing.get_context("spawn").Pool(args.jobs, _open, (args, work)) as pool:
        came = zip(items, pool.imap(_do, items, chunksize=4), strict=True)
        yield from ((item, one) for item, one in came if one is not None)


def _open(args: argparse.Namespace, work: Callable[[Bench, Item], Any]) -> None:
    global _bench, _work
    _bench, _work = Bench(args.speech, args.scratch, engine_of(args)), work


def engine_of(args: argparse.Namespace) -> Any:
    """The engine, in this process, on one thread: two of them run side by side."""
    if args.cached:
        return Silent()
    if args.engine == "vosk":
        from voice.hearing.models import find_vosk, vosk_missing
        from voice.hearing.vosk_engine import VoskEngine

        folder = find_vosk(args.model)
        if folder is None:
            raise vosk_missing()
        return VoskEngine(str(folder))
    from voice.hearing import whisper_writer
    from voice.hearing.models import find_whisper, second_to
    from voice.hearing.whisper_engine import WhisperEngine

    whisper_writer.THREADS = 1
    folder = find_whisper(args.model)
    return WhisperEngine(str(folder), second_to(folder))


def _do(item: Item) -> Any:
    try:
        return _work(_bench, item)
    except LookupError:
        return None


def turns_of(bench: Bench, item: Item) -> list[Turn]:
    """What becomes of an item."""
    return bench.play(item)


def show(item: Item, turns: list[Turn], judged: str) -> None:
    """One fault, on standard error."""
    heard = [
        (turn.known.transcript.text, turn.found.intent or turn.found.why, dict(turn.found.slots)) for turn in turns
    ]
    print(judged, item.group, item.condition.name, item.voice, item.said[:80], dict(item.want), heard, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
