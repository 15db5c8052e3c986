"""Fit the weights of the decision and write ``voice/understanding/weights.json``.

    python -m benchmarks.fit_decision [--scratch DIR] [--speech DIR] [--jobs 2] [--cached]

From voices, rooms, noises, speakers and phrasings that ``benchmarks/hearing.py`` does not report on, and that Whisper's
encoder was not taught with. A
logistic regression for each kind of meaning says how likely the best phrase of a turn is right; the least confidence
that counts is the lowest at which no more turns that mean nothing are taken than ``ALLOWED`` says.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from benchmarks import hearing
from benchmarks.hearing_parts.evidence import Bench
from benchmarks.hearing_parts.items import Item
from benchmarks.hearing_parts.judging import fits
from benchmarks.hearing_parts.sets import builders
from benchmarks.hearing_parts.side_words import side_words
from benchmarks.hearing_parts.sounds import FITTING
from benchmarks.hearing_parts.written_ways import written_ways
from voice.understanding.confidence import PATH
from voice.understanding.weighing import FEATURES, SECOND

SAMPLE = {"people": 240, "unknown": 177, "choices": 780, "closed-others": 40, "choice-others": 194, "own": 1128,
          "unseen": 917, "others": 240, "side-words": 360, "talk": 45, "guided-others": 40, "counter": 90,
          "written-ways": 1477}  # fmt: skip
"""Recordings of each set to learn from. The guide's own voice is none of them: its menu names practices, and is told by
what was just said, not by how it sounds."""
ALLOWED = {"start": 0.01, "stop": 0.01, "control": 0.01, "answer": 0.035, "slots": 0.2}
"""Share of turns meaning nothing of that kind that may be taken. Of starts it is three, that a room or a wash made of
another: "count the money" into "count the body"."""
WRONG = {"start": 4.0, "stop": 3.0, "control": 3.0, "answer": 2.0, "slots": 0.5}
"""How much a wrong acceptance weighs beside a right one that is lost."""
LEAST = {"start": 0.55, "stop": 0.15, "control": 0.45, "answer": 0.15, "slots": 0.1}
"""The least confidence is never below this. A start that nobody asked for, or "slower" for "louder", hurts more than
one that is said twice; a "stop" that was not heard hurts most."""
LEAST_SECOND = {"start": 0.2, "stop": 0.3, "control": 0.3, "answer": 0.15}
"""The same where the second network was asked. Of starts the fitting part itself asks for more than this. Of other
domains' slots hardly any are in doubt: too few to learn from."""
FAVORS = (0.0, 0.15, 0.3, 0.5, 0.75, 1.0)
"""Shares of the second network's log probabilities that are tried."""
LEARNT_FROM = 0.02
"""Confidence of the turns from which is learnt what the second network's texts say. It is asked from a higher one on
(``DOUBT``), where hardly any mean nothing: too few to learn from."""
TOGETHER = {"stop": ("stop", "control"), "control": ("stop", "control")}
"""Kinds that learn from each other's turns: there are few of "stop" and "pause"."""
WAYS = tuple((share, asked) for share in (0.15, 0.3, 0.4, 0.5, 0.6, 0.7) for asked in (0.0, 1.0, 2.0))
"""Shares of the prior, and what answers are ahead by, that are tried. With more, a real "no" would become
"now"."""


def main() -> int:
    """Gather, fit, write."""
    args = hearing.arguments()
    table = {**builders(args.speech), "side-words": side_words, "written-ways": written_ways}
    items = [
        item
        for name, many in SAMPLE.items()
        for item in hearing.sampled(list(table[name](FITTING)), args.sample or many)
        if "goodnight" not in item.said  # it may start bedtime
    ]
    evidence = list(hearing.played(items, args, gathered))
    # Of equals the one that takes most off: what is liked anyway is heard in noise as well.
    place = max(range(len(WAYS)), key=lambda one: (best_first(evidence, one), WAYS[one]))
    for one, (share, asked) in enumerate(WAYS):
        print(f"share {share}, asked {asked}: best first in {best_first(evidence, one)}")
    share, asked = WAYS[place]
    rows: dict[str, list[Row]] = {}
    for item, several in evidence:
        for kind, values, right, told in several[place]:
            rows.setdefault(kind, []).append(Row(values, right, not item.want, told))
    learnt = {kind: [row for one in TOGETHER.get(kind, (kind,)) for row in rows.get(one, ())] for kind in rows}
    kinds = {kind: fitted(kind, learnt[kind], rows[kind], LEAST[kind]) for kind in sorted(rows)}
    source = f"benchmarks/fit_decision.py, {date.today():%Y-%m-%d}, {len(items)} recordings of the fitting part"
    found = {"source": source, "prior": share, "asked": asked, "favor": 0.0, "kinds": kinds, "second": {}}
    PATH.write_text(json.dumps(found, indent=1) + "\n")  # who is in doubt is told by these
    found["favor"], found["second"] = seconded(items, args, rows)
    PATH.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def seconded(
    items: list[Item], args: Namespace, rows: dict[str, list[Row]]
) -> tuple[float, dict[str, dict[str, float]]]:
    """How much the second network favors phrases, and weights for the turns in doubt with its opinion of them."""
    evidence = list(hearing.played(items, args, in_doubt))
    place = max(range(len(FAVORS)), key=lambda one: best_first(evidence, one))
    for one, favor in enumerate(FAVORS):
        print(f"favor {favor}: of the turns in doubt best first in {best_first(evidence, one)}")
    doubtful: dict[str, list[Row]] = {}
    for item, several in evidence:
        for kind, values, right, told in several[place]:
            doubtful.setdefault(kind, []).append(Row(values, right, not item.want, told))
    learnt = {
        kind: [row for one in TOGETHER.get(kind, (kind,)) for row in doubtful.get(one, ())] for kind in LEAST_SECOND
    }
    print("with what the second network wrote, of the turns in doubt:")
    return FAVORS[place], {
        kind: fitted(kind, learnt[kind], doubtful[kind], LEAST_SECOND[kind], rows[kind])
        for kind in LEAST_SECOND
        if doubtful.get(kind)
    }


