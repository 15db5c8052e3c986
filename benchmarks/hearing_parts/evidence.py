"""What becomes of each recording: its turns, what is heard in them, and all that speaks for what it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.hearing_parts.items import ROOT, Item
from benchmarks.hearing_parts.remembering import NOTHING, Known, Remembering, front
from benchmarks.hearing_parts.sounds import AS_IS, RATE, Studio
from voice.commands.hear import patience_of
from voice.events import Event, Understood
from voice.guiding.lines import lines_of
from voice.guiding.practice import load_practices
from voice.hearing.listener import Listener, meaning, scored_phrases
from voice.hearing.recognizer import Found, Transcript
from voice.understanding.confidence import confidence, weights
from voice.understanding.grammar import Grammar
from voice.understanding.heard_turn import HeardTurn
from voice.understanding.intents import load_intents
from voice.understanding.recognition import Candidate, Recognition
from voice.understanding.second_network import DOUBT, SURE
from voice.understanding.understander import Understander
from voice.understanding.weighing import Weighed, key

BLOCK = RATE // 50
"""Frames of one block: 20 ms, as a microphone gives them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of an item: what was heard, and what it was taken for."""

    known: Known
    found: Recognition


class _Deaf:
    """A judge for whom nothing means anything."""

    def grammar(self, state: str, expected: Sequence[str] | None = None) -> Grammar:
        return NOTHING

    def shortlist(self, text: str, state: str, expected: Sequence[str] | None = None) -> list[Candidate]:
        return []

    def decide(self, transcript: Transcript, *_: object) -> Recognition:
        return Recognition(transcript.text)

    weigh = decide


class _Noting(_Deaf):
    """Notes which turns came to it, each once, though it may be asked about one several times."""

    def __init__(self, recognizer: Remembering) -> None:
        self._recognizer = recognizer
        self.digests: list[str] = []

    def shortlist(self, text: str, state: str, expected: Sequence[str] | None = None) -> list[Candidate]:
        if self.digests[-1:] != [self._recognizer.digest]:
            self.digests.append(self._recognizer.digest)
        return []


class _Noticing:
    """Ours, which notices what the recognizer made of each turn."""

    def __init__(self, recognizer: Remembering, understander: Understander) -> None:
        self._recognizer, self._understander = recognizer, understander
        self.known: list[Known] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._understander, name)

    def weigh(self, *asked: Any) -> Recognition:
        assert self._recognizer.known is not None
        self.known.append(self._recognizer.known)
        return self._understander.weigh(*asked)


class _Keeping(_Deaf):
    """Keeps the samples of the turns that came to it, in the same way."""

    def __init__(self, recognizer: _Collecting) -> None:
        self._recognizer = recognizer
        self.turns: list[npt.NDArray[np.float32]] = []

    def shortlist(self, text: str, state: str, expected: Sequence[str] | None = None) -> list[Candidate]:
        if not self.turns or self.turns[-1] is not self._recognizer.turn:
            self.turns.append(self._recognizer.turn)
        return []


class _Collecting:
    """A recognizer that only keeps the last turn's samples."""

    def __init__(self) -> None:
        self.turn = np.zeros(0, np.float32)
        self._blocks: list[npt.NDArray[np.float32]] = []

    def wait_ready(self) -> None:
        pass

    def expect(self, phrases: Sequence[str] | None) -> None:
        pass

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        self._blocks.append(block)
        return []

    def settle(self, grammar: Grammar | None = None) -> None:
        pass

    def finish(self) -> list[Transcript]:
        self.turn = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        self._blocks = []
        return [Transcript("", final=True, log_prob=-20.0, no_speech=1.0)]

    def search(self, grammar: Grammar) -> list[Found]:
        return []

    def score(self, phrases: Sequence[str]) -> list[Found]:
        return []

    def second(self, phrases: Sequence[str]) -> None:
        return None


class Silent:
    """Stands for an engine where only what was heard before is to be looked at."""

    _encoded: Any = None

    def __getattr__(self, name: str) -> Any:
        raise LookupError("this was never heard")


