"""Wyoming events from bytes, bounded: what the package's own reader takes from anybody, this takes from a peer that may
be broken, slow or hostile.

An event is one line of JSON, then as many bytes of JSON as the line says, then as many of sound. Nothing of it is kept
beyond the limits, and a fault ends the stream.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from wyoming.event import Event, Eventable, write_event


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one event is taken."""

    line_bytes: int = 8 * 1024
    """The first line."""
    data_bytes: int = 32 * 1024
    """The JSON after it."""
    payload_bytes: int = 64 * 1024
    """The sound after that: two seconds at 16 kHz."""


class Refused(Exception):
    """A peer broke the rules: ``code`` for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        """Keep both."""
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(slots=True)
class _Begun:
    """An event whose line has been read."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    data_bytes: int = 0
    payload_bytes: int = 0


class EventReader:
    """Takes chunks of bytes, gives events; any chunking gives the same events and the same fault."""

    def __init__(self, limits: Limits) -> None:
        """Wait for the first byte."""
        self._limits = limits
        self._waiting = bytearray()
        self._begun: _Begun | None = None
        self.fault: Refused | None = None
        """Why nothing more is read; ``None`` while all is well."""

    @property
    def within(self) -> bool:
        """Whether an event has begun and is not whole yet."""
        return bool(self._waiting) or self._begun is not None

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes; after a fault nothing more comes."""
        events: list[Event] = []
        if self.fault is None:
            self._waiting += chunk
            try:
                while (event := self._next()) is not None:
                    events.append(event)
            except Refused as refused:
                self.fault = refused
                self._waiting.clear()
        return events

    def finish(self) -> list[Event]:
        """No more bytes will come: half an event is a fault."""
        if self.fault is None and self.within:
            self.fault = Refused("cut-off", "The connection ended within an event.")
        return []

    def _next(self) -> Event | None:
        begun = self._begun or self._begin()
        if begun is None or len(self._waiting) < begun.data_bytes + begun.payload_bytes:
            return None
        more = self._take(begun.data_bytes)
        payload = self._take(begun.payload_bytes)
        self._begun = None
        data = begun.data | (_object(more, "data") if more else {})
        return Event(begun.type, data, payload or None)

    def _begin(self) -> _Begun | None:
        end = self._waiting.find(b"\n")
        if (end if end >= 0 else len(self._waiting)) > self._limits.line_bytes:
            raise Refused("too-large", f"A line may have {self._limits.line_bytes} bytes.")
        if end < 0:
            return None
        line = _object(self._take(end + 1), "line")
        kind, data = line.get("type"), line.get("data") or {}
        if not isinstance(kind, str) or not isinstance(data, dict):
            raise Refused("not-wyoming", "An event needs a type, and data that is an object.")
        data_bytes = _length(line, "data_length", self._limits.data_bytes)
        payload_bytes = _length(line, "payload_length", self._limits.payload_bytes)
        self._begun = _Begun(kind, data, data_bytes, payload_bytes)
        return self._begun

    def _take(self, count: int) -> bytes:
        taken = bytes(self._waiting[:count])
        del self._waiting[:count]
        return taken


def _object(raw: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused("not-json", f"The {what} is not JSON.") from None
    if not isinstance(value, dict):
        raise Refused("not-wyoming", f"The {what} is not an object.")
    return value


def _length(line: dict[str, Any], key: str, most: int) -> int:
    value = line.get(key)
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused("not-wyoming", f"{key} is not a number of bytes.")
    if value > most:
        raise Refused("too-large", f"{key} may be {most} at most.")
    return value


def encode(*events: Eventable) -> bytes:
    """Events as bytes, by the package's own writer."""
    written = io.BytesIO()
    for event in events:
        write_event(event.event(), written)
    return written.getvalue()
