"""Is this folder a whole Vosk model, and which words does it know? Answered from its files, without loading it.

Loading takes seconds and hundreds of megabytes, and native code answers a damaged model by ending the process; so what
can be seen from outside is looked at first. The layouts are those Vosk's own loader accepts.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable
from pathlib import Path

from voice.errors import DeviceError

FST_MAGIC = 2125659606
"""First four bytes of every OpenFst file, little-endian."""
SYMBOLS_MAGIC = 2125658996
"""First four bytes of a symbol table inside one."""
HAS_INPUT_SYMBOLS, HAS_OUTPUT_SYMBOLS = 1, 2
"""Bits of the header's flags."""

ACOUSTIC = ("am/final.mdl", "final.mdl")
"""The one file every Vosk model has: newer models keep their files in folders, older ones do not."""


def is_vosk_model(folder: Path) -> bool:
    """True when the folder has the acoustic model's file, whole or not."""
    return any((folder / name).is_file() for name in ACOUSTIC)


def check_vosk_folder(folder: Path) -> None:
    """Raise ``DeviceError`` unless ``folder`` looks like a whole Vosk model."""
    remedy = "Name the folder that holds am/ and graph/, or fetch one: attune model get"
    if not folder.is_dir():
        raise DeviceError(f"{folder} is not a folder, so it is no Vosk model.", remedy)
    if not is_vosk_model(folder):
        raise DeviceError(f"{folder} is no Vosk model: it has no am/final.mdl.", remedy)
    new = (folder / ACOUSTIC[0]).is_file()
    graph = "graph/" if new else ""
    whole = _size(folder / f"{graph}HCLG.fst") > 0
    needed = [ACOUSTIC[0] if new else ACOUSTIC[1], "conf/mfcc.conf" if new else "mfcc.conf"]
    needed += [] if whole else [f"{graph}HCLr.fst", f"{graph}Gr.fst"]
    for name in needed:
        if not _size(folder / name):
            raise _damaged(folder, f"{name} is missing or empty")
        if name.endswith(".fst") and not _begins_like_a_graph(folder / name):
            raise _damaged(folder, f"{name} does not begin like a graph")


def unknown_words(folder: Path, words: Iterable[str]) -> list[str]:
    """Those of ``words`` that the model does not know, in their order, each once.

    Vosk itself drops them from a grammar with no more than a log line. Raises ``DeviceError`` for a damaged model.
    """
    wanted = dict.fromkeys(words)
    return [word for word in wanted if word not in _known(folder, wanted)] if wanted else []


def _known(folder: Path, wanted: Iterable[str]) -> set[str]:
    """The wanted words that are in the model's vocabulary: a text file, or the symbols inside a graph."""
    looked_for = {word.encode() for word in wanted}
    for name in ("graph/words.txt", "words.txt"):
        if (folder / name).is_file():
            lines = (folder / name).read_bytes().splitlines()
            return {word.decode() for word in looked_for.intersection(line.split(b" ", 1)[0] for line in lines)}
    for name in ("graph/Gr.fst", "Gr.fst"):
        if (folder / name).is_file():
            try:
                return {word.decode() for word in _symbols_of(folder / name, looked_for)}
            except (struct.error, ValueError, OSError) as error:
                raise _damaged(folder, f"the words in {name} cannot be read") from error
    raise _damaged(folder, "it has no list of words")


def _symbols_of(graph: Path, looked_for: set[bytes]) -> set[bytes]:
    """Those symbols that the graph's output labels have, by OpenFst's ``FstHeader`` and ``SymbolTable``."""
    with graph.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as bytes_:
        magic, at = _number(bytes_, 0)
        if magic != FST_MAGIC:
            raise ValueError("not a graph")
        for _ in ("kind of graph", "kind of arc"):
            at = _after_text(bytes_, at)
        _version, flags = struct.unpack_from("<ii", bytes_, at)
        at += 8 + 4 * 8  # properties, start, states, arcs
        if not flags & HAS_OUTPUT_SYMBOLS:
            raise ValueError("no output symbols")
        if flags & HAS_INPUT_SYMBOLS:
            _, at = _symbol_table(bytes_, at, set())
        return _symbol_table(bytes_, at, looked_for)[0]


def _symbol_table(bytes_: mmap.mmap, at: int, looked_for: set[bytes]) -> tuple[set[bytes], int]:
    """The looked-for symbols that are in the table at ``at``, and the place after it."""
    magic, at = _number(bytes_, at)
    if magic != SYMBOLS_MAGIC:
        raise ValueError("not a symbol table")
    at = _after_text(bytes_, at)
    _next_key, count = struct.unpack_from("<qq", bytes_, at)
    at += 16
    found = set()
    unpack = struct.Struct("<i").unpack_from
    for _ in range(count):
        length = unpack(bytes_, at)[0]
        if length < 0:
            raise ValueError("a symbol of negative length")
        symbol = bytes_[at + 4 : at + 4 + length]
        if symbol in looked_for:
            found.add(symbol)
        at += 4 + length + 8
    return found, at


def _number(bytes_: mmap.mmap, at: int) -> tuple[int, int]:
    number: int = struct.unpack_from("<i", bytes_, at)[0]
    return number, at + 4


def _after_text(bytes_: mmap.mmap, at: int) -> int:
    length, at = _number(bytes_, at)
    if length < 0:
        raise ValueError("a text of negative length")
    return at + length


def _begins_like_a_graph(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == struct.pack("<i", FST_MAGIC)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _damaged(folder: Path, what: str) -> DeviceError:
    return DeviceError(f"The Vosk model in {folder} is damaged: {what}.", "Delete that folder, then: attune model get")
