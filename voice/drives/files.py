"""The file drive: a WAV file is the microphone, another the loudspeaker, the clock is virtual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.app import FILE_RATE, Options, build_session, listen_with, load_content, open_ears, prepare_now
from voice.drives.virtual import BLOCK_MS, HEARING_RATE, VirtualClock, WavWriter, read_wav
from voice.events import Event, Ready
from voice.guiding.responses import Responses
from voice.keeping.clock import WallClock
from voice.keeping.keeper import Keeper
from voice.keeping.opening import open_keeper
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

OpenKeeper = Callable[[Responses, Mapping[str, str], WallClock], AbstractContextManager[Keeper]]
TAIL_S = 0.5
"""Silence written after the last sound, seconds."""


def run_files(mic: Path, speaker: Path, options: Options, log: Callable[[Event], None]) -> None:
    """Play ``mic`` to a session and write what it answers to ``speaker``.

    The room counts as silent when the file ends: what runs is finished. Raises ``DeviceError`` and ``ContentErrors``.
    """
    perform(read_wav(mic), speaker, options, log, open_keeper)


def perform(
    heard: npt.NDArray[np.float32], speaker: Path, options: Options, log: Callable[[Event], None], keep: OpenKeeper
) -> None:
    """The same with the microphone's samples given: float32 mono at 16 kHz; ``keep`` opens what is kept."""
    read = cache(lambda: load_content(options))
    ears = open_ears(read, options)
    voice = Voice(FILE_RATE, options.voice)
    try:
        content = read()
        kept = keep(content.responses, content.titles, options.virtual_clock)
        with kept as keeper, WavWriter(speaker, FILE_RATE) as writer:
            session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, log, keeper)
            listen_with(session, ears, content, lambda frame: frame / HEARING_RATE)
            log(Ready(t=0.0, engine=ears.name, voice=voice.name))
            clock = VirtualClock(session, writer)
            size = HEARING_RATE * BLOCK_MS // 1000
            for start in range(0, len(heard), size):
                block = heard[start : start + size]
                clock.step(np.pad(block, (0, size - len(block))))
            clock.run_until_idle(listening=True)
            for _ in range(round(TAIL_S * 1000 / BLOCK_MS)):
                clock.step(np.zeros(size, np.float32))
            if session.listener:
                for event in session.listener.finish():
                    session.receive(event)
    finally:
        voice.close()
        ears.close()
