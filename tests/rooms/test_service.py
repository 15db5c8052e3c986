"""The Wyoming service, asked by a client that plays Home Assistant's part with the ``wyoming`` package."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise

import numpy as np
import pytest
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.intent import Intent, Recognize
from wyoming.ping import Ping
from wyoming.tts import Synthesize

from tests.rooms.asking import Serve, ask, run
from voice.app import Content, build_session, prepare_now
from voice.events import Beat, Event, Understood
from voice.rooms.house import RATE
from voice.rooms.peer import Patience
from voice.rooms.service import ServiceLimits
from voice.rooms.wire import Limits
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

BREATHE = "I'm here. Two minutes, for whoever likes. Breathe in."


def test_it_says_what_it_is(serve: Serve) -> None:
    """Programs for handling, intents and speech, in a form that the package reads back."""

    async def asked() -> Info:
        async with serve() as (_, port):
            return Info.from_event((await ask(port, Describe(), last="info"))[-1])

    info = run(asked())
    assert [kind[0].name for kind in (info.handle, info.intent, info.tts)] == ["attune"] * 3
    assert info.handle[0].models[0].languages == ["en"]
    assert info.asr == info.wake == []
    assert info.satellite is None


@pytest.mark.parametrize(
    ("said", "type_", "text"),
    [
        ("help us calm down", "handled", BREATHE),
        ("What can I say?", "handled", "You can say"),
        ("who hears this", "handled", "your own machines"),
        ("stop", "not-handled", "For that I need to be in the room"),
        ("turn on the kitchen light", "not-handled", "I don't know that one."),
        ("remind us of a hug every evening at six", "not-handled", "For that I need to be in the room"),
        ("help us listen", "not-handled", "For that I need to be in the room"),
        ("calm down", "not-handled", "I don't know that one."),
        ("", "not-handled", "I don't know that one."),
        ("x" * 7000, "not-handled", "I don't know that one."),
    ],
)
def test_a_text_is_handled_or_not(serve: Serve, said: str, type_: str, text: str) -> None:
    """Practices and sentences are handled; what must be kept, or needs ears, is not; the context comes back."""
    context = {"conversation_id": "kitchen"}

    async def asked() -> Handled | NotHandled:
        async with serve() as (_, port):
            event = (await ask(port, Transcript(said, context=context, language="en"), last=type_))[-1]
            return (Handled if type_ == "handled" else NotHandled).from_event(event)

    answer = run(asked())
    assert answer.text is not None
    assert text in answer.text
    assert answer.context == context


def test_words_of_danger_get_their_sentence(serve: Serve) -> None:
    """Also through another program."""

    async def asked() -> Handled:
        async with serve() as (_, port):
            return Handled.from_event((await ask(port, Transcript("I want to die"), last="handled"))[-1])

    assert "emergency number" in (run(asked()).text or "")


def test_an_intent_is_recognized(serve: Serve) -> None:
    """With its name and its slots."""

    async def asked() -> Intent:
        async with serve() as (_, port):
            return Intent.from_event((await ask(port, Recognize("help me calm down"), last="intent"))[-1])

    intent = run(asked())
    assert intent.name == "CalmAlone"
    assert [(entity.name, entity.value) for entity in intent.entities] == [("alone", True)]


def test_our_own_words_are_the_practice_with_its_timing_intact(serve: Serve, content: Content, voice: Voice) -> None:
    """Assist speaks the handled text, and gets a rehearsal of two minutes, sample for sample."""

    async def asked() -> list[AudioChunk]:
        async with serve() as (_, port):
            text = Handled.from_event((await ask(port, Transcript("help us calm down"), last="handled"))[-1]).text
            assert text == BREATHE
            events = await ask(port, Synthesize(text), last="audio-stop")
            assert events[0].type == "audio-start"
            assert events[-1].data["timestamp"] == pytest.approx(seconds(events) * 1000, abs=1)
            return [AudioChunk.from_event(event) for event in events[1:-1]]

    def seconds(events: list[object]) -> float:
        return sum(len(getattr(event, "payload", None) or b"") for event in events) / 2 / RATE

    chunks = run(asked())
    samples = np.frombuffer(b"".join(chunk.audio for chunk in chunks), "<i2") / 32768
    assert {(chunk.rate, chunk.width, chunk.channels) for chunk in chunks} == {(RATE, 2, 1)}
    assert 120 < len(samples) / RATE < 130
    beats, rendered = rehearsed(content, voice, len(samples))
    assert np.array_equal(np.rint(samples * 32768), np.rint(rendered * 32767))
    assert [round((after - before) * RATE) for before, after in pairwise(beats)] == [RATE] * 119


def rehearsed(content: Content, voice: Voice, frames: int) -> tuple[list[float], np.ndarray]:
    """The same practice on the virtual clock of a rehearsal: the time of every beat, and the samples."""
    events: list[Event] = []
    session = build_session(content, voice, Mixer(RATE), RATE, prepare_now, events.append)
    session.receive(Understood(t=0.0, intent="Rehearse", practice="two-minute-reset", starts=True))
    blocks = []
    while session.frame < frames:
        blocks.append(session.performer.mixer.render(session.frame, 441))
        session.advance(session.frame + 441)
    return [event.t for event in events if isinstance(event, Beat)], np.concatenate(blocks)[:frames]


def test_other_words_are_spoken(serve: Serve) -> None:
    """In Attune's voice, and no longer than words are."""

    async def asked() -> int:
        async with serve() as (_, port):
            events = await ask(port, Synthesize("The kitchen light is on."), last="audio-stop")
            return sum(len(event.payload or b"") for event in events)

    assert 0.5 < run(asked()) / 2 / RATE < 4


