"""One conversation on one output clock: everything between microphone samples and loudspeaker samples, without devices.

The drives own time and devices. They tell the session how far the output has come (``advance``), give it what was
heard or typed, and take mixed samples from ``mixer``. Same calls, same result.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from voice.events import Doubted, Ducked, Event, Heard, Ignored, Level, Speech, Spotted, TimerDue, Understood
from voice.guiding import effects as do
from voice.guiding.compiling import compile_steps, sounds_of
from voice.guiding.conversation import Conversation
from voice.guiding.effects import Effect
from voice.guiding.responses import Responses
from voice.guiding.steps import Say, Step
from voice.guiding.timeline import Sound
from voice.hearing.barge_in import Act, BargeIn, Decision, Duck
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.hearing.own_words import are_own
from voice.keeping.answering import as_answer
from voice.keeping.keeper import Keeper
from voice.speaking.performer import Performer
from voice.understanding.understander import Understander, as_event

Prepare = Callable[[Sequence[Sound], Callable[[], None]], None]
"""Makes sounds, at once or in the background, and then calls back on the session's own thread."""


TALKED_S = 10.0
"""People count as talking for this long after their last word."""
WORD_S = 0.4
"""About how long a word lasts that was spotted at its end."""
WRITTEN_DOWN_EVERY_S = 900.0
"""How often it is said, when nothing runs, that words go into an events file."""


