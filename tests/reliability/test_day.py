"""A long life in small: a few short hours on a virtual clock; ``benchmarks/day.py`` runs a whole day."""

from __future__ import annotations

import pytest

from benchmarks.day import MOST_GROWN_MB, WRONG, run


@pytest.mark.audio
def test_hours_of_listening_leave_nothing_behind() -> None:
    """Each with a practice that is started and stopped by voice: no memory, no thread, no file handle, no error."""
    after, happened = run(2, hour_s=0.0, practice_s=12.0)
    assert happened["silenced"] == 2
    assert not [name for name in WRONG if happened[name]]
    assert after[-1].own_mb + after[-1].children_mb < after[0].own_mb + after[0].children_mb + MOST_GROWN_MB
    assert (after[-1].threads, after[-1].handles) <= (after[0].threads, after[0].handles)
