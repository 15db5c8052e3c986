"""What is kept: wishes of a script or of the two, things that come due, and rows for the journal.

The store lies at the session's edge; here are only the effects that ask it, and what its answers lead to.
"""

from __future__ import annotations

from dataclasses import replace

from voice.events import Due, Error, Event, Ignored, Noted, Understood
from voice.guiding import effects as do
from voice.guiding.answers import Answers
from voice.guiding.effects import Effect
from voice.guiding.practice import Practice
from voice.guiding.steps import Keep, Turn
from voice.guiding.transitions import State, trigger_of

MEETING_S = 45 * 60.0
"""After the chime of a return its answers are understood for this long without being asked again."""
SHORTEST_ROW_S = 15.0
"""What was over sooner was not meant: "no" undoes a start for as long."""


class Promises(Answers):
    """Asks the store, and brings up what is due."""

    _apart_until = _meeting_until = float("-inf")
    _began: tuple[Practice, float] | None = None
    _second_begins = False
    _signal_is_new = False
    """Whether a signal was kept in this practice; until then an older one asks for space here, too."""
    _turn_given = False
    """Whether somebody had a turn to speak in this practice."""
    _words = ""
    _notes: tuple[Effect, ...] = ()

    def _between(self, now_s: float) -> str | None:
        """``apart`` in a time-out, ``meeting`` after the chime of its return: what counts while nothing runs."""
        if now_s < self._meeting_until:
            return "meeting"
        return "apart" if now_s < self._apart_until else None

    def is_upset(self, now_s: float) -> bool:
        """Whether the two count as flooded."""
        return self._memory.is_flooded(now_s)

    @property
    def tries_signal(self) -> bool:
        """Whether the words of the signal that they have just chosen are said to try them, and ask for no space yet."""
        return self._signal_is_new and self._walk is not None and self.state is not State.PAUSED

    # Wishes

    def _enter_stage(self, now_s: float) -> list[Effect]:
        if isinstance(self._stage, Keep):
            return self._wish(self._stage)
        if isinstance(self._stage, Turn):
            self._words, self._turn_given = "", True
        return super()._enter_stage(now_s)

    def _wish(self, wish: Keep) -> list[Effect]:
        assert self._walk is not None
        self.state = State.GUIDING
        if wish.what in ("no-time", "met", "time-out", "ten-more"):
            self._part_no_more()
        words = self._words if wish.words else ""
        facts = {**self._walk.facts, "volume_db": self._dials.volume_db}
        return [do.Keep(wish, facts, words, self._who(self._walk.person))]

    def _who(self, person: int | None) -> int | None:
        """Who speaks: the first or the second of the names, whoever begins today."""
        return 3 - person if person and self._second_begins else person

    def _take_noted(self, event: Event) -> list[Effect]:
        assert self._walk is not None
        if not (isinstance(event, Noted) and isinstance(self._stage, Keep)):
            return []
        self._walk.facts.update(event.facts)
        self._signal_is_new |= event.what == "signal" and event.facts["kept"] == "yes"
        if "country" in event.facts:
            self._settings = replace(self._settings, country=event.facts["country"])
        self._apart_until = max(self._apart_until, event.t + event.facts.get("left_s", 0.0))
        return self._proceed(event)

    def _part_no_more(self, event: Event | None = None) -> list[Effect]:
        self._apart_until = self._meeting_until = float("-inf")
        return []

    def _look_at_words(self, event: Event) -> list[Effect]:
        """What is said in a turn is remembered until the next one begins, for "keep this", and nowhere else."""
        if isinstance(event, Ignored):
            self._words = f"{self._words} {event.text}".strip()
        return super()._look_at_words(event)

    def _tell_kept(self, event: Event) -> list[Effect]:
        assert isinstance(event, Understood)
        about = event.intent if trigger_of(event) == "about" else trigger_of(event)
        return self._aside(event, do.TellKept(about, event.slots))

    def _tell_how_long(self, event: Event) -> list[Effect]:
        """While nothing runs, only in a time-out."""
        return self._tell_kept(event) if self._between(event.t) else []

    def _answer_apart(self, event: Event) -> list[Effect]:
        return self._answer_beside(event) if self._between(event.t) else []

    # What is due

    def _bring_up(self, event: Event) -> list[Effect]:
        if not isinstance(event, Due):
            return []
        if event.what in ("return", "chime"):
            self._meeting_until = event.t + MEETING_S
        if event.what == "chime":
            return [do.Sound("chime")]
        if event.what == "restored":
            self._apart_until = event.t + event.slots.get("left_s", 0.0)
            return self._aside(event, do.TellKept("restored", event.slots))
        practice = self._practices.get(event.practice or "")
        if practice is None:
            return self._tell_missing(event)
        self._begin(practice, event.t, alone=False)
        assert self._walk is not None
        self._began = None
        self._walk.facts.update(event.slots)
        return self._proceed(event)

    def _tell_missing(self, event: Due | Understood) -> list[Effect]:
        """Its script is gone, as a pack that was taken out; what was asked for or promised is not dropped unseen."""
        return [do.Tell(Error(t=event.t, what=f"there is no practice '{event.practice}'"))]

    # The journal

    def _begin(self, practice: Practice, now_s: float, *, alone: bool) -> None:
        self._write_row(now_s, finished=False)
        names = self._settings.names
        self._second_begins = names is not None and self._memory.begun % 2 == 1
        super()._begin(practice, now_s, alone=alone)
        assert self._walk is not None
        self._walk.facts |= {"numbers": self._settings.numbers and not alone, "named": names is not None}
        self._words, self._signal_is_new, self._turn_given = "", False, False
        self._began = None if alone or practice.script.journal == "no" else (practice, now_s)

    def _end(self, now_s: float) -> None:
        self._write_row(now_s, finished=self._stage is None)
        self._words = ""
        super()._end(now_s)

    def _write_row(self, now_s: float, *, finished: bool) -> None:
        began, self._began = self._began, None
        if not began or (began[0].script.journal == "turn" and not self._turn_given):
            return
        if now_s - began[1] >= SHORTEST_ROW_S:
            self._notes = (*self._notes, do.WriteRow(began[0].id, began[1], finished))

    def _stays_alone(self, event: Event) -> list[Effect]:
        """Somebody is not part of it: nothing is journalled."""
        self._began = None
        return self._answer_beside(event)

    def _stop(self, event: Event) -> list[Effect]:
        effects: list[Effect] = []
        if self._began and trigger_of(event) in ("cancel", "undo") and self._memory.can_undo(event.t):
            effects, self._began = [do.UndoKept(self._began[1])], None
        self._end(event.t)
        return [*effects, do.Hush("stop"), do.CancelTimers()]

    def _taken_notes(self) -> tuple[Effect, ...]:
        """What is to be written down, each once."""
        notes, self._notes = self._notes, ()
        return notes