class Session:
    """Wires hearing, understanding, guiding and speaking together; owned by one thread."""

    def __init__(
        self,
        conversation: Conversation,
        understander: Understander,
        performer: Performer,
        responses: Responses,
        prepare: Prepare,
        log: Callable[[Event], None],
        keeper: Keeper,
    ) -> None:
        """``log`` is given every event, in order."""
        self.keeper = keeper
        keeper.is_rare = self._is_rare
        self._talked_s = float("-inf")
        self._talking = False
        self.conversation = conversation
        self.performer = performer
        self.listener: Listener | None = None
        self.over_voice: OverVoice | None = None
        """Hears people while the guide speaks, where it is known what is played."""
        self._barge_in = BargeIn(sure=2.0, doubtful=2.0, alone=2.0)
        self.frame = 0
        self._understander = understander
        self._responses = responses
        self._prepare = prepare
        self._log = log
        self._timers: dict[str, float] = {}
        self._muted_until = 0.0
        self.written_down = False
        """Whether what is said goes into an events file; then it is said aloud, at the start and every 15 minutes."""
        self._tell_next_s = 0.0
        self._own = False
        self._measuring: RoomLevel | None = None
        self._plays = 0
        self._preparing: int | None = None
        self._next_play: tuple[Sequence[Step], int] | None = None
        """Steps that are being prepared and have not begun, with their first round; a pause must not lose them."""

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

    def advance(self, frame: int, played: int | None = None) -> None:
        """Changes can be heard from ``frame`` on: report what was played, run timers out, place what comes next.

        ``played`` is the frame that is heard now, where that is earlier.
        """
        self.frame = frame
        self._decided(self._barge_in.advance(self.now_s))
        for event in self.performer.played(frame if played is None else played):
            self.receive(event)
        for timer, due in sorted(self._timers.items(), key=lambda item: item[1]):
            if due <= self.now_s and self._timers.get(timer) == due:
                del self._timers[timer]
                self.receive(TimerDue(t=self.now_s, timer=timer))
        if self._measuring is not None and self.now_s >= self._measuring.until_s:
            level, self._measuring = self._measuring.db, None
            self.receive(Level(t=self.now_s, db=level))
        if self.written_down and self.now_s >= self._tell_next_s and self.resting and self.conversation.is_idle:
            self._tell_next_s = self.now_s + WRITTEN_DOWN_EVERY_S
            self.receive(TimerDue(t=self.now_s, timer="written-down"))
        for event in self.keeper.tick(
            self.now_s, busy=not (self.conversation.is_idle and self.resting), talking=self.people_talk,
            upset=self.conversation.is_upset(self.now_s),
        ):  # fmt: skip
            self.receive(event)
        self.performer.place_until(frame)

    @property
    def people_talk(self) -> bool:
        """Whether somebody speaks, or did just now."""
        return self._talking or self.now_s < self._talked_s + TALKED_S

    def hear(self, block: npt.NDArray[np.float32], played: npt.NDArray[np.float32] | None = None) -> None:
        """Take microphone samples, float32 at 16 kHz, and what the loudspeaker played since, at 16 kHz too."""
        if self.listener is None:
            return
        self._attend()
        self.measure(block)
        if self.over_voice is None or played is None:
            events = [] if self.muted else self.listener.feed(block)
        elif self.muted:
            self.over_voice.skip(len(block), played)
            return
        else:
            events = self.over_voice.feed(block, played, guiding=self.guiding)
        for event in events:
            self.take(event)
            self._attend()

    def hear_over_voice(self, ears: OverVoice) -> None:
        """Hear people while the guide speaks."""
        self.over_voice = ears
        if ears.spotter is not None:
            self._barge_in = BargeIn(ears.spotter.sure, ears.spotter.doubtful, ears.spotter.alone)

    def finish(self) -> None:
        """Nothing more will be heard."""
        ears = self.over_voice or self.listener
        for event in ears.finish() if ears else []:
            self.take(event)

    @property
    def guiding(self) -> bool:
        """Whether something sounds or is about to, and may be spoken over."""
        return self.performer.busy and self.conversation.state.value in ("guiding", "asking", "answering", "turn")

    def take(self, event: Event) -> None:
        """Take an event of hearing: words that the guide itself has just said are not taken for theirs, and voices
        over it lower it.
        """
        if isinstance(event, Heard) and event.final:
            self._own = self.over_voice is not None and are_own(
                event.text, event.start, self.performer.said, self.over_voice.delay_s
            )
        if isinstance(event, Understood | Heard | Ignored) and self._own:
            if isinstance(event, Understood):
                self._log(Ignored(t=event.t, text="", why="the guide's own words"))
            return
        self.receive(event)
        if self.over_voice is None:
            return
        if isinstance(event, Speech):
            self._own = False
            if event.edge == "start":
                self._decided(self._barge_in.voice(self.now_s, over_guide=self.guiding))
            else:
                self._barge_in.quiet()
        elif isinstance(event, Spotted) and self.guiding and not self._says(event):
            self._decided(self._barge_in.spotted(self.now_s, event.word, event.score, voiced=event.voiced))

    def _says(self, event: Spotted) -> bool:
        """Whether the guide itself says that word now."""
        return are_own(event.word, event.t - WORD_S, self.performer.said, None)

    def _decided(self, decisions: Sequence[Decision]) -> None:
        """Carry out what to do about a voice over the guide."""
        for decision in decisions:
            if isinstance(decision, Act):
                self.receive(self._meant(decision))
                continue
            db = decision.db if isinstance(decision, Duck) else 0.0
            self.performer.duck(self.frame, db)
            self.receive(Ducked(t=self.now_s, db=db))

    def _meant(self, act: Act) -> Event:
        """A control word that was surely said, or the doubt about it."""
        if not act.sure:
            return Doubted(t=self.now_s)
        return Understood(t=self.now_s, intent="Spotted", control=act.control, score=act.score)

    def read(self, text: str) -> None:
        """Take a typed line as if it had been heard."""
        now = self.now_s
        self._muted_until = now
        self.receive(Speech(t=now, edge="start"))
        self.receive(Speech(t=now, edge="end"))
        self.receive(Heard(t=now, text=text, final=True, confidence=1.0, start=now, end=now))
        recognition = self._understander.understand(
            text, self.conversation.hearing_state(now), self.conversation.expected
        )
        self.receive(as_event(recognition, now))

    def press(self, key: str) -> None:
        """Take a key: any opens a closed microphone; space holds or goes on, q stops."""
        now = self.now_s
        if self.muted:
            self._muted_until = now
            return
        paused = self.conversation.state.value == "paused"
        control = {" ": "go-on" if paused else "pause", "q": "stop"}.get(key)
        if control:
            self.receive(Understood(t=now, intent="Key", control=control))

    def receive(self, event: Event) -> None:
        """Log one event, give it to the conversation, and carry out what it asks for."""
        if isinstance(event, Speech):
            self._talking, self._talked_s = event.edge == "start", event.t
        if isinstance(event, Heard) and event.final:
            self.keeper.hear(event.text)
        event = as_answer(event, self.conversation.expected or (), self.keeper, self.now_s)
        self._log(event)
        for effect in self.conversation.receive(event):
            self._carry_out(effect)

    def _is_rare(self, words: str) -> bool:
        """Whether words can be a signal: no phrase of ours is near, and one of them stands in none."""
        known = set(self._understander.words())
        near = self._understander.understand(words, "any").intent is not None
        return not near and any(word not in known for word in words.split())

    def _attend(self) -> None:
        assert self.listener is not None
        self.listener.attend(self.conversation.hearing_state(self.now_s), self.conversation.expected)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case do.Play(steps=steps, first_round=first):
                self._play(steps, first, beside=False)
            case do.Say(text=text):
                self._play((Step(say=Say(text=text)),), 1, beside=True)
            case do.SayTimeLeft():
                left = self._responses.time_left(self.performer.left_s(self.frame))
                self._play((Step(say=Say(text=left)),), 1, beside=True)
            case do.Hush(why=why, fade_ms=fade_ms):
                self._preparing = self._next_play = None
                self.performer.hush(self.frame, why, fade_ms)
            case do.Hold():
                self._preparing = None
                self.performer.hold(self.frame)
            case do.Resume():
                if self._next_play:
                    self._play(*self._next_play, beside=False)
                else:
                    self.performer.resume(self.frame)
            case do.Stretch(factor=factor):
                self._prepare(list(self.performer.stretch(self.frame, factor)), lambda: None)
            case do.Volume(change_db=change_db):
                self.performer.volume(self.frame, change_db)
            case do.StepBack(change_db=change_db):
                self.performer.step_back(self.frame, change_db)
            case do.EndAfterBreath():
                self.performer.end_after_breath(self.frame)
            case do.SayAgain(simpler=simpler):
                said = self.performer.last_said
                self._play([_slow(simpler[said])] if said in simpler else _in_parts(said), 1, beside=True)
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
                told = self.keeper.tell(about, slots, self.now_s)
                self._play((Step(say=Say(text=told)),), 1, beside=True)
            case _:
                for event in self.keeper.carry_out(effect, self.now_s):
                    self.receive(event)

    def _play(self, steps: Sequence[Step], first_round: int, *, beside: bool) -> None:
        """Prepare the phrases, then start; a Hush or Hold in between calls it off."""
        self._plays += 1
        self._preparing = ticket = self._plays
        if not beside:
            self._next_play = (steps, first_round)

        def start() -> None:
            if self._preparing != ticket:
                return
            self._preparing = None
            if not beside:
                self._next_play = None
            timeline = compile_steps(steps, self.performer.measure, first_round)
            (self.performer.play_beside if beside else self.performer.play)(timeline, self.frame)

        self._prepare(sounds_of(steps), start)


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
    return Step(say=Say(text=text, pause=1.0, slow=True))


def _in_parts(text: str) -> list[Step]:
    """A text said slowly, sentence by sentence, with a rest between them."""
    return [_slow(part) for part in re.split(r"(?<=[.!?:;,])\s+", text) if part]
