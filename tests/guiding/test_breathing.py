"""Breathing on the grid: what the timeline compiler promises."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voice.content import builtin_folder
from voice.guiding import effects as do
from voice.guiding.compiling import BEAT_MS, NUMBERS, Length, compile_steps, sounds_of
from voice.guiding.dials import FASTEST, SLOWEST, Dials
from voice.guiding.practice import Practice, load_practice
from voice.guiding.steps import Breathe, Step
from voice.guiding.timeline import BreathTone, Clip, Cue, Speech, Timeline
from voice.guiding.walk import Segment, Walk

GOLDEN = Path(__file__).parent.parent / "golden"


def measure(sound: Speech | Clip) -> Length:
    """Every word lasts 300 ms and begins 40 ms after its samples."""
    return Length(40, 300 * len(sound.text.split())) if isinstance(sound, Speech) else Length(0, 500)


def reset(**settings: object) -> Practice:
    """The built-in practice with other settings."""
    return load_practice(builtin_folder("scripts") / "two-minute-reset.yaml").with_settings(settings)


def first_timeline(practice: Practice) -> Timeline:
    """Its first segment, compiled."""
    segment = Walk(practice, {}).next()
    assert isinstance(segment, Segment)
    return compile_steps(segment.steps, measure)


def sheet(timeline: Timeline) -> str:
    """A timeline as text, one line a cue."""
    return "".join(
        f"{cue.onset_ms:06d} +{cue.duration_ms:04d} {cue.gain_db:+05.1f} {_name(cue)}\n" for cue in timeline.cues
    )


def _name(cue: Cue) -> str:
    match cue.sound:
        case Speech(text=text):
            return f'speak "{text}"'
        case BreathTone(phase=phase):
            return f"tone {phase}"
        case Clip(name=name):
            return f"clip {name}"


def test_two_minute_reset_compiles_to_its_golden_sheet(request: pytest.FixtureRequest) -> None:
    """The built-in practice sounds as it did; ``pytest --regen`` rewrites the sheet for review."""
    golden = GOLDEN / "two-minute-reset.cues"
    now = sheet(first_timeline(reset()))
    if request.config.getoption("--regen"):
        golden.write_text(now)
    assert golden.read_text() == now


def test_twelve_breaths_of_ten_beats_lie_on_an_exact_second() -> None:
    """Beats are 1.000 s apart from the first to the last, through the fade and the sentences."""
    beats = first_timeline(reset()).beats
    assert len(beats) == 12 * 10
    assert {b.onset_ms - a.onset_ms for a, b in pairwise(beats)} == {BEAT_MS}
    assert [(beat.phase, beat.beat) for beat in beats[:10]] == [("in", n) for n in (1, 2, 3, 4)] + [
        ("out", n) for n in range(1, 7)
    ]


def test_the_numbers_of_the_first_three_breaths_are_on_their_beats() -> None:
    """Every beat of the rounds before the fade carries its number, in full voice."""
    timeline = first_timeline(reset())
    spoken = {cue.onset_ms: cue for cue in timeline.cues if isinstance(cue.sound, Speech)}
    for beat in (beat for beat in timeline.beats if beat.round <= 3):
        assert spoken[beat.onset_ms].sound == Speech(NUMBERS[beat.beat - 1])
        assert spoken[beat.onset_ms].gain_db == 0.0


def test_after_three_breaths_the_counting_grows_quieter_and_then_ends() -> None:
    """Round four is quieter, later rounds carry no number."""
    timeline = first_timeline(reset())
    beats = {beat.onset_ms: beat for beat in timeline.beats}
    numbers = [cue for cue in timeline.cues if isinstance(cue.sound, Speech) and cue.sound.text in NUMBERS]
    assert all(cue.gain_db < -3 for cue in numbers if beats[cue.onset_ms].round == 4)
    assert max(beats[cue.onset_ms].round for cue in numbers) == 4


patterns = st.builds(
    Breathe,
    minutes=st.floats(0.2, 6),
    in_s=st.integers(2, 8),
    hold_s=st.integers(0, 7),
    out_s=st.integers(2, 10),
    fade_after=st.integers(0, 12),
    count=st.sampled_from(["aloud", "silent"]),
    tones=st.sampled_from(["on", "off"]),
    after_first=st.none() | st.just("Look at each other, if you both like."),
    after_fade=st.lists(st.sampled_from(["Small breaths are fine.", "Go on."]), max_size=2).map(tuple),
)


@given(patterns)
def test_any_pattern_keeps_the_grid_and_keeps_words_clear_of_numbers(breathe: Breathe) -> None:
    """Whole breaths fill the time; no sentence sounds in the 250 ms before a number or over one."""
    timeline = compile_steps([Step(breathe=breathe)], measure)
    gaps = {b.onset_ms - a.onset_ms for a, b in pairwise(timeline.beats)}
    assert gaps <= {BEAT_MS}
    assert len(timeline.beats) == breathe.rounds * breathe.cycle_s
    speech = [cue for cue in timeline.cues if isinstance(cue.sound, Speech)]
    for number in (cue for cue in speech if cue.sound in map(Speech, NUMBERS)):
        for other in speech:
            if other is not number:
                assert other.end_ms <= number.onset_ms - 250 or other.onset_ms >= number.end_ms
    texts = [cue.sound.text for cue in speech if isinstance(cue.sound, Speech)]
    assert texts.count("Look at each other, if you both like.") == (breathe.after_first is not None)


@example(
    Breathe(minutes=0.5, in_s=2, hold_s=7, out_s=2, fade_after=0, after_first="Look at each other, if you both like."),
    22_000,
)
@given(patterns, st.integers(0, 400_000))
def test_going_on_after_a_pause_begins_with_an_inhale_on_an_exact_grid(breathe: Breathe, position: int) -> None:
    """Wherever a breath was paused, what is left starts at a whole breath or is over."""
    timeline = compile_steps([Step(breathe=breathe)], measure)
    position = min(position, timeline.duration_ms)
    rest = timeline.resumed_from(position)
    assert all(cue.onset_ms >= 0 for cue in rest.cues)
    if rest.beats and timeline.beats[0].onset_ms <= position:
        assert (rest.beats[0].onset_ms, rest.beats[0].phase, rest.beats[0].beat) == (0, "in", 1)
        assert {b.onset_ms - a.onset_ms for a, b in pairwise(rest.beats)} <= {BEAT_MS}


@given(patterns, st.integers(-1, 100_000), st.sampled_from([0.87, 1.15, 1.3]))
def test_slower_and_faster_never_change_the_beat_inside_a_breath(
    breathe: Breathe, position: int, factor: float
) -> None:
    """Intervals within one breath are equal; the breath under way keeps its own; numbers stay on their beats."""
    timeline = compile_steps([Step(breathe=breathe)], measure)
    other = timeline.stretched(position, factor)
    for round_number in {beat.round for beat in other.beats}:
        own = [beat.onset_ms for beat in other.beats if beat.round == round_number]
        assert len({b - a for a, b in pairwise(own)}) == 1
    onsets = {beat.onset_ms for beat in other.beats}
    assert all(cue.onset_ms in onsets for cue in other.cues if cue.sound in map(Speech, NUMBERS))
    assert [b for b in other.beats if b.onset_ms <= position] == [b for b in timeline.beats if b.onset_ms <= position]


@given(patterns, st.integers(0, 60_000), st.lists(st.sampled_from(["slower", "faster"]), min_size=1, max_size=4))
def test_slower_and_faster_change_the_beat_by_what_was_announced(
    breathe: Breathe, position: int, wishes: list[str]
) -> None:
    """From the next inhale on every beat is so much longer or shorter, within 3 ms, also after a pause."""
    timeline, dials, announced = compile_steps([Step(breathe=breathe)], measure), Dials(), 1.0
    start = next((onset for onset in timeline.inhales() if onset > position), None)
    for wish in wishes:
        for effect in dials.slower() if wish == "slower" else dials.faster():
            assert isinstance(effect, do.Stretch)
            timeline = timeline.stretched(position, effect.factor)
        announced = min(SLOWEST, max(FASTEST, announced * (1.15 if wish == "slower" else 1 / 1.15)))
    if start is None:
        return
    for left in (timeline, timeline.resumed_from(start)):
        onsets = [beat.onset_ms for beat in left.beats if left is not timeline or beat.onset_ms >= start]
        intervals = [later - earlier for earlier, later in pairwise(onsets)]
        assert len(set(intervals)) == 1
        assert abs(intervals[0] - BEAT_MS * announced) <= 3


@given(patterns, st.sampled_from([FASTEST, 1 / 1.15, 1.0, 1.15, 1.15**2, SLOWEST]))
def test_a_practice_that_was_made_slower_goes_on_so(breathe: Breathe, stretch: float) -> None:
    """What comes next is as if the change were announced before its first breath; its tones are made ahead."""
    steps = [Step(breathe=breathe)]
    timeline = compile_steps(steps, measure, 1, stretch)
    assert timeline == compile_steps(steps, measure).stretched(-1, stretch)
    assert {cue.sound for cue in timeline.cues} <= set(sounds_of(steps, stretch))


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ({"hold": 8}, "dizzy"),
        ({"out": 1}, "exhale"),
        ({"in": 1, "out": 1}, "exhale"),
    ],
)
def test_patterns_that_could_harm_are_refused_with_the_reason(pattern: dict[str, int], reason: str) -> None:
    """Long holds, hurried exhales and over-breathing do not load."""
    with pytest.raises(Exception, match=reason):
        reset(**pattern)
