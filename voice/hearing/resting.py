"""Something large that is loaded when it is wanted, and let go while nobody speaks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from voice.memory import give_back

T = TypeVar("T")


class Resting(Generic[T]):
    """What ``load`` gives, as long as it is wanted; for one thread at a time."""

    def __init__(self, load: Callable[[], T]) -> None:
        """Nothing is loaded yet."""
        self._load = load
        self._worker = ThreadPoolExecutor(1)
        self._loading: Future[T] | None = None

    def wake(self) -> None:
        """Begin to load it in the background, if it is not here."""
        if self._loading is None:
            self._loading = self._worker.submit(self._loaded)

    def get(self) -> T:
        """It; waits until it is loaded. Raises what ``load`` raises, and tries again the next time."""
        self.wake()
        assert self._loading is not None
        try:
            return self._loading.result()
        except Exception:
            self._loading = None
            raise

    def rest(self) -> None:
        """Let it go."""
        self._loading = None

    def _loaded(self) -> T:
        loaded = self._load()
        give_back()  # what loading took beside
        return loaded
