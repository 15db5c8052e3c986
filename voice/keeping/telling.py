"""Answers about what is kept: what was promised, when they meet, which rituals there are; small changes by voice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from voice.guiding.filling import fill_text
from voice.guiding.responses import Responses
from voice.keeping import records
from voice.keeping.appointments import Appointment
from voice.keeping.clock import Now
from voice.keeping.recurrence import latest

if TYPE_CHECKING:
    from voice.keeping.keeper import Keeper


class Telling:
    """Short sentences from ``responses.yaml``."""

    def __init__(self, keeper: Keeper, responses: Responses, titles: Mapping[str, str]) -> None:
        """``titles`` are those of the practices, by id."""
        self._keeper = keeper
        self._responses = responses
        self.titles = titles

    @property
    def cannot(self) -> str:
        """What is said where the disk refuses."""
        return self._responses.get("NotKept")

    def answer(self, about: str, slots: Mapping[str, Any], t: float) -> str:
        """One or a few short sentences; raises ``AttuneError`` where a change cannot be written."""
        now = self._keeper.now(t)
        match about:
            case "when-do-we-meet" | "restored":
                return self._meeting(now, "Meet")
            case "how-long":
                return self._time_left(now)
            case "RitualList":
                return self._listed("ritual", now) or self._responses.get("NoRituals")
            case "RitualDrop":
                return self._drop_ritual(slots)
            case "what-promised":
                return self._promised(now)
            case "PromiseDrop":
                return self._drop("promise", "PromiseGone", "NoPromises")
            case "ToolkitAdd":
                return self._add_tool(slots, t)
            case "ToolkitDrop":
                gone = records.forget(self._keeper.store, "tool", str(slots.get("tool")))
                return fill_text(self._responses.get("ToolGone" if gone else "NoTool"), slots)
            case "SignalTold":
                return self._signal()
            case "SignalDrop":
                known = [records.forget(self._keeper.store, kind) for kind in ("signal", "answer")]
                return self._responses.get("SignalGone" if any(known) else "NoSignal")
            case "TimeOut":
                records.let_go(self._keeper.store, *self._items("time-out"))
                return self._responses.get("NoTime")
            case "what-kept":
                return self._what_kept()
            case "forget-that":
                return self._responses.get("ForgetThat", "now" if self._keeper.forget_last(t) else "default")
        return self._responses.get("NotKept")

    def _items(self, kind: str) -> list[Appointment]:
        return [item for item in records.appointments(self._keeper.store) if item.kind == kind]

    def _meeting(self, now: Now, sentence: str) -> str:
        for item in self._items("time-out"):
            if item.due and item.due.ago_s(now) < 0:
                wall = Now(now.utc + timedelta(seconds=-item.due.ago_s(now)), now.zone, 0.0, "").wall
                return fill_text(self._responses.get(sentence), {"when": self._keeper.tongue.moment(wall, now.wall)})
            return self._responses.get("Meet", "now")
        return self._responses.get("NoTimeSet")

    def _time_left(self, now: Now) -> str:
        for item in self._items("time-out"):
            if item.due and item.due.ago_s(now) < -60:
                minutes = round(-item.due.ago_s(now) / 60)
                return fill_text(self._responses.get("StillApart"), {"length": self._keeper.tongue.length(minutes)})
        return self._meeting(now, "Meet")

    def _listed(self, kind: str, now: Now) -> str:
        sentences = []
        for item in self._items(kind):
            words = {"when": self._when(item, now), "act": self.act(item.what), "title": self._keeper.title(item.what)}
            if words["when"]:
                sentences.append(fill_text(self._responses.get("Kept", kind), words))
        return " ".join(dict.fromkeys(sentences))

    def _when(self, item: Appointment, now: Now) -> str | None:
        assert item.rule is not None
        if "COUNT=1" not in item.rule:
            return self._keeper.tongue.repeat(item.rule)
        wall = latest(item.rule, datetime.max)
        past = wall is None or (wall.date() < now.wall.date() if item.all_day else wall < now.wall)
        return None if past or wall is None else self._keeper.tongue.once(wall, now.wall, all_day=item.all_day)

    def _promised(self, now: Now) -> str:
        meeting = self._meeting(now, "Meet") if self._items("time-out") else ""
        told = [meeting, self._listed("promise", now), self._listed("follow-up", now)]
        return " ".join(part for part in told if part) or self._responses.get("NoPromises")

    def act(self, act: str) -> str:
        """An act as it is said within a sentence."""
        return fill_text(self._responses.get("Acts", act), {"act": act})

    def _drop_ritual(self, slots: Mapping[str, Any]) -> str:
        rituals = self._items("ritual")
        act = slots.get("act")
        wanted = [item for item in rituals if act in (None, item.what)]
        if not wanted:
            return self._responses.get("NoRituals")
        if len(wanted) > 1 and act is None and not self._says_all():
            return self._responses.get("WhichRitual")
        if any(item.origin == "settings" for item in wanted):
            return self._responses.get("InSettings")
        records.let_go(self._keeper.store, *wanted)
        return self._responses.get("RitualGone")

    def _says_all(self) -> bool:
        return not self._keeper.tongue.all_of_them.isdisjoint(self._keeper.said.casefold().split())

    def _drop(self, kind: str, gone: str, none: str) -> str:
        items = self._items(kind)
        records.let_go(self._keeper.store, *items)
        return self._responses.get(gone if items else none)

    def _add_tool(self, slots: Mapping[str, Any], t: float) -> str:
        self._keeper.keep_words("tool", str(slots.get("tool")), t)
        return fill_text(self._responses.get("ToolAdded"), slots)

    def _signal(self) -> str:
        """The words, and what the one who leaves says then."""
        signal = [words for _, words in records.kept(self._keeper.store, "signal")]
        if not signal:
            return self._responses.get("NoSignal")
        answers = ". ".join(words for _, words in records.kept(self._keeper.store, "answer"))
        sentence = self._responses.get("SignalTold", "answered" if answers else "default")
        return fill_text(sentence, {"words": signal[0], "line": answers})

    def _what_kept(self) -> str:
        store = self._keeper.store
        words = any(item.words for item in records.appointments(store)) or any(
            records.kept(store, kind) for kind in ("signal", "answer", "tool", "line 0", "line 1", "line 2")
        )
        if words:
            return self._responses.get("WhatKept", "words")
        kept = records.appointments(store) or records.rows(store) or records.numbers(store)
        return self._responses.get("WhatKept", "times" if kept else "default")
