"""The keyboard drive, and rehearsals in real time: typed lines are the words, the loudspeaker speaks if there is
one.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from voice.app import FILE_RATE, Content, Options, build_session, load_content, open_voice
from voice.drives.live import Loop, Output, Preparer
from voice.drives.paced import PacedOutput
from voice.drives.virtual import WavWriter
from voice.errors import DeviceError
from voice.events import Event, Ready, Understood
from voice.guiding.transitions import State
from voice.keeping.clock import system_clock
from voice.keeping.keeper import Keeper
from voice.keeping.opening import open_keeper
from voice.keeping.settings import load_home
from voice.session import Session
from voice.speaking.loudspeaker import Loudspeaker
from voice.speaking.mixer import Mixer

LEAVES = ("exit", "quit")
"""Lines that leave, as they do in a shell; so does the end of input (Ctrl-D)."""


def run_keyboard(speaker: Path | None, options: Options, log: Callable[[Event], None],
                 watch: Callable[[Session], None] = lambda session: None) -> int:  # fmt: skip
    """Read lines until one leaves; what runs then is stopped, as nobody could do it any more; returns the exit code."""

    def go(session: Session, loop: Loop) -> None:
        watch(session)
        print(
            "Type what you would say, for example: help us calm down. exit or Ctrl-D leaves.",
            file=sys.stderr,
            flush=True,
        )
        at_end = threading.Event()
        threading.Thread(target=_read_lines, args=(session, loop, at_end), name="keyboard", daemon=True).start()
        loop.run(session, until=lambda: at_end.is_set() and _rests(session))

    content = load_content(options)
    with open_keeper(content.responses, content.titles, system_clock) as keeper:
        _run(speaker, content, options, log, go, keeper)
    return 0


def run_rehearsal(
    practice: str, settings: dict[str, object], answers: Iterable[str], options: Options, log: Callable[[Event], None]
) -> None:
    """Play one practice in real time; raises ``DeviceError`` without a loudspeaker."""
    content = load_content(options)
    content.practices[practice] = content.practices[practice].with_settings(settings)
    waiting = list(answers)

    def go(session: Session, loop: Loop) -> None:
        session.receive(Understood(t=0.0, intent="Rehearse", practice=practice, starts=True))

        def done() -> bool:
            if waiting and session.conversation.awaiting and session.conversation.state is not State.IDLE:
                session.read(waiting.pop(0))
            return _rests(session)

        loop.run(session, until=done)

    _run(None, content, options, log, go, needs_sound=True)


def _read_lines(session: Session, loop: Loop, at_end: threading.Event) -> None:
    for line in sys.stdin:
        text = line.strip()
        if text.lower() in LEAVES:
            break
        if text:
            loop.inbox.put(lambda text=text: session.typed(text))  # type: ignore[misc]  # bound per line
    loop.inbox.put(lambda: session.steer("stop"))
    loop.inbox.put(at_end.set)


def _rests(session: Session) -> bool:
    return session.conversation.state is State.IDLE and session.resting


def _run(speaker: Path | None, content: Content, options: Options, log: Callable[[Event], None],
         go: Callable[[Session, Loop], None], keeper: Keeper | None = None, *,
         needs_sound: bool = False) -> None:  # fmt: skip
    with ExitStack() as stack:
        writer = stack.enter_context(WavWriter(speaker, FILE_RATE)) if speaker else None
        mixer, output = _open_output(writer, log, needs_sound=needs_sound)
        voice = open_voice(output.rate, options)
        stack.callback(voice.close)
        loop = Loop(output, log)
        preparer = Preparer(loop)
        stack.callback(preparer.close)
        session = build_session(content, voice, mixer, output.rate, preparer, log, keeper)
        preparer.performer = session.performer
        output.start()
        stack.callback(output.close)
        log(Ready(t=0.0, engine="keyboard", voice=voice.name))
        preparer.warm(content.first_sounds("two-minute-reset") + content.first_sounds())
        go(session, loop)


def _open_output(writer: WavWriter | None, log: Callable[[Event], None], *, needs_sound: bool) -> tuple[Mixer, Output]:
    """A file if one is given, else the loudspeaker, else only the clock."""
    if writer is None:
        try:
            speaker = Loudspeaker.open(load_home().loudspeaker)
        except DeviceError as error:
            if needs_sound:
                raise
            print(f"{error} The words are only shown.", file=sys.stderr)
        else:
            return speaker.mixer, speaker
    mixer = Mixer(FILE_RATE)
    return mixer, PacedOutput(mixer, FILE_RATE, writer)