class Bench:
    """Plays items to a listener; one a process. Raises ``LookupError`` for what ``Silent`` never heard."""

    def __init__(self, speech: Path, scratch: Path, engine: Any) -> None:
        """``engine`` hears; sentence files are read when they are first needed."""
        self.studio = Studio(speech, scratch)
        self.recognizer = Remembering(engine, scratch)
        self._scratch = scratch / "items"
        self._scratch.mkdir(parents=True, exist_ok=True)
        self._understanders: dict[str, Understander] = {}

    def understander(self, domain: str) -> Understander:
        """Ours, or the stand-in domain's."""
        if domain not in self._understanders:
            folder = ROOT / "intents" if domain == "ours" else ROOT / "benchmarks" / "hearing_parts" / domain
            guided = lines_of(load_practices([ROOT / "scripts"]).values()) if domain == "ours" else []
            self._understanders[domain] = Understander(load_intents([folder]), guided=guided)
        return self._understanders[domain]

    def play(self, item: Item) -> list[Turn]:
        """What becomes of one item, turn by turn."""
        if item.expected is not None and item.condition == AS_IS:
            return self._played_whole(item)
        understander = self.understander(item.domain)
        turns: list[Turn] = []
        for digest in self._digests(item):
            known = self._recalled(digest, item)
            found = meaning(self.recognizer, understander, known.transcript, item.state, item.expected)
            turns.append(Turn(known, found))
        return turns

    def _played_whole(self, item: Item) -> list[Turn]:
        """The same by the whole listener, as whether an answer counts depends on the talk around it. What was
        understood stands with the first turns, whichever it was."""
        noticing = _Noticing(self.recognizer, self.understander(item.domain))
        events = self._listened(item, self.recognizer, noticing)
        found = [one for event in events if (one := _understood(event)) is not None]
        found += [Recognition("")] * (len(noticing.known) - len(found))
        return [Turn(known, one) for known, one in zip(noticing.known, found, strict=True)]

    def evidence(self, item: Item, ways: Sequence[tuple[float, float]]) -> list[list[tuple[Weighed, bool]]]:
        """All that is known of an item's turns for each of some ways to compare phrases: ``share`` and ``asked`` of
        ``weigh``; and whether the turn is decided by its text alone."""
        found: list[list[tuple[Weighed, bool]]] = [[] for _ in ways]
        for turn in self.turns(item):
            for place, way in enumerate(ways):
                weighed = turn.evidence(way)
                if weighed is not None:
                    found[place].append((weighed, turn.is_said()))
        return found

    def turns(self, item: Item) -> Iterator[HeardTurn]:
        """Each of an item's turns as it was heard, while the recognizer can still be asked about it."""
        understander = self.understander(item.domain)
        for digest in self._digests(item):
            heard = self._recalled(digest, item).transcript
            scored = scored_phrases(self.recognizer, understander, heard, item.state, item.expected)
            yield understander.turn(heard, scored, item.state, item.expected)

    def seconded(self, item: Item, least: float, favors: Sequence[float]) -> list[list[tuple[Weighed, bool]]]:
        """The turns of an item about which there is doubt, from a confidence of ``least``, for each of some shares by
        which the second network favors phrases: the evidence with its opinion, and whether the turn is decided by its
        text alone."""
        found: list[list[tuple[Weighed, bool]]] = [[] for _ in favors]
        for turn in self.turns(item):
            weighed = turn.evidence()
            if weighed is None or weighed.kind not in DOUBT or not least <= confidence(weighed, weights()) <= SURE:
                continue
            thought = turn.ask_second(weighed, self.recognizer)
            assert thought is not None
            with_more, opinion = thought
            wrote = with_more.wrote(opinion)
            for place, favor in enumerate(favors):
                more = with_more.seconded(opinion, favor)
                written = with_more.seconded(opinion, favor, first=wrote) if wrote else None
                if more is not None:
                    found[place].append((more, turn.is_said()))
                if written is not None and (more is None or key(written.meaning) != key(more.meaning)):
                    found[place].append((written, turn.is_said()))
        return found

    def _recalled(self, digest: str, item: Item) -> Known:
        if not self.recognizer.recall(digest):
            raise LookupError(digest)
        assert self.recognizer.known is not None
        self.recognizer.replayed = cache(lambda: self._samples(item, self._digests(item).index(digest)))
        return self.recognizer.known

    def _samples(self, item: Item, number: int) -> npt.NDArray[np.float32]:
        """Those of one of an item's turns, from the turn detector."""
        collecting = _Collecting()
        keeping = _Keeping(collecting)
        self._listened(item, collecting, keeping)
        return keeping.turns[number]

    def _digests(self, item: Item) -> list[str]:
        """The item's turns, from the turn detector or from the last time."""
        path = self._scratch / hashlib.sha1(f"{item.key}|{front()}".encode()).hexdigest()
        if path.is_file():
            return path.read_text().split()
        if isinstance(self.recognizer.engine, Silent):
            raise LookupError(item.key)
        noting = _Noting(self.recognizer)
        self._listened(item, self.recognizer, noting)
        path.write_text("\n".join(noting.digests))
        return noting.digests

    def _listened(self, item: Item, recognizer: Any, judge: Any) -> list[Event]:
        listener = Listener(recognizer, judge, clock=lambda frame: frame / RATE)
        listener.attend(item.state, item.expected, patience_of(self.understander(item.domain)))
        sound = item.sound(self.studio)
        events = [event for at in range(0, len(sound), BLOCK) for event in listener.feed(sound[at : at + BLOCK])]
        return events + listener.finish()


def _understood(event: Event) -> Recognition | None:
    if not isinstance(event, Understood):
        return None
    metadata = {"control": event.control} if event.control else {}
    return Recognition("", event.intent, event.practice, event.slots, event.score, None, event.answer, metadata)
