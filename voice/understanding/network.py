"""Sentence templates as one network of words, so that a template costs its size and not the sentences it stands for.

Nodes lie between words; arcs carry one word, one list ("slot") or nothing. Every arc leads from an older node to a
newer one, so that a node's level (the longest way to it) orders the alignment. Alternatives share their ends; a
permutation of n parts is a lattice over the sets of parts already said. Other rules are written out where they stand;
lists are networks of their own, aligned once per utterance and shared by all templates; so are rules that hold no
lists and stand between spaces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Arc:
    """One step of a network."""

    source: int
    """Node it leaves."""
    target: int
    """Node it reaches; always newer than ``source``."""
    word: str = ""
    """The plain word it carries; empty for none."""
    shown: str = ""
    """The word as written, for phrases that are shown or scored ("let's" before its plain "let us")."""
    slot: str = ""
    """The list it carries instead of a word; empty for none."""
    slot_name: str = ""
    """The name its value gets."""


@dataclass(frozen=True, slots=True)
class Level:
    """All arcs into the nodes of one level, as arrays of one length."""

    sources: NDArray[np.intp]
    words: NDArray[np.intp]
    """Rows of the table of word costs; row 0 is the empty word."""
    starts: NDArray[np.intp]
    """Where the arcs into each of ``targets`` begin."""
    targets: NDArray[np.intp]
    slots: tuple[str, ...]
    """The lists of the arcs that carry one."""
    slot_sources: NDArray[np.intp]
    slot_targets: NDArray[np.intp]
    reached: NDArray[np.intp]
    """Every node of the level, each once."""


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and arcs, ready to be aligned."""

    nodes: int
    """How many nodes there are."""
    arcs_into: tuple[tuple[Arc, ...], ...]
    """Arcs into each node."""
    levels: tuple[Level, ...]
    """In the order in which they are aligned."""
    words: tuple[str, ...]
    """Row of the table of word costs to plain word; row 0 is the empty word."""


def ordered(nodes: int, every: list[Arc]) -> Network:
    """Arcs between ``nodes`` nodes, ordered by level."""
    into: list[list[Arc]] = [[] for _ in range(nodes)]
    for arc in every:
        into[arc.target].append(arc)
    rows = {"": 0}
    for arc in every:
        rows.setdefault(arc.word, len(rows))
    depth = [0] * nodes
    by_level: dict[int, list[int]] = {}
    for node, arcs in enumerate(into):
        if arcs:
            depth[node] = 1 + max(depth[arc.source] for arc in arcs)
            by_level.setdefault(depth[node], []).append(node)
    levels = tuple(_level([into[node] for node in by_level[level]], rows) for level in sorted(by_level))
    return Network(nodes, tuple(map(tuple, into)), levels, tuple(rows))


def _level(groups: list[list[Arc]], rows: dict[str, int]) -> Level:
    slots = [arc for group in groups for arc in group if arc.slot]
    plain = [[arc for arc in group if not arc.slot] for group in groups]
    plain = [group for group in plain if group]
    starts = np.cumsum([0, *(len(group) for group in plain)])[:-1]
    flat = [arc for group in plain for arc in group]
    return Level(
        np.array([arc.source for arc in flat], np.intp),
        np.array([rows[arc.word] for arc in flat], np.intp),
        starts.astype(np.intp),
        np.array([group[0].target for group in plain], np.intp),
        tuple(arc.slot for arc in slots),
        np.array([arc.source for arc in slots], np.intp),
        np.array([arc.target for arc in slots], np.intp),
        np.array([group[0].target for group in groups], np.intp),
    )
