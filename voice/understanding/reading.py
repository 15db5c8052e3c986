"""One utterance compared with a book of templates, once; then asked for the nearest of those that count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.understanding.alignment import Cube, Step, align, trace
from voice.understanding.book import Book
from voice.understanding.costs import FAR, LIGHT, OUTSIDE, POLITE_COST, Costs, costs_of, lead, request, weight
from voice.understanding.intents import Meaning, Template
from voice.understanding.slots import Value
from voice.understanding.words import NUMBER_WORDS, word_set

TRACED = 12
"""How many of the cheapest templates are looked at closely; more changes nothing on our sentence tests."""
BEHIND = 25.0
"""Letters: templates that cost so much more than the cheapest are not looked at."""
WORN = 0.4
"""A value that differs from the words heard by more than this share of its letters is not taken as said."""
BETWEEN, PARTS = word_set("and a"), NUMBER_WORDS | word_set("minus point half")
"""Words inside a number, and words that make another of it."""

SlotValues = tuple[str, str, tuple[Value, ...]]
"""A slot's name, how its value was written, and the likeliest values, best first."""


@dataclass(frozen=True, slots=True)
class Match:
    """How an utterance compares with one template."""

    template: Template
    """The template."""
    score: float
    """0 to 1: ``fuzz.ratio`` with weighted words over the best window."""
    cost: float
    """Letters by which it differs, weighted alike."""
    inner: float
    """The same without what was said before and after it, where nobody else is spoken to; but with values in that."""
    off: float
    """The same with what was said before and after it in full, where nobody else is spoken to: it is most often a part
    of the sentence, misheard ("make me free large rolls")."""
    phrase: str
    """The template's nearest sentence."""
    values: tuple[SlotValues, ...]
    """(slot, how it was written in ``phrase``, the likeliest values, best first)."""
    extra: tuple[str, ...]
    """Words heard that the template does not have, but for polite ones."""
    before: tuple[str, ...]
    """Those of them that lie before its first word."""
    miscounted: bool = False
    """Whether another number was said than the one that was taken from a range."""
    unsaid: bool = False
    """Whether a value was taken for which nothing was said."""

    @property
    def meaning(self) -> Meaning:
        """What the template means."""
        return self.template.meaning

    @property
    def slots(self) -> dict[str, Any]:
        """The likeliest value of each slot, and what the sentence sets by itself."""
        return dict(self.meaning.slots) | {name: values[0].out for name, _, values in self.values if values}


