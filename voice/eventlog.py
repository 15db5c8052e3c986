"""The events file: one JSON object a line, flushed at once, readable by its owner only."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from voice.events import Beat, Cue, Event, Underflow
from voice.private_file import create_private


class EventFile:
    """Writes events to a file; what people said is in it, so it exists only where somebody asked for it."""

    def __init__(self, path: Path, only: tuple[type[Event], ...] = (Event,)) -> None:
        """Create the file anew; raises ``DeviceError`` if it cannot be written.

        ``only`` limits it to some kinds of event.
        """
        self._only = only
        self._file: TextIO = os.fdopen(create_private(path), "w", encoding="utf-8")

    def write(self, event: Event, **more: str) -> None:
        """Add one line; ``more`` stands in it, too."""
        if isinstance(event, self._only):
            self._file.write(json.dumps(event.to_json() | more, ensure_ascii=False) + "\n")
            self._file.flush()

    def __enter__(self) -> EventFile:
        """Use it as a context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()


TIMELINE = (Cue, Beat, Underflow)
"""What a timeline file holds: what was placed, and each time the loudspeaker ran dry."""


def tell_all(listeners: Sequence[Callable[[Event], None]]) -> Callable[[Event], None]:
    """One listener that passes each event on to several."""

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell
