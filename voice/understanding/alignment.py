"""The cheapest way through a network for the words heard: Viterbi over words and nodes.

Theory of operation. ``best[node, row, place]`` is the least cost of having come from a start to ``node`` while the
first ``place`` words were heard. All nodes of one level are done at once, in three steps: arcs (a word heard as
another, two words heard for one, a word left out, a list's value said over a span of words), then words said on top.
The row axis is one long for templates; for lists it is the place where the value begins, so that one pass gives the
cost of every list over every span.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice.understanding.costs import Costs, Vocabulary
from voice.understanding.network import Arc, Level, Network

Cube = NDArray[np.float32]

CLOSE = 1e-3
"""Two sums of the same costs differ by less than this, in letters."""


@dataclass(frozen=True, slots=True)
class Step:
    """One arc of a way, and the words heard for it."""

    arc: Arc
    """The arc that was taken."""
    start: int
    """Place before the words."""
    end: int
    """Place after the words; equal to ``start`` for a word that was left out."""
    cost: float
    """Letters."""


def align(
    network: Network,
    known: Vocabulary,
    costs: Costs,
    begin: Cube,
    spans: dict[str, Cube],
) -> Cube:
    """Fill the table.

    ``begin`` is the table before, [nodes, rows, places], filled in place: the cost of being at start nodes, elsewhere
    ``FAR``; ``spans`` has each list's cost over each span, [places, places].
    """
    best = begin
    for level in network.levels:
        if len(level.targets):
            ways = _ways(level, known, costs, best[level.sources])
            best[level.targets] = np.minimum.reduceat(ways, level.starts, axis=0)
        if level.slots:
            said = np.stack([spans[name] for name in level.slots])[:, None]
            came = best[level.slot_sources]
            np.minimum.at(best, level.slot_targets, (came[:, :, :, None] + said).min(axis=2))
        over = best[level.reached] - costs.insertions
        best[level.reached] = np.minimum.accumulate(over, axis=-1) + costs.insertions
    return best


def _ways(level: Level, known: Vocabulary, costs: Costs, came: Cube) -> Cube:
    """The cost of taking each word arc of a level: left out, heard as one word, or heard as two."""
    ways: Cube = came + known.deletions[level.words][:, None, None]
    heard = came[:, :, :-1] + costs.substitutions[level.words][:, None, 1:]
    np.minimum(ways[:, :, 1:], heard, out=ways[:, :, 1:])
    if costs.joined is not None:
        heard = came[:, :, :-2] + costs.joined[level.words][:, None, 2:]
        np.minimum(ways[:, :, 2:], heard, out=ways[:, :, 2:])
    return ways


def trace(
    network: Network,
    known_rows: dict[str, int],
    known: Vocabulary,
    costs: Costs,
    best: Cube,
    end: tuple[int, int],
    spans: dict[str, Cube],
) -> tuple[list[Step], int]:
    """The steps that led to ``end`` (node, place), in order, and the place where they began; ``best`` is [nodes,
    places]."""
    node, place = end
    steps: list[Step] = []
    while network.arcs_into[node]:
        while place and best[node, place] >= best[node, place - 1] + _said_over(costs, place) - CLOSE:
            place -= 1
        step = min(
            (_step(arc, place, known_rows, known, costs, best, spans) for arc in network.arcs_into[node]),
            key=lambda way: float(best[way.arc.source, way.start]) + way.cost,
        )
        steps.append(step)
        node, place = step.arc.source, step.start
    return steps[::-1], place


def _said_over(costs: Costs, place: int) -> float:
    return float(costs.insertions[place] - costs.insertions[place - 1])


def _step(
    arc: Arc, place: int, rows: dict[str, int], known: Vocabulary, costs: Costs, best: Cube, spans: dict[str, Cube]
) -> Step:
    """The best way along one arc that ends at a place."""
    if arc.slot:
        start = int(np.argmin(best[arc.source] + spans[arc.slot][:, place]))
        return Step(arc, start, place, float(spans[arc.slot][start, place]))
    row = rows[arc.word]
    ways = [Step(arc, place, place, float(known.deletions[row]))]
    if place:
        ways.append(Step(arc, place - 1, place, float(costs.substitutions[row, place])))
    if place > 1 and costs.joined is not None:
        ways.append(Step(arc, place - 2, place, float(costs.joined[row, place])))
    return min(ways, key=lambda way: float(best[arc.source, way.start]) + way.cost)
