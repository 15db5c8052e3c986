"""Words and numbers that they asked to keep: lines of a manifesto, tools, a signal, how tense they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from voice.events import Event, Kept
from voice.keeping import records
from voice.keeping.clock import Now
from voice.understanding.words import split as words_of

if TYPE_CHECKING:
    from voice.keeping.keeper import Keeper

Details = Mapping[str, Any]
Wish = Callable[[Details, float, Now], tuple[Details, list[Event]]]
"""Facts of the practice, seconds on the output clock, and the time; to facts for what is said next, and events."""
LINES = ("values", "boundaries", "stress")
"""The lines of a manifesto, in the order in which they are read."""
MOST_TOOLS = 3
"""So many of their tools are named."""
GIVEN, AGREED = "numbers given", "numbers agreed on"
"""Facts of a practice: by person, and by whom. With the practice they are gone, and with them what was not kept."""


class SaidWishes:
    """Nothing of this is kept without a word of theirs."""

    def __init__(self, keeper: Keeper) -> None:
        """Use the keeper's store."""
        self._keeper = keeper
        self.by_name: dict[str, Wish] = {
            "line": self._line,
            "next-line": self._next_line,
            "tools": self._tools,
            "signal": self._signal,
            "answer": self._answer,
            "number": self._number,
            "number-agreed": self._number_agreed,
            "numbers": self._numbers,
        }

    # Words, after "keep this"

    def _line(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """One line of what the two want to be: values, boundaries or stress; a new one takes its place."""
        words = str(details.get("words") or "")
        if not words:
            return {"kept": "none"}, []
        self._keeper.keep_words(f"line {LINES.index(details['act'])}", words, t, only=True)
        return {"kept": "yes"}, [Kept(t=t, what="line")]

    def _next_line(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """The lines one by one; ``number`` says how many were read."""
        store = self._keeper.store
        lines = [words for number in range(len(LINES)) for _, words in records.kept(store, f"line {number}")]
        number = int(details.get("number", 0))
        if number >= len(lines):
            return {"kept": "none"}, []
        return {"kept": "yes", "line": lines[number].rstrip("."), "number": number + 1}, []

    def _tools(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        tools = [words for _, words in records.kept(self._keeper.store, "tool")]
        return {"kept": "yes" if tools else "none", "tools": self._keeper.tongue.either.join(tools[:MOST_TOOLS])}, []

    def _signal(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        words = " ".join(words_of(str(details.get("words") or "")))
        if not 2 <= len(words.split()) <= 4 or not self._keeper.is_rare(words):
            return {"kept": "everyday"}, []
        records.forget(self._keeper.store, "answer")
        self._keeper.keep_words("signal", words, t, only=True)
        return {"kept": "yes"}, [Kept(t=t, what="signal")]

    def _answer(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """What helps to hear when the signal is given; the one who leaves says it, never Attune."""
        words = str(details.get("words") or "").strip().rstrip(".")
        if words:
            self._keeper.keep_words("answer", words, t)
        return {"kept": "yes"}, [Kept(t=t, what="answer")] if words else []

    # Numbers they may give

    def _number(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """Held until both were asked whether to keep it."""
        given, value = dict(details.get(GIVEN, {})), self._keeper.said_number()
        if value is not None:
            given[details.get("person") or 1] = value
        return {"kept": "yes" if given else "none", GIVEN: given}, []

    def _number_agreed(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        return {"kept": "yes", AGREED: (*details.get(AGREED, ()), details.get("person") or 1)}, []

    def _numbers(self, details: Details, t: float, now: Now) -> tuple[Details, list[Event]]:
        """Kept only if both said yes: a line each where Attune knows who is who, else one for both."""
        given, agreed = details.get(GIVEN, {}), set(details.get(AGREED, ()))
        asked_anew: Details = {GIVEN: {}, AGREED: ()}
        if len(agreed) < 2 or not given:
            return {"kept": "none", **asked_anew}, []
        values = given if details.get("named") else {0: round(sum(given.values()) / len(given))}
        for person, value in values.items():
            records.add_number(self._keeper.store, records.Number(now.iso(), person, value))
        self._keeper.may_forget(t, lambda: records.forget_numbers(self._keeper.store, now.iso()))
        return {"kept": "yes", **asked_anew}, [Kept(t=t, what="numbers")]
