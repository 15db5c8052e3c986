"""The events file: one JSON object a line, flushed at once, readable by its owner only."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from voice.errors import DeviceError
from voice.events import Beat, Cue, Event, Underflow
from voice.private_file import create_private

LOGGER = logging.getLogger(__name__)


class EventFile:
    """Writes events to a file; what people said is in it, so it exists only where somebody asked for it."""

    def __init__(self, path: Path, only: tuple[type[Event], ...] = (Event,)) -> None:
        """Create the file anew; raises ``DeviceError`` if it cannot be written.

        ``only`` limits it to some kinds of event.
        """
        self._only, self._path = only, path
        self._fault: OSError | None = None
        self._file: TextIO = os.fdopen(create_private(path), "w", encoding="utf-8")

    def write(self, event: Event, **more: str) -> None:
        """Add one line; ``more`` stands in it, too.

        Where the disk refuses it that is logged, and nothing more is written: what runs must not end by it.
        """
        if self._fault or not isinstance(event, self._only):
            return
        try:
            self._file.write(json.dumps(event.to_json() | more, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as fault:
            self._fault = fault
            LOGGER.error("%s cannot be written any more (%s)", self._path, fault.strerror)

    def __enter__(self) -> EventFile:
        """Use it as a context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; raises ``DeviceError`` where it is not whole."""
        try:
            self._file.close()
        except OSError as fault:  # the line that could not be written is tried again
            self._fault = self._fault or fault
        if self._fault and error is None:
            raise DeviceError(
                f"{self._path} is not whole ({self._fault.strerror}).", "Make room, and do it again."
            ) from self._fault


TIMELINE = (Cue, Beat, Underflow)
"""What a timeline file holds: what was placed, and each time the loudspeaker ran dry."""


def tell_all(listeners: Sequence[Callable[[Event], None]]) -> Callable[[Event], None]:
    """One listener that passes each event on to several."""

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell
