"""How many rooms a machine carries: simulated satellites around a real ``attune rooms``, with people who ask.

    python -m benchmarks.rooms --rooms 10 --minutes 10

Each satellite streams its microphone all the time, as one without a wake word does (the dearest kind). In every room a
synthetic voice says "help us calm down" at a random moment and again after each practice; in half of them it says
"stop" in the midst. Prints one JSON object. Synthetic voice: flite slt.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import deque
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import soundfile
import soxr
from wyoming.audio import AudioChunk
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import Attribution, Info, Satellite

RATE, BLOCK = 16_000, 1024
PRACTICE_S = 150.0
"""A practice with its question, and some quiet after it."""


class Room:
    """A satellite with a microphone on a clock, and a loudspeaker that notes when its sound came."""

    def __init__(self, number: int, words: dict[str, npt.NDArray[np.float32]], seed: int) -> None:
        """``words`` by text, float32 at 16 kHz."""
        self.number = number
        self.port = 0
        self.came: list[tuple[int, float, int, int]] = []
        """Milliseconds on the house's clock, monotonic seconds of arrival, frames, and the stream, of every chunk."""
        self._streams = 0
        self.asked_s: list[float] = []
        """When "help us calm down" ended, monotonic seconds."""
        self._words = words
        self._random = random.Random(seed)
        self._noise = np.random.default_rng(seed).normal(0.0, 3e-4, RATE * 4).astype(np.float32)
        self._tape: deque[npt.NDArray[np.float32]] = deque()

    async def open(self) -> None:
        """Listen on a free port of the loopback."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def live(self, until_s: float) -> None:
        """Ask for a practice now and then, until so many monotonic seconds."""
        await asyncio.sleep(self._random.uniform(0, 20))
        while time.monotonic() < until_s - 20:
            await self._say("help us calm down")
            self.asked_s.append(time.monotonic())
            if self.number % 2:
                await asyncio.sleep(self._random.uniform(25, 60))
                await self._say("stop")
                await asyncio.sleep(self._random.uniform(5, 20))
            else:
                await asyncio.sleep(PRACTICE_S)

    async def _say(self, text: str) -> None:
        words = self._words[text]
        self._tape.extend(np.pad(words, (0, -len(words) % BLOCK)).reshape(-1, BLOCK))
        await asyncio.sleep(len(words) / RATE)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        streaming: asyncio.Task[None] | None = None
        try:
            while (event := await async_read_event(reader)) is not None:
                if event.type == "describe":
                    about = Attribution(name="", url="")
                    satellite = Satellite(f"room {self.number}", about, True, None, None)
                    await async_write_event(Info(satellite=satellite).event(), writer)
                elif event.type == "run-satellite":
                    run = {"start_stage": "wake", "end_stage": "tts"}
                    await async_write_event(Event("run-pipeline", run), writer)
                    streaming = asyncio.create_task(self._stream(writer))
                elif event.type == "audio-start":
                    self._streams += 1
                elif event.type == "audio-chunk" and event.payload:
                    frames = len(event.payload) // 2
                    self.came.append((event.data["timestamp"], time.monotonic(), frames, self._streams))
        except (OSError, asyncio.CancelledError):  # the benchmark is over
            pass
        finally:
            if streaming:
                streaming.cancel()
            writer.close()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        begun, blocks = time.monotonic(), 0
        while True:
            at = blocks * BLOCK % (len(self._noise) - BLOCK)
            block = self._tape.popleft() if self._tape else self._noise[at : at + BLOCK]
            pcm = np.clip(block * 32767, -32768, 32767).astype("<i2").tobytes()
            await async_write_event(AudioChunk(RATE, 2, 1, pcm).event(), writer)
            blocks += 1
            await asyncio.sleep(max(0.0, begun + blocks * BLOCK / RATE - time.monotonic()))


def spoken(text: str, folder: Path) -> npt.NDArray[np.float32]:
    """Synthetic words at -26 dBFS."""
    path = folder / "said.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(path)], check=True)
    samples, rate = soundfile.read(path, dtype="float32")
    samples = soxr.resample(samples, rate, RATE)
    return np.asarray(np.pad(samples * 0.05 / np.sqrt(np.mean(samples**2)), 4000), np.float32)


def figures(rooms: list[Room], events: list[dict[str, Any]]) -> dict[str, Any]:
    """What came of it."""
    offsets = np.concatenate([[came - ms / 1000 for ms, came, *_ in room.came] for room in rooms])
    late_ms = (offsets - np.percentile(offsets, 1)) * 1000
    by_time: dict[int, list[float]] = {}
    gaps = 0
    for room in rooms:
        for (ms, came, frames, stream), after in pairwise(room.came):
            by_time.setdefault(ms, []).append(came)
            gaps += stream == after[3] and abs(after[0] - ms - frames * 1000 / 22_050) > 1
    apart_ms = [1000 * (max(times) - min(times)) for times in by_time.values() if len(times) > 1]
    return {
        "chunks": len(late_ms),
        "late_ms": {"p50": pct(late_ms, 50), "p99": pct(late_ms, 99), "max": pct(late_ms, 100)},
        "over_lead_of_150_ms": int(np.sum(late_ms > 150)),
        "gaps_in_streams": gaps,
        "rooms_apart_ms": {"p50": pct(apart_ms, 50), "p99": pct(apart_ms, 99), "max": pct(apart_ms, 100)},
        **_counts(rooms, events),
    }


def _counts(rooms: list[Room], events: list[dict[str, Any]]) -> dict[str, Any]:
    """What the events file says: practices, stops, and how far apart counts of different rooms were."""

    def number(kind: str) -> int:
        return sum(event["event"] == kind for event in events)

    beats = sorted((event["t"], event["room"]) for event in events if event["event"] == "beat")
    near = [1000 * (b[0] - a[0]) for a, b in pairwise(beats) if a[1] != b[1] and b[0] - a[0] < 0.5]
    ins = [event for event in events if event["event"] == "beat" and (event["phase"], event["beat"]) == ("in", 1)]
    waits = []
    for room in rooms:
        first = [came for _, came, *_ in room.came]
        waits += [min((came - asked for came in first if came > asked), default=99.0) for asked in room.asked_s]
    return {
        "asked": sum(len(room.asked_s) for room in rooms),
        "practices": sum(event["round"] == 1 for event in ins),
        "stopped": sum(event["event"] == "silenced" and event["why"] == "stop" for event in events),
        "counts": len(beats),
        "counts_apart_ms": {"p50": pct(near, 50), "p99": pct(near, 99), "max": pct(near, 100)},
        "from_words_to_sound_s": {"p50": pct(waits, 50), "p95": pct(waits, 95), "max": pct(waits, 100)},
        "dropped_blocks": number("dropped_blocks"),
        "errors": sorted({event["what"] for event in events if event["event"] == "error"}),
    }


def pct(values: Any, at: int) -> float | None:
    """A percentile, rounded."""
    return round(float(np.percentile(values, at)), 3) if len(values) else None


async def measure(rooms_: int, minutes: float, folder: Path, more: list[str]) -> dict[str, Any]:
    """Run the house for so many minutes."""
    words = {text: spoken(text, folder) for text in ("help us calm down", "stop")}
    rooms = [Room(number, words, seed=number) for number in range(rooms_)]
    await asyncio.gather(*(room.open() for room in rooms))
    told = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA")}
    events = folder / "events.jsonl"
    uris = [f"tcp://127.0.0.1:{room.port}" for room in rooms]
    command = [sys.executable, "-m", "voice", "--engine", "whisper", "rooms", *uris, *more, "--events", str(events)]
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: ASYNC220  # it only starts
        command, env=os.environ | told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not (  # noqa: ASYNC110  # the file is another process's
            events.exists() and '"ready"' in events.read_text()
        ):
            await asyncio.sleep(0.1)
        ready_s = time.monotonic() - begun
        await asyncio.sleep(15)  # every room is told that words are written down
        watched = asyncio.create_task(watch(process.pid, minutes * 60))
        await asyncio.gather(*(room.live(time.monotonic() + minutes * 60) for room in rooms), watched)
    finally:
        process.terminate()
        code = process.wait(20)
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    cost = {"rooms": rooms_, "minutes": minutes, "cores": os.cpu_count(), "ready_s": round(ready_s, 1), "exit": code}
    return cost | watched.result() | figures(rooms, lines)


async def watch(pid: int, seconds: float) -> dict[str, Any]:
    """CPU and memory of a process and its children meanwhile."""
    parent = psutil.Process(pid)
    tree = [parent, *parent.children(recursive=True)]
    before = sum(sum(one.cpu_times()[:2]) for one in tree)
    start, memory = time.monotonic(), 0.0
    while time.monotonic() < start + seconds:
        await asyncio.sleep(2)
        memory = max(memory, sum(one.memory_info().rss for one in tree if one.is_running()) / 1e6)
    used = sum(sum(one.cpu_times()[:2]) for one in tree) - before
    share = round(100 * used / (time.monotonic() - start), 1)
    own = round(parent.memory_info().rss / 1e6)
    return {"cpu_percent_of_a_core": share, "most_memory_mb": round(memory), "of_that_the_rooms_mb": own}


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--satellites-cancel", action="store_true", help="no echo canceller of Attune's own")
    args = parser.parse_args()
    more = ["--satellites-cancel"] if args.satellites_cancel else []
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(args.rooms, args.minutes, Path(folder), more)), indent=1))


if __name__ == "__main__":
    main()
