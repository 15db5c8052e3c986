"""Damaged scripts, intents, settings, sound files and archives, thousands of them. Prints a table.

    python -m benchmarks.fuzz [--cases 10000] [--seed 1]

Every case must give a clear refusal or a right result, within 2 s of processor time and 200 MB. Anything else is
printed with its seed, so that it can be made again, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.fuzz.mutations import MAKERS, read
from voice.errors import AttuneError

MOST_S, MOST_BYTES = 2.0, 200_000_000


def main() -> int:
    """Try them all; 0 if every one was taken well."""
    parser = argparse.ArgumentParser(description="Damaged input, thousands of times.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    counted: dict[str, Counter[str]] = {kind: Counter() for kind in MAKERS}
    slowest: Counter[str] = Counter()
    for case in range(args.cases):
        kind = sorted(MAKERS)[case % len(MAKERS)]
        name = f"{kind} {args.seed} {case}"
        outcome, seconds = one(kind, name)
        counted[kind][outcome] += 1
        slowest[kind] = max(slowest[kind], round(1000 * seconds))  # type: ignore[assignment]
        if outcome not in ("read", "refused"):
            print(f"{name}: {outcome}")
    print(f"{'kind':10} {'read':>7} {'refused':>8} {'wrong':>6} {'slowest ms':>11}")
    for kind, outcomes in counted.items():
        wrong = outcomes.total() - outcomes["read"] - outcomes["refused"]
        print(f"{kind:10} {outcomes['read']:7} {outcomes['refused']:8} {wrong:6} {slowest[kind]:11}")
    return int(any(set(outcomes) - {"read", "refused"} for outcomes in counted.values()))


def one(kind: str, name: str) -> tuple[str, float]:
    """What came of one case, and its processor seconds."""
    data = MAKERS[kind](random.Random(name))
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    before, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        read(kind, data, folder)
        outcome = "read"
    except AttuneError:
        outcome = "refused"
    except Exception:
        outcome = traceback.format_exc(limit=-3)
    finally:
        shutil.rmtree(folder)
    seconds = time.process_time() - before
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024
    if seconds > MOST_S or grown > MOST_BYTES:
        outcome = f"took {seconds:.1f} s and {grown / 1e6:.0f} MB"
    return outcome, seconds


if __name__ == "__main__":
    raise SystemExit(main())