QUICK = ServiceLimits(peers=3, bytes_each=100_000, patience=Patience(event_s=0.2, idle_s=5.0, write_s=0.3))
HOSTILE = {
    "no JSON": (b"GET / HTTP/1.1\r\n\r\n", "not-json"),
    "no object": (b"[1, 2]\n", "not-wyoming"),
    "no type": (b'{"data": {}}\n', "not-wyoming"),
    "a deep one": (b"[" * 5000 + b"\n", "not-json"),
    "an endless line": (b"x" * 20_000, "too-large"),
    "too much data": (b'{"type": "describe", "data_length": 99999999999}\n', "too-large"),
    "sound": (b'{"type": "audio-chunk", "payload_length": 4}\nabcd', "too-large"),
    "less than nothing": (b'{"type": "describe", "data_length": -1}\n', "not-wyoming"),
    "a length that is none": (b'{"type": "describe", "data_length": "many"}\n', "not-wyoming"),
    "no text": (b'{"type": "transcript", "data": {"text": 5}}\n', "not-wyoming"),
    "half an event": (b'{"type": "transcript", "da', "too-slow"),
    "too much in all": (b'{"type": "nothing"}\n' * 6000, "too-much"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_peer_gets_an_error_event_and_costs_nobody_else_anything(serve: Serve, name: str) -> None:
    """It is told why, its connection ends, and another one that was open all the time is answered."""
    sent, code = HOSTILE[name]

    async def tried() -> dict[str, object]:
        async with serve(QUICK) as (service, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            other = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            said = await asyncio.wait_for(reader.readline(), 5)
            data = json.loads(await asyncio.wait_for(reader.readexactly(json.loads(said)["data_length"]), 5))
            assert json.loads(said)["type"] == "error"
            other[1].write(b'{"type": "ping", "data": {"text": "still there"}}\n')
            assert json.loads(await asyncio.wait_for(other[0].readline(), 5))["type"] == "pong"
            assert service.refused == 1
            for one in (writer, other[1]):
                one.close()
            return data

    assert run(tried())["code"] == code


def test_a_peer_that_does_not_read_is_dropped(serve: Serve) -> None:
    """It asks for minutes of sound and takes none; meanwhile others are answered."""

    async def tried() -> None:
        async with serve(QUICK) as (service, port):
            await ask(port, Transcript("help us calm down"), last="handled")
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            line = json.dumps({"type": "synthesize", "data": {"text": BREATHE}}).encode() + b"\n"
            writer.write(line * 3)
            for _ in range(200):
                assert (await ask(port, Ping("here"), last="pong"))[-1].data["text"] == "here"
                if service.refused:
                    break
                await asyncio.sleep(0.05)
            assert service.refused == 1
            writer.transport.abort()

    run(tried())


def test_no_more_peers_than_allowed(serve: Serve) -> None:
    """The fourth of three is told so; when one goes there is room again."""

    async def tried() -> None:
        async with serve(QUICK) as (_, port):
            there = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
            for reader, writer in there:
                writer.write(b'{"type": "ping"}\n')
                await reader.readline()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert json.loads(await reader.readline())["type"] == "error"
            writer.close()
            there[0][1].close()
            await there[0][1].wait_closed()
            while (await ask_or_none(port)) is None:  # until the service has noticed
                pass
            for _, one in there:
                one.close()

    async def ask_or_none(port: int) -> bytes | None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b'{"type": "ping"}\n')
        line = await reader.readline()
        writer.close()
        return line if json.loads(line)["type"] == "pong" else None

    run(tried())


def test_an_event_of_any_size_within_the_limits_is_taken(serve: Serve) -> None:
    """Data may come in the line or after it."""
    limits = ServiceLimits(event=Limits(payload_bytes=0))

    async def tried() -> str:
        async with serve(limits) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b'{"type": "ping", "data": {"text": "%s"}}\n' % (b"a" * 8000))
            line = json.loads(await reader.readline())
            data = json.loads(await reader.readexactly(line["data_length"]))
            writer.close()
            return str(data["text"])

    assert run(tried()) == "a" * 8000
