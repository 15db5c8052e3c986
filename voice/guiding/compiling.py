"""Compile steps that do not branch into one flat timeline. Pure: lengths of phrases are asked of a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from voice.guiding.steps import Breathe, Count, Pause, Say, Step, Tone
from voice.guiding.timeline import Beat, BreathTone, Clip, Cue, Phase, Sound, Speech, Timeline

NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)

BEAT_MS = 1000
BEFORE_BREATH_MS = 300
"""Rest between the last words and the first beat; more than the 250 ms that keep a number clear of other speech."""
TONE_UNDER_NUMBERS_DB = -6.0
"""The breath tone steps back while numbers are spoken."""
TONE_ALONE_DB = 3.0
"""It comes forward a little when it alone marks the time, so that minutes of tones are not much softer than talk."""
QUIETER_DB = (-5.0, -9.0)
"""In- and out-breath of the one breath in which the counting fades, after those in full voice."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a sound is, around its onset."""

    lead_ms: int
    """Samples before the onset, milliseconds."""
    duration_ms: int
    """From the onset to the end, milliseconds."""


Measure = Callable[[Speech | Clip], Length]
"""Asks the speaking part how long a sound is."""


@dataclass(slots=True)
class _Draft:
    """A timeline being written."""

    measure: Measure
    cursor_ms: int = 0
    cues: list[Cue] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)

    def sound(self, sound: Speech | Clip, pause_ms: int) -> None:
        length = self.measure(sound)
        onset = self.cursor_ms + length.lead_ms
        self.cues.append(Cue(onset, length.duration_ms, sound))
        self.cursor_ms = onset + length.duration_ms + pause_ms

    def place(self, onset_ms: int, text: str, gain_db: float = 0.0) -> None:
        sound = Speech(text)
        self.cues.append(Cue(onset_ms, self.measure(sound).duration_ms, sound, gain_db))


def compile_steps(steps: Sequence[Step], measure: Measure, first_round: int = 1, stretch: float = 1.0) -> Timeline:
    """Lay steps one after another.

    ``first_round`` numbers the first breath; each breath is ``stretch`` times as long as written. The steps must
    be of the kinds that do not branch (``say``, ``pause``, ``tone``, ``play``, ``breathe``, ``count``).
    """
    draft = _Draft(measure)
    for step in steps:
        _add(draft, step, first_round + sum(1 for beat in draft.beats if beat.phase == "in" and beat.beat == 1))
    cues = tuple(sorted(draft.cues, key=lambda cue: cue.onset_ms))
    timeline = Timeline(cues, tuple(draft.beats), draft.cursor_ms)
    return timeline if stretch == 1.0 else timeline.stretched(-1, stretch)


def sounds_of(steps: Iterable[Step], stretch: float = 1.0) -> list[Sound]:
    """Every sound that these steps need, once each, so that it can be made before it is due."""
    sounds: list[Sound] = []
    for step in steps:
        match step.body:
            case Say(text=text, slow=slow):
                sounds.append(Speech(text, slow))
            case Tone(sound=name):
                sounds.append(Clip(name))
            case Count(to=to):
                sounds += map(Speech, NUMBERS[:to])
            case Breathe() as breathe:
                sounds += _sounds_of_breathing(breathe, round(BEAT_MS * stretch))
    return list(dict.fromkeys(sounds))


def _sounds_of_breathing(breathe: Breathe, beat_ms: int) -> list[Sound]:
    texts = breathe_lines(breathe)
    if breathe.count == "aloud":
        texts += NUMBERS[: max(breathe.in_s, breathe.hold_s, breathe.out_s)]
    phases: tuple[tuple[Phase, int], ...] = (("in", breathe.in_s), ("out", breathe.out_s))
    tones = [BreathTone(phase, beats, beat_ms) for phase, beats in phases] if breathe.tones == "on" else []
    return [*map(Speech, texts), *tones]


def breathe_lines(breathe: Breathe) -> list[str]:
    """The sentences that are spoken on out-breaths without numbers, in order."""
    return [line for line in (breathe.after_first, *breathe.after_fade) if line]


def _add(draft: _Draft, step: Step, first_round: int) -> None:
    match step.body:
        case Say(text=text, pause=pause, slow=slow):
            draft.sound(Speech(text, slow), round(pause * 1000))
        case Pause(seconds=seconds):
            draft.cursor_ms += round(seconds * 1000)
        case Tone(sound=name):
            draft.sound(Clip(name), 400)
        case Count(to=to):
            draft.cursor_ms += BEFORE_BREATH_MS
            for number in range(to):
                draft.place(draft.cursor_ms + number * BEAT_MS, NUMBERS[number])
            draft.cursor_ms += to * BEAT_MS
        case Breathe() as breathe:
            _breathe(draft, breathe, first_round)
        case other:
            raise TypeError(f"{type(other).__name__} branches and cannot be compiled")


def _breathe(draft: _Draft, breathe: Breathe, first_round: int) -> None:
    """Breaths on the grid; sentences wait for out-breaths without numbers, since two things at once are too much."""
    lines = breathe_lines(breathe)
    counted = min(breathe.rounds, breathe.fade_after + len(QUIETER_DB) // 2) if breathe.count == "aloud" else 0
    silent_rounds = max(0, breathe.rounds - max(counted, 1))
    for line in lines[: max(0, len(lines) - silent_rounds)]:
        draft.sound(Speech(line), 0)
    waiting = lines[max(0, len(lines) - silent_rounds) :]
    draft.cursor_ms += BEFORE_BREATH_MS if draft.cues else 0
    for index in range(breathe.rounds):
        if index >= max(counted, 1) and waiting:
            out_at = draft.cursor_ms + (breathe.in_s + breathe.hold_s) * BEAT_MS
            draft.place(out_at + _clear_of_tone_ms(breathe), waiting.pop(0))
        _one_breath(draft, breathe, first_round + index, index)


def _clear_of_tone_ms(breathe: Breathe) -> int:
    """A sentence begins half a second into the out-breath, after the tone has said that it is one."""
    return 500 if breathe.tones == "on" else 0


def _one_breath(draft: _Draft, breathe: Breathe, number: int, index: int) -> None:
    phases: list[tuple[Phase, int]] = [("in", breathe.in_s), ("hold", breathe.hold_s), ("out", breathe.out_s)]
    for phase, beats in phases:
        gain = _number_gain(breathe, index, phase)
        if breathe.tones == "on" and phase != "hold":
            level = TONE_ALONE_DB if gain is None else TONE_UNDER_NUMBERS_DB
            draft.cues.append(Cue(draft.cursor_ms, beats * BEAT_MS, BreathTone(phase, beats), level))
        for beat in range(1, beats + 1):
            draft.beats.append(Beat(draft.cursor_ms, phase, beat, number))
            if gain is not None:
                draft.place(draft.cursor_ms, NUMBERS[beat - 1], gain)
            draft.cursor_ms += BEAT_MS


def _number_gain(breathe: Breathe, index: int, phase: Phase) -> float | None:
    """How loud the numbers of a breath are, decibels; ``None`` for silent counting."""
    if breathe.count == "silent" or index > breathe.fade_after:
        return None
    if index < breathe.fade_after:
        return 0.0
    return QUIETER_DB[0 if phase == "in" else 1]
