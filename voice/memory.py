"""Keeps the memory of a process near to what it uses: glibc would keep a heap per thread, and what loading freed.

Measured with Whisper: 380 MB became 320 MB (proportional, all processes), at the same speed of recognition. Other
C libraries have neither call; there nothing is done.
"""

from __future__ import annotations

import gc
from functools import cache
from typing import Any

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's malloc.h: how many heaps threads are spread over."""


def one_heap() -> None:
    """Let all threads share one heap; to be called before there are any."""
    if hasattr(_libc(), "mallopt"):
        _libc().mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Return freed pages to the system: worth its milliseconds after loading, not while working."""
    if hasattr(_libc(), "malloc_trim"):
        _libc().malloc_trim(0)


def settle() -> None:
    """Everything is loaded: give back what that freed, and let the garbage collector not look through the rest again.

    It would for 50 to 100 ms at a time, in which no thread goes on, and the loudspeaker's callback has only 100.
    """
    gc.collect()
    gc.freeze()
    give_back()


@cache
def _libc() -> Any:
    import ctypes

    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no such handle
        return None