class Reading:
    """What one utterance costs against every template of a book."""

    def __init__(self, book: Book, heard: tuple[str, ...]) -> None:
        """Align ``heard``, plain words, with everything in ``book``."""
        self.book = book
        self.heard = heard
        led = lead(heard) if book.intents.among_talk else request(heard)
        every = None if book.intents.among_talk else book.words
        self.costs = costs_of(heard, book.known, book.skipped, led, every)
        self.list_costs = costs_of(heard, book.lists.known, book.skipped, led, every)
        self.spans, self.values = book.lists.spans(heard, self.list_costs)
        self.around = around = np.stack([_around(heard, self.costs, share, book.valued) for share in OUTSIDE.values()])
        begin = np.full((book.network.nodes, 1, len(heard) + 1), FAR, np.float32)
        begin[book.starts, 0] = around[book.kinds]
        self.best = align(book.network, book.known, self.costs, begin, self.spans)[:, 0]
        after = around[book.kinds]
        self.finals = self.best[book.ends] + (after[:, -1:] - after)
        self.totals = self.finals.min(axis=1)
        prices = np.diff(self.costs.insertions)
        self._known_values: dict[tuple[str, int, int], tuple[Value, ...]] = {}
        self.polite = [bool(price <= POLITE_COST + 0.01) for price in prices]

    def matches(self, allowed: NDArray[np.bool_], most: int = TRACED) -> list[Match]:
        """The nearest of the allowed templates, nearest first; ``allowed`` has one item for each template."""
        totals = np.where(allowed, self.totals, FAR)
        order = np.argsort(totals, kind="stable")[:most]
        most_cost = min(float(totals[order[0]]) + BEHIND, float(FAR) / 2) if len(order) else 0.0
        found = [self._match(int(index)) for index in order if totals[index] < most_cost]
        if self.book.lists.told:
            found = [match for match in map(self._in_context, found) if match is not None]
        return sorted(found, key=lambda match: -match.score)

    def _match(self, index: int) -> Match:
        book = self.book
        place = int(self.finals[index].argmin())
        end = (int(book.ends[index]), place)
        way, begin = trace(book.network, book.rows, book.known, self.costs, self.best, end, self.spans)
        steps = [inner for step in way for inner in book.lists.opened(step, self.list_costs, self.values)]
        words, values, _ = self._read(steps)
        extra = [at for at in self._left(steps) if not self.polite[at]]
        inner, off = self._differs(index, begin, place)
        first = min((step.start for step in steps if step.end > step.start and self._fits(step)), default=0)
        return Match(
            template=book.intents.templates[index],
            score=max(0.0, self._score(float(self.finals[index][place]), way, steps)),
            cost=float(self.finals[index][place]),
            inner=inner,
            off=off,
            phrase=" ".join(word for word in words if word),
            values=tuple(values),
            extra=tuple(self.heard[at] for at in extra),
            before=tuple(self.heard[at] for at in extra if at < first),
            miscounted=any(self._is_miscounted(step, extra) for step in steps if book.lists.is_range(step.arc.slot)),
            unsaid=any(self._is_unsaid(step) for step in steps if step.arc.slot),
        )

    def _differs(self, index: int, begin: int, end: int) -> tuple[float, float]:
        """``inner`` and ``off`` of a match with a template, between two places."""
        cost = float(self.finals[index][end])
        if self.book.intents.among_talk:
            return cost, cost
        lessened, full = np.diff(self.around[self.book.kinds[index]]), np.diff(self.costs.insertions)
        outside = [*range(begin), *range(end, len(self.heard))]
        words = sum(lessened[at] for at in outside if self.heard[at] not in self.book.valued)
        return cost - float(words), cost + float((full - lessened)[outside].sum())

    def _in_context(self, match: Match) -> Match | None:
        """A match with those of the likeliest values that its sentence is meant of; None where there are none."""
        meaning, told = match.meaning, self.book.lists.told
        if not meaning.requires and not meaning.excludes:
            return match
        ways = product(*(_alike(likely) or (None,) for _, _, likely in match.values))
        for way in islice(ways, TRACED * TRACED):
            context = {key: value for one in way if one for key, value in one.context.items()}
            if meaning.goes_with(context, told):
                first = zip(match.values, way, strict=True)
                return replace(
                    match,
                    values=tuple(
                        (name, text, (one, *(v for v in likely if v is not one)) if one else likely)
                        for (name, text, likely), one in first
                    ),
                )
        return None

    def _is_miscounted(self, step: Step, extra: Sequence[int]) -> bool:
        """Whether a part of the number said was left out of it, or is beside it, be it after an "and"."""
        before, after = step.start - 1, step.end
        while before in extra and self.heard[before] in BETWEEN:
            before -= 1
        while after in extra and self.heard[after] in BETWEEN:
            after += 1
        values = self._values(step)
        beside = {before, after} & set(extra)
        return any(self.heard[at] in PARTS for at in beside) or bool(values and values[0].miscounted)

    def _is_unsaid(self, step: Step) -> bool:
        """Whether a value was taken for which at most a word that matters little was said, and another."""
        values = self._values(step)
        said = self.heard[step.start : step.end]
        return bool(values) and LIGHT.issuperset(said) and values[0].cost > WORN * values[0].size

    def _score(self, cost: float, way: Sequence[Step], steps: Sequence[Step]) -> float:
        """Score of a way, or of what is its own in it: the same without the rules it shares with others, if that is
        less.

        Otherwise "give us the menu" would be near "give us the thanks", most of it being a shared beginning.
        """
        score = 1.0 - cost / max(self._size(steps) + self._read(steps)[2], 1.0)
        common = [step for step in way if step.arc.slot.startswith("<")]
        if not common:
            return score
        own = [step for step in way if not step.arc.slot.startswith("<")]
        rest = cost - sum(step.cost for step in common)
        size = self._size(steps) - self._size(steps, common) + self._read(own)[2]
        return min(score, 1.0 - rest / max(size, 1.0))

    def _read(self, steps: Sequence[Step]) -> tuple[list[str], list[SlotValues], float]:
        """The words of some steps as they would be said, the values of their slots, and the weight of it all."""
        words: list[str] = []
        values: list[SlotValues] = []
        size = 0.0
        for step in steps:
            if step.arc.slot:
                likely = self._values(step)
                text = likely[0].text if likely else ""
                values.append((step.arc.slot_name, text, likely))
                words.append(text)
                size += likely[0].size if likely else 0.0
            elif step.arc.word:
                words.append(step.arc.shown)
                size += weight(step.arc.word)
        return words, values, size

    def _values(self, step: Step) -> tuple[Value, ...]:
        key = (step.arc.slot, step.start, step.end)
        if key not in self._known_values:
            lists, span = self.book.lists, (step.start, step.end)
            found = lists.values(step.arc.slot, self.heard, span, self.list_costs, self.values, most=3)
            self._known_values[key] = tuple(found)
        return self._known_values[key]

    def _size(self, steps: Sequence[Step], only: Sequence[Step] | None = None) -> float:
        """Weight of the words heard, in letters, or of those under some steps.

        A polite word that nothing stands for weighs what it costs.
        """
        taken = {at for step in steps for at in range(step.start, step.end)}
        wanted = range(len(self.heard)) if only is None else {at for s in only for at in range(s.start, s.end)}
        return sum(POLITE_COST if self.polite[at] and at not in taken else weight(self.heard[at]) for at in wanted)

    def _fits(self, step: Step) -> bool:
        """Whether a step stands for the words heard in it, and not just for as many other words."""
        if step.arc.slot:
            return True
        both = sum(weight(word) for word in self.heard[step.start : step.end]) + weight(step.arc.word)
        return bool(step.arc.word) and step.cost < 0.9 * both

    def _left(self, steps: Sequence[Step]) -> list[int]:
        """Places of the words heard that no step stands for."""
        taken = {at for step in steps if self._fits(step) for at in range(step.start, step.end)}
        return [at for at in range(len(self.heard)) if at not in taken]


def _alike(likely: Sequence[Value]) -> list[Value]:
    """The values that were said as well as the likeliest."""
    return [value for value in likely if value.cost <= likely[0].cost + POLITE_COST]


def _around(heard: Sequence[str], costs: Costs, share: float, valued: Collection[str]) -> Cube:
    """[places]: cost of all words up to a place when they lie outside a sentence; ``valued`` are never the cheaper for
    it."""
    prices = [float(price) for price in np.diff(costs.insertions)]
    plain = (
        POLITE_COST < price <= weight(word) and word not in valued for price, word in zip(prices, heard, strict=True)
    )
    priced = [price * share if ordinary else price for price, ordinary in zip(prices, plain, strict=True)]
    return np.cumsum([0.0, *priced], dtype=np.float32)
