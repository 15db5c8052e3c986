"""Going through a practice stage by stage: what plays now, what comes next, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping

from voice.events import Error, Event, Finished, Level
from voice.guiding import effects as do
from voice.guiding.dials import Dials
from voice.guiding.effects import Effect
from voice.guiding.memory import Memory
from voice.guiding.practice import Practice
from voice.guiding.responses import Responses
from voice.guiding.settings import Settings
from voice.guiding.shouting import Shouting
from voice.guiding.steps import Ask, Breathe, Say, Step, Turn
from voice.guiding.transitions import State
from voice.guiding.turn_taking import TurnTaking
from voice.guiding.walk import HandOver, Measure, Segment, Stage, Walk

ROOM_STEP_DB = 3.0
"""A room counts as quieter or louder from this change on, decibels: about the least that people notice."""


class Stages:
    """Where a conversation stands; its actions return effects."""

    def __init__(
        self, practices: Mapping[str, Practice], responses: Responses, settings: Settings | None = None
    ) -> None:
        """Begin idle; ``responses`` are the sentences said beside a practice."""
        self.state = State.IDLE
        self._practices = practices
        self._responses = responses
        self._settings = settings or Settings()
        self._walk: Walk | None = None
        self._stage: Stage | None = None
        self._turn: TurnTaking | None = None
        self._return_to = State.IDLE
        self._prompting = False
        self._closed = False
        self._rounds = self._silent_turns = 0
        self._room_db: float | None = None
        self._memory = Memory()
        self._dials = Dials()
        self._shouting = Shouting()
        self._forget_doubts()
        self._talked_until = float("-inf")
        self._somebody_talks = False
        """Also while nothing is asked: they may begin before the question is over, and are then not silent after it."""

    def _begin(self, practice: Practice, now_s: float, *, alone: bool) -> None:
        facts = self._memory.facts(practice, now_s, alone=alone)
        self._walk = Walk(practice, facts, self._settings.invitations(self._responses, self._memory.begun))
        self._rounds, self._closed, self._room_db, self._shouting = 0, False, None, Shouting()
        self._silent_turns = 0
        self._forget_doubts()
        self._dials.usual_pace()
        self._memory.begins(practice, now_s)

    def _forget_doubts(self) -> None:
        """A doubt is a "stop" that perhaps was said."""
        self._doubted = self._doubt_taken_back = False
        """Whether there was one in this practice, and whether one was none."""
        self._doubt_open = self._doubt_asked = False
        """Whether a pause is for one, and whether it was asked about."""
        self._doubts_turn = False
        """Whether what is understood next is what raised it."""
        self._doubted_s = float("-inf")
        self._doubted_in = State.IDLE

    def _end(self, now_s: float) -> None:
        if self._walk:
            self._memory.ends(self._walk.practice, now_s)
        self.state, self._walk, self._stage, self._turn, self._prompting = State.IDLE, None, None, None, False

    def _proceed(self, event: Event) -> list[Effect]:
        assert self._walk is not None
        leave: list[Effect] = [] if isinstance(event, Finished) else [do.Hush("next")]
        if self._shouting.stepped_back:
            self._end(event.t)
            return [*leave, do.CancelTimers()]
        self._stage = self._walk.next() or self._closing(self._walk.practice)
        return [*leave, do.CancelTimers(), *self._enter_stage(event.t)]

    def _closing(self, practice: Practice) -> Segment | None:
        """What is said once at the end of a finished practice, or ``None``."""
        talk = practice.script.kind == "talk"
        self._memory.finished(practice)
        if self._closed or practice.script.kind == "setting" or not (talk or self._memory.first):
            return None
        self._closed, self._memory.first = True, False
        return Segment((_say(self._sentence("TalkClosing" if talk else "ForUs")),))

    def _enter_stage(self, now_s: float) -> list[Effect]:
        match self._stage:
            case Segment(steps=steps):
                self.state = State.GUIDING
                first = self._rounds + 1
                self._rounds += _rounds(steps)
                return [do.Play(steps, first, self._dials.stretch)]
            case Measure(seconds=seconds):
                self.state = State.GUIDING
                return [do.MeasureRoom(seconds)]
            case Ask(say=text):
                self.state, self._prompting = State.ASKING, True
                return [do.Play((_say(text),))]
            case Turn(say=text, seconds=limit):
                self.state, self._prompting = State.LISTENING, text is not None
                self._turn = TurnTaking(limit, now_s)
                return [do.Play((_say(text),))] if text else self._turn.begin(now_s, talking=self._somebody_talks)
            case HandOver(practice=practice):
                return self._hand_over(practice, now_s)
        self._end(now_s)
        return []

    def _hand_over(self, practice: str, now_s: float) -> list[Effect]:
        assert self._walk is not None
        alone = bool(self._walk.facts.get("alone"))
        if practice not in self._practices:
            self._end(now_s)
            return [do.Tell(Error(t=now_s, what=f"there is no practice '{practice}'"))]
        self._begin(self._practices[practice], now_s, alone=alone)
        self._stage = self._walk.next()
        return self._enter_stage(now_s)

    def _again(self, event: Event) -> list[Effect]:
        if isinstance(self._stage, Segment):
            self._rounds -= _rounds(self._stage.steps)
        return [do.Hush("again"), do.CancelTimers(), *self._enter_stage(event.t)]

    def _take_level(self, event: Event) -> list[Effect]:
        assert isinstance(event, Level)
        assert self._walk is not None
        if not isinstance(self._stage, Measure):
            return []
        before, self._room_db = self._room_db, event.db
        self._walk.facts["room"] = _compared(before, event.db)
        return self._proceed(event)

    def _sentence(self, intent: str, key: str = "default") -> str:
        if intent == "WhoToCall":
            return self._settings.whom_to_call(self._responses)
        return self._settings.with_numbers(self._responses.get(intent, key), self._responses)


def _say(text: str) -> Step:
    return Step(say=Say.composed(text, pause=0))


def _rounds(steps: tuple[Step, ...]) -> int:
    return sum(step.body.rounds for step in steps if isinstance(step.body, Breathe))


def _compared(before: float | None, now: float) -> str:
    """How a room's level has changed; the name of the case in a script."""
    if now == float("-inf"):
        return "unknown"
    if before is None:
        return "first"
    if abs(now - before) < ROOM_STEP_DB:
        return "same"
    return "quieter" if now < before else "louder"
