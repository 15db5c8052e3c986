"""``./attune test [pytest's arguments]``: format, lint, types, then every test; pytest's summary comes last."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
}
"""Section -> a module of the environment and its arguments."""
MOST_AT_ONCE = 4
"""Processes for tests: each holds recognizers of its own, up to 1 GB."""


def main(arguments: list[str]) -> int:
    """Run all sections, also after a failed one; 0 only if every one passed."""
    root = Path(__file__).resolve().parents[1]
    failed = [name for name, check in CHECKS.items() if _section(name, check, root) != 0]
    if failed:
        print(f"\n== failed so far: {', '.join(failed)} (this run will not pass)", flush=True)
    # As many tests at once as there are cores; tests/side_by_side.py says which go together, and which run alone.
    beside = ["-n", str(min(MOST_AT_ONCE, os.cpu_count() or 1)), "--dist", "loadgroup"]
    tests = _section("tests", ["pytest", *beside, *arguments], root)
    return tests or (1 if failed else 0)


def _section(name: str, module: list[str], root: Path) -> int:
    print(f"\n== {name}: {' '.join(module)}", flush=True)
    # Threads of numeric libraries beyond the cores only make the timing tests jump.
    variables = {"OMP_NUM_THREADS": str(os.cpu_count() or 1), **os.environ}
    return subprocess.run([sys.executable, "-m", *module], cwd=root, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
