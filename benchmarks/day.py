"""A whole day of listening on a virtual clock, as fast as the machine can. Prints a line an hour, and what grew.

    python -m benchmarks.day [--hours 24] [--speech DIR]

Every hour holds a practice that is spoken to it by a synthetic voice and stopped after a minute, a minute of faint
noise, with ``--speech`` two and a half minutes of people who talk to each other and of things that hum, and silence.
The file drive's parts run as they do in the room, the recognizer and the synthesizer in processes of their own. Memory
is what the processes hold (USS, not what they share); it may grow by less than 10 MB after the first hour, no thread
and no file handle may be left over, and nothing may go wrong: else the exit code is 1.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil

from voice.app import FILE_RATE, Options, build_session, listen_with, load_content, open_ears, prepare_now
from voice.drives.echo_room import EchoPath, EchoRoom
from voice.drives.files import Tape
from voice.drives.virtual import HEARING_RATE, VirtualClock, WavWriter, read_wav
from voice.events import Event
from voice.keeping.clock import clock_at, clock_from
from voice.keeping.opening import open_keeper
from voice.memory import one_heap
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

MOST_GROWN_MB = 10.0
HOUR_S = 3600
SETTLED = 3
"""The least of so many hours counts: what was just freed goes back to the system now or an hour later."""
TALK_S = 150.0
"""So much of each hour people talk to each other, or something hums."""
SILENT_BLOCKS = 100
"""After a second of nothing the room is silent too."""
WRONG = ("error", "dropped_blocks", "underflow")
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Used:
    """What the processes hold at a moment."""

    own_mb: float
    """Attune itself, memory that nobody shares, MB."""
    children_mb: float
    """The recognizer and the synthesizer, MB."""
    threads: int
    handles: int

    @property
    def total_mb(self) -> float:
        """All processes together, MB."""
        return self.own_mb + self.children_mb


class RestingRoom(EchoRoom):
    """The loudspeaker's sound reaches the microphone; silence is not reckoned through it, a third of the work."""

    def __init__(self) -> None:
        """A bare wire, 10 dB softer than it was played."""
        super().__init__(EchoPath(echo_db=-10.0))
        self._silent = 0

    def feed(self, played: Samples) -> Samples:
        """Take float32[160] at 16 kHz, and give as much."""
        self._silent = 0 if played.any() else self._silent + 1
        return super().feed(played) if self._silent < SILENT_BLOCKS else np.zeros_like(played)


class Nowhere(WavWriter):
    """A day of sound is 8 GB: it is mixed, and dropped."""

    def __init__(self) -> None:
        """Open nothing."""

    def write(self, block: Samples) -> None:
        """Drop it."""


def used() -> Used:
    """What is held now, garbage collected."""
    gc.collect()
    own = psutil.Process()
    children = [child.memory_full_info().uss for child in own.children(recursive=True) if child.is_running()]
    return Used(own.memory_full_info().uss / 1e6, sum(children) / 1e6, own.num_threads(), own.num_fds())


def hour(voice: Voice, talk: Samples, quiet_s: float, practice_s: float) -> Iterator[Samples]:
    """Microphone samples of one hour, float32 at 16 kHz, in pieces."""
    dice = np.random.default_rng(1)
    yield np.zeros(round(quiet_s * HEARING_RATE), np.float32)
    yield _said(voice, "help us calm down")
    yield np.zeros(round(practice_s * HEARING_RATE), np.float32)
    yield _said(voice, "stop")
    yield np.zeros(5 * HEARING_RATE, np.float32)
    yield talk
    yield dice.normal(0.0, 1e-3, 60 * HEARING_RATE).astype(np.float32)


def _said(voice: Voice, text: str) -> Samples:
    import soxr

    phrase = soxr.resample(voice.say(text).samples, FILE_RATE, HEARING_RATE)
    return np.pad(phrase, HEARING_RATE).astype(np.float32)


def recordings(folder: Path | None, seconds: float) -> Samples:
    """People talking to each other: sound files of a folder one after another; without one, silence."""
    if folder is None:
        return np.zeros(0, np.float32)
    files = sorted((folder / "meeting").glob("*.flac")) + sorted((folder / "noise").glob("*.flac"))
    if not files:
        sys.exit(f"There are no meetings or noises in {folder}.")
    each = round(seconds * HEARING_RATE) // len(files)
    return np.concatenate([read_wav(path)[:each] for path in files])


def run(
    hours: int, speech: Path | None = None, hour_s: float = HOUR_S, practice_s: float = 60.0
) -> tuple[list[Used], Counter[str]]:
    """What was held after each hour, and how often each event happened; every hour is ``hour_s`` seconds long."""
    happened: Counter[str] = Counter()

    def log(event: Event) -> None:
        happened[event.name()] += 1

    midnight = clock_at("2026-03-25T00:00[Europe/Berlin]")
    options = Options(clock=midnight)
    content = load_content(options)
    ears, voice = open_ears(lambda: content.understander, options), Voice(FILE_RATE)
    talk = recordings(speech, TALK_S)
    spoken_s = practice_s + 72 + len(talk) / HEARING_RATE
    after: list[Used] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            keep = open_keeper(content.responses, content.titles, clock_from(midnight), Path(folder))
            with keep as keeper:
                session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, log, keeper)
                listen_with(session, ears, content, lambda frame: frame / HEARING_RATE, cancel=True)
                clock = VirtualClock(session, Nowhere(), RestingRoom())
                began = time.monotonic()
                for number in range(hours):
                    for piece in hour(voice, talk, max(0.0, hour_s - spoken_s), practice_s):
                        tape = Tape(piece)
                        while not tape.ended:
                            clock.step(tape.take)
                    after.append(used())
                    _show(number + 1, after[-1], time.monotonic() - began)
    finally:
        voice.close()
        ears.close()
    return after, happened


def _show(number: int, now: Used, seconds: float) -> None:
    told = f"{number:5} {now.own_mb:8.1f} {now.children_mb:9.1f} {now.threads:8} {now.handles:8} {seconds / 60:8.1f}"
    print(told, flush=True)


def main() -> int:
    """Run, print, and judge."""
    parser = argparse.ArgumentParser(description="A day of listening in virtual time.")
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--speech", type=Path, metavar="DIR", help="recordings: meeting/ and noise/ below it")
    args = parser.parse_args()
    one_heap()  # as ``attune`` does
    print(f"{'hour':>5} {'own MB':>8} {'others MB':>9} {'threads':>8} {'handles':>8} {'real min':>8}")
    after, happened = run(args.hours, args.speech)
    grown = min(now.total_mb for now in after[-SETTLED:]) - after[0].total_mb
    print(f"grown after the first hour: {grown:+.1f} MB; {dict(sorted(happened.items()))}")
    left = after[-1].threads > after[0].threads or after[-1].handles > after[0].handles
    return int(grown >= MOST_GROWN_MB or left or any(happened[name] for name in WRONG))


if __name__ == "__main__":
    raise SystemExit(main())
