"""The file drive: a WAV file is the microphone, another the loudspeaker, the clock is virtual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.app import FILE_RATE, Options, build_session, listen_with, load_content, open_ears, open_voice, prepare_now
from voice.drives.echo_room import EchoPath, EchoRoom
from voice.drives.virtual import BLOCK_MS, HEARING_RATE, VirtualClock, WavWriter, read_wav
from voice.errors import DeviceError
from voice.events import Event, Ready
from voice.guiding.responses import Responses
from voice.hearing.recognizer import UNHURRIED_S
from voice.keeping.clock import WallClock
from voice.keeping.keeper import Keeper
from voice.keeping.opening import open_keeper
from voice.speaking.mixer import Mixer

OpenKeeper = Callable[[Responses, Mapping[str, str], WallClock], AbstractContextManager[Keeper]]
TAIL_S = 0.5
"""Silence written after the last sound, seconds."""


def run_files(
    mic: Path, speaker: Path, options: Options, log: Callable[[Event], None], path: EchoPath | None = None
) -> None:
    """Play ``mic`` to a session and write what it answers to ``speaker``; along ``path`` the microphone hears it too.

    The room counts as silent when the file ends: what runs is finished. Raises ``DeviceError`` and ``ContentErrors``.
    """
    if mic.resolve() == speaker.resolve():
        raise DeviceError(
            f"{speaker} is what is heard, too, and would be lost.", "Name another file: --speaker out.wav"
        )
    perform(read_wav(mic), speaker, options, log, open_keeper, path)


def perform(
    heard: npt.NDArray[np.float32],
    speaker: Path,
    options: Options,
    log: Callable[[Event], None],
    keep: OpenKeeper,
    path: EchoPath | None = None,
) -> None:
    """The same with the microphone's samples given: float32 mono at 16 kHz; ``keep`` opens what is kept."""
    read = cache(lambda: load_content(options))
    room = EchoRoom(path) if path else None
    ears = open_ears(lambda: read().understander, options, UNHURRIED_S)
    voice = open_voice(FILE_RATE, options)
    try:
        content = read()
        kept = keep(content.responses, content.titles, options.virtual_clock)
        with kept as keeper, WavWriter(speaker, FILE_RATE) as writer:
            session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, log, keeper)
            listen_with(session, ears, content, lambda frame: frame / HEARING_RATE, cancel=room is not None)
            log(Ready(t=0.0, engine=ears.name, voice=voice.name))
            clock = VirtualClock(session, writer, room)
            tape = Tape(heard)
            while not tape.ended:
                clock.step(tape.take)
            _finish(clock, tape)
            session.finish()
    finally:
        voice.close()
        ears.close()


def _finish(clock: VirtualClock, tape: Tape) -> None:
    """Let what runs end, then a turn that the recording broke off, and what comes of that."""
    for _ in range(2):
        clock.run_until_idle(listening=True)
        for _ in range(round(TAIL_S * 1000 / BLOCK_MS)):
            clock.step(tape.take)
        if clock.is_idle:
            return


class Tape:
    """A recording that plays as a microphone, and is silent after its end."""

    def __init__(self, samples: npt.NDArray[np.float32]) -> None:
        """Begin at the beginning; float32 mono at 16 kHz."""
        self._samples = samples
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether only silence follows."""
        return self._at >= len(self._samples)

    def take(self, frames: int) -> npt.NDArray[np.float32]:
        """The next frames."""
        block = self._samples[self._at : self._at + frames]
        self._at += frames
        return np.pad(block, (0, frames - len(block)))
