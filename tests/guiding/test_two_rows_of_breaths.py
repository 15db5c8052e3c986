"""Breathing, a sentence, and breathing again in one segment: "slower" and a pause know where nobody breathes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from voice.guiding.compiling import Length, compile_steps
from voice.guiding.steps import Breathe, Say, Step
from voice.guiding.timeline import Clip, Cue, Speech, Timeline

BETWEEN = "Let your shoulders fall a little, and stay for a moment with how that is."


def measure(sound: Speech | Clip) -> Length:
    """Every word lasts 300 ms and begins 40 ms after its samples."""
    return Length(40, 300 * len(sound.text.split())) if isinstance(sound, Speech) else Length(0, 500)


def between(timeline: Timeline) -> list[Cue]:
    """The sentences between the rows."""
    return [cue for cue in timeline.cues if isinstance(cue.sound, Speech) and cue.sound.text == BETWEEN]


def compiled(rows: list[Breathe]) -> Timeline:
    """These breathings with the sentence after each."""
    said = Step(say=Say.composed(BETWEEN, pause=0.6))
    return compile_steps([step for row in rows for step in (Step(breathe=row), said)], measure)


breathings = st.builds(
    Breathe,
    minutes=st.floats(0.2, 0.8),
    in_s=st.integers(2, 5),
    hold_s=st.integers(0, 3),
    out_s=st.integers(2, 7),
    count=st.sampled_from(["aloud", "silent"]),
    tones=st.sampled_from(["on", "off"]),
    after_fade=st.just(()) | st.just(("Small breaths are fine.",)),
)
timelines = st.lists(breathings, min_size=2, max_size=3).map(compiled)
TWO = compiled([Breathe(minutes=0.34, in_s=4, hold_s=0, out_s=6), Breathe(minutes=0.34, in_s=4, hold_s=0, out_s=6)])


def gaps(timeline: Timeline) -> list[int]:
    """From the end of each row to the beginning of the next, and to the end, milliseconds."""
    rows = timeline.breathing()
    rests = [after.start - before.stop for before, after in pairwise(rows)]
    return [*rests, timeline.duration_ms - rows[-1].stop]


def order(timeline: Timeline) -> list[object]:
    """What comes after what, beats and sounds."""
    happens = [(beat.onset_ms, 0, (beat.phase, beat.beat, beat.round)) for beat in timeline.beats]
    happens += [(cue.onset_ms, 1, getattr(cue.sound, "text", "")) for cue in timeline.cues]
    return [what for *_, what in sorted(happens, key=lambda one: one[:2])]


@given(timelines, st.lists(st.tuples(st.integers(-1, 120_000), st.sampled_from([0.87, 1.15])), min_size=1, max_size=3))
def test_slower_and_faster_keep_what_lies_between_two_rows(timeline: Timeline, wishes: list[tuple[int, float]]) -> None:
    """Rests are as long as before, all comes in the same order, and no sentence of a rest sounds over breaths."""
    other = timeline
    for position, factor in wishes:
        other = other.stretched(position, factor)
    rows = other.breathing()
    assert len(rows) == len(timeline.breathing())
    assert gaps(other) == gaps(timeline)
    assert order(other) == order(timeline)
    for said, row, following in zip(between(other), rows, [*rows[1:], None], strict=True):
        assert said.onset_ms - row.stop == 40
        assert following is None or said.end_ms <= following.start
    assert max(cue.onset_ms for cue in other.cues) < other.duration_ms


@given(timelines, st.integers(0, 120_000), st.sampled_from([0.87, 1.0, 1.15]))
def test_a_pause_loses_no_sentence_between_two_rows(timeline: Timeline, position: int, factor: float) -> None:
    """One that was not over is said from its beginning; after a last breath the rest of the segment is all there."""
    timeline = timeline.stretched(position, factor)
    ahead = [cue for cue in between(timeline) if cue.end_ms > position]
    left = timeline.resumed_from(position)
    assert len(between(left)) == len(ahead)
    if ahead and ahead[0].onset_ms <= position:
        assert left.cues[0].onset_ms == 0
        assert left.cues[0].sound == Speech(BETWEEN)


def test_slower_as_it_was_heard() -> None:
    """In the first row: the sentence and the second row move together."""
    first, second = TWO.breathing()
    slower = TWO.stretched(5_000, 1.15)
    assert slower.breathing()[0] == range(first.start, first.stop + 1_500)
    assert slower.breathing()[1] == range(second.start + 1_500, second.stop + 4_500)
    assert between(slower)[0].onset_ms == between(TWO)[0].onset_ms + 1_500


def test_what_ends_after_this_breath_ends_before_the_sentence() -> None:
    """Also in the last breath of a row: nothing more is said, and no other row begins."""
    first, second = TWO.breathing()
    for position in (first.stop - 3_000, first.stop - 1):
        ended = TWO.until_out_breath(position)
        assert ended.duration_ms == first.stop
        assert not between(ended)
    assert TWO.until_out_breath(first.stop + 500).duration_ms == first.stop + 500
    assert TWO.until_out_breath(second.start + 1).duration_ms == second.start + 10_000
