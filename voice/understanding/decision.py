"""One decision from text and sound, for every engine.

Evidence: how near the text came to a sentence; how well candidate phrases fit the sound (mean log probability per
token); how far the best is from the next of another meaning; how far it is behind what the recognizer heard by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice.understanding.recognition import NOBODY, Candidate, Heard, Recognition, is_invented


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where each kind of evidence begins to count."""

    text: float = 0.87
    """Least text score, 0 to 1. Source: told "help us calm down" from "calm down" in 345 minutes of other talk."""
    exact: float = 0.97
    """Text score above which no rival is looked at: all but polite words and endings agree."""
    text_margin: float = 0.03
    """Least lead over another meaning, text score. Source: our sentence tests."""
    danger: float = 0.94
    """Least text score of words of danger. Source: 78 look-alikes ("I'm afraid of losing you") in our sentence
    tests."""
    near_text: float = 0.9
    """Text score below which a sentence is only just near enough."""
    objection: float = 0.5
    """Probability that nothing is meant above which a sentence that is only just near enough does not count."""
    objection_near: float = 0.97
    """The same for one that is nearer, but not exact."""
    guess_start: float = 0.5
    """Least evidence for a paraphrase that starts a practice. Source: our sentence tests, 1 % of look-alikes taken."""
    guess_control: float = 0.6
    """The same for a control, and for what belongs to a practice without starting it."""
    near: float = 0.5
    """Least text score of a candidate that the sound may still decide for."""
    near_start: float = 0.6
    """The same for what starts a practice."""
    sound: float = -3.4
    """Least mean log probability per token. Source: 99 % near, 71 % in rooms at 10 dB, one false start in 260
    excerpts."""
    sound_start: float = -2.8
    """The same for what starts a practice: the false start had -3.31."""
    sound_margin: float = 0.8
    """Least lead over another meaning, mean log probability per token. Source: the same measurement."""
    behind: float = 2.2
    """Most by which a candidate may lie behind the free decoding, mean log probability: the false start lay 3.0
    behind."""
    behind_start: float = 1.8
    """The same for what starts a practice."""
    behind_idle: float = 1.2
    """The same while nothing runs, for what starts none. Source: the three taken of 115 people reading or meeting lay
    1.6 to 2.1 behind."""
    as_heard: float = 0.45
    """Least text score of a candidate that fits the sound at least as well as the free decoding does."""


THRESHOLDS = Thresholds()

TEXT_WEIGHT = 1.5
"""Mean log probability that a text score of 1 instead of 0 is worth: a tie between values is broken by the text."""


def choose(
    transcript: Heard,
    plain: Recognition,
    shortlist: Sequence[Candidate],
    scores: Sequence[float],
    cut: Thresholds,
    *,
    idle: bool,
) -> Recognition:
    """Decide between what the text means by itself and what the sound says about the candidates.

    ``idle`` says that nothing runs, when most of what is said is not for Attune.
    """
    if is_invented(transcript):
        return Recognition(transcript.text, why=NOBODY)
    if not shortlist or len(scores) != len(shortlist):
        return plain
    ranked = sorted(zip(scores, shortlist, strict=True), key=lambda pair: -_rank(*pair))
    if plain.intent is not None:
        return plain if plain.score >= cut.exact else _with_values(plain, ranked)
    score, best = ranked[0]
    rival = next((other for other, rest in ranked[1:] if _key(rest.meaning) != _key(best.meaning)), None)
    why = _doubt(transcript, best, score, rival, cut, idle=idle)
    if why is not None:
        return replace(plain, why=why)
    return replace(best.meaning, text=transcript.text, score=confidence(best.meaning.score, score))


def _rank(score: float, candidate: Candidate) -> float:
    """Sound and text together: what is near in both comes first."""
    return score + TEXT_WEIGHT * candidate.meaning.score


def _with_values(plain: Recognition, ranked: Sequence[tuple[float, Candidate]]) -> Recognition:
    """What the text means, with the values of its slots that fit the sound best."""
    alike = [candidate for _, candidate in ranked if _key(candidate.meaning) == _key(plain)]
    return replace(plain, slots=alike[0].meaning.slots) if alike and alike[0].meaning.slots else plain


def _doubt(
    transcript: Heard, best: Candidate, score: float, rival: float | None, cut: Thresholds, *, idle: bool
) -> str | None:
    """Why the best candidate is not believed, or None."""
    start = best.meaning.starts
    if best.guarded is not None:
        return best.guarded
    if "safety" in best.meaning.metadata:
        return "words of danger count only as they were written down"
    near = cut.as_heard if score >= transcript.log_prob else cut.near_start if start else cut.near
    if best.meaning.score < near:
        return "no sentence is near enough"
    if score < (cut.sound_start if start else cut.sound):
        return "it does not sound like any sentence"
    if transcript.log_prob - score > (cut.behind_start if start else cut.behind_idle if idle else cut.behind):
        return "it sounds far more like something else"
    if rival is not None and score - rival < cut.sound_margin:
        return "two sentences sound alike"
    return None


def confidence(text: float, sound: float) -> float:
    """How sure a decision by sound is, 0 to 1: text score and the fit of the sound (-0.4 is as good as it gets),
    evenly."""
    fit = min(1.0, max(0.0, 1.0 - (-0.4 - sound) / 6.0))
    return round((text + fit) / 2, 4)


def _key(meaning: Recognition) -> tuple[str | None, ...]:
    return (meaning.intent, meaning.practice, meaning.answer)
