"""Whisper's decoder in numpy, one token at a time: what CTranslate2 offers only for whole texts.

CTranslate2 encodes and transcribes; it can also score given texts, but computes the memory of the sound anew for each
(35 ms a phrase). Here that memory is computed once a turn, and many beginnings of phrases grow side by side, so that a
search can be held to the sentences that may be said (:mod:`voice.hearing.whisper_search`). Reads the same
``model.bin``, as float32; of the tokens, 51,865 in base, only the common ones and those that were asked for. While
nobody speaks the weights, 50 MB in tiny.en, are let go; they are read again, in 0.08 s, as soon as somebody does.

Layers as in Radford et al. 2022: before each attention and feed-forward block a normalization, a residual around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.hearing.resting import Resting
from voice.hearing.whisper_weights import Array, Rows, Variable, opened, variables
from voice.hearing.whisper_writer import ANOTHER

EPSILON = 1e-5
EMBEDDING = "decoder/embeddings/weight"
COMMON = 8192
"""First tokens of the vocabulary, in the order of their frequency, that next tokens are compared with: the rest have
little of the probability, and most of the memory."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The memory of one turn's sound: keys [heads, size, frames] and values [heads, frames, size] of each layer."""

    keys: list[Array]
    values: list[Array]


@dataclass(slots=True)
class Past:
    """What was said so far: keys and values [rows, heads, tokens, size] of each layer."""

    keys: list[Array]
    values: list[Array]

    @property
    def tokens(self) -> int:
        """How many tokens each row has."""
        return int(self.keys[0].shape[2])

    def rows(self, chosen: npt.NDArray[np.intp]) -> Past:
        """Some rows, in a new order, also more than once."""
        return Past([keys[chosen] for keys in self.keys], [values[chosen] for values in self.values])


@dataclass(frozen=True, slots=True)
class Next:
    """How likely each next token is, row by row."""

    logits: Array
    """float32[rows, columns]."""
    columns: npt.NDArray[np.int32]
    """Column of each token of the vocabulary, -1 for one that is not compared."""
    sums: Array
    """Natural logarithm of the sum of their exponentials, float32[rows]."""

    def chance(self, row: int, token: int) -> float:
        """Natural log probability of one token."""
        return float(self.logits[row, self.columns[token]] - self.sums[row])

    def any_of(self, tokens: npt.NDArray[np.intp]) -> Array:
        """Natural log probability of any of some tokens, float32[rows]."""
        either: Array = np.logaddexp.reduce(self.logits[:, self.columns[tokens]], axis=1) - self.sums
        return either

    def repeated(self, rows: int) -> Next:
        """The only row, several times."""
        return Next(self.logits.repeat(rows, axis=0), self.columns, self.sums.repeat(rows))


class Decoder:
    """The weights, and one step of them."""

    def __init__(self, folder: Path) -> None:
        """Read a model folder; raises ``DeviceError`` where that cannot be done, as every method does later."""
        self._weights = Resting(lambda: _weights(folder))
        self._asked = self._weights.get().compared[:0].copy()
        self._embedding = Rows(folder, EMBEDDING)
        self._columns = np.full(self._embedding.many, -1, np.int32)
        self._columns[:COMMON] = np.arange(COMMON)

    def wake(self) -> None:
        """Somebody begins to speak: the weights will be wanted."""
        self._weights.wake()

    def rest(self) -> None:
        """Nobody speaks: let go of the weights."""
        self._weights.rest()

    def know(self, tokens: Iterable[int]) -> bool:
        """Compare these tokens too from the next step on; whether any was new."""
        new = sorted({token for token in tokens if self._columns[token] < 0})
        if new:
            self._columns = self._columns.copy()
            self._columns[new] = COMMON + len(self._asked) + np.arange(len(new))
            self._asked = np.concatenate([self._asked, self._embedding.read(new)])
        return bool(new)

    def remember(self, encoded: Array) -> Sound:
        """Prepare a turn, float32[1, frames, width] from the encoder."""
        pairs = [layer.memory(encoded[0]) for layer in self._weights.get().layers]
        return Sound([keys for keys, _ in pairs], [values for _, values in pairs])

    def begin(self, rows: int = 1) -> Past:
        """Nothing said yet."""
        empty = [layer.nothing(rows) for layer in self._weights.get().layers]
        return Past(list(empty), list(empty))

    def step(self, tokens: npt.NDArray[np.intp], past: Past, sound: Sound) -> Next:
        """Say one more token in each row (``past`` grows); what may come next."""
        weights = self._weights.get()
        x = weights.last(self.say(tokens, past, sound))
        logits: Array = np.concatenate([x @ weights.compared.T, x @ self._asked.T], axis=1)
        most = logits.max(axis=1, keepdims=True)
        return Next(logits, self._columns, most[:, 0] + np.log(np.exp(logits - most).sum(axis=1)))

    def say(self, tokens: npt.NDArray[np.intp], past: Past, sound: Sound) -> Array:
        """The same where nobody asks what may come next; float32[rows, width]."""
        weights = self._weights.get()
        rows = [weights.compared[at] if at < COMMON else self._asked[at - COMMON] for at in self._columns[tokens]]
        x: Array = np.stack(rows) + weights.positions[past.tokens]
        for number, layer in enumerate(weights.layers):
            x = layer.step(x, number, past, sound)
        return x


