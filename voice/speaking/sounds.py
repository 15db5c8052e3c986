"""Which sounds there are by name, and where their files lie; imports nothing that takes long."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from voice.content import folders

SUFFIXES = (".wav", ".flac")
SYNTHESIZED = ("breathe-in", "breathe-out")
"""Sounds that exist without a file, because they are made for the length of each breath."""


def sound_files(extra: Sequence[Path] = ()) -> dict[str, Path]:
    """Every recorded sound: its name, which is the file's stem, and its file; those of later folders win."""
    found: dict[str, Path] = {}
    for folder in folders("audio", extra):
        found |= {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES}
    return found


def sound_names(extra: Sequence[Path] = ()) -> list[str]:
    """Every name that ``load_sound`` knows, in alphabetical order."""
    return sorted({*sound_files(extra), *SYNTHESIZED})
