"""Events from bytes: any chunking gives the same, nothing but events and one fault ever comes out."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.tts import Synthesize

from voice.rooms.wire import EventReader, Limits, encode

LIMITS = Limits(line_bytes=200, data_bytes=300, payload_bytes=400)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
lines = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["describe", "transcript", "audio-chunk"]) | json_values,
        "data": json_values,
        "data_length": st.integers(-5, 400) | json_values,
        "payload_length": st.integers(-5, 500) | json_values,
    },
).map(lambda line: json.dumps(line).encode() + b"\n")
hostile = st.lists(lines | st.binary(max_size=300), max_size=8).map(b"".join)


def read(pieces: list[bytes]) -> tuple[list[tuple[str, dict[str, Any], bytes | None]], str | None]:
    """All events and the fault's code."""
    reader = EventReader(LIMITS)
    events: list[Event] = []
    for piece in pieces:
        events += reader.feed(piece)
    events += reader.finish()
    return [(event.type, event.data, event.payload) for event in events], reader.fault.code if reader.fault else None


@settings(max_examples=80)
@given(stream=hostile, cuts=st.lists(st.integers(0, 2500), max_size=6))
def test_any_bytes_in_any_pieces_give_the_same_events_and_the_same_fault(stream: bytes, cuts: list[int]) -> None:
    """And no other error than a fault."""
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    assert read(pieces) == read([stream]) == read([stream[at : at + 1] for at in range(len(stream))])


@settings(max_examples=30)
@given(pieces=st.lists(hostile, max_size=6))
def test_no_more_is_kept_than_one_event_may_have(pieces: list[bytes]) -> None:
    """However much is sent."""
    reader = EventReader(LIMITS)
    most = LIMITS.line_bytes + LIMITS.data_bytes + LIMITS.payload_bytes
    for piece in pieces:
        reader.feed(piece)
        assert len(reader._waiting) <= most
    assert not (reader.fault and reader._waiting)


@given(text=st.text(max_size=60), sound=st.binary(min_size=2, max_size=300))
def test_what_the_package_writes_is_read_back(text: str, sound: bytes) -> None:
    """Events with data after the line, and with sound after that."""
    written = encode(Synthesize(text), AudioChunk(16_000, 2, 1, sound, timestamp=5))
    events, fault = read([written])
    if len(json.dumps({"text": text}, ensure_ascii=False).encode()) <= LIMITS.data_bytes:
        assert fault is None
        assert [event[0] for event in events] == ["synthesize", "audio-chunk"]
        assert events[0][1]["text"] == text
        assert events[1][2] == sound
    else:
        assert fault == "too-large"
