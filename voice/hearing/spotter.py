"""Spots the few words that must be heard over the guide's own voice, by how the last 0.8 to 1.6 s sound.

Frozen speech embeddings (:mod:`voice.hearing.embeddings`) and, per word, a handful of small networks on the last ten of
them, whose mean counts. Their weights were trained by ``benchmarks/spotter/train.py``; recipe, data and figures are
written in ``spotter.txt`` beside them.
"""

from __future__ import annotations

import logging
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.hearing.embeddings import SIZE, STEP, Embedder

LOGGER = logging.getLogger(__name__)

PATH = Path(__file__).parent / "spotter.npz"
CONTEXT = 10
"""Embeddings that a decision looks at."""
RATE = 16_000


@dataclass(frozen=True, slots=True)
class Score:
    """How much the sound up to a frame was like each word."""

    frame: int
    """Frame at 16 kHz, counted from the first one fed, up to which was listened."""
    words: dict[str, float]
    """0 to 1 by word."""


class Network:
    """The mean of some networks with one hidden layer each."""

    def __init__(self, weights: dict[str, npt.NDArray[np.float32]]) -> None:
        """``weights`` have the shapes: mean, scale (960,); hidden (n, 960, units); hidden_bias (n, units); out
        (n, units); out_bias (n,).
        """
        self._weights = {name: np.asarray(values, np.float32) for name, values in weights.items()}

    def score(self, context: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Probabilities of float32[m, 960]: float32[m]."""
        given = self._weights
        normal = (context - given["mean"]) * given["scale"]
        units = np.maximum(np.einsum("mi,niu->nmu", normal, given["hidden"]) + given["hidden_bias"][:, None], 0)
        logits = np.einsum("nmu,nu->nm", units, given["out"]) + given["out_bias"][:, None]
        return np.asarray(1 / (1 + np.exp(-logits.mean(axis=0))), np.float32)


class Spotter:
    """Takes samples in blocks of any size, gives a score each 80 ms."""

    def __init__(self, path: Path = PATH) -> None:
        """Load networks and weights; raises ``DeviceError`` if the embeddings are not installed."""
        with np.load(path) as kept:
            self._networks = {word: Network(_of(dict(kept), word)) for word in kept["words"].tolist()}
            self.sure, self.doubtful, self.alone = (float(kept[name]) for name in ("sure", "doubtful", "alone"))
        self._embedder = Embedder()
        self._forget()

    def another(self) -> Spotter:
        """One with the same networks and weights, that has heard nothing."""
        twin = copy(self)
        twin._embedder = self._embedder.another()
        twin._forget()
        return twin

    def _forget(self) -> None:
        self._frame = 0
        self._context = np.zeros((CONTEXT, SIZE), np.float32)
        self._filled = 0

    def feed(self, samples: npt.NDArray[np.float32]) -> list[Score]:
        """Take float32[n] at 16 kHz."""
        return [score for embedding in self._embedder.feed(samples) if (score := self._take(embedding))]

    def _take(self, embedding: npt.NDArray[np.float32]) -> Score | None:
        self._frame += STEP
        self._filled += 1
        self._context = np.concatenate([self._context[1:], embedding[None]])
        if self._filled < CONTEXT:
            return None
        flat = self._context.reshape(1, -1)
        return Score(self._frame, {word: float(network.score(flat)[0]) for word, network in self._networks.items()})


def _of(kept: dict[str, npt.NDArray[np.float32]], word: str) -> dict[str, npt.NDArray[np.float32]]:
    return {name.removeprefix(f"{word}."): values for name, values in kept.items() if name.startswith(f"{word}.")}


def open_spotter() -> Spotter | None:
    """The spotter, or ``None``, said in the log, where its embeddings are not installed."""
    try:
        return Spotter()
    except DeviceError as error:
        LOGGER.warning("words over the guide's voice are heard later: %s", error)
        return None
