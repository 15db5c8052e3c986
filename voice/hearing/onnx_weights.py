"""The weights in an ONNX file, read without onnxruntime: to run two small networks it takes 35 MB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

GRAPH, INITIALIZER = 7, 5
"""Fields of the model, and of its graph."""
DIMS, TYPE, NAME, RAW = 1, 2, 8, 9
"""Fields of an array. Source: onnx.proto, ONNX 1.12."""
FLOAT32 = 1
"""A type of numbers."""
VARINT, BYTES = 0, 2
"""How a field is written."""
FIXED = {1: 8, 5: 4}
"""Bytes of a field that is written in no other way."""


def weights_of(path: Path) -> dict[str, Array]:
    """The arrays of a network by name, float32 of any shape; what holds no such numbers is left out.

    Raises ``OSError`` for a file that cannot be read, and ``ValueError`` for one that is none.
    """
    found: dict[str, Array] = {}
    try:
        for number, graph in _fields(memoryview(path.read_bytes())):
            if number == GRAPH and isinstance(graph, memoryview):
                arrays = [array for number, array in _fields(graph) if number == INITIALIZER]
                found |= dict(pair for array in arrays if isinstance(array, memoryview) for pair in _array(array))
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no ONNX file") from error
    return found


def _array(message: memoryview) -> Iterator[tuple[str, Array]]:
    """Name and numbers, if they are float32."""
    fields = list(_fields(message))
    one = dict(fields)
    name, raw = one.get(NAME), one.get(RAW)
    if one.get(TYPE) == FLOAT32 and isinstance(name, memoryview) and isinstance(raw, memoryview):
        dims = [value for number, value in fields if number == DIMS and isinstance(value, int)]
        yield bytes(name).decode(), np.frombuffer(raw, "<f4").reshape(dims).astype(np.float32)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a protobuf message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, way = key >> 3, key & 7
        if way == VARINT:
            value, at = _varint(message, at)
            yield number, value
        else:
            size, at = _varint(message, at) if way == BYTES else (FIXED[way], at)
            yield number, message[at : at + size]
            at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number in sevens of bits, lowest first, and the place after it."""
    value = shift = 0
    while True:
        byte = message[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at
