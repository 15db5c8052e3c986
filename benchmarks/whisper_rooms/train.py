"""Teach Whisper's encoder to hear through rooms and noise, and write ``voice/hearing/whisper_rooms_MODEL.npz``.

    python -m benchmarks.whisper_rooms.train --speech DIR [--model base] [--minutes 70] [--words FILE] [--prose FILE]

Needs the extra ``train`` (PyTorch), espeak-ng, flite, festival and Kokoro (``benchmarks/hearing_parts/kokoro.py``
fetches its voices). ``--speech`` is a folder with ``commands/WORD/*.flac`` (single
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

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from benchmarks.hearing_parts.items import ROOT
from benchmarks.whisper_rooms import network
from benchmarks.whisper_rooms.examples import Batch, Examples
from benchmarks.whisper_rooms.mixed import RANK
from benchmarks.whisper_rooms.texts import short_texts, texts
from benchmarks.whisper_rooms.voices import recorded, synthetic
from voice.hearing.known_models import KNOWN, WHISPER, WHISPER_BASE
from voice.hearing.models import find_whisper
from voice.hearing.whisper_rooms import changes_of
from voice.hearing.whisper_weights import opened, variables

LAST_RATE, WARM_STEPS = 0.03, 60
"""The share of Adam's largest step at the end (along a cosine), and steps until the largest is reached."""
WORDS_WEIGHT = 0.5
"""Of the words' cross-entropy, beside the distance of the encodings."""
COARSE = torch.bfloat16
"""What is computed in: processors that know it (AVX-512, AMX) are four times as fast. What is learnt is float32."""
COMMON = 6000
"""First tokens of the vocabulary that the right one competes with, beside all that occur."""
ENGLISH_TOKENS = 51_864
"""Of a model that knows English alone; any other has one more."""
TOLD_EVERY = 40
"""Steps."""
KEPT_EVERY = 200
"""Steps after which what was learnt so far is written."""


def main() -> int:
    """Train, and write."""
    args = _arguments()
    folder = find_whisper(args.model)
    encoder, decoder = _weights(folder, "encoder/"), _weights(folder, "decoder/")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    said = synthetic(texts(args.words, args.prose)) + synthetic(short_texts(), short=True)
    pools = {"synthetic": said, **recorded(args.speech)}
    for kind, pool in pools.items():
        print(f"{kind}: {len(pool)} utterances, {sum(len(said.samples) for said in pool) / 16000 / 60:.0f} minutes")
    many_languages = len(decoder["embeddings/weight"]) > ENGLISH_TOKENS
    examples = Examples(pools, args.speech, tokenizer, args.seed, many_languages=many_languages)
    texts_known = {said.text for pool in pools.values() for said in pool}
    used = sorted({*range(COMMON), *examples.special, *(id for text in texts_known for id in examples.tokens(text))})
    changes = network.unchanged(encoder, RANK)
    encoder, decoder = (
        {name: torch.from_numpy(part).to(COARSE) for name, part in weights.items()} for weights in (encoder, decoder)
    )
    if args.begin is not None:
        changes = begun(changes, args.begin, args.begin_share)
    changes = _trained(changes, encoder, decoder, used, examples, args.minutes, args.rate, args.out)
    _keep(args.out, changes, args.share)
    print(f"Written: {args.out}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Teach Whisper's encoder to hear through rooms and noise.")
    parser.add_argument("--speech", type=Path, default=ROOT.parent / "shared" / "speech")
    parser.add_argument("--model", default=WHISPER_BASE.name, choices=[model.name for model in WHISPER])
    parser.add_argument("--minutes", type=float, default=70, help="time to train, after the voices are rendered")
    parser.add_argument("--words", type=Path, help="English words, one a line (Debian: wamerican-small)")
    parser.add_argument("--prose", type=Path, help="any English text (Debian: fortunes)")
    parser.add_argument("--begin", type=Path, help="changes to go on from (default: none)")
    parser.add_argument("--begin-share", type=float, default=0.5, help="how much of them")
    parser.add_argument("--rate", type=float, default=1.0e-3, help="Adam's largest step; 4e-4 to go on from changes")
    parser.add_argument("--share", type=float, default=1.0, help="how much of what was learnt is written")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, help="default: beside whisper_rooms.py")
    args = parser.parse_args()
    args.out = args.out or changes_of(KNOWN[args.model])
    return args