def in_doubt(bench: Bench, item: Item) -> Gathered:
    """The turns of an item from which is learnt what the second network adds, for each of ``FAVORS``: as ``gathered``
    tells them, and once more as what the second wrote down, where that is another."""
    return [
        [(more.kind, more.evidence, bool(item.want) and fits(item, more.meaning), told) for more, told in turns]
        for turns in bench.seconded(item, LEARNT_FROM, FAVORS)
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """A turn to learn from."""

    values: tuple[float, ...]
    """Its evidence."""
    right: bool
    """Whether the best phrase is what was meant."""
    nothing: bool
    """Whether nothing was meant."""
    told: bool
    """Whether its text alone decides: then the threshold is none of its business."""


Gathered = list[list[tuple[str, tuple[float, ...], bool, bool]]]


def gathered(bench: Bench, item: Item) -> Gathered:
    """For each of the ways the turns of an item: kind, evidence, whether the best phrase is right, and whether the
    text alone decides."""
    return [
        [(turn.kind, turn.evidence, bool(item.want) and fits(item, turn.meaning), told) for turn, told in turns]
        for turns in bench.evidence(item, WAYS)
    ]


def best_first(evidence: Sequence[tuple[Item, Gathered]], place: int) -> int:
    """Recordings whose best phrase is right."""
    return sum(any(right for _, _, right, _ in several[place]) for item, several in evidence if item.want)


def fitted(
    kind: str, learnt: Sequence[Row], rows: Sequence[Row], least: float, of: Sequence[Row] | None = None
) -> dict[str, float]:
    """Weights of the evidence for one kind, from the turns it learns from, and the least confidence, from its own, or
    ``least``; ``of``: all turns of which so many may be taken, where ``rows`` are a part of them."""
    inputs, right = arrays(learnt)
    answer = monotone(inputs, right, np.where(right == 0, WRONG[kind], 1.0))
    plain = regression(inputs, right, np.ones(len(right)))
    far, unweighted = calibration(inputs, right, answer), calibration(inputs, right, plain)
    inputs, right = arrays(rows)
    chance = 1 / (1 + np.exp(-inputs @ answer))
    open_ = np.array([not row.told for row in rows])
    nothing = np.array([row.nothing for row in rows]) & open_
    if nothing.any():
        whole = nothing.sum() if of is None else sum(row.nothing and not row.told for row in of)
        allowed = int(ALLOWED[kind] * whole)
        least = max(least, float(np.sort(chance[nothing])[::-1][min(allowed, nothing.sum() - 1)]) + 0.02)
    least = min(least, 0.97)
    taken = (chance >= least) & open_
    lost = 100 * (1 - right[taken].sum() / max(1.0, right[open_].sum()))
    print(f"{kind}: {len(rows)} turns, {open_.sum()} not by text alone, {right[open_].sum():.0f} of them right; "
          f"at {least:.2f} {lost:.1f} % of those are lost")  # fmt: skip
    print(f"  taken: {(taken & nothing).sum()} of {nothing.sum()} that mean nothing,", end=" ")
    print(f"{(taken & ~nothing & (right == 0)).sum()} for something else", end="; ")
    print(f"calibration {far:.3f}, unweighted {unweighted:.3f}")
    names = (*(FEATURES + SECOND)[: inputs.shape[1] - 1], "constant")
    return dict(zip(names, (round(float(one), 4) for one in answer), strict=True)) | {"accept": round(least, 4)}


def arrays(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """The evidence of some turns with a constant, and whether each is right."""
    return np.array([[*row.values, 1.0] for row in rows]), np.array([float(row.right) for row in rows])


def monotone(inputs: np.ndarray, right: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A regression in which a near rival never makes it surer: its lead is left out where few examples say so."""
    answer = regression(inputs, right, weights)
    if answer[FEATURES.index("margin")] >= 0:
        return answer
    without = inputs.copy()
    without[:, FEATURES.index("margin")] = 0.0
    return regression(without, right, weights)


def regression(inputs: np.ndarray, right: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, regularized."""
    answer = np.zeros(inputs.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ answer, -30, 30)))
        slope = inputs.T @ ((chance - right) * weights) + 0.3 * answer
        curve = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + 0.3 * np.eye(len(answer))
        answer -= np.linalg.solve(curve, slope)
    return answer


def calibration(inputs: np.ndarray, right: np.ndarray, answer: np.ndarray) -> float:
    """Mean distance between confidence and the share that is right, over ten equal groups."""
    chance = 1 / (1 + np.exp(-inputs @ answer))
    groups = np.array_split(np.argsort(chance), 10)
    return float(np.mean([abs(chance[group].mean() - right[group].mean()) for group in groups if len(group)]))


if __name__ == "__main__":
    sys.exit(main())
