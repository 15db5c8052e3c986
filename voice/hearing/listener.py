"""From microphone samples to events: who speaks, which words, and what they mean in the present state.

One turn: its speech goes to the recognizer while it lasts; 200 ms after the last word the transcript is begun, while
it is still being waited whether somebody goes on; at the turn's end the phrases nearest to the transcript are scored
against the sound, and understanding decides. Nothing here knows the time: the same samples give the same events.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voice.child import ChildDied
from voice.events import Deaf, Error, Event, Heard, Ignored, Speech
from voice.hearing.amid_talk import AmidTalk, Said
from voice.hearing.recognizer import Found, Recognizer, Transcript
from voice.hearing.turns import PATIENCE_MS, Ended, Part, Paused, Started, Talk, TurnDetector
from voice.understanding.doubt import Repeats
from voice.understanding.grammar import Grammar
from voice.understanding.recognition import NOBODY, Candidate, Recognition, as_event, is_invented
from voice.understanding.second_network import Ears
from voice.understanding.words import split

LOGGER = logging.getLogger(__name__)

NEAREST = 3
"""Phrases near the text that are scored beside those found in the sound."""
DEAF_AFTER = 2
"""Turns lost one after the other from which the two are told; one is a crash, and heard again by the next."""


class Judge(Protocol):
    """What the listener needs of understanding; ``voice.understanding.understander.Understander`` has it."""

    def grammar(self, state: str, expected: Sequence[str] | None = None) -> Grammar:
        """All that may be said."""
        ...

    def shortlist(self, text: str, state: str, expected: Sequence[str] | None = None) -> Sequence[Candidate]:
        """Concrete phrases nearest to a text."""
        ...

    def decide(
        self,
        transcript: Transcript,
        shortlist: Sequence[Candidate],
        scores: Sequence[float],
        state: str,
        expected: Sequence[str] | None = None,
    ) -> Recognition:
        """What a turn means where only some phrases could be scored."""
        ...

    def weigh(
        self,
        transcript: Transcript,
        scored: Sequence[Found],
        state: str,
        expected: Sequence[str] | None = None,
        ears: Ears | None = None,
    ) -> Recognition:
        """What a turn means; the free text comes first among what was scored; ``ears`` are asked in doubt."""
        ...


def meaning(
    recognizer: Recognizer, judge: Judge, transcript: Transcript, state: str, expected: Sequence[str] | None
) -> Recognition:
    """What the turn that was just finished means.

    Where the recognizer can look for every phrase that counts, those it found, the free text and the phrases nearest to
    it are weighed; else the nearest phrases are scored.
    """
    scored = scored_phrases(recognizer, judge, transcript, state, expected)
    if scored:
        return judge.weigh(transcript, scored, state, expected, recognizer)
    shortlist = judge.shortlist(transcript.text, state, expected)
    scores = [one.mean for one in recognizer.score([candidate.phrase for candidate in shortlist])]
    return judge.decide(transcript, shortlist, scores, state, expected)


def scored_phrases(
    recognizer: Recognizer, judge: Judge, transcript: Transcript, state: str, expected: Sequence[str] | None
) -> list[Found]:
    """The free text, the phrases nearest to it, and those found in the sound, or, where a closed question is asked, its
    answers; none where the recognizer cannot be held to phrases.
    """
    text = " ".join(transcript.text.split()).rstrip(".!?,")
    found = recognizer.search(judge.grammar(state, None)) if expected is None else []
    if found is None or _is(found, text):
        return found or []
    known = {one.phrase for one in found}
    near = [candidate.phrase for candidate in judge.shortlist(transcript.text, state, expected)]
    near = near[:NEAREST] if expected is None else [*near, *expected]
    asked = [phrase for phrase in dict.fromkeys(near) if phrase not in known and phrase != text]
    scored = [*recognizer.score([text, *asked]), *found]
    return scored if any(one.prior for one in scored) else []


def _is(found: Sequence[Found], text: str) -> bool:
    """Whether only the free text was found: then nothing has to be compared with it."""
    return len(found) == 1 and found[0].phrase == re.sub(r"[^a-z0-9' ]", "", text.lower())


class Listener:
    """Takes microphone samples, gives events; owned by one thread."""

    def __init__(self, recognizer: Recognizer, understander: Judge, *, clock: Callable[[int], float]) -> None:
        """Wait until the recognizer is ready; raises ``DeviceError`` if it cannot be.

        ``clock`` maps a frame of what was fed (16 kHz, counted from 0) to seconds on the output clock.
        """
        self._recognizer = recognizer
        self._understander = understander
        self._clock = clock
        self._turns = TurnDetector()
        self._repeats = Repeats()
        self._amid = AmidTalk()
        self._state = "idle"
        self._expected: tuple[str, ...] | None = None
        self._start = 0
        self._speaks = self._guiding = self._over_guide = False
        self._lost = False
        self._turns_lost = 0
        recognizer.wait_ready()

    def attend(self, state: str, expected: Sequence[str] | None, patience_ms: int = PATIENCE_MS) -> None:
        """The conversation's state, the answers that it asks for, and the silence that ends a turn; may be called at
        any time.

        A turn is understood in the state that holds when it ends.
        """
        self._state = state
        self._turns.patience_ms = patience_ms
        answers = None if expected is None else tuple(expected)
        self._turns.eager = answers is not None
        if answers != self._expected:
            self._expected = answers
            self._recognizer.expect(answers)
            self._amid.ask(answers)

    def feed(
        self,
        block: npt.NDArray[np.float32],
        judged: npt.NDArray[np.float32] | None = None,
        *,
        guiding: bool = False,
    ) -> list[Event]:
        """Take microphone samples, float32[n] at 16 kHz, in blocks of any size; ``guiding`` while the guide may be
        heard in them.

        Whether somebody speaks is decided by ``judged`` where that is given: the same samples, without echo.
        """
        self._guiding = guiding
        return [*(event for part in self._turns.feed(block, judged) for event in self._take(part)), *self._due()]

    def skip(self, frames: int) -> list[Event]:
        """So many frames go by unheard: what comes after is so much later, and no part of the same turn."""
        events = [event for part in self._turns.skip(frames) for event in self._take(part)]
        return [*events, *self._told(self._amid.finish())]

    def finish(self) -> list[Event]:
        """No more samples will come: what is left of them."""
        events = [event for part in self._turns.finish() for event in self._take(part)]
        return [*events, *self._due(), *self._told(self._amid.finish())]

    @property
    def _now(self) -> float:
        return self._clock(self._turns.frame)

    def _due(self) -> list[Event]:
        """An answer amid talk, once it is quiet after it."""
        return [] if self._speaks else self._told(self._amid.due(self._now))

    def _told(self, turns: Sequence[Said]) -> list[Event]:
        """Turns as events: their words and what they mean, now."""
        now = self._now
        return [
            event
            for said in turns
            for event in (said.words and replace(said.words, t=now), as_event(said.found, now))
            if event is not None
        ]

    def _take(self, part: Part) -> list[Event]:
        """One part of a turn; a recognizer that died loses the turn, and is another one by the next."""
        try:
            return self._hear(part)
        except ChildDied as error:
            LOGGER.warning("the recognizer died and is started again: %s", error)
            self._lost = True
            self._turns_lost += 1
            deaf: list[Event] = [Deaf(t=self._now)] if self._turns_lost == DEAF_AFTER else []
            ended: list[Event] = [Speech(t=self._now, edge="end")] if isinstance(part, Ended) else []
            return [Error(t=self._now, what=str(error)), *deaf, *ended]

    def _hear(self, part: Part) -> list[Event]:
        match part:
            case Started(frame=frame):
                self._start = frame
                self._speaks, self._over_guide, self._lost = True, self._guiding, False
                return [Speech(t=self._now, edge="start")]
            case Talk(samples=samples) if not self._lost:
                return [self._heard(early, self._turns.frame) for early in self._recognizer.feed(samples) if early.text]
            case Paused() if not self._lost:
                searched = self._expected is None
                self._recognizer.settle(self._understander.grammar(self._state, None) if searched else None)
            case Ended():
                self._speaks = False
                return [Speech(t=self._now, edge="end"), *self._end(part)]
        return []

    def _end(self, turn: Ended) -> list[Event]:
        if self._lost:
            return []
        transcript = self._recognizer.finish()[-1]
        if not turn.real:
            return [Ignored(t=self._now, text="", why=NOBODY)]
        spoken = transcript.text and not is_invented(transcript)
        words = self._heard(transcript, turn.end) if spoken else None
        # This asks the recognizer, which may die of it.
        found = meaning(self._recognizer, self._understander, transcript, self._state, self._expected)
        self._turns_lost = 0
        said = Said(self._repeats.heard(found, self._now), words)
        start_s, end_s = self._clock(self._start), self._clock(turn.end)
        return self._told(self._amid.heard(said, start_s, end_s, over_guide=self._over_guide))

    def _heard(self, transcript: Transcript, end: int) -> Heard:
        return Heard(
            t=self._now,
            text=transcript.text,
            final=transcript.final,
            confidence=round(math.exp(min(0.0, transcript.log_prob)), 3),
            start=round(self._clock(self._start), 3),
            end=round(self._clock(end), 3),
            endings=_endings(transcript),
        )


def _endings(transcript: Transcript) -> dict[str, float] | None:
    """What the last word may have been, and how probable each is; None where there is only one."""
    found: dict[str, float] = {}
    for text, share in transcript.likely:
        last = (split(text) or ("",))[-1]
        found[last] = round(found.get(last, 0.0) + share, 3)
    return found if len(found) > 1 else None