def begun(changes: network.Weights, path: Path, share: float) -> network.Weights:
    """Changes that begin with a share of earlier ones, of the same or a lower rank: of what training brought half is
    often better elsewhere (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models")."""
    changes = dict(changes)
    with np.load(path) as found:
        for name in found.files:
            part = found[name].astype(np.float32) * np.float32(1.0 if name.endswith(":down") else share)
            changes[name] = changes[name].clone()
            changes[name][tuple(slice(many) for many in part.shape)] = torch.from_numpy(part)
    return changes


def _weights(folder: Path, part: str) -> dict[str, npt.NDArray[np.float32]]:
    with opened(folder) as file:
        return {
            one.name.removeprefix(part): one.read(file)
            for one in variables(file)
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
    vocabulary = decoder["embeddings/weight"][used]
    column = torch.zeros(len(decoder["embeddings/weight"]), dtype=torch.int64)
    column[used] = torch.arange(len(used))
    learnt = list(changes.values())
    for part in learnt:
        part.requires_grad_()
    adam = torch.optim.Adam(learnt, largest)
    told, began = [], time.monotonic()
    for number, batch in enumerate(_ahead(examples), 1):
        done = (time.monotonic() - began) / 60 / minutes
        if done >= 1:
            break
        for group in adam.param_groups:
            group["lr"] = largest * min(1.0, number / WARM_STEPS) * _cooled(done)
        near, far, tokens, counts, places = (torch.from_numpy(part) for part in batch)
        distance, words = _losses(
            changes, encoder, decoder, vocabulary, column, near, far, tokens.long(), counts, places
        )
        adam.zero_grad()
        (distance + WORDS_WEIGHT * words).backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        adam.step()
        told.append([float(distance.detach()), float(words.detach())])
        if number % KEPT_EVERY == 0:
            _keep(out, changes, 1.0)
        if number % TOLD_EVERY == 0:
            distance, words = np.mean(told[-TOLD_EVERY:], axis=0)
            print(f"{done:4.0%}  step {number}  distance {distance:.3f}  words {words:.3f}", flush=True)
    return changes


def _cooled(done: float) -> float:
    return LAST_RATE + (1 - LAST_RATE) * (1 + np.cos(np.pi * done)) / 2


def _losses(
    changes: network.Weights,
    encoder: network.Weights,
    decoder: network.Weights,
    vocabulary: torch.Tensor,
    column: torch.Tensor,
    near: torch.Tensor,
    far: torch.Tensor,
    tokens: torch.Tensor,
    counts: torch.Tensor,
    places: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """How far the encoding of the far voice is from that of the near one, and the words' cross-entropy."""
    with torch.no_grad():
        teacher = network.encode(encoder, near.to(COARSE)).float()
    encoded = network.encode(encoder, far.to(COARSE), {name: part.to(COARSE) for name, part in changes.items()})
    apart = ((encoded.float() - teacher) ** 2).mean(-1) / (teacher**2).mean()
    distance = (apart * places).sum() / places.sum()
    chances = network.decode(decoder, tokens[:, :-1], encoded, vocabulary).float().log_softmax(-1)
    right = chances.gather(-1, column[tokens[:, 1:, None]])[..., 0]
    return distance, -(right * counts[:, :-1]).sum() / counts.sum().clamp(min=1)


def _keep(path: Path, changes: network.Weights, share: float) -> None:
    """Write a share of what was learnt."""
    kept = {name: part if name.endswith(":down") else share * part for name, part in changes.items()}
    np.savez_compressed(path, **{name: part.detach().numpy().astype(np.float16) for name, part in kept.items()})


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
