"""The first phrases of a slow voice on disk, so that a start need not wait until it is loaded.

Only sentences that Attune's own files hold are written, never one with a name or a word of the two in it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.speaking.renderer import Renderer

HEADER = 4
"""Bytes before the samples: their rate, hertz, little-endian."""


class Remembered:
    """A renderer whose rendering of some texts stays on disk."""

    def __init__(self, renderer: Renderer, key: str, folder: Path, texts: Callable[[], Collection[str]]) -> None:
        """``key`` changes whenever the same text would sound otherwise; ``texts`` is asked at the first phrase."""
        self._renderer = renderer
        self._key = key
        self._folder = folder
        self._wanted = texts

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(self._wanted())

    @property
    def name(self) -> str:
        """The voice's name for people."""
        return self._renderer.name

    def render(self, text: str, *, slow: bool = False) -> tuple[NDArray[np.float32], int]:
        """As the renderer does; from disk where it was rendered before."""
        if slow or text not in self._texts:
            return self._renderer.render(text, slow=slow)
        file = self._folder / f"{hashlib.sha256(f'{self._key}|{text}'.encode()).hexdigest()[:32]}.f32"
        if (kept := _read(file)) is not None:
            return kept
        samples, rate = self._renderer.render(text)
        if self._renderer.name in self._key:  # another voice may have had to speak
            _write(file, samples, rate)
        return samples, rate

    def restart(self) -> None:
        """Begin afresh."""
        self._renderer.restart()

    def close(self) -> None:
        """Release everything."""
        self._renderer.close()


def _read(file: Path) -> tuple[NDArray[np.float32], int] | None:
    try:
        raw = file.read_bytes()
    except OSError:
        return None
    if len(raw) <= HEADER or len(raw) % 4:
        return None
    return np.frombuffer(raw, "<f4", offset=HEADER).astype(np.float32), int.from_bytes(raw[:HEADER], "little")


def _write(file: Path, samples: NDArray[np.float32], rate: int) -> None:
    """Whole or not at all; a disk that takes nothing only costs time."""
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_bytes(rate.to_bytes(HEADER, "little") + samples.astype("<f4").tobytes())
        fresh.replace(file)
    except OSError:
        with contextlib.suppress(OSError):  # where it could not be written it may not be looked at either
            fresh.unlink()
