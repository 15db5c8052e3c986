"""The second, larger Whisper: what it makes of a turn about which the first leaves doubt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.hearing.features import RATE
from voice.hearing.recognizer import Found, Opinion, Transcript
from voice.hearing.whisper_writer import Writer
from voice.memory import give_back

LOGGER = logging.getLogger(__name__)


class Second:
    """Loads in the background, since it is asked rarely; writes a turn down once, however often it is asked."""

    def __init__(self, folder: Path) -> None:
        """Begin to load the model in ``folder``; that it cannot be read is told once, when it is first asked."""
        self._loading = ThreadPoolExecutor(1).submit(_warm, folder)
        self._failed = False
        self._turn: npt.NDArray[np.float32] | None = None
        self._written: tuple[npt.NDArray[np.float32], Transcript] | None = None
        self._found: dict[str, Found] = {}

    def opinion(self, samples: npt.NDArray[np.float32], phrases: Sequence[str]) -> Opinion | None:
        """What it makes of a turn, float32[n] at 16 kHz, and of some phrases for it; None where it cannot hear."""
        if self._failed:
            return None
        try:
            writer = self._loading.result()
        except DeviceError as error:
            LOGGER.warning("turns in doubt are decided without the second network: %s", error)
            self._failed = True
            return None
        if self._written is None or samples is not self._turn:
            self._turn, self._written, self._found = samples, writer.write(samples), {}
        encoded, transcript = self._written
        wanted = [transcript.text, *phrases]
        new = [phrase for phrase in dict.fromkeys(wanted) if phrase not in self._found]
        self._found |= {one.phrase: one for one in writer.scored(encoded, new)}
        give_back()  # asked for rarely, and every phrase left some behind
        return Opinion(transcript.likely, tuple(self._found[phrase] for phrase in wanted))


def _warm(folder: Path) -> Writer:
    """A model that has paid the first call's cost."""
    writer = Writer(folder)
    writer.write(np.zeros(RATE, np.float32))
    give_back()
    return writer
