"""Plays on the loudspeaker in a process of its own, for tests; reports as one JSON object in the last line."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from voice.errors import DeviceError
from voice.portaudio import hurry
from voice.speaking.loudspeaker import Loudspeaker


def loop(speaker: Loudspeaker, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    """What the live drive does, without a session."""
    hurry()
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        time.sleep(0.005)
        speaker.top_up()
        speaker.mixer.forget(speaker.played_frame)


def given_s(speaker: Loudspeaker) -> float:
    """How much the device has taken, seconds."""
    return speaker._ring.taken / speaker.rate


def clicks(speaker: Loudspeaker, seconds: float) -> dict[str, float]:
    """One a second."""
    rate = speaker.rate
    for second in range(int(seconds)):
        speaker.mixer.place((0.5 * np.hanning(rate // 100)).astype(np.float32), rate // 2 + second * rate)
    speaker.start()
    loop(speaker, 3 * seconds, until=lambda: speaker.played_frame > (seconds + 0.2) * rate)
    return {"underflows": speaker.underflows, "lag_s": given_s(speaker) - speaker.played_frame / rate}


def stop(speaker: Loudspeaker, seconds: float) -> dict[str, float]:
    """A tone that begins after half a second and is stopped half a second later; times are from the stream's start."""
    rate = speaker.rate
    tone = 0.3 * np.sin(2 * np.pi * 300 * np.arange(rate * 10) / rate)
    speaker.mixer.place(tone.astype(np.float32), rate // 2)
    speaker.start()
    loop(speaker, 10, until=lambda: speaker.played_frame > rate)
    asked, frame = given_s(speaker), speaker.next_free_frame
    speaker.mixer.fade_out(frame, 60)
    speaker.revise()
    loop(speaker, seconds - 1)
    return {"asked_s": asked, "stopped_s": frame / rate}


def until_gone(speaker: Loudspeaker, seconds: float) -> dict[str, float]:
    """Silence until the device is gone."""
    speaker.start()
    loop(speaker, 10, until=lambda: given_s(speaker) > 1.2)
    print("playing", flush=True)
    began = time.monotonic()
    loop(speaker, seconds, until=lambda: not speaker.alive)
    noticed = time.monotonic()
    alive = speaker.alive
    speaker.close()
    closed = time.monotonic()
    try:
        Loudspeaker.open()
        refused = False
    except DeviceError:
        refused = True
    return {"alive": alive, "noticed_s": noticed - began, "closed_s": closed - noticed, "refused": refused}


if __name__ == "__main__":
    speaker = Loudspeaker.open()
    report = {"clicks": clicks, "stop": stop, "until-gone": until_gone}[sys.argv[1]](speaker, float(sys.argv[2]))
    speaker.close()
    print(json.dumps(report))
