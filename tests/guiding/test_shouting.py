"""When the guide steps back before people who talk over it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice.guiding.shouting import Shouting


@given(st.lists(st.floats(0.0, 15.0), max_size=12))
def test_it_steps_back_once_at_three_times_in_twenty_seconds(rests_s: list[float]) -> None:
    """Neither for two that talk now and then, nor a second time in the same practice."""
    shouting, times_s, stepped = Shouting(), [], 0
    for rest_s in rests_s:
        times_s.append((times_s[-1] if times_s else 0.0) + rest_s)
        close = len(times_s) >= 3 and times_s[-1] - times_s[-3] <= 20.0
        assert shouting.ducked(times_s[-1]) == (close and not stepped)
        stepped += close
        assert shouting.stepped_back == bool(stepped)


def test_what_nobody_said_does_not_count() -> None:
    """The guide's own voice lowered it since then: what people said before still counts, and what they say after."""
    shouting = Shouting()
    assert [shouting.ducked(t) for t in (1.0, 4.0)] == [False, False]
    shouting.nobody_spoke(4.0)
    assert not shouting.ducked(6.0)
    assert shouting.ducked(8.0)
