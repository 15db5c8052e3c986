"""How soon it works again once what was wrong is over: real faults on a virtual sound card, in real time.

    python -m benchmarks.healing [--rounds 3]

Seconds from the end of the cause (devices are back, the server answers, the process is gone) to the first beat, or to
an engine that is loaded; we want 3 s at most. The voice that starts the practice is synthetic (flite).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil

from benchmarks.turns import said
from tests.reliability.running import LONGEST_S, Room, plug_in
from tests.soundcard import sound_card, why_missing

WANTED_S = 3.0
POLL_S = 0.02
RECOGNIZER = "ctranslate2"
"""The library by which its process is known."""


def main() -> int:
    """Print a table; 1 where something took longer than wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    if reason := why_missing():
        print(reason, file=sys.stderr)
        return 1
    longest = 0.0
    with sound_card() as card, tempfile.TemporaryDirectory() as folder:
        room = Room(card, spoken, Path(folder))
        try:
            for name, fault in FAULTS.items():
                took = [_timed(room, fault) for _ in range(rounds)]
                longest = max(longest, *took)
                print(f"{name:48} {', '.join(f'{one:4.1f}' for one in took)} s", flush=True)
        finally:
            room.close()
    return int(longest > WANTED_S)


def spoken(text: str, voice: str) -> npt.NDArray[np.float32]:
    """A sentence with a second of silence on both sides, float32 at 16 kHz."""
    return np.pad(said(text, voice), 16_000)


def _timed(room: Room, fault: Callable[[Room], Callable[[], object]]) -> float:
    """Within a practice: the fault, its end, and how long it then took until it was as before."""
    room.say("help us calm down")
    room.until(lambda event: event["event"] == "beat")
    healed = fault(room)
    over = time.monotonic()
    healed()
    took = time.monotonic() - over
    room.stop()
    return took


def _next_beat(room: Room) -> Callable[[], object]:
    room.since = len(room.events())
    return lambda: room.until(lambda event: event["event"] == "beat")


def pulled(room: Room) -> Callable[[], object]:
    """Microphone and loudspeaker are pulled, and plugged in again."""
    room.card.control("unload-module", "module-null-sink")
    room.error("loudspeaker is gone")
    plug_in(room.card)
    return _next_beat(room)


def restarted(room: Room) -> Callable[[], object]:
    """The audio server crashes, and another one is there."""
    room.card.kill()
    room.error("loudspeaker is gone")
    room.card.start()
    return _next_beat(room)


def suspended(room: Room) -> Callable[[], object]:
    """The card sleeps for four seconds."""
    for how in "10":
        for device, name in (("sink", "speaker"), ("source", "mic")):
            room.card.control(f"suspend-{device}", name, how)
        time.sleep(4 * int(how))
    return _next_beat(room)


def crashed(room: Room) -> Callable[[], object]:
    """The recognizer is killed."""
    return _ended_by(room, signal.SIGKILL)


def stood_still(room: Room) -> Callable[[], object]:
    """The recognizer is stopped; the cause ends when the watchdog has noticed, and ended it."""
    return _ended_by(room, signal.SIGSTOP)


def _ended_by(room: Room, how: signal.Signals) -> Callable[[], object]:
    engine = room.engine(RECOGNIZER)
    os.kill(engine.pid, how)
    psutil.wait_procs([engine], LONGEST_S)
    return lambda: _loaded(room, RECOGNIZER)


def _loaded(room: Room, library: str) -> None:
    """Wait for a new engine that has its library."""
    end = time.monotonic() + LONGEST_S
    while time.monotonic() < end:
        try:
            room.engine(library)
            return
        except (StopIteration, psutil.Error):
            time.sleep(POLL_S)
    raise AssertionError(f"no {library} came back: {room.log()}")


FAULTS: dict[str, Callable[[Room], Callable[[], object]]] = {
    "both devices pulled, until the next inhale": pulled,
    "audio server restarted, until the next inhale": restarted,
    "card suspended for 4 s, until the next beat": suspended,
    "recognizer crashed, until another is loaded": crashed,
    "recognizer stood still, until another is loaded": stood_still,
}


if __name__ == "__main__":
    sys.exit(main())
