"""The weights of a Whisper model as CTranslate2 keeps them: ``model.bin``, read without loading the model."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
"""CTranslate2's numbers for types. Source: its ``DataType``."""
VERSION = 6
"""The file's format."""


@dataclass(frozen=True, slots=True)
class Variable:
    """Where one array lies in the file."""

    name: str
    """For example ``encoder/conv1/weight``."""
    dtype: np.dtype[np.generic]
    """Type of the numbers."""
    shape: tuple[int, ...]
    """Sizes, slowest first; empty for a single number."""
    start: int
    """Bytes from the file's beginning."""
    size: int
    """Bytes."""

    def read(self, path: Path) -> Array:
        """The numbers, as float32 of ``shape``."""
        many = int(np.prod(self.shape))
        return np.fromfile(path, self.dtype, many, offset=self.start).reshape(self.shape).astype(np.float32)


class Rows:
    """A large matrix, read from the file row by row."""

    def __init__(self, path: Path, name: str) -> None:
        """Raises ``ValueError`` where the file has no such matrix."""
        found = [one for one in variables(path) if one.name == name]
        if not found:
            raise ValueError(f"{path.name} has no {name}")
        self._path, self._variable = path, found[0]
        self.many, self._width = found[0].shape

    def read(self, rows: Iterable[int]) -> Array:
        """Some rows, float32[rows, width]."""
        size = self._width * self._variable.dtype.itemsize
        read = []
        with self._path.open("rb") as file:
            for row in rows:
                file.seek(self._variable.start + row * size)
                read.append(np.frombuffer(file.read(size), self._variable.dtype).astype(np.float32))
        return np.stack(read)


def variables(path: Path) -> Iterator[Variable]:
    """Every array of the file. Format: CTranslate2's ``model_spec.py``, version 6.

    Raises ``ValueError`` for another version.
    """
    with path.open("rb") as file:
        version = _number(file, "<I")
        if version != VERSION:
            raise ValueError(f"{path.name} has version {version}, not {VERSION}")
        _text(file)
        _number(file, "<I")
        for _ in range(_number(file, "<I")):
            name = _text(file)
            shape = tuple(_number(file, "<I") for _ in range(_number(file, "<B")))
            kind, size = _number(file, "<B"), _number(file, "<I")
            yield Variable(name, np.dtype(DTYPES[kind]), shape, file.tell(), size)
            file.seek(size, 1)


def _number(file: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, file.read(struct.calcsize(form)))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "<H")).rstrip(b"\0").decode()
