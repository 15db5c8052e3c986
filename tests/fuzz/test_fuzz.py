"""Damaged input gives a clear message or a right result, in bounded time and memory.

``benchmarks/fuzz.py`` tries ten thousand.
"""

from __future__ import annotations

import contextlib
import random
import resource
import time
from pathlib import Path

import pytest

from tests.fuzz.mutations import MAKERS, read
from voice.errors import ContentError, ContentErrors, DeviceError

CASES = 60
MOST_S, MOST_BYTES = 2.0, 200_000_000
"""What one input may cost, processor seconds and bytes."""


@pytest.mark.parametrize("kind", sorted(MAKERS))
@pytest.mark.parametrize("seed", range(4))
def test_damaged_input_is_refused_or_read(kind: str, seed: int, tmp_path: Path) -> None:
    """Only ``ContentError``, ``DeviceError`` or a result."""
    for case in range(CASES // 4):
        dice = random.Random(f"{kind} {seed} {case}")
        folder = tmp_path / str(case)
        folder.mkdir()
        before, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with contextlib.suppress(ContentError, ContentErrors, DeviceError):
            read(kind, MAKERS[kind](dice), folder)
        assert time.process_time() - before < MOST_S
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024 < MOST_BYTES
