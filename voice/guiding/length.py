"""About how long a practice takes when both take part, and what is left of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from voice.guiding.compiling import Length, compile_steps
from voice.guiding.practice import Practice
from voice.guiding.steps import Action, Ask, Step, Turn
from voice.guiding.timeline import Clip, Speech
from voice.guiding.walk import HandOver, Measure, Segment, Stage, Walk

WORD_MS = 400
"""A spoken word with its share of the rests between sentences, milliseconds: 140 to 150 words a minute."""
ANSWER_S = 3.0
"""From the end of a question to the end of a short answer, seconds."""
MOST_STAGES = 200
"""A practice that goes round is measured this far."""


def length_s(practice: Practice) -> float:
    """Seconds with every turn used to its limit and every question answered so that it goes on."""
    return rest_s(Walk(practice, {"room": "quieter", "talk": True, "fresh": True, "kept": "yes"}))


def left_s(walk: Walk, stage: Stage | None) -> float:
    """The same of what comes after the present stage."""
    rest = walk.another()
    if isinstance(stage, Ask):
        rest.take(_onward(stage))
    return rest_s(rest)


def rest_s(walk: Walk) -> float:
    """The same from where ``walk`` stands, to whose end it goes."""
    seconds = 0.0
    for _ in range(MOST_STAGES):
        stage = walk.next()
        if stage is None or isinstance(stage, HandOver):
            break
        seconds += _stage_s(stage)
        if isinstance(stage, Ask):
            walk.take(_onward(stage))
        if isinstance(stage, Measure):
            walk.facts["room"] = "quieter"
    return seconds


def steps_s(steps: Sequence[Step], stretch: float = 1.0) -> float:
    """The same of steps that do not branch, with each breath ``stretch`` times as long as written."""
    return compile_steps(steps, _estimated, stretch=stretch).duration_ms / 1000


def in_words(seconds: float) -> str:
    """A length as one says it."""
    minutes = round(seconds / 60)
    return "under a minute" if seconds < 50 else "1 minute" if minutes <= 1 else f"{minutes} minutes"


def _stage_s(stage: Stage) -> float:
    match stage:
        case Segment(steps=steps):
            return steps_s(steps)
        case Turn(say=text, seconds=limit):
            return _spoken_s(text or "") + limit
        case Ask(say=text):
            return _spoken_s(text) + ANSWER_S
        case Measure(seconds=seconds):
            return seconds
    return 0.0


def _onward(ask: Ask) -> Action:
    """The first answer that goes on: not back, not out, not into another practice."""
    plain = [action for action in ask.expect.values() if not any(step.goto or step.start for step in action)]
    return plain[0] if plain else next((a for a in ask.expect.values() if _leads_on(a)), ask.silence)


def _leads_on(action: Action) -> bool:
    return not any(step.start or step.goto in ("repeat", "end") for step in action)


def _spoken_s(text: str) -> float:
    return len(text.split()) * WORD_MS / 1000


def _estimated(sound: Speech | Clip) -> Length:
    return Length(0, len(sound.text.split()) * WORD_MS if isinstance(sound, Speech) else 1500)
