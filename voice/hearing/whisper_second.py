"""The second, larger Whisper: what it makes of a turn about which the first leaves doubt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
    """Loads and writes in the background; writes a turn down once, however often it is asked about it."""

    def __init__(self, folder: Path) -> None:
        """Begin to load the model in ``folder``; that it cannot be read is told once, when it is first asked."""
        self._worker = ThreadPoolExecutor(1)
        self._loading = self._worker.submit(_warm, folder)
        self._failed = False
        self._turn: npt.NDArray[np.float32] | None = None
        self._writing: Future[tuple[npt.NDArray[np.float32], Transcript]] | None = None
        self._found: dict[str, Found] = {}

    def begin(self, samples: npt.NDArray[np.float32]) -> None:
        """Begin to write a turn down, float32[n] at 16 kHz, in case that it is asked about."""
        if self._writing is not None:
            self._writing.cancel()
        self._turn, self._found = samples, {}
        self._writing = self._worker.submit(self._write, samples)

    def _write(self, samples: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], Transcript]:
        written = self._loading.result().write(samples)
        give_back()  # most turns that are begun are never asked about
        return written

    def opinion(self, samples: npt.NDArray[np.float32], phrases: Sequence[str]) -> Opinion | None:
        """What it makes of a turn, float32[n] at 16 kHz, and of some phrases for it; None where it cannot hear."""
        if self._failed:
            return None
        if self._writing is None or samples is not self._turn:
            self.begin(samples)
        assert self._writing is not None
        try:
            writer, (encoded, transcript) = self._loading.result(), self._writing.result()
        except DeviceError as error:
            LOGGER.warning("turns in doubt are decided without the second network: %s", error)
            self._failed = True
            return None
        wanted = [transcript.text, *phrases]
        new = [phrase for phrase in dict.fromkeys(wanted) if phrase not in self._found]
        self._found |= {one.phrase: one for one in writer.scored(encoded, new)}
        give_back()  # every phrase left some behind
        return Opinion(transcript.likely, tuple(self._found[phrase] for phrase in wanted))


def _warm(folder: Path) -> Writer:
    """A model that has paid the first call's cost."""
    writer = Writer(folder)
    writer.write(np.zeros(RATE, np.float32))
    give_back()
    return writer
