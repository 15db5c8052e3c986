"""A long life in small: a few short hours on a virtual clock; ``benchmarks/day.py`` runs a whole day."""

from __future__ import annotations

import pytest

from benchmarks.day import WRONG, run

MOST_LEFT_MB = 60.0
"""What was just freed may go back to the system an hour later: seen, 30 MB here and 20 in the children."""


@pytest.mark.audio
def test_hours_of_listening_leave_nothing_behind() -> None:
    """Each with a practice that is started and stopped by voice: no memory, no thread, no file handle, no error."""
    after, happened = run(2, hour_s=0.0, practice_s=12.0)
    assert happened["silenced"] == 2
    assert not [name for name in WRONG if happened[name]]
    assert after[-1].total_mb < after[0].total_mb + MOST_LEFT_MB
    assert (after[-1].threads, after[-1].handles) <= (after[0].threads, after[0].handles)
