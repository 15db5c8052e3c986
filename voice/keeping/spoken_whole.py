"""Whether a time in a sentence is the whole of what was said, or cut out of a time that cannot be read.

"At twenty four o'clock" has "four o'clock" in it, "ten past midnight" has "midnight", "every day at twenty four
o'clock" has "every day": who says that means none of these, and is better asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beside:
    """The words of one language that go on with a time, or end one."""

    is_number: Callable[[str], bool]
    one: str | None
    """The number that may also stand before a thing, where there is such a one: "at six one hug"."""
    before_numbers: frozenset[str]
    """Those that make another number of the one that follows."""
    fractions: frozenset[str]
    """Parts of an hour."""
    minutes: frozenset[str]
    from_hour: frozenset[str]
    """Between some minutes and the hour that they are counted from."""
    at: frozenset[str]
    """Before a time of the day."""
    hours: frozenset[str]
    """Hours that have a name."""
    ends: frozenset[str]
    """After the number of an hour."""

    def cuts(self, words: Sequence[str], start: int, end: int) -> bool:
        """Whether what stands before or after ``words[start:end]`` belongs to the same time."""
        padded = ("", "", *words, "", "")
        before, after = padded[start : start + 2], padded[end + 2 : end + 4]
        return self._begins_before(before, words[start]) or self._goes_on(words[end - 1], after)

    def _begins_before(self, before: Sequence[str], first: str) -> bool:
        joins = self._is_further(before[1]) or before[1] in self.before_numbers | self.fractions
        if self.is_number(first) and joins:
            return True
        counted = before[1] in self.from_hour and self._is_amount(before[0])
        return before[1] in self.ends | self.hours or (counted and self._is_hour(first))

    def _goes_on(self, last: str, after: Sequence[str]) -> bool:
        if self.is_number(last) and self._is_further(after[0]):
            return True
        if after[0] in self.at:
            return self._is_hour(after[1]) or after[1] in self.fractions
        return self._is_amount(last) and after[0] in self.from_hour and self._is_hour(after[1])

    def _is_further(self, word: str) -> bool:
        return self.is_number(word) and word != self.one

    def _is_amount(self, word: str) -> bool:
        return self.is_number(word) or word in self.fractions | self.minutes

    def _is_hour(self, word: str) -> bool:
        return self.is_number(word) or word in self.hours
