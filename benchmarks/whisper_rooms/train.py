"""Teach Whisper's encoder to hear through rooms and noise, and write ``voice/hearing/whisper_rooms.npz``.

    python -m benchmarks.whisper_rooms.train --speech DIR [--minutes 70] [--words FILE] [--prose FILE]

Needs the extra ``train`` (JAX), espeak-ng, flite and Kokoro (``benchmarks/hearing_parts/kokoro.py`` fetches its
voices). ``--speech`` is a folder with ``commands/WORD/*.flac`` (single
words; Speech Commands v0.02, P. Warden, CC BY 4.0), ``words``, ``read``, ``noise`` and ``room`` (impulse responses),
listed in ``index.tsv``.

The encoder learns to make of a far voice what it makes of the same voice near by, and such that the decoder, which
stays as it is, finds the words. What several trainings learnt is mixed afterwards (``mixed.py``): with all of what one
of them learnt synthetic voices are heard a little better, and people a little worse (``measure.py``). Only voices,
rooms, noises and speakers are used that ``benchmarks/hearing.py`` neither fits with nor reports on.
"""

from __future__ import annotations

import argparse
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from tokenizers import Tokenizer

from benchmarks.hearing_parts.items import ROOT
from benchmarks.whisper_rooms import network
from benchmarks.whisper_rooms.examples import Batch, Examples
from benchmarks.whisper_rooms.mixed import RANK
from benchmarks.whisper_rooms.texts import texts
from benchmarks.whisper_rooms.voices import recorded, synthetic
from voice.hearing.models import find_whisper
from voice.hearing.whisper_rooms import PATH
from voice.hearing.whisper_weights import variables

LAST_RATE, WARM_STEPS = 0.03, 60
"""The share of Adam's largest step at the end (along a cosine), and steps until the largest is reached."""
WORDS_WEIGHT = 0.35
"""Of the words' cross-entropy, beside the distance of the encodings."""
COMMON = 6000
"""First tokens of the vocabulary that the right one competes with, beside all that occur."""
TOLD_EVERY = 40
"""Steps."""
KEPT_EVERY = 200
"""Steps after which what was learnt so far is written."""


def main() -> int:
    """Train, and write."""
    args = _arguments()
    folder = find_whisper("tiny.en")
    encoder, decoder = _weights(folder / "model.bin", "encoder/"), _weights(folder / "model.bin", "decoder/")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pools = {"synthetic": synthetic(texts(args.words, args.prose)), **recorded(args.speech)}
    for kind, pool in pools.items():
        print(f"{kind}: {len(pool)} utterances, {sum(len(said.samples) for said in pool) / 16000 / 60:.0f} minutes")
    examples = Examples(pools, args.speech, tokenizer, args.seed)
    texts_known = {said.text for pool in pools.values() for said in pool}
    used = sorted({*range(COMMON), *examples.special, *(id for text in texts_known for id in examples.tokens(text))})
    changes = network.unchanged(encoder, RANK)
    if args.begin is not None:
        changes = begun(changes, args.begin, args.begin_share)
    changes = _trained(changes, encoder, decoder, used, examples, args.minutes, args.rate, args.out)
    _keep(args.out, changes, args.share)
    print(f"Written: {args.out}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Teach Whisper's encoder to hear through rooms and noise.")
    parser.add_argument("--speech", type=Path, default=ROOT.parent / "shared" / "speech")
    parser.add_argument("--minutes", type=float, default=70, help="time to train, after the voices are rendered")
    parser.add_argument("--words", type=Path, help="English words, one a line (Debian: wamerican-small)")
    parser.add_argument("--prose", type=Path, help="any English text (Debian: fortunes)")
    parser.add_argument("--begin", type=Path, help="changes to go on from (default: none)")
    parser.add_argument("--begin-share", type=float, default=0.5, help="how much of them")
    parser.add_argument("--rate", type=float, default=1.0e-3, help="Adam's largest step; 4e-4 to go on from changes")
    parser.add_argument("--share", type=float, default=1.0, help="how much of what was learnt is written")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, default=PATH)
    return parser.parse_args()


