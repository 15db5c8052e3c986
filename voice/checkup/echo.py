"""How much of the loudspeaker the microphone hears, and how late: a soft chirp is played and looked for."""

from __future__ import annotations

import math
import time

import numpy as np
import numpy.typing as npt

from voice.checkup.findings import Finding
from voice.hearing.microphone import RATE, Microphone
from voice.keeping.settings import load_home
from voice.speaking.loudspeaker import Loudspeaker

Samples = npt.NDArray[np.float32]

CHIRP_S = 0.5
LOW_HZ, HIGH_HZ = 300.0, 3000.0
"""A sweep through the range of speech."""
LEVEL = 10 ** (-30 / 20)
"""Peak of the chirp, of full scale: about as soft as the guide's voice."""
BEFORE_S, AFTER_S = 0.5, 1.2
"""Recorded before the chirp, for the room's own noise, and after it began."""
CLEAR = 6.0
"""The peak of the correlation stands this many times over its spread, or the chirp was not heard."""
LOUD_DB = -6.0
"""From this leak on, the guide's voice reaches the microphone about as loud as a person's."""


def chirp(rate: int) -> Samples:
    """The sweep with soft edges, float32 [CHIRP_S * rate] at ``rate`` Hz."""
    t = np.arange(round(CHIRP_S * rate)) / rate
    phase = 2 * np.pi * (LOW_HZ * t + (HIGH_HZ - LOW_HZ) * t**2 / (2 * CHIRP_S))
    return (LEVEL * np.sin(phase) * np.hanning(len(t))).astype(np.float32)


def find_chirp(recorded: Samples) -> tuple[float, float] | None:
    """Where the chirp begins in 16 kHz samples, seconds, and its level against what was played, dB; or ``None``."""
    wanted = chirp(RATE)
    if len(recorded) <= len(wanted):
        return None
    size = len(recorded) + len(wanted)
    spectrum = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(wanted, size))
    match = np.fft.irfft(spectrum)[: len(recorded) - len(wanted)]
    at = int(np.argmax(np.abs(match)))
    if not match[at] or abs(match[at]) < CLEAR * float(np.std(match)):
        return None
    return at / RATE, 20 * math.log10(abs(match[at]) / float(np.dot(wanted, wanted)))


def measure_echo() -> Finding:
    """Play and record for about two seconds; raises ``DeviceError`` without devices."""
    home = load_home()
    recorded, began_s, noise_db = play_and_record(home.microphone, home.loudspeaker)
    found = find_chirp(recorded)
    if found is None:
        says = f"The microphone does not hear the loudspeaker (room noise {noise_db:.0f} dBFS)."
        return Finding(
            "echo", True, says, "If nothing was to be heard, turn the volume up.", {"noise_dbfs": round(noise_db)}
        )
    delay_ms, leak_db = 1000 * (found[0] - began_s), found[1]
    says = f"The loudspeaker is heard after {delay_ms:.0f} ms at {leak_db:+.0f} dB; the room has {noise_db:.0f} dBFS."
    figures = {"delay_ms": round(delay_ms, 1), "leak_db": round(leak_db, 1), "noise_dbfs": round(noise_db, 1)}
    return Finding("echo", True, says, remedy_of(leak_db, home.echo), figures)


def remedy_of(leak_db: float, echo: str) -> str:
    """What helps where the microphone hears the loudspeaker at ``leak_db``, with the setting ``echo``."""
    if echo in ("device", "off"):
        return f"echo is set to {echo}, so nobody takes this out: attune settings reset echo"
    loud = leak_db > LOUD_DB
    return "Turn the volume down a little, move the microphone away, or use a speakerphone." if loud else ""


def play_and_record(
    microphone_name: str | None = None, loudspeaker_name: str | None = None
) -> tuple[Samples, float, float]:
    """Samples at 16 kHz, the second in them at which the chirp left the loudspeaker, and the noise before, dBFS."""
    speaker, microphone = Loudspeaker.open(loudspeaker_name), None
    try:
        microphone = Microphone.open(microphone_name)
        microphone.start()
        speaker.start()
        blocks: list[Samples] = []
        placed, end = None, time.monotonic() + 10.0
        while time.monotonic() < end:
            speaker.top_up()
            block = microphone.read(timeout_s=0.05)
            if block is not None:
                blocks.append(block.samples)
            now_s = speaker.played_frame / speaker.rate
            if placed is None and now_s >= BEFORE_S:
                placed = speaker.next_free_frame + speaker.rate // 20
                speaker.mixer.place(chirp(speaker.rate), placed)
                speaker.revise()
            if placed is not None and now_s >= placed / speaker.rate + AFTER_S:
                break
        recorded = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
        first_s = speaker.clock_s(microphone.time_of(0))
        began_s = (placed or 0) / speaker.rate - first_s
        before = recorded[: max(1, round(RATE * (began_s - 0.1)))]
        noise_db = 10 * math.log10(float(np.mean(np.square(before))) + 1e-10) if len(before) else -100.0
        return recorded, began_s, noise_db
    finally:
        speaker.close()
        if microphone is not None:
            microphone.close()
