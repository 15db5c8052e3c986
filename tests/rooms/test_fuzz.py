"""Any bytes to the service, from several at once: everybody else is answered, and nothing stays behind."""

from __future__ import annotations

import asyncio
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wyoming.ping import Ping

from tests.rooms.asking import Serve, ask, run
from tests.rooms.test_wire import hostile
from voice.rooms.peer import Patience
from voice.rooms.service import ServiceLimits

HASTE = ServiceLimits(patience=Patience(event_s=0.05, idle_s=0.05, write_s=0.5))
texts = st.text(max_size=60) | st.sampled_from(["help us calm down", "stop", "what can i say"])
events = st.builds(
    lambda kind, data: json.dumps({"type": kind, "data": data}).encode() + b"\n",
    st.sampled_from(["describe", "ping", "transcript", "recognize", "synthesize", "audio-start", "select-program"]),
    st.fixed_dictionaries({}, optional={"text": texts | st.integers(), "context": st.none() | texts}),
)
peers = st.lists(st.lists(events | hostile, max_size=4).map(b"".join), min_size=1, max_size=4)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=peers)
def test_nothing_that_is_sent_costs_another_peer_its_answer(serve: Serve, sent: list[bytes]) -> None:
    """While they send, and after they have gone."""

    async def tried() -> None:
        async with serve(HASTE) as (service, port):
            there = [await asyncio.open_connection("127.0.0.1", port) for _ in sent]
            for (_, writer), stream in zip(there, sent, strict=True):
                writer.write(stream)
            assert (await ask(port, Ping("here"), last="pong"))[-1].data["text"] == "here"
            for reader, writer in there:
                writer.transport.abort()
                reader.feed_eof()
            assert (await ask(port, Ping("still"), last="pong"))[-1].data["text"] == "still"
        assert service.peers == 0

    run(tried())
