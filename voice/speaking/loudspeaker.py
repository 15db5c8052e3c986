"""The loudspeaker: one PortAudio stream, open from start to end, whose frames are the clock of everything.

The latency is 100 ms. Measured through ALSA on PulseAudio with both cores busy: clicks one second apart come back with
0 frames of deviation from 60 ms up; below 35 ms there are underflows. PortAudio takes its 10 ms blocks in bursts, four
at once, so the first frame that can still be changed lies half the latency and a block beyond what was taken.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections import deque
from typing import Any

from voice.errors import DeviceError
from voice.portaudio import AGAIN_S, OPENING_S, Errand, answered, hurry, import_sounddevice, reason, silent
from voice.speaking.mixer import Mixer
from voice.speaking.reference import Reference
from voice.speaking.ring import Ring

RATE = 48_000
"""Asked for first, hertz; most sound cards run at it."""
BLOCK_MS = 10
"""What the callback copies at once, milliseconds."""
AHEAD_MS = 300
"""Mixed ahead, milliseconds: how late the loop may be without anybody hearing it."""
TOP_UP_MS = 50
"""Mixing ahead waits until this much is missing, milliseconds; small blocks cost more."""
LATENCY_S = 0.1
"""Asked of the device; one that recommends more for steady playing (Bluetooth) gets that."""
GONE_S = 1.0
"""A device whose callback has not come for this long, seconds, is gone: PortAudio says nothing."""
STARTING_S = 5.0
"""The same until it has played a second: some take their first samples at once and their next two seconds later."""
MARKS = 200
"""Blocks whose time at the converter is remembered, 2 s: their median is free of the jitter of each."""
CONNECT = "Connect one, or choose another in the system's sound settings."


class NoLoudspeaker(DeviceError):
    """There is none, or it refuses."""


class Loudspeaker:
    """An output device that plays what its mixer renders; used by one thread, beside PortAudio's own."""

    def __init__(
        self, mixer: Mixer, stream: Any, channels: int = 1, name: str = "", latency_s: float = LATENCY_S
    ) -> None:
        """Play ``mixer`` on ``stream``, a PortAudio stream whose callback is ``give``; usually made by ``open``."""
        self.mixer = mixer
        self.rate = mixer.rate
        self.name = name
        self.latency_s = latency_s
        self.reference = Reference(mixer.rate)
        self._stream = stream
        self._channels = channels
        self._revived = 0
        self._ring = Ring(mixer, channels, AHEAD_MS)
        self._free = round(mixer.rate * (latency_s / 2 + BLOCK_MS / 1000))
        self._marks: deque[tuple[int, float]] = deque(maxlen=MARKS)
        self._device_underflows = 0
        self._last_s: float | None = None
        self._heard = 0
        self._start_s: float | None = None
        self._reopening: Errand[None] | None = None
        self._away = False
        """Whether the stream is lost, or is being closed and opened again."""

    @classmethod
    def open(cls, device: str | None = None) -> Loudspeaker:
        """Open an output by (part of) its name, or the system's default, at 48 kHz or else its own rate.

        Raises ``DeviceError`` if there is none, it refuses, or the sound server does not answer.
        """
        return answered(lambda: cls._found(device), OPENING_S)

    @classmethod
    def _found(cls, device: str | None) -> Loudspeaker:
        sounddevice = import_sounddevice()
        try:
            with silent():
                found = sounddevice.query_devices(device, "output")
        except (sounddevice.PortAudioError, ValueError) as error:
            what = f'There is no loudspeaker "{device}".' if device else "There is no loudspeaker."
            raise NoLoudspeaker(what, CONNECT) from error
        refusals: list[Exception] = []
        for rate in dict.fromkeys((RATE, int(found["default_samplerate"]))):
            for channels in (1, 2):
                try:
                    with silent():
                        return cls._open(sounddevice, found, rate, channels)
                except sounddevice.PortAudioError as error:
                    refusals.append(error)
        raise NoLoudspeaker(f"The loudspeaker {found['name']} refuses to play ({reason(refusals[0])}).", CONNECT)

    @classmethod
    def _open(cls, sounddevice: Any, found: dict[str, Any], rate: int, channels: int) -> Loudspeaker:
        holder: list[Loudspeaker] = []
        stream = _stream(sounddevice, found, rate, channels, lambda *given: holder[0].give(*given))
        holder.append(cls(Mixer(rate), stream, channels, str(found["name"]), float(stream.latency)))
        return holder[0]

    def revive(self) -> bool:
        """Open a device that was lost again, by its name; whether it plays. Frames go on where they stood.

        One that is not open after ``AGAIN_S`` is not begun anew: the next call looks whether it is open by then.
        """
        try:
            self._reopening = self._reopening or Errand(self._reopen)
            self._reopening.answer(AGAIN_S)
        except (DeviceError, import_sounddevice().PortAudioError, ValueError):
            if self._reopening and self._reopening.over:
                self._reopening = None
            return False
        self._reopening, self._away = None, False
        return True

    def _reopen(self) -> None:
        """Raises PortAudio's errors; nobody looks at the stream meanwhile."""
        self._away = True
        self._stream.close(ignore_errors=True)
        with silent():
            found = import_sounddevice().query_devices(self.name, "output")
            self._stream = _stream(import_sounddevice(), found, self.rate, self._channels, self.give)
            self._marks.clear()
            self._start_s = self._last_s = None
            self._revived = self._ring.taken
            self._stream.start()

    def start(self) -> None:
        """Begin to play, from frame 0. Raises ``DeviceError`` if the device refuses."""
        self._ring.top_up()
        try:
            answered(self._stream.start, OPENING_S)
        except import_sounddevice().PortAudioError as error:
            raise DeviceError(f"The loudspeaker {self.name} does not start ({reason(error)}).", CONNECT) from error

    def give(self, out: Any, frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback: copy ready frames, and note when they will be heard (unknown before it plays)."""
        if times.outputBufferDacTime > times.currentTime:
            self._marks.append((self._ring.taken, times.outputBufferDacTime))
        self._ring.take(out, frames)
        if self._last_s is None:
            hurry()
        self._last_s = time.monotonic()
        if status.output_underflow:
            self._device_underflows += 1

    def top_up(self) -> None:
        """Mix ahead what is missing; to be called at least every 200 ms, and costs little until 50 ms are missing."""
        if not self._ring.top_up(self.rate * TOP_UP_MS // 1000):
            return
        self._start_s = self._measured_start_s()
        stop = self._ring.taken
        start = max(self.reference.end_frame, stop - self.rate * 2)
        if stop > start:
            self.reference.add(start, self._ring.played(start, stop))

    def revise(self) -> None:
        """Mix again what is mixed and not yet taken, after the mixer was changed from ``next_free_frame`` on."""
        self._ring.revise()

    @property
    def next_free_frame(self) -> int:
        """The first frame that can still be changed without a click, if ``revise`` follows within milliseconds."""
        return self._ring.taken + self._free

    @property
    def played_frame(self) -> int:
        """The frame that is at the converter now; it never goes back."""
        if self._marks and not self._away and not self._stream.closed:
            heard = round(self.clock_s(self._stream.time) * self.rate)
            self._heard = max(self._heard, min(heard, self._ring.taken))
        return self._heard

    def clock_s(self, time_s: float) -> float:
        """What the output clock showed at the converter at ``time_s``, seconds on PortAudio's clock."""
        start_s = self._start_s if self._start_s is not None else self._measured_start_s()
        return time_s - start_s if start_s is not None else 0.0

    def _measured_start_s(self) -> float | None:
        """When frame 0 was at the converter, on PortAudio's clock."""
        marks = list(self._marks)
        return statistics.median(dac_s - frame / self.rate for frame, dac_s in marks) if marks else None

    @property
    def underflows(self) -> int:
        """How often the device had nothing to play, for our fault or the system's."""
        return self._ring.underflows + self._device_underflows

    @property
    def alive(self) -> bool:
        """Whether the device still asks for samples."""
        if self._away or self._stream.closed:
            return False
        if self._last_s is None:
            return True
        patience_s = GONE_S if self._ring.taken - self._revived > self.rate else STARTING_S
        return bool(self._stream.active) and time.monotonic() - self._last_s < patience_s

    def close(self) -> None:
        """Play what was given (a tenth of a second), stop, and release the device; may be called twice.

        Where the sound server does not answer, it is left alone.
        """
        with contextlib.suppress(DeviceError):
            answered(self._let_go, AGAIN_S)

    def _let_go(self) -> None:
        if not self._stream.closed:
            if self.alive:
                self._stream.stop(ignore_errors=True)
            self._stream.close(ignore_errors=True)


def _stream(sounddevice: Any, found: dict[str, Any], rate: int, channels: int, give: Any) -> Any:
    """A stream on a device, not started; raises PortAudio's errors."""
    return sounddevice.RawOutputStream(
        samplerate=rate,
        blocksize=rate * BLOCK_MS // 1000,
        device=found["index"],
        channels=channels,
        dtype="float32",
        latency=max(LATENCY_S, found["default_high_output_latency"]),
        callback=give,
    )
