"""The live drive: microphone and loudspeaker, or the keyboard, in real time.

Three threads besides PortAudio's own. The loop owns session and mixer, and nobody else touches them. A hearing thread
turns microphone blocks into events, a preparing thread renders phrases; both hand their results to the loop's inbox.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from voice.drives.echo_reference import EchoReference
from voice.events import DroppedBlocks, Error, Event, Underflow
from voice.guiding.timeline import Sound
from voice.hearing.microphone import Microphone
from voice.hearing.over_voice import OverVoice
from voice.memory import give_back
from voice.session import Session
from voice.speaking.performer import Performer

LOGGER = logging.getLogger(__name__)

TICK_S, IDLE_TICK_S = 0.01, 0.1
"""How often the loop looks at the clock while something plays, and while nothing does; words wake it at once."""
REVIVE_EVERY_S = 1.0
"""How often a lost device is tried again, seconds."""
LOST_S = 3.0
"""Without a block for this long a microphone is lost, seconds; some take more than one to begin."""
MARGIN_MS = 20
"""Changes are made this far beyond the first sample that can still be changed, so that none is missed while mixing."""


class Output(Protocol):
    """Where mixed samples go, and the clock that counts them; a ``Loudspeaker``, or a ``PacedOutput`` without one."""

    rate: int

    def start(self) -> None:
        """Begin to take samples."""

    def top_up(self) -> None:
        """Mix ahead what is missing."""

    def revise(self) -> None:
        """Mix again whatever can still be changed."""

    def close(self) -> None:
        """Stop."""

    @property
    def next_free_frame(self) -> int:
        """The first frame that can still be changed."""

    @property
    def played_frame(self) -> int:
        """The frame that is heard now."""

    @property
    def underflows(self) -> int:
        """How often samples were missing."""

    @property
    def alive(self) -> bool:
        """Whether the device still takes samples."""

    def revive(self) -> bool:
        """Open a lost device again; whether that went well."""


class Loop:
    """Runs one session in real time; everything that touches it passes through the inbox."""

    def __init__(self, output: Output, log: Callable[[Event], None], alive: Callable[[], None] = lambda: None) -> None:
        """``log`` is given what the loop itself notices; ``alive`` is called at every turn."""
        self._alive = alive
        self.inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.ended = threading.Event()
        self._output = output
        self._log = log
        self._underflows = 0
        self._revive_at_s: float | None = None
        """When a lost output is tried again, monotonic seconds; ``None`` while it plays."""

    def end(self) -> None:
        """Let ``run`` return at its next turn; from any thread, and from a signal's handler.

        Something is put in for it to find: in CPython 3.11 a ``SimpleQueue.get`` waits for good if a handler outlasts
        its timeout and leaves nothing there.
        """
        self.ended.set()
        self.inbox.put(lambda: None)

    def run(self, session: Session, *, until: Callable[[], bool] = lambda: False) -> None:
        """Drive ``session`` until ``ended`` is set or ``until`` holds; fades out before it returns, also on Ctrl-C."""
        margin = session.performer.rate * MARGIN_MS // 1000
        try:
            while not self.ended.is_set() and not until():
                self._tick(session, margin)
        finally:
            session.performer.hush(self._output.next_free_frame + margin, "ended")
            self._output.revise()
            time.sleep(0.15)

    def _tick(self, session: Session, margin: int) -> None:
        """Take what came in, let time pass, and mix ahead."""
        self._alive()
        work = self._next(IDLE_TICK_S if session.resting else TICK_S)
        self._mind_the_output(session)
        session.advance(self._output.next_free_frame + margin, played=self._output.played_frame)
        while work is not None:
            work()
            work = self._next()
        session.performer.place_until(session.frame)
        if session.performer.mixer.changed_from() < self._output.next_free_frame + session.performer.rate:
            self._output.revise()
        self._output.top_up()
        session.performer.mixer.forget(self._output.played_frame)
        if self._output.underflows != self._underflows:
            self._underflows = self._output.underflows
            self._log(Underflow(t=session.now_s, count=self._underflows))

    def _mind_the_output(self, session: Session) -> None:
        """Hold what plays while the loudspeaker is gone, try it once a second, and go on with an inhale."""
        if self._revive_at_s is None:
            if not self._output.alive:
                session.performer.interrupt(self._output.next_free_frame)
                self._log(Error(t=session.now_s, what="The loudspeaker is gone; Attune waits for it."))
                self._revive_at_s = time.monotonic()
        elif time.monotonic() >= self._revive_at_s:
            self._revive_at_s = time.monotonic() + REVIVE_EVERY_S
            if self._output.revive():
                self._revive_at_s = None
                session.performer.restore(self._output.next_free_frame)

    def _next(self, wait_s: float = 0.0) -> Callable[[], None] | None:
        try:
            return self.inbox.get(timeout=wait_s) if wait_s else self.inbox.get_nowait()
        except queue.Empty:
            return None


class Preparer:
    """Makes sounds on a thread of its own and calls back through the loop's inbox."""

    def __init__(self, loop: Loop) -> None:
        """Start idle; ``performer`` is given before the first sound is asked for."""
        self.performer: Performer
        self._loop = loop
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="preparing")

    def __call__(self, sounds: Sequence[Sound], then: Callable[[], None]) -> None:
        """Call ``then`` at once if every sound is ready, else when it is."""
        if all(self.performer.is_ready(sound) for sound in sounds):
            then()
        else:
            done = self._pool.submit(self.performer.prepare, list(sounds))
            done.add_done_callback(lambda finished: self._loop.inbox.put(then))

    def warm(self, sounds: Sequence[Sound]) -> None:
        """Make sounds that may be wanted soon, one at a time, so that what is wanted now never waits behind them."""
        if not sounds:
            give_back()  # what rendering freed: 15 MB
            return
        with contextlib.suppress(RuntimeError):  # the pool was closed in between
            first = self._pool.submit(self.performer.prepare, sounds[:1])
            first.add_done_callback(lambda done: None if done.cancelled() else self.warm(sounds[1:]))

    def close(self) -> None:
        """Forget what has not begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class HearingThread:
    """Turns microphone blocks into events, which it hands to the loop."""

    def __init__(
        self,
        microphone: Microphone,
        ears: OverVoice,
        reference: EchoReference,
        session: Session,
        loop: Loop,
        log: Callable[[Event], None],
    ) -> None:
        """``session`` is only looked at, for the state that words are understood in."""
        self._microphone = microphone
        self._ears = ears
        self._reference = reference
        self._session = session
        self._loop = loop
        self._log = log
        self._dropped, self._lost = 0, False
        self.fault: Exception | None = None
        """What ended it, and with it the loop, before they were to end; for whoever runs the loop to raise."""
        self._thread = threading.Thread(target=self._run, name="hearing", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the thread to end after ``loop.ended`` was set."""
        self._thread.join(timeout=2)

    def _run(self) -> None:
        try:
            while not self._loop.ended.is_set():
                self._hear_one()
        except Exception as error:
            if self._loop.ended.is_set():  # the recognizer may be closed before its last answer was taken
                return
            LOGGER.exception("hearing ended")
            self.fault = error
            self._loop.inbox.put(lambda: self._log(Error(t=self._session.now_s, what=f"Hearing ended: {self.fault}")))
            self._loop.inbox.put(self._loop.ended.set)

    def _mind_the_microphone(self) -> None:
        """Say once that the microphone is gone, and try it once a second."""
        if self._microphone.silent_s < LOST_S:
            return
        if not self._lost:
            self._lost = True
            what = "The microphone is gone; Attune waits for it."
            self._loop.inbox.put(lambda: self._log(Error(t=self._session.now_s, what=what)))
            self._pass_on(self._ears.skip(0, np.zeros(0, np.float32)))  # whoever was speaking is not heard to the end
        if not self._microphone.revive():
            self._loop.ended.wait(REVIVE_EVERY_S)

    def _pass_on(self, events: Sequence[Event]) -> None:
        for event in events:
            self._loop.inbox.put(lambda event=event: self._session.take(event))  # type: ignore[misc]  # bound per event

    def _hear_one(self) -> None:
        block = self._microphone.read(timeout_s=0.1)
        if block is None:
            self._mind_the_microphone()
            return
        self._lost = False
        if (session := self._session).measuring:
            self._loop.inbox.put(lambda samples=block.samples: session.measure(samples))  # type: ignore[misc]  # bound per block
        played = self._reference.until_end_of(block)
        if session.muted:
            self._pass_on(self._ears.skip(len(block.samples), played))
        else:
            self._ears.attend(session.conversation.hearing_state(session.now_s), session.conversation.expected)
            self._pass_on(self._ears.feed(block.samples, played, guiding=session.guiding))
        if self._microphone.dropped != self._dropped:
            self._dropped = count = self._microphone.dropped
            self._loop.inbox.put(lambda: self._log(DroppedBlocks(t=self._session.now_s, count=count)))
