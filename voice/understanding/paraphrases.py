"""A small trained classifier for what no template foresaw: which intent a sentence is likely to be a paraphrase of.

One hidden layer over single words, pairs of words, and the mean of public word vectors, so that words it never met
count by what they mean. Trained by ``benchmarks/understanding/train.py``; the weights lie beside this file. English
only.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PATH = Path(__file__).with_name("paraphrases.npz")
LABEL_NOTHING = "nothing"
"""The label of talk that is not meant for Attune."""


def ngrams(words: Sequence[str]) -> list[str]:
    """The words and the pairs of neighbors, with the edges of the sentence."""
    edged = ["^", *words, "$"]
    return [*words, *(f"{left} {right}" for left, right in itertools.pairwise(edged))]


@dataclass(frozen=True, slots=True)
class Packed:
    """A matrix in bytes: rows are made float32 when they are looked at, a quarter of the memory."""

    steps: NDArray[np.int8]
    scale: Floats
    """Of each column."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.steps.shape

    def __getitem__(self, rows: list[int] | slice) -> Floats:
        """Some rows, float32[rows, columns]."""
        return np.asarray(self.steps[rows] * self.scale, np.float32)


class Paraphrases:
    """The classifier; pure once loaded."""

    def __init__(
        self,
        names: Sequence[str],
        grams: Sequence[str],
        words: Sequence[str],
        vectors: Floats | Packed,
        rarity: Floats,
        layers: tuple[Floats | Packed, Floats, Floats, Floats],
        meant: Sequence[str] = (),
        trust: Sequence[float] = (),
    ) -> None:
        """``vectors`` [words, 50] are already weighted by ``rarity`` [words]; ``layers``: two matrices, each with its
        offset.

        ``meant``: every word of anything meant for Attune; ``trust``: weights of ``voice.understanding.evidence``.
        """
        self.names = tuple(names)
        self.grams = {gram: row for row, gram in enumerate(grams)}
        self.words = {word: row for row, word in enumerate(words)}
        self.vectors = vectors
        self.rarity = rarity
        self.layers = layers
        self.meant = frozenset(meant)
        self.trust = tuple(trust)

    def features(self, words: Sequence[str]) -> Floats:
        """[grams + 50 + 2]: what the network sees of a sentence."""
        seen = np.zeros(len(self.grams), np.float32)
        rows = self._rows(words)
        seen[rows] = 2.0 / np.sqrt(max(1, len(rows)))
        return np.concatenate([seen, self._whole(words)]).astype(np.float32)

    def _rows(self, words: Sequence[str]) -> list[int]:
        return sorted({self.grams[gram] for gram in ngrams(words) if gram in self.grams})

    def _whole(self, words: Sequence[str]) -> Floats:
        """[50 + 2]: the mean of the word vectors, the share of strange words, and the length."""
        rows = [self.words[word] for word in words if word in self.words]
        mean = np.zeros(self.vectors.shape[1], np.float32)
        if rows:
            mean = self.vectors[rows].sum(axis=0) / max(float(self.rarity[rows].sum()), 1e-6) / 4
        strange = sum(word not in self.grams for word in words) / max(1, len(words))
        return np.concatenate([mean, [strange, min(len(words), 20) / 20]]).astype(np.float32)

    def odds(self, words: Sequence[str]) -> dict[str, float]:
        """Probability of each intent, and of ``LABEL_NOTHING``; they sum to 1."""
        rows, whole = self._rows(words), self._whole(words)
        first = self.layers[0]
        summed = first[rows].sum(axis=0) * (2.0 / np.sqrt(max(1, len(rows)))) + whole @ first[len(self.grams) :]
        sums = np.maximum(summed + self.layers[1], 0) @ self.layers[2] + self.layers[3]
        odds = np.exp(sums - sums.max())
        return dict(zip(self.names, (odds / odds.sum()).tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Write everything into one file, the matrices as bytes with one scale per column."""
        matrices = {"vectors": self.vectors[:], "first": self.layers[0][:], "second": self.layers[2]}
        packed: dict[str, NDArray[np.generic]] = {}
        for name, matrix in matrices.items():
            scale = np.abs(matrix).max(axis=0) / 127 + 1e-12
            packed |= {name: np.round(matrix / scale).astype(np.int8), f"{name}_scale": scale.astype(np.float32)}
        texts = {
            "names": self.names,
            "grams": tuple(self.grams),
            "words": tuple(self.words),
            "meant": sorted(self.meant),
        }
        packed |= {key: np.frombuffer("\n".join(value).encode(), np.uint8) for key, value in texts.items()}
        offsets: dict[str, NDArray[np.generic]] = {
            "first_offset": self.layers[1],
            "second_offset": self.layers[3],
            "rarity": self.rarity,
        }
        offsets["trust"] = np.array(self.trust, np.float32)
        np.savez_compressed(path, allow_pickle=False, **(packed | offsets))


def load(path: Path = PATH) -> Paraphrases:
    """Read what :meth:`Paraphrases.save` wrote."""
    with np.load(path, allow_pickle=False) as packed:
        texts = [packed[key].tobytes().decode().split("\n") for key in ("names", "grams", "words", "meant")]
        vectors, first, second = (
            Packed(packed[name], packed[f"{name}_scale"]) for name in ("vectors", "first", "second")
        )
        layers = (first, packed["first_offset"], second[:], packed["second_offset"])
        trust = packed["trust"].tolist()
        return Paraphrases(texts[0], texts[1], texts[2], vectors, packed["rarity"], layers, texts[3], trust)
