"""Timelines that are changed while they sound: slower, stepped back, ended with a breath."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.guiding.test_two_rows_of_breaths import measure, timelines
from voice.guiding.compiling import compile_steps
from voice.guiding.steps import Pause, Say, Step, Tone
from voice.guiding.timeline import BreathTone, Speech, Timeline

POSITIONS = st.integers(-1, 120_000)


@given(timelines, POSITIONS, st.sampled_from([0.87, 1.15]))
def test_a_tone_lasts_as_long_as_its_phase_also_when_it_goes_slower(
    timeline: Timeline, position: int, factor: float
) -> None:
    """It begins with the first beat of its phase, and ends where the next phase or the rest does."""
    other = timeline.stretched(position, factor)
    firsts = {beat.onset_ms: beat.phase for beat in other.beats if beat.beat == 1}
    ends = {*firsts, *(row.stop for row in other.breathing())}
    tones = [cue for cue in other.cues if isinstance(cue.sound, BreathTone)]
    assert len(tones) == len([cue for cue in timeline.cues if isinstance(cue.sound, BreathTone)])
    for cue in tones:
        assert isinstance(cue.sound, BreathTone)
        assert firsts[cue.onset_ms] == cue.sound.phase
        assert cue.end_ms == min(end for end in ends if end > cue.onset_ms)
        assert cue.duration_ms == cue.sound.beats * cue.sound.beat_ms


@given(timelines, POSITIONS, st.sampled_from([-6.0, -3.0]))
def test_stepped_back_it_says_no_word_more(timeline: Timeline, position: int, change_db: float) -> None:
    """Only what sounds without words goes on, softer, on the same beats; what has begun stays as it is."""
    back = timeline.stepped_back(position, change_db)
    begun = [cue for cue in timeline.cues if cue.onset_ms <= position]
    wordless = [cue for cue in timeline.cues if cue.onset_ms > position and not isinstance(cue.sound, Speech)]
    assert list(back.cues) == begun + [replace(cue, gain_db=cue.gain_db + change_db) for cue in wordless]
    assert (back.beats, back.duration_ms, back.beat_ms) == (timeline.beats, timeline.duration_ms, timeline.beat_ms)


@given(timelines, POSITIONS)
def test_it_ends_with_the_breath_that_they_are_in(timeline: Timeline, position: int) -> None:
    """No breath is begun after that, and none is cut; where nobody breathes it ends at once."""
    ended = timeline.until_out_breath(position)
    row = next((row for row in timeline.breathing() if position in row), None)
    assert ended.beats == tuple(beat for beat in timeline.beats if beat.onset_ms < ended.duration_ms)
    assert ended.cues == tuple(cue for cue in timeline.cues if cue.onset_ms < ended.duration_ms)
    if row is None:
        assert ended.duration_ms == min(position, timeline.duration_ms)
    else:
        ends = [*(onset for onset in timeline.inhales() if onset in row), row.stop]
        assert ended.duration_ms == min(end for end in ends if end > position)


QUIET = compile_steps(
    [Step(say=Say.composed("Now a minute of quiet.", pause=0.0))]
    + [
        step
        for _ in range(4)
        for step in (Step(pause=Pause(seconds=15.0, silent=True)), Step(tone=Tone(sound="soft-tone")))
    ]
    + [Step(say=Say.composed("This can be your daily minute.", pause=2.0))],
    measure,
)


@given(st.integers(0, QUIET.duration_ms + 5000))
def test_a_pause_in_a_minute_of_quiet_loses_nothing_of_it(position: int) -> None:
    """Nor a question how long it will be: silence goes on where it was, a word or a tone begins anew."""
    rest = QUIET.resumed_from(position)
    ahead = [cue for cue in QUIET.cues if cue.end_ms > position]
    assert [cue.sound for cue in rest.cues] == [cue.sound for cue in ahead]
    start = min([position, QUIET.duration_ms, *(cue.onset_ms for cue in ahead)])
    assert [cue.onset_ms for cue in rest.cues] == [cue.onset_ms - start for cue in ahead]
    assert rest.duration_ms == QUIET.duration_ms - start