def begun(changes: network.Weights, path: Path, share: float) -> network.Weights:
    """Changes that begin with a share of earlier ones, of the same or a lower rank: of what training brought half is
    often better elsewhere (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models")."""
    changes = dict(changes)
    with np.load(path) as found:
        for name in found.files:
            part = found[name].astype(np.float32) * np.float32(1.0 if name.endswith(":down") else share)
            changes[name] = changes[name].copy()
            changes[name][tuple(slice(many) for many in part.shape)] = part
    return changes


def _weights(path: Path, part: str) -> network.Weights:
    return {
        one.name.removeprefix(part): jnp.asarray(one.read(path))
        for one in variables(path)
        if one.name.startswith(part) and one.shape
    }


def _trained(
    changes: network.Weights,
    encoder: network.Weights,
    decoder: network.Weights,
    used: list[int],
    examples: Examples,
    minutes: float,
    largest: float,
    out: Path,
) -> network.Weights:
    vocabulary = decoder["embeddings/weight"][jnp.asarray(used)]
    column = np.zeros(int(decoder["embeddings/weight"].shape[0]), np.int32)
    column[used] = np.arange(len(used))
    adam = optax.chain(optax.clip_by_global_norm(1.0), optax.scale_by_adam())

    def loss(changes: network.Weights, encoder: Any, decoder: Any, vocabulary: Any, *batch: Any) -> Any:
        near, far, tokens, targets, counts, places = batch
        teacher = jax.lax.stop_gradient(network.encode(encoder, near))
        encoded = network.encode(encoder, far, changes)
        apart = ((encoded - teacher) ** 2).mean(-1) / (teacher**2).mean()
        distance = (apart * places).sum() / places.sum()
        chances = jax.nn.log_softmax(network.decode(decoder, tokens[:, :-1], encoded, vocabulary), -1)
        right = jnp.take_along_axis(chances, targets[:, 1:, None], -1)[..., 0]
        words = -(right * counts[:, :-1]).sum() / jnp.maximum(counts.sum(), 1)
        return distance + WORDS_WEIGHT * words, (distance, words)

    @jax.jit
    def step(changes: network.Weights, state: Any, rate: float, *given: Any) -> Any:
        (_, told), slope = jax.value_and_grad(loss, has_aux=True)(changes, *given)
        moves, state = adam.update(slope, state)
        return {name: changes[name] - rate * moves[name] for name in changes}, state, told

    changes = {name: jnp.asarray(part) for name, part in changes.items()}
    state, told, began = adam.init(changes), [], time.monotonic()
    for number, batch in enumerate(_ahead(examples), 1):
        done = (time.monotonic() - began) / 60 / minutes
        if done >= 1:
            break
        near, far, tokens, counts, places = batch
        rate = largest * min(1.0, number / WARM_STEPS) * (LAST_RATE + (1 - LAST_RATE) * (1 + np.cos(np.pi * done)) / 2)
        given = (encoder, decoder, vocabulary, near, far, tokens, column[tokens], counts, places)
        changes, state, parts = step(changes, state, rate, *given)
        told.append([float(part) for part in parts])
        if number % KEPT_EVERY == 0:
            _keep(out, changes, 1.0)
        if number % TOLD_EVERY == 0:
            distance, words = np.mean(told[-TOLD_EVERY:], axis=0)
            print(f"{done:4.0%}  step {number}  distance {distance:.3f}  words {words:.3f}", flush=True)
    return changes


def _keep(path: Path, changes: network.Weights, share: float) -> None:
    """Write a share of what was learnt."""
    kept = {name: part if name.endswith(":down") else share * part for name, part in changes.items()}
    np.savez_compressed(path, **{name: np.asarray(part, np.float16) for name, part in kept.items()})


def _ahead(examples: Examples) -> Iterator[Batch]:
    """Batches, made in a thread while the network learns."""
    made: queue.Queue[Batch] = queue.Queue(6)

    def make() -> None:
        for batch in examples.batches():
            made.put(batch)

    threading.Thread(target=make, daemon=True).start()
    while True:
        yield made.get()


if __name__ == "__main__":
    sys.exit(main())