class _Weights:
    """What a step needs of the model."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.compared = weights["embeddings/weight"]
        self.positions = weights["position_encodings/encodings"]
        self.last = _norm(weights, "layer_norm")
        heads = int(weights["num_heads"]) if "num_heads" in weights else self.compared.shape[1] // 64
        names = {name.split("/")[0] for name in weights if name.startswith("layer_") and name[6].isdigit()}
        self.layers = [_Layer(weights, f"layer_{number}", heads) for number in range(len(names))]


class _Linear:
    def __init__(self, weights: dict[str, Array], name: str) -> None:
        self.weight = np.ascontiguousarray(weights[f"{name}/weight"].T)
        self.bias = weights[f"{name}/bias"]

    def __call__(self, x: Array) -> Array:
        result: Array = x @ self.weight
        result += self.bias
        return result


class _Norm:
    def __init__(self, gamma: Array, beta: Array) -> None:
        self.gamma, self.beta = gamma, beta

    def __call__(self, x: Array) -> Array:
        middle = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.mean(middle * middle, axis=-1, keepdims=True) + np.float32(EPSILON))
        result: Array = middle / spread * self.gamma + self.beta
        return result


def _norm(weights: dict[str, Array], name: str) -> _Norm:
    return _Norm(weights[f"{name}/gamma"], weights[f"{name}/beta"])


class _Layer:
    def __init__(self, weights: dict[str, Array], name: str, heads: int) -> None:
        self.heads = heads
        self.own_norm = _norm(weights, f"{name}/self_attention/layer_norm")
        self.own_in = _Linear(weights, f"{name}/self_attention/linear_0")
        self.own_out = _Linear(weights, f"{name}/self_attention/linear_1")
        self.norm = _norm(weights, f"{name}/attention/layer_norm")
        self.query = _Linear(weights, f"{name}/attention/linear_0")
        self.key_value = _Linear(weights, f"{name}/attention/linear_1")
        self.out = _Linear(weights, f"{name}/attention/linear_2")
        self.inner_norm = _norm(weights, f"{name}/ffn/layer_norm")
        self.inner = _Linear(weights, f"{name}/ffn/linear_0")
        self.outer = _Linear(weights, f"{name}/ffn/linear_1")
        self.size = self.query.weight.shape[0] // heads
        self.scale = np.float32(self.size**-0.5)

    def nothing(self, rows: int) -> Array:
        return np.zeros((rows, self.heads, 0, self.size), np.float32)

    def memory(self, encoded: Array) -> tuple[Array, Array]:
        keys, values = np.split(self.key_value(encoded), 2, axis=1)
        split = (len(encoded), self.heads, self.size)
        return (
            np.ascontiguousarray(keys.reshape(split).transpose(1, 2, 0)) * self.scale,
            np.ascontiguousarray(values.reshape(split).transpose(1, 0, 2)),
        )

    def step(self, x: Array, number: int, past: Past, sound: Sound) -> Array:
        rows, width = x.shape
        shape = (rows, self.heads, 1, self.size)
        query, key, value = (part.reshape(shape) for part in np.split(self.own_in(self.own_norm(x)), 3, axis=1))
        past.keys[number] = np.concatenate([past.keys[number], key], axis=2)
        past.values[number] = np.concatenate([past.values[number], value], axis=2)
        shares = _softmax(query @ past.keys[number].transpose(0, 1, 3, 2) * self.scale)
        x = x + self.own_out((shares @ past.values[number]).reshape(rows, width))
        query = self.query(self.norm(x)).reshape(rows, self.heads, self.size).transpose(1, 0, 2)
        heard = _softmax(query @ sound.keys[number]) @ sound.values[number]
        x = x + self.out(heard.transpose(1, 0, 2).reshape(rows, width))
        return x + self.outer(_gelu(self.inner(self.inner_norm(x))))


def _softmax(x: Array) -> Array:
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Array = x / x.sum(axis=-1, keepdims=True)
    return result


def _gelu(x: Array) -> Array:
    """x times the normal distribution's integral; its error function after Abramowitz and Stegun 7.1.26 (2e-7)."""
    half = np.abs(x) * np.float32(0.7071067811865476)
    t = 1.0 / (1.0 + np.float32(0.3275911) * half)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error = np.copysign(1.0 - series * np.exp(-half * half), x)
    result: Array = (0.5 * x * (1.0 + error)).astype(np.float32)
    return result


def _weights(folder: Path) -> _Weights:
    try:
        with opened(folder) as file:
            decoder = [_common(one) for one in variables(file) if one.name.startswith("decoder/")]
            return _Weights({one.name.removeprefix("decoder/"): one.read(file) for one in decoder})
    except (OSError, KeyError, ValueError) as error:
        raise DeviceError(f"The Whisper model in {folder} cannot be read ({error}).", ANOTHER) from error


def _common(one: Variable) -> Variable:
    """Of the embedding, which is most of a decoder's memory, the common tokens; the whole of anything else."""
    return (
        one
        if one.name != EMBEDDING
        else replace(one, shape=(COMMON, one.shape[1]), size=one.size // one.shape[0] * COMMON)
    )
