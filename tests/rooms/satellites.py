"""Real wyoming-satellite processes, and microphone and loudspeaker of each: two small Wyoming services."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from wyoming.audio import AudioChunk
from wyoming.event import async_read_event, async_write_event

VERSION = "1.0.0"
CACHE = Path(__file__).parents[2] / ".attune" / f"wyoming-satellite-{VERSION}"
MIC_RATE, MIC_BLOCK = 16_000, 1024


def satellite_python() -> Path:
    """The Python that has the satellite, in an environment of its own since it pins an old ``wyoming``; made once."""
    program = CACHE / "bin" / "python"
    if not (CACHE / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", str(CACHE)], check=True, capture_output=True)
        pip = [str(CACHE / "bin" / "pip"), "install", "--quiet", f"wyoming-satellite=={VERSION}"]
        made = subprocess.run(pip, capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"wyoming-satellite {VERSION} could not be installed: {made.stderr[-200:]}")
        (CACHE / "made").touch()
    return program


class Body:
    """A satellite's process, and what it hears and plays."""

    def __init__(self, name: str, port: int) -> None:
        """``port`` is where the satellite will listen."""
        self.name = name
        self.port = port
        self.played: list[tuple[int, npt.NDArray[np.float32], float]] = []
        """Chunks that its loudspeaker got: milliseconds on the house's clock, samples, and when they came."""
        self.rate = 0
        self.got_sound = asyncio.Event()
        self.heard = asyncio.Event()
        """Set when everything of :meth:`speak` has been sent."""
        self._tape: deque[npt.NDArray[np.float32]] = deque()
        self._noise = np.random.default_rng(7)
        self._process: asyncio.subprocess.Process | None = None
        self._servers: list[asyncio.Server] = []

    async def open(self) -> None:
        """Offer microphone and loudspeaker, and start the satellite."""
        for serve in (self._microphone, self._loudspeaker):
            self._servers.append(await asyncio.start_server(serve, "127.0.0.1", 0))
        await self.start()

    async def start(self) -> None:
        """Start the satellite's process, and wait until it listens."""
        mic, snd = (f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in self._servers)
        options = ["--mic-uri", mic, "--snd-uri", snd, "--uri", f"tcp://127.0.0.1:{self.port}", "--no-zeroconf"]
        self._process = await asyncio.create_subprocess_exec(
            str(satellite_python()), "-m", "wyoming_satellite", *options, "--name", self.name,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        while self._process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
        raise AssertionError(f"the satellite ended at once: {self._process.returncode}")

    async def kill(self) -> None:
        """End the process without a word."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self.got_sound.clear()

    async def close(self) -> None:
        """End everything."""
        await self.kill()
        for server in self._servers:
            server.close()

    def speak(self, samples: npt.NDArray[np.float32]) -> None:
        """Let somebody speak in the room: float32 at 16 kHz."""
        self.heard.clear()
        padded = np.pad(samples, (0, -len(samples) % MIC_BLOCK))
        self._tape.extend(padded.reshape(-1, MIC_BLOCK))

    async def _microphone(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Sound as a sound card gives it: a block each 64 ms, counted from the beginning."""
        begun, blocks = time.monotonic(), 0
        try:
            while not reader.at_eof():
                block = self._tape.popleft() if self._tape else self._quiet()
                pcm = np.clip(block * 32767, -32768, 32767).astype("<i2").tobytes()
                await async_write_event(AudioChunk(MIC_RATE, 2, 1, pcm).event(), writer)
                if not self._tape:
                    self.heard.set()
                blocks += 1
                await asyncio.sleep(max(0.0, begun + blocks * MIC_BLOCK / MIC_RATE - time.monotonic()))
        except OSError:
            pass
        finally:
            writer.close()

    def _quiet(self) -> npt.NDArray[np.float32]:
        return self._noise.normal(0.0, 3e-4, MIC_BLOCK).astype(np.float32)

    async def _loudspeaker(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (event := await async_read_event(reader)) is not None:
            if AudioChunk.is_type(event.type):
                chunk = AudioChunk.from_event(event)
                assert chunk.timestamp is not None
                self.rate = chunk.rate
                samples = np.frombuffer(chunk.audio, "<i2").astype(np.float32) / 32768
                self.played.append((chunk.timestamp, samples, time.monotonic()))
                self.got_sound.set()
        writer.close()

    def sound(self, start_s: float, end_s: float) -> npt.NDArray[np.float32]:
        """What its loudspeaker was given for a stretch of the house's clock; silence where it was given nothing."""
        sound = np.zeros(round((end_s - start_s) * self.rate), np.float32)
        for at_ms, samples, _ in self.played:
            at = round((at_ms / 1000 - start_s) * self.rate)
            if at >= 0 and at + len(samples) <= len(sound):
                sound[at : at + len(samples)] = samples
        return sound
