"""The typed drive on a virtual clock: piped lines are the words, and wait until the conversation can take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from voice.app import FILE_RATE, Content, Options, build_session, load_content, open_voice, prepare_now
from voice.drives.virtual import BLOCK_MS, VirtualClock, WavWriter
from voice.events import Event, Ready, Understood
from voice.keeping.keeper import Keeper
from voice.keeping.opening import open_keeper
from voice.session import Session
from voice.speaking.mixer import Mixer

AT = re.compile(r"^@(\d+(?:\.\d+)?)\s+(.*)$")
"""A line for one second: ``@12.5 stop``."""
BETWEEN_LINES_S = 0.5
"""A typed line comes this long after the one before it, or after the question."""


def run_piped(lines: Iterable[str], speaker: Path | None, options: Options, log: Callable[[Event], None]) -> None:
    """Give each line when words are awaited, or at its second; finish what runs; raises ``DeviceError``,
    ``ContentErrors``.
    """

    def drive(session: Session, clock: VirtualClock) -> None:
        for line in lines:
            text = line.strip()
            if text:
                _give(text, session, clock)
        clock.run_until_idle(listening=False)

    content = load_content(options)
    with open_keeper(content.responses, content.titles, options.virtual_clock) as keeper:
        _run(speaker, options, content, log, drive, keeper)


def run_rehearsal(practice: str, settings: dict[str, object], answers: Iterable[str], speaker: Path | None,
                  options: Options, log: Callable[[Event], None]) -> None:  # fmt: skip
    """Render one practice; an ``answer`` is given to each question in turn, then there is only silence.

    Raises ``ContentErrors`` for settings that the practice refuses; the caller has looked up that ``practice`` exists.
    """
    content = load_content(options)
    content.practices[practice] = content.practices[practice].with_settings(settings)
    waiting = list(answers)

    def drive(session: Session, clock: VirtualClock) -> None:
        session.receive(Understood(t=0.0, intent="Rehearse", practice=practice, starts=True))
        while not clock.is_idle:
            clock.step()
            if waiting and session.conversation.awaiting and not clock.is_idle:
                session.read(waiting.pop(0))

    _run(speaker, options, content, log, drive)


def _run(speaker: Path | None, options: Options, content: Content, log: Callable[[Event], None],
         drive: Callable[[Session, VirtualClock], None], keeper: Keeper | None = None) -> None:  # fmt: skip
    voice = open_voice(FILE_RATE, options)
    writer = WavWriter(speaker, FILE_RATE) if speaker else None
    try:
        session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, log, keeper)
        log(Ready(t=0.0, engine="typed", voice=voice.name))
        drive(session, VirtualClock(session, writer))
    finally:
        if writer:
            writer.__exit__(None, None, None)
        voice.close()


def _give(text: str, session: Session, clock: VirtualClock) -> None:
    timed = AT.match(text)
    if timed:
        while session.now_s < float(timed[1]):
            clock.step()
        session.typed(timed[2])
        return
    waited_s = 0.0
    while waited_s < BETWEEN_LINES_S or not session.conversation.awaiting or session.performer.busy:
        clock.step()
        waited_s = waited_s + BLOCK_MS / 1000 if session.conversation.awaiting else 0.0
    session.typed(text)
