"""A process that keeps things is killed (-9) at random moments, again and again. Prints what was found afterwards.

    python -m benchmarks.kills [--kills 200] [--seed 8]

Time-outs, rituals, promises, planned talks, claims and journal rows; each moment lies within 20 ms of a write. After
every kill SQLite finds the file sound, everything that was said is there, and nothing is there twice: else the exit
code is 1.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.keeping.test_killed import kill_often


def main() -> int:
    """Kill, and say how it went."""
    parser = argparse.ArgumentParser(description="Killed at random moments.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=8)
    args = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            rounds = kill_often(Path(folder), args.kills, args.seed)
        except AssertionError as fault:
            print(f"not kept: {fault}")
            return 1
    seconds = time.monotonic() - began
    print(f"{args.kills} kills in {rounds} rounds of seven writes: nothing lost, nothing doubled, the file sound.")
    print(f"{seconds:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
