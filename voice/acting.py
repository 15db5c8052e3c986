"""Carries out what the conversation asks for: plays, holds, hushes, sets timers. Knows nothing of hearing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from voice.events import Event
from voice.guiding import effects as do
from voice.guiding.compiling import compile_steps, sounds_of
from voice.guiding.effects import Effect
from voice.guiding.length import steps_s
from voice.guiding.responses import Responses
from voice.guiding.steps import Say, Step
from voice.guiding.timeline import Sound
from voice.keeping.keeper import Keeper
from voice.keeping.night import SOFTER_DB
from voice.speaking.performer import Performer

Prepare = Callable[[Sequence[Sound], Callable[[], None]], None]
"""Makes sounds, at once or in the background, and then calls back on the session's own thread."""


class Actor:
    """What a session does; owned by one thread."""

    def __init__(
        self,
        performer: Performer,
        responses: Responses,
        prepare: Prepare,
        log: Callable[[Event], None],
        keeper: Keeper,
    ) -> None:
        """``log`` is given what effects tell, in order."""
        self.performer = performer
        self.keeper = keeper
        self.frame = 0
        self._responses = responses
        self._prepare = prepare
        self._log = log
        self._timers: dict[str, float] = {}
        self._muted_until = 0.0
        self._measuring: RoomLevel | None = None
        self._plays = 0
        self._preparing: int | None = None
        self._not_before_s = 0.0
        """What is played next begins no earlier, seconds on the output clock."""
        self._next_play: do.Play | None = None
        """What is being prepared and has not begun; a pause must not lose it."""

    @property
    def now_s(self) -> float:
        """Seconds on the output clock."""
        return self.frame / self.performer.rate

    @property
    def resting(self) -> bool:
        """True when nothing sounds, nothing is being prepared and nothing is timed: only words can change anything."""
        return not (self.performer.busy or self._preparing is not None or self._timers or self._measuring)

    @property
    def muted(self) -> bool:
        """Whether the microphone was closed by voice; a typed line opens it again."""
        return self.now_s < self._muted_until

    @property
    def measuring(self) -> bool:
        """Whether the room's level is being measured."""
        return self._measuring is not None

    def measure(self, block: npt.NDArray[np.float32]) -> None:
        """Look at how loud microphone samples are, where that was asked for."""
        if self._measuring is not None:
            self._measuring.add(block)

    def carry_out(self, effect: Effect) -> list[Event]:
        """Do it; gives what comes of it."""
        match effect:
            case do.Play() as play:
                self._play(play)
            case do.Say(text=text):
                self._say(text)
            case do.SayTimeLeft(after_s=after_s):
                self._say(self._responses.time_left(self._left_s() + after_s))
            case do.Hush(why=why, fade_ms=fade_ms):
                self._preparing = self._next_play = None
                self.performer.hush(self.frame, why, fade_ms)
            case do.Hold():
                self._preparing = None
                self.performer.hold(self.frame)
            case do.Resume():
                if self._next_play:
                    self._play(self._next_play)
                else:
                    self.performer.resume(self.frame)
            case do.Stretch(factor=factor):
                self._stretch(factor)
            case do.Volume(change_db=change_db):
                self.performer.volume(self.frame, change_db)
            case do.StepBack(change_db=change_db):
                self.performer.step_back(self.frame, change_db)
            case do.EndAfterBreath():
                self.performer.end_after_breath(self.frame)
            case do.SayAgain(simpler=simpler):
                said = self.performer.last_said
                self._play_beside([_slow(simpler[said])] if said in simpler else _in_parts(said), again=True)
            case do.Mute(seconds=seconds):
                self._muted_until = self.now_s + seconds
            case do.MeasureRoom(seconds=seconds):
                self._measuring = RoomLevel(self.now_s + seconds)
            case do.Sound(name=name):
                self.performer.sound(name, self.frame)
            case do.SetTimer(timer=timer, after_s=after_s):
                self._timers[timer] = self.now_s + after_s
            case do.CancelTimer(timer=timer):
                self._timers.pop(timer, None)
            case do.CancelTimers():
                self._timers.clear()
            case do.Tell(event=event):
                self._log(event)
            case do.TellKept(about=about, slots=slots):
                before = self.keeper.has_time_out()
                self._say(self.keeper.tell(about, slots, self.now_s))
                return self.keeper.time_out_gone(before, self.now_s)
            case _:
                return self.keeper.carry_out(effect, self.now_s)
        return []

    def _play(self, play: do.Play) -> None:
        self._next_play = play

        def start() -> None:
            self._next_play = None
            timeline = compile_steps(play.steps, self.performer.measure, play.first_round, play.stretch)
            self.performer.play(timeline, max(self.frame, round(self._not_before_s * self.performer.rate)))

        self._once_made(sounds_of(play.steps, play.stretch), start)

    def _say(self, text: str) -> None:
        self._play_beside((Step(say=Say.composed(text)),))

    def _play_beside(self, steps: Sequence[Step], *, again: bool = False) -> None:
        def start() -> None:
            self.performer.play_beside(compile_steps(steps, self.performer.measure), self.frame, again=again)

        self._once_made(sounds_of(steps), start)

    def _once_made(self, sounds: Sequence[Sound], start: Callable[[], None]) -> None:
        """Make the sounds, then start; a Hush or Hold in between calls it off."""
        self._plays += 1
        self._preparing = ticket = self._plays

        def begin() -> None:
            if self._preparing != ticket:
                return
            self._preparing = None
            self.performer.soften(self.frame, SOFTER_DB if self.keeper.is_night(self.now_s) else 0.0)
            start()

        self._prepare(sounds, begin)

    def _left_s(self) -> float:
        """What is left of what plays or is held, or about how long what has not begun yet will take, seconds."""
        play = self._next_play
        return self.performer.left_s(self.frame) if play is None else steps_s(play.steps, play.stretch)

    def _stretch(self, factor: float) -> None:
        """Change the beat of what plays or is held, or of what has not begun yet."""
        if self._next_play is None:
            self._prepare(list(self.performer.stretch(self.frame, factor)), lambda: None)
            return
        self._next_play = replace(self._next_play, stretch=self._next_play.stretch * factor)
        if self._preparing is not None:
            self._play(self._next_play)


class RoomLevel:
    """How loud the microphone's samples are until a moment."""

    def __init__(self, until_s: float) -> None:
        """Measure until ``until_s`` seconds on the output clock."""
        self.until_s = until_s
        self._energy = 0.0
        self._frames = 0

    def add(self, block: npt.NDArray[np.float32]) -> None:
        """Take samples, float32[n]."""
        self._energy += float(np.dot(block, block))
        self._frames += len(block)

    @property
    def db(self) -> float:
        """Root mean square, dBFS; -inf where there was nothing to measure."""
        return 10 * math.log10(self._energy / self._frames) if self._energy else -math.inf


def _slow(text: str) -> Step:
    return Step(say=Say.composed(text, pause=1.0, slow=True))


def _in_parts(text: str) -> list[Step]:
    """A text said slowly, sentence by sentence, with a rest between them."""
    return [_slow(part) for part in re.split(r"(?<=[.!?:;,])\s+", text) if part]
