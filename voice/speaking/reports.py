"""What a timeline reports while it is played: pure."""

from __future__ import annotations

from typing import Literal

from voice.events import Beat, Cue, Event
from voice.guiding import timeline as plan


def reports_of(timeline: plan.Timeline, origin: int, rate: int, after: int) -> list[Event]:
    """Beats at their onsets and cues at their ends, as far as they lie after output frame ``after``.

    ``origin`` is the frame of the timeline's start, ``rate`` frames a second.
    """
    start_s, after_s = origin / rate, after / rate
    beats = [
        Beat(t=start_s + beat.onset_ms / 1000, phase=beat.phase, beat=beat.beat, round=beat.round)
        for beat in timeline.beats
    ]
    cues = [_report_of(cue, origin, rate) for cue in timeline.cues]
    return [event for event in (*beats, *cues) if event.t > after_s]


def _report_of(cue: plan.Cue, origin: int, rate: int) -> Cue:
    start, end = ((origin + ms * rate // 1000) / rate for ms in (cue.onset_ms, cue.end_ms))
    kind, text = _named(cue.sound)
    return Cue(t=end, kind=kind, text=text, start=start, end=end)


def _named(sound: plan.Sound) -> tuple[Literal["speak", "tone", "clip"], str]:
    match sound:
        case plan.Speech(text=text):
            return "speak", text
        case plan.BreathTone(phase=phase):
            return "tone", f"breathe-{phase}"
        case plan.Clip(name=name):
            return "clip", name
