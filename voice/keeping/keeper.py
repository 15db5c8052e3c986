"""The store's desk: takes a session's wishes and questions, and says what has come due.

It owns the clock, the store and the rules; what is due is asked of the pure function in ``due.py``. Everything is
written before it is answered, so that nothing is said aloud that could be lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from voice.errors import AttuneError, DeviceError
from voice.events import Error, Event, Kept, Noted, TimeOutGone
from voice.guiding import effects as do
from voice.guiding.effects import Effect
from voice.guiding.responses import Responses
from voice.keeping import records
from voice.keeping.clock import Now, WallClock
from voice.keeping.due import Rules, not_today
from voice.keeping.lookout import Lookout
from voice.keeping.made import Made, TakeBack
from voice.keeping.night import Night
from voice.keeping.records import Row
from voice.keeping.setting_wishes import others_here
from voice.keeping.spoken import Moment, Repeat, Spoken, find_time
from voice.keeping.store import Store
from voice.keeping.telling import Telling
from voice.keeping.tongues import tongue_of
from voice.keeping.wishes import Wishes
from voice.understanding.words import number
from voice.understanding.words import split as words_of

LOGGER = logging.getLogger(__name__)

SIGNAL_LIKENESS = 88
"""Of a hundred; one wrong letter in ten."""


class Keeper(Lookout):
    """Belongs to one session and its thread."""

    def __init__(
        self,
        store: Store,
        clock: WallClock,
        rules: Rules,
        responses: Responses,
        titles: Mapping[str, str],
        has_a_clock: Callable[[], bool] = lambda: True,
    ) -> None:
        """``titles`` are those of the practices, by id; ``responses`` the sentences about what is kept; ``has_a_clock``
        says whether the machine's time is more than a guess.
        """
        super().__init__(store, clock, rules, has_a_clock, tongue_of(responses.language))
        self._numbers = {own: word for word, own in responses.all("Numbers").items()}
        self._said = ""
        self._unread = False
        self._made = Made()
        self.is_rare: Callable[[str], bool] = lambda words: True
        """Whether words are far enough from everyday talk and from every phrase to be a signal; the session knows."""
        self.settings_path: Path | None = None
        """Where settings are changed by voice; ``None`` changes none, as in a rehearsal."""
        self.others: Callable[[str], list[str]] = others_here
        """What else a voice or a device could be on this machine."""
        self.night = Night()
        """When to be soft."""
        self._wishes = Wishes(self)
        self._telling = Telling(self, responses, titles)

    def hear(self, text: str) -> None:
        """Remember the last words for a time in them; they are written nowhere."""
        self._said, self._unread = text, True

    def read_once(self) -> bool:
        """Whether there are words that nothing was made of yet; from now on there are none."""
        unread, self._unread = self._unread, False
        return unread

    def said_time(self, t: float) -> Spoken | None:
        """The time in the last words."""
        now = self.timekeeping.earliest(self.shown(t)) if self.doubts_time(t) else self.now(t)
        return find_time(self._said, now.wall, self.tongue.language)

    def says_time(self, t: float, *, exact: bool) -> bool:
        """Whether the last words say a time; ``exact`` asks for a clock time or a repetition."""
        spoken = self.said_time(t)
        return isinstance(spoken, Moment | Repeat) if exact else spoken is not None

    def said_number(self) -> int | None:
        """The number from one to ten in the last words, if there is one."""
        words = (self._numbers.get(word, word) for word in words_of(self._said))
        found = [value for word in words if (value := number((word,))) and 1 <= value <= 10]
        return found[-1] if found else None

    def said_signal(self) -> bool:
        """Whether the last words were the two's own signal, and nothing else; a letter or two may be misheard."""
        from rapidfuzz.fuzz import ratio

        said = " ".join(words_of(self._said))
        try:
            return any(ratio(said, words) >= SIGNAL_LIKENESS for _, words in records.kept(self.store, "signal"))
        except DeviceError:  # told by the next look at what is due
            return False

    @property
    def said(self) -> str:
        """The last words."""
        return self._said

    def title(self, practice: str) -> str:
        """What a practice is called."""
        return self._telling.titles.get(practice, practice)

    def act(self, act: str) -> str:
        """An act as it is said within a sentence."""
        return self._telling.act(act)

    def carry_out(self, effect: Effect, t: float) -> list[Event]:
        """What the conversation asks of the store; any other effect is none of its business."""
        try:
            return self._carry_out(effect, t)
        except AttuneError as refused:
            return [Error(t=t, what=str(refused))]

    def _carry_out(self, effect: Effect, t: float) -> list[Event]:
        match effect:
            case do.Keep(wish=wish, facts=facts, words=words, person=person):
                said = {"words": words, "person": person}
                own = wish.model_dump(exclude_none=True, exclude={"what"})
                return self.keep(wish.what, {**facts, **own, **said}, t)
            case do.NotToday():
                self.not_today(t)
            case do.UndoKept(since_t=since):
                before = self.has_time_out()
                self.undo(since)
                return self.time_out_gone(before, t)
            case do.WriteRow(practice=practice, began_t=began, finished=finished):
                return self.write_row(practice, began, t, finished=finished)
        return []

    def is_night(self, t: float) -> bool:
        """Whether to be soft now; never where the clock cannot be right, unless somebody asked for it."""
        return self.night.is_now(self.now(t).wall)

    def keep(self, what: str, details: Mapping[str, Any], t: float) -> list[Event]:
        """Carry out one wish; ``Noted`` comes last, in any case."""
        try:
            return self._wishes.carry_out(what, details, t)
        except AttuneError as refused:
            return [
                Error(t=t, what=str(refused)),
                Noted(t=t, what=what, facts={"kept": "no", "when": self.tongue.another_time}),
            ]

    def tell(self, about: str, slots: Mapping[str, Any], t: float) -> str:
        """The answer to a question about what is kept, after the change that it asks for."""
        try:
            return self._telling.answer(about, slots, t)
        except AttuneError:
            return self._telling.cannot

    def has_time_out(self) -> bool:
        """Whether there is a time-out at whose end they have not met yet."""
        try:
            return any(item.kind == "time-out" for item in records.appointments(self.store))
        except DeviceError:  # what cannot be read was not taken back
            return True

    def time_out_gone(self, before: bool, t: float) -> list[Event]:
        """That there is no time-out any more, where there was one ``before``."""
        return [TimeOutGone(t=t)] if before and not self.has_time_out() else []

    def keep_words(self, kind: str, words: str, t: float, *, only: bool = False) -> None:
        """Keep words of theirs; those that are only said again are not taken back with the saying of them."""
        if records.keep(self.store, kind, words, only=only):
            self.may_forget(t, lambda: records.forget(self.store, kind, words))

    def may_forget(self, t: float, take_back: TakeBack) -> None:
        """Something was kept that "forget that" may take back."""
        self._made.add(t, self.now(t), take_back)

    def forget_last(self, t: float) -> bool:
        """Take back what was kept just now; whether there was anything. Raises ``AttuneError``."""
        return self._made.forget_last(self.now(t))

    def undo(self, since_t: float) -> None:
        """Take back what was kept since then, in seconds on the output clock. Raises ``AttuneError``."""
        self._made.undo(since_t)

    def write_row(self, practice: str, began_t: float, t: float, *, finished: bool) -> list[Event]:
        """Write a row into the journal; raises ``DeviceError``."""
        now = self.now(t)
        began = Now(now.utc - timedelta(seconds=t - began_t), now.zone, 0.0, "")
        row = Row(practice, began.iso(), round(t - began_t, 1), "finished" if finished else "stopped")
        records.write_row(self.store, row)
        return [Kept(t=t, what="journal")]

    def not_today(self, t: float) -> None:
        """Claim the rest of today's rituals without a word."""
        now = self.now(t)
        for call in not_today(now, records.appointments(self.store), records.claims(self.store)):
            self._claim(call, now)
