"""Whisper in PyTorch: the encoder with small changes to its weights, and the decoder. After Radford et al. 2022.

Compared with CTranslate2's float32 encoder of base on the same picture of 30 s: the same to 5e-4, of numbers up to 24.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

Weights = dict[str, Tensor]
SIZE = 64
"""Numbers an attention head has, in every Whisper."""
CHANGED = ("self_attention/linear_0", "self_attention/linear_1", "ffn/linear_0", "ffn/linear_1")
"""What is changed by a low-rank matrix in each layer, beside the two convolutions."""
CONVOLUTIONS = ("conv1/weight", "conv2/weight")


def unchanged(encoder: dict[str, npt.NDArray[np.float32]], rank: int, seed: int = 0) -> Weights:
    """Changes that change nothing yet: ``NAME:down`` random, ``NAME:up`` and ``NAME:more`` zero; float32."""
    rng = np.random.default_rng(seed)
    changes: Weights = {}
    matrices = [f"layer_{number}/{name}/weight" for number in range(_layers(encoder)) for name in CHANGED]
    for name in (*matrices, *CONVOLUTIONS):
        rows, columns = encoder[name].shape[0], int(np.prod(encoder[name].shape[1:]))
        down = (rng.standard_normal((rank, columns)) / np.sqrt(columns)).astype(np.float32)
        changes[f"{name}:down"] = torch.from_numpy(down)
        changes[f"{name}:up"] = torch.zeros(rows, rank)
    for name in _vectors(encoder):
        changes[f"{name}:more"] = torch.zeros(encoder[name].shape)
    return changes


def encode(weights: Weights, picture: Tensor, changes: Weights | None = None) -> Tensor:
    """Encode pictures, float32[n, 80, columns]: [n, columns / 2, width of the model]."""
    if changes is not None:
        weights = _with_vectors(weights, changes)

    def linear(x: Tensor, name: str) -> Tensor:
        y = functional.linear(x, weights[f"{name}/weight"], weights[f"{name}/bias"])
        if changes is not None:
            # Apart from the matrix, which is cheaper to differentiate than to add it up.
            down, up = changes[f"{name}/weight:down"], changes[f"{name}/weight:up"]
            y = y + functional.linear(functional.linear(x, down), up)
        return y

    x = functional.gelu(functional.conv1d(picture, weights["conv1/weight"], weights["conv1/bias"], padding=1))
    x = functional.gelu(functional.conv1d(x, weights["conv2/weight"], weights["conv2/bias"], stride=2, padding=1))
    x = x.transpose(1, 2)
    x = x + weights["position_encodings/encodings"][: x.shape[1]]
    for number in range(_layers(weights)):
        layer = f"layer_{number}"
        y = _normal(x, weights, f"{layer}/self_attention/layer_norm")
        query, key, value = linear(y, f"{layer}/self_attention/linear_0").chunk(3, -1)
        x = x + linear(_attention(query, key, value), f"{layer}/self_attention/linear_1")
        y = _normal(x, weights, f"{layer}/ffn/layer_norm")
        x = x + linear(functional.gelu(linear(y, f"{layer}/ffn/linear_0")), f"{layer}/ffn/linear_1")
    return _normal(x, weights, "layer_norm")


def decode(weights: Weights, tokens: Tensor, encoded: Tensor, vocabulary: Tensor) -> Tensor:
    """What may come after each of the tokens, int64[n, m]: [n, m, rows of ``vocabulary``]."""

    def linear(x: Tensor, name: str) -> Tensor:
        return functional.linear(x, weights[f"{name}/weight"], weights[f"{name}/bias"])

    x = weights["embeddings/weight"][tokens] + weights["position_encodings/encodings"][: tokens.shape[1]]
    for number in range(_layers(weights)):
        layer = f"layer_{number}"
        y = _normal(x, weights, f"{layer}/self_attention/layer_norm")
        query, key, value = linear(y, f"{layer}/self_attention/linear_0").chunk(3, -1)
        x = x + linear(_attention(query, key, value, causal=True), f"{layer}/self_attention/linear_1")
        y = _normal(x, weights, f"{layer}/attention/layer_norm")
        key, value = linear(encoded, f"{layer}/attention/linear_1").chunk(2, -1)
        x = x + linear(_attention(linear(y, f"{layer}/attention/linear_0"), key, value), f"{layer}/attention/linear_2")
        y = _normal(x, weights, f"{layer}/ffn/layer_norm")
        x = x + linear(functional.gelu(linear(y, f"{layer}/ffn/linear_0")), f"{layer}/ffn/linear_1")
    return functional.linear(_normal(x, weights, "layer_norm"), vocabulary)


def _layers(weights: dict[str, object]) -> int:
    return 1 + max(int(found[1]) for name in weights if (found := re.match(r"layer_(\d+)/", name)))


def _vectors(weights: dict[str, object]) -> list[str]:
    return [name for name in weights if name.endswith(("bias", "gamma", "beta"))]


def _with_vectors(weights: Weights, changes: Weights) -> Weights:
    """With changed biases, norms and convolutions."""
    changed = dict(weights)
    for name in _vectors(weights):
        changed[name] = weights[name] + changes[f"{name}:more"]
    for name in CONVOLUTIONS:
        changed[name] = weights[name] + (changes[f"{name}:up"] @ changes[f"{name}:down"]).reshape(weights[name].shape)
    return changed


def _normal(x: Tensor, weights: Weights, name: str) -> Tensor:
    gamma, beta = weights[f"{name}/gamma"], weights[f"{name}/beta"]
    return functional.layer_norm(x, x.shape[-1:], gamma, beta)


def _attention(query: Tensor, key: Tensor, value: Tensor, causal: bool = False) -> Tensor:
    def parted(x: Tensor) -> Tensor:
        return x.reshape(*x.shape[:2], -1, SIZE).transpose(1, 2)

    shared = functional.scaled_dot_product_attention(parted(query), parted(key), parted(value), is_causal=causal)
    return shared.transpose(1, 2).reshape(query.shape)
