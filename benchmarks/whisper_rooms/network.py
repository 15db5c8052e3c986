"""Whisper in JAX: the encoder with small changes to its weights, and the decoder. After Radford et al. 2022.

Compared with CTranslate2's float32 encoder on the same picture: the same to 1e-4.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Weights = dict[str, Any]
HEADS = 6
"""Attention heads of tiny.en."""
LAYERS = 4
"""Layers of its encoder, and of its decoder."""
SIZE = 64
"""Numbers a head."""
MATRICES = [
    *(
        f"layer_{number}/{name}/weight"
        for number in range(LAYERS)
        for name in ("self_attention/linear_0", "self_attention/linear_1", "ffn/linear_0", "ffn/linear_1")
    ),
    "conv1/weight",
    "conv2/weight",
]
"""What is changed by a low-rank matrix."""
gelu = partial(jax.nn.gelu, approximate=False)


def unchanged(encoder: Weights, rank: int, seed: int = 0) -> Weights:
    """Changes that change nothing yet: ``NAME:down`` random, ``NAME:up`` and ``NAME:more`` zero."""
    rng = np.random.default_rng(seed)
    changes: Weights = {}
    for name in MATRICES:
        rows, columns = encoder[name].shape[0], int(np.prod(encoder[name].shape[1:]))
        changes[f"{name}:down"] = (rng.standard_normal((rank, columns)) / np.sqrt(columns)).astype(np.float32)
        changes[f"{name}:up"] = np.zeros((rows, rank), np.float32)
    for name in _vectors(encoder):
        changes[f"{name}:more"] = np.zeros(encoder[name].shape, np.float32)
    return changes


def encode(weights: Weights, picture: Any, changes: Weights | None = None) -> Any:
    """Encode pictures, float32[n, 80, columns]: float32[n, columns / 2, 384]."""
    weights = dict(weights) if changes is None else _with_vectors(weights, changes)

    def linear(x: Any, name: str) -> Any:
        y = x @ weights[f"{name}/weight"].T + weights[f"{name}/bias"]
        if changes is not None:
            y = y + (x @ changes[f"{name}/weight:down"].T) @ changes[f"{name}/weight:up"].T
        return y

    x = picture.transpose(0, 2, 1)
    x = gelu(_convolved(x, weights["conv1/weight"], weights["conv1/bias"], 1))
    x = gelu(_convolved(x, weights["conv2/weight"], weights["conv2/bias"], 2))
    x = x + weights["position_encodings/encodings"][: x.shape[1]]
    for number in range(LAYERS):
        layer = f"layer_{number}"
        y = _normal(x, weights, f"{layer}/self_attention/layer_norm")
        query, key, value = jnp.split(linear(y, f"{layer}/self_attention/linear_0"), 3, -1)
        x = x + linear(_attention(query, key, value), f"{layer}/self_attention/linear_1")
        y = _normal(x, weights, f"{layer}/ffn/layer_norm")
        x = x + linear(gelu(linear(y, f"{layer}/ffn/linear_0")), f"{layer}/ffn/linear_1")
    return _normal(x, weights, "layer_norm")


def decode(weights: Weights, tokens: Any, encoded: Any, vocabulary: Any) -> Any:
    """What may come after each of the tokens, int32[n, m]: float32[n, m, rows of ``vocabulary``]."""

    def linear(x: Any, name: str) -> Any:
        return x @ weights[f"{name}/weight"].T + weights[f"{name}/bias"]

    many = tokens.shape[1]
    x = weights["embeddings/weight"][tokens] + weights["position_encodings/encodings"][:many]
    earlier = jnp.where(jnp.tril(jnp.ones((many, many), bool)), 0.0, -1e9)
    for number in range(LAYERS):
        layer = f"layer_{number}"
        y = _normal(x, weights, f"{layer}/self_attention/layer_norm")
        query, key, value = jnp.split(linear(y, f"{layer}/self_attention/linear_0"), 3, -1)
        x = x + linear(_attention(query, key, value, earlier), f"{layer}/self_attention/linear_1")
        y = _normal(x, weights, f"{layer}/attention/layer_norm")
        key, value = jnp.split(linear(encoded, f"{layer}/attention/linear_1"), 2, -1)
        x = x + linear(_attention(linear(y, f"{layer}/attention/linear_0"), key, value), f"{layer}/attention/linear_2")
        y = _normal(x, weights, f"{layer}/ffn/layer_norm")
        x = x + linear(gelu(linear(y, f"{layer}/ffn/linear_0")), f"{layer}/ffn/linear_1")
    return _normal(x, weights, "layer_norm") @ vocabulary.T


def _vectors(weights: Weights) -> list[str]:
    return [name for name in weights if name.endswith(("bias", "gamma", "beta"))]


def _with_vectors(weights: Weights, changes: Weights) -> Weights:
    """With changed biases, norms and convolutions; the other matrices are changed where they are used, which is
    cheaper to differentiate."""
    changed = dict(weights)
    for name in _vectors(weights):
        changed[name] = weights[name] + changes[f"{name}:more"]
    for name in ("conv1/weight", "conv2/weight"):
        changed[name] = weights[name] + (changes[f"{name}:up"] @ changes[f"{name}:down"]).reshape(weights[name].shape)
    return changed


def _normal(x: Any, weights: Weights, name: str) -> Any:
    mean = x.mean(-1, keepdims=True)
    spread = jnp.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-5)
    return (x - mean) / spread * weights[f"{name}/gamma"] + weights[f"{name}/beta"]


def _attention(query: Any, key: Any, value: Any, mask: Any = 0.0) -> Any:
    def parted(x: Any) -> Any:
        return x.reshape(*x.shape[:2], HEADS, SIZE).transpose(0, 2, 1, 3)

    shares = jax.nn.softmax(parted(query) @ parted(key).transpose(0, 1, 3, 2) * SIZE**-0.5 + mask, -1)
    return (shares @ parted(value)).transpose(0, 2, 1, 3).reshape(query.shape)


def _convolved(x: Any, kernel: Any, bias: Any, stride: int) -> Any:
    numbers = ("NWC", "WIO", "NWC")
    return (
        jax.lax.conv_general_dilated(x, kernel.transpose(2, 1, 0), (stride,), ((1, 1),), dimension_numbers=numbers)
        + bias
    )
