"""Train the spotter of "stop" over the guide's voice and write ``voice/hearing/spotter.npz``; an hour on two cores.

    python -m benchmarks.spotter.train --speech DIR [--examples 16000] [--everybody] [--out FILE]

``--speech`` is a folder with ``commands/WORD/*.flac`` (one-second clips at 16 kHz, the speaker before the first
underscore of the name), ``words``, ``read``, ``meeting``, ``noise`` and ``room`` (impulse responses). The commands are
public: Speech Commands v0.02 (P. Warden, CC BY 4.0, storage.googleapis.com/download.tensorflow.org/data/
speech_commands_v0.02.tar.gz); other folders of single words, talk, noise and rooms will do as well.

A quarter of the speakers and five rooms with all their family are left out of training, and the figures for them are
printed; with ``--everybody`` all speakers are learnt from, and there are none.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.spotter.streams import LEVELS_DB, STEPS, Example, Maker, contexts
from benchmarks.spotter.synthetic import synthetic_words
from voice.app import Options, load_content
from voice.drives.typed import run_rehearsal
from voice.drives.virtual import read_wav
from voice.hearing.embeddings import STEP, Embedder
from voice.hearing.spotter import CONTEXT, PATH, Network

POSITIVE_S = (-0.04, 0.26)
"""An embedding that ends so long after the word is one of it, seconds; others around the word are left out."""
HARD = {
    "up", "off", "top", "shop", "hop", "drop", "chop", "mop", "dog", "step", "start", "stuff", "stay", "stand", "store",
    "story", "spot", "what", "not", "go", "on", "no", "unknown", "soft", "softer", "softer please", "a bit softer",
    "pause",
}  # fmt: skip
"""Words that are nearly "stop", or often taken for it: they count half as much again."""
UNITS, NETWORKS, EPOCHS, BATCH = 80, 5, 14, 256
RATE, DROPOUT, NOISE, DECAY = 1e-3, 0.3, 0.15, 1e-4
GUIDE_WEIGHT = 3.0
"""How much a moment of the guide alone counts: it is heard for hours."""
SURE, DOUBTFUL, ALONE = 0.88, 0.5, 0.995
"""Scores from which the guide is stopped, paused, and stopped without any voice noticed beside its own."""

Weights = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Data:
    """What is learnt from."""

    contexts: npt.NDArray[np.float32]
    """Shape (n, 960)."""
    labels: npt.NDArray[np.float32]
    """1 where it is the word."""
    weights: npt.NDArray[np.float32]
    """How much each counts."""


def guides(folder: Path) -> list[npt.NDArray[np.float32]]:
    """Every practice as the guide says it, at 16 kHz."""
    found = []
    for practice in load_content(Options()).practices:
        path = folder / f"{practice}.wav"
        run_rehearsal(practice, {}, [], path, Options(), lambda event: None)
        found.append(read_wav(path))
    return [samples for samples in found if len(samples) > 25 * 16_000]


def make(maker: Maker, count: int) -> tuple[list[Example], list[npt.NDArray[np.float16]]]:
    """Examples of words, and of the guide alone."""
    residues = [maker.residue() for _ in range(max(10, count // 200))]
    alone = [np.array(Embedder().feed(left), np.float16) for left, _ in residues]
    return [maker.example(residues, Embedder()) for _ in range(count)], alone


def data_of(examples: list[Example], alone: list[npt.NDArray[np.float16]]) -> Data:
    """Contexts with labels; what lies around "stop", and is neither it nor something else, is left out."""
    parts, labels, weights = [], [], []
    for example in examples:
        ends = example.first_s + 0.08 * np.arange(CONTEXT - 1, STEPS)
        stop = example.word == "stop"
        kept = (ends >= POSITIVE_S[0]) & (ends <= POSITIVE_S[1]) if stop else np.ones(len(ends), bool)
        parts.append(contexts(example.embeddings)[kept])
        labels += [float(stop)] * int(kept.sum())
        weights += [1.5 if example.word in HARD else 1.0] * int(kept.sum())
    guide = np.concatenate([contexts(embeddings) for embeddings in alone])
    label = np.array(labels + [0.0] * len(guide), np.float32)
    weight = np.array(weights + [GUIDE_WEIGHT] * len(guide), np.float32)
    weight[label == 1] *= 0.35 * np.sum(label == 0) / np.sum(label)
    return Data(np.concatenate([*parts, guide]), label, weight)


def fit(data: Data) -> Weights:
    """NETWORKS of one hidden layer each; Adam with a falling rate, dropout, and noise on what goes in."""
    mean, scale = data.contexts.mean(axis=0), 1 / (data.contexts.std(axis=0) + 1e-3)
    normal = (data.contexts - mean) * scale
    nets = [_fit_one(normal, data.labels, data.weights, seed) for seed in range(NETWORKS)]
    names = ("hidden", "hidden_bias", "out", "out_bias")
    stacked = {name: np.stack([net[at] for net in nets]).astype(np.float32) for at, name in enumerate(names)}
    return {"mean": mean, "scale": scale, **stacked}


def _fit_one(
    given: npt.NDArray[np.float32], labels: npt.NDArray[np.float32], weights: npt.NDArray[np.float32], seed: int
) -> list[npt.NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    size = given.shape[1]
    values = [
        rng.normal(0, size**-0.5, (size, UNITS)),
        np.zeros(UNITS),
        rng.normal(0, UNITS**-0.5, UNITS),
        np.zeros(()),
    ]
    values = [value.astype(np.float32) for value in values]
    first, second = [np.zeros_like(value) for value in values], [np.zeros_like(value) for value in values]
    steps = 0
    for epoch in range(EPOCHS):
        rate = RATE * (0.5 * (1 + np.cos(np.pi * epoch / EPOCHS)) + 0.02)
        order = rng.permutation(len(labels))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            slopes = _slopes(values, given[chosen], labels[chosen], weights[chosen], rng)
            steps += 1
            for at, slope in enumerate(slopes):
                first[at] = 0.9 * first[at] + 0.1 * slope
                second[at] = 0.999 * second[at] + 0.001 * slope**2
                move = first[at] / (1 - 0.9**steps) / (np.sqrt(second[at] / (1 - 0.999**steps)) + 1e-8)
                values[at] = np.asarray(values[at] - rate * move, np.float32)
    return values


def _slopes(
    values: list[npt.NDArray[np.float32]],
    given: npt.NDArray[np.float32],
    labels: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    rng: np.random.Generator,
) -> list[npt.NDArray[np.float32]]:
    """How the loss changes with every weight."""
    noisy = given + rng.normal(0, NOISE, given.shape).astype(np.float32)
    units = np.maximum(noisy @ values[0] + values[1], 0)
    kept = ((rng.random(units.shape) > DROPOUT) / (1 - DROPOUT)).astype(np.float32)
    probability = 1 / (1 + np.exp(-((units * kept) @ values[2] + values[3])))
    error = ((probability - (labels * 0.98 + 0.01)) * weights / len(labels)).astype(np.float32)
    back = error[:, None] * values[2] * kept * (units > 0)
    return [
        noisy.T @ back + DECAY * values[0],
        back.sum(axis=0),
        (units * kept).T @ error + DECAY * values[2],
        np.asarray(error.sum()),
    ]


def report(weights: Weights, examples: list[Example], alone: list[npt.NDArray[np.float16]]) -> None:
    """Print what is found of the words, at every level, and what is taken for one."""
    network = Network(weights)
    best = np.array([network.score(contexts(example.embeddings)).max() for example in examples])
    names, levels = np.array([e.word for e in examples]), np.array([e.level_db for e in examples])
    guide = np.concatenate([network.score(contexts(embeddings)) for embeddings in alone])
    hours = len(guide) * STEP / 16_000 / 3600
    for threshold in (DOUBTFUL, SURE, ALONE):
        over = best >= threshold
        found = {db: round(100 * float(over[(names == "stop") & (abs(levels - db) <= 3)].mean())) for db in LEVELS_DB}
        taken = {
            name: round(100 * float(over[names == name].mean()), 1) for name in sorted({*names.tolist()} - {"stop"})
        }
        print(f"from {threshold}: stop found {found} %, other words taken {100 * over[names != 'stop'].mean():.1f} %")
        print(f"    {taken}; the guide alone {np.sum(guide >= threshold) / hours:.1f} an hour")


def main() -> None:
    """Make the examples, train, and write or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=16_000)
    parser.add_argument("--everybody", action="store_true")
    parser.add_argument("--out", type=Path, default=PATH)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        practices, synthetic = guides(Path(folder)), synthetic_words(Path(folder))
    held = None if args.everybody else False
    weights = fit(data_of(*make(Maker(args.speech, practices, 1, held=held, synthetic=synthetic), args.examples)))
    save(weights, args.out)
    if not args.everybody:
        report(weights, *make(Maker(args.speech, practices, 2, held=True, synthetic=[]), args.examples // 8))


def save(weights: Weights, path: Path) -> None:
    """Write the weights with the scores that count."""
    kept = {f"stop.{name}": values.astype(np.float16) for name, values in weights.items()}
    thresholds = {"sure": np.float32(SURE), "doubtful": np.float32(DOUBTFUL), "alone": np.float32(ALONE)}
    np.savez_compressed(path, words=np.array(["stop"]), **thresholds, **kept)


if __name__ == "__main__":
    main()
