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


def main(arguments: list[str]) -> int:
    """Run all sections, also after a failed one; 0 only if every one passed."""
    root = Path(__file__).resolve().parents[1]
    failed = [name for name, check in CHECKS.items() if _section(name, check, root) != 0]
    if failed:
        print(f"\n== failed so far: {', '.join(failed)} (this run will not pass)", flush=True)
    tests = _section("tests", ["pytest", *arguments], root)
    return tests or (1 if failed else 0)


def _section(name: str, module: list[str], root: Path) -> int:
    print(f"\n== {name}: {' '.join(module)}", flush=True)
    # Threads of numeric libraries beyond the cores only make the timing tests jump.
    variables = {"OMP_NUM_THREADS": str(os.cpu_count() or 1), **os.environ}
    return subprocess.run([sys.executable, "-m", *module], cwd=root, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
