"""The room drive: listens on the microphone and speaks on the loudspeaker until it is told to end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from types import FrameType

from voice.app import Options, build_session, load_content, open_ears, open_voice
from voice.drives.buttons import buttons
from voice.drives.echo_reference import EchoReference
from voice.drives.keys import keys
from voice.drives.live import HearingThread, Loop, Preparer
from voice.errors import DeviceError
from voice.events import Event, Ready, Understood
from voice.hearing.echo import SHAPE
from voice.hearing.learnt_room import keep, kept_room, room_path
from voice.hearing.listener import Listener
from voice.hearing.microphone import Microphone
from voice.hearing.over_voice import OverVoice
from voice.hearing.residue import EDGES
from voice.hearing.spotter import open_spotter
from voice.keeping.clock import system_clock
from voice.keeping.opening import open_keeper
from voice.keeping.settings import load_home, settings_path
from voice.keeping.timekeeping import has_a_clock
from voice.memory import settle
from voice.portaudio import hurry
from voice.service.notify import Notifier
from voice.session import Session
from voice.speaking.loudspeaker import Loudspeaker
from voice.terminal import can_type


def what_is_missing() -> DeviceError | None:
    """Why the room cannot be used on this machine, or ``None``."""
    try:
        home = load_home()
        Loudspeaker.open(home.loudspeaker).close()
        Microphone.open(home.microphone).close()
    except DeviceError as error:
        return error
    return None


def run_room(options: Options, log: Callable[[Event], None], *, written_down: bool = False,
             watch: Callable[[Session], None] = lambda session: None, begin: str | None = None) -> int:  # fmt: skip
    """Listen until SIGTERM (returns 0) or Ctrl-C (raises ``KeyboardInterrupt`` after fading out).

    ``written_down``: ``log`` keeps what is said, and the two are told so; ``begin`` is a practice
    that begins at once. Raises ``DeviceError`` and ``ContentErrors``, and whatever ended the hearing.
    """
    read = cache(lambda: load_content(options))
    with ExitStack() as stack:
        ears = open_ears(lambda: read().understander, options)
        stack.callback(ears.close)
        hurry()
        home = load_home()
        speaker = Loudspeaker.open(home.loudspeaker)
        stack.callback(speaker.close)
        voice = open_voice(speaker.rate, options, read)
        stack.callback(voice.close)
        content = read()
        manager = Notifier()
        loop = Loop(speaker, log, manager.alive)
        preparer = Preparer(loop)
        stack.callback(preparer.close)
        kept = open_keeper(content.responses, content.titles, system_clock, has_a_clock=has_a_clock)
        keeper = stack.enter_context(kept)
        session = build_session(content, voice, speaker.mixer, speaker.rate, preparer, log, keeper)
        session.written_down = written_down
        watch(session)
        preparer.performer = session.performer
        microphone = Microphone.open(home.microphone)
        stack.callback(microphone.close)

        def clock(frame: int) -> float:
            return speaker.clock_s(microphone.time_of(frame))

        over_voice = OverVoice(
            Listener(ears, content.understander, clock=clock), open_spotter(), clock=clock, echo=home.echo
        )
        session.hear_over_voice(over_voice)
        _begin_with_last_room(over_voice, f"{microphone.name} | {speaker.name}", stack)
        hearing = HearingThread(microphone, over_voice, EchoReference(speaker), session, loop, log)
        asked = _end_when_asked(loop)
        stack.enter_context(keys(lambda key: loop.inbox.put(lambda: _press(key, session))))
        stack.enter_context(buttons(home.keys, lambda control: loop.inbox.put(lambda: session.steer(control))))
        if begin:
            loop.inbox.put(lambda: session.receive(_start_of(begin, session.now_s)))
        settle()
        # From here on the loudspeaker plays: it has 300 ms, and takes the most of them at once.
        speaker.start()
        microphone.start()
        hearing.start()
        log(Ready(t=0.0, engine=ears.name, voice=voice.name))
        manager.ready()
        print('Listening. Say "help us calm down", or "what can I say".', file=sys.stderr)
        if not begin and can_type() and not settings_path().is_file():
            print("New here? Press w for a two-minute welcome.", file=sys.stderr)
        preparer.warm(content.first_sounds("two-minute-reset") + content.first_sounds())
        try:
            loop.run(session)
        finally:
            manager.stopping()
            loop.ended.set()
            hearing.join()
    if signal.SIGINT in asked:
        raise KeyboardInterrupt
    if hearing.fault is not None:  # a guide that hears no "stop" is started again, which systemd does after a failure
        raise hearing.fault
    return 0


def _begin_with_last_room(ears: OverVoice, devices: str, stack: ExitStack) -> None:
    """Know the room from the first word on, and keep what was learnt of it at the end."""
    if room := kept_room(room_path(), devices, SHAPE.partitions * SHAPE.block, len(EDGES) - 1):
        ears.know(room)

    def keep_it() -> None:
        if learnt := ears.learnt(devices):
            keep(learnt, room_path())

    stack.callback(keep_it)


def _press(key: str, session: Session) -> None:
    """A key at the terminal: ``w``, while nothing runs, begins the welcome, which is to be answered: it is heard."""
    session.press(key)
    if key == "w" and session.conversation.is_idle:
        session.receive(_start_of("welcome", session.now_s))


def _start_of(practice: str, t: float) -> Understood:
    return Understood(t=t, intent="Begin", practice=practice, starts=True)


def _end_when_asked(loop: Loop) -> list[int]:
    """SIGTERM, from a service or a shutdown, and Ctrl-C end the loop at its next turn, and not amid whatever it does;
    the list gets what came. A second Ctrl-C ends at once.
    """
    asked: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        loop.end()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return asked
