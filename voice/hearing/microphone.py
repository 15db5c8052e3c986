"""The microphone: PortAudio's callback copies one block into a bounded queue, a reader makes it 16 kHz.

Devices are opened at 16 kHz, or at their own rate where that is refused (PortAudio's -9997), and chosen by name:
their numbers change with every plug. A microphone that vanishes raises nothing, its callback just stops:
``silent_s`` tells.
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.portaudio import AGAIN_S, OPENING_S, Errand, answered, import_sounddevice, reason

RATE = 16_000
"""Frames a second of what is read."""
BLOCK_MS = 32
"""Milliseconds of one block: what the speech detector looks at, so that nothing waits for a second block."""
MOST_BLOCKS = 10_000 // BLOCK_MS
"""Blocks kept for a reader that is late, 10 s: a recognizer that is started again takes that long."""
MOST_TIMES = 2 * MOST_BLOCKS
"""Blocks whose time is remembered, 20 s."""
REMEDY = "Plug one in, or choose one in the system's sound settings."


@dataclass(frozen=True, slots=True)
class Block:
    """Samples as they came from the converter."""

    samples: npt.NDArray[np.float32]
    """float32[n] at 16 kHz."""
    start: int
    """First frame, counted from 0 over everything read."""
    time_s: float
    """When that frame was at the converter, seconds on PortAudio's clock; where it was resampled, up to 30 ms later."""


class Intake:
    """What a device's callback fills, and nobody else."""

    def __init__(self) -> None:
        """Empty."""
        self.blocks: queue.SimpleQueue[tuple[npt.NDArray[np.float32], float]] = queue.SimpleQueue()
        """Samples of one block, float32[n], and when the first was at the converter, seconds on PortAudio's clock."""
        self.dropped = 0
        """Blocks that found no place, and times that the device itself lost some."""

    def __call__(self, samples: npt.NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback."""
        self.take(samples, times.inputBufferAdcTime)
        self.dropped += bool(status.input_overflow)

    def take(self, samples: npt.NDArray[np.float32], time_s: float) -> None:
        """Copy one block, or count it as dropped."""
        if self.blocks.qsize() < MOST_BLOCKS:
            self.blocks.put((samples[:, 0].copy(), time_s))
        else:
            self.dropped += 1


class Microphone:
    """One open input device; :meth:`read` belongs to one thread."""

    def __init__(self, stream: Any, rate: int, name: str, intake: Intake) -> None:
        """Use :meth:`open`."""
        self.name = name
        self.rate = rate
        self._stream = stream
        self._intake = intake
        self._dropped_before = 0
        """By devices that were lost since."""
        self._resampler: Any = None
        self._reopening: Errand[Microphone] | None = None
        self._frame = 0
        self._last_s = time.monotonic()
        self._times: deque[tuple[int, float]] = deque(maxlen=MOST_TIMES)
        if rate != RATE:
            import soxr

            self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32")

    @classmethod
    def open(cls, device: str | None = None) -> Microphone:
        """Open an input by (a part of) its name, ``None`` for the system's own choice; raises ``DeviceError``."""
        return answered(lambda: cls._found(device), OPENING_S)

    @classmethod
    def _found(cls, device: str | None) -> Microphone:
        sounddevice = import_sounddevice()
        try:
            found: dict[str, Any] = sounddevice.query_devices(device, "input")
        except (sounddevice.PortAudioError, ValueError) as error:
            which = "a microphone" if device is None else f"the microphone {device!r}"
            raise DeviceError(f"Attune cannot find {which} ({reason(error)}).", REMEDY) from error
        refusals: list[Exception] = []
        for rate in dict.fromkeys((RATE, int(found["default_samplerate"]))):
            try:
                return cls._at(rate, found, sounddevice)
            except sounddevice.PortAudioError as error:
                refusals.append(error)
        raise DeviceError(f"The microphone {found['name']} cannot be opened ({reason(refusals[-1])}).", REMEDY)

    @classmethod
    def _at(cls, rate: int, device: dict[str, Any], sounddevice: Any) -> Microphone:
        intake = Intake()
        stream = sounddevice.InputStream(
            samplerate=rate,
            blocksize=rate * BLOCK_MS // 1000,
            device=device["index"],
            channels=1,
            dtype="float32",
            callback=intake,
        )
        return cls(stream, rate, str(device["name"]), intake)

    def revive(self) -> bool:
        """Open a device that was lost again, by its name; whether it records. Frames are counted on.

        One that is not open after ``AGAIN_S`` is not begun anew: the next call looks whether it is open by then.
        """
        try:
            self._reopening = self._reopening or Errand(self._opened_again)
            fresh = self._reopening.answer(AGAIN_S)
        except (DeviceError, import_sounddevice().PortAudioError):
            if self._reopening and self._reopening.over:
                self._reopening = None
            return False
        self._reopening = None
        self._dropped_before = self.dropped
        self._stream, self._intake, self._resampler = fresh._stream, fresh._intake, fresh._resampler
        self.rate, self._last_s = fresh.rate, time.monotonic()
        self._times.clear()
        return True

    def _opened_again(self) -> Microphone:
        self._stream.close()
        fresh = Microphone._found(self.name)
        try:
            fresh._stream.start()
        except Exception:
            fresh._stream.close()  # each try opens another
            raise
        return fresh

    def start(self) -> None:
        """Begin to record; raises ``DeviceError``."""
        self._last_s = time.monotonic()
        try:
            answered(self._stream.start, OPENING_S)
        except import_sounddevice().PortAudioError as error:
            raise DeviceError(f"The microphone {self.name} does not start ({reason(error)}).", REMEDY) from error

    def read(self, timeout_s: float) -> Block | None:
        """The next block, oldest first, or ``None`` when there was none for ``timeout_s`` seconds."""
        try:
            samples, time_s = self._intake.blocks.get(timeout=timeout_s)
        except queue.Empty:
            return None
        self._last_s = time.monotonic()
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples)
        block = Block(samples, self._frame, time_s)
        self._times.append((block.start, time_s))
        self._frame += len(samples)
        return block

    def time_of(self, frame: int) -> float:
        """When a frame was at the converter, seconds on PortAudio's clock; frames not read yet are extrapolated."""
        start, time_s = next(
            ((start, time_s) for start, time_s in reversed(self._times) if start <= frame),
            self._times[0] if self._times else (0, 0.0),
        )
        return time_s + (frame - start) / RATE

    @property
    def dropped(self) -> int:
        """Blocks that were lost since the beginning, because nobody read them in time or by the device itself."""
        return self._dropped_before + self._intake.dropped

    @property
    def silent_s(self) -> float:
        """Seconds since the last block was read: over ``live.LOST_S``, the device is gone."""
        return time.monotonic() - self._last_s

    def close(self) -> None:
        """Stop and let the device go, or leave it where the sound server does not answer. May be called twice."""
        with contextlib.suppress(DeviceError):
            answered(self._stream.close, AGAIN_S)
