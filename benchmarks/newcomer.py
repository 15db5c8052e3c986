"""A newcomer's path, timed: an empty home, `git clone`, `./attune`, "help us calm down", and the first breath.

    python -m benchmarks.newcomer [--from REPOSITORY]

Only the README's two commands and one phrase, on a virtual sound card: the voice that says it is synthetic (flite), and
what is timed is heard from the loudspeaker. Packages come from the index that pip is set to, so the network counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.turns import said
from tests.soundcard import MIC_RATE, SPEAKER_RATE, SoundCard, sound_card, why_missing

ROOT = Path(__file__).parents[1]
PHRASE, VOICE = "help us calm down", "flite:slt"
AUDIBLE = 1e-3
"""Root mean square of 20 ms, -60 dBFS, from which the loudspeaker plays something."""
PAUSE = 35
"""Blocks of 20 ms of silence, 0.7 s, that end what it says: between its sentences there is less."""
MOST_S = 600.0
"""Seconds after which it is given up."""


def main() -> int:
    """Time it; 1 where the first breath took more than five minutes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", default=str(ROOT))
    source = parser.parse_args().source
    if reason := why_missing():
        print(reason, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, sound_card() as card:
        steps = path(Path(folder), source, card)
    for what, seconds in steps:
        print(f"{seconds:7.1f} s  {what}")
    return 0 if steps[-1][1] < 300 else 1


def path(folder: Path, source: str, card: SoundCard) -> list[tuple[str, float]]:
    """What happened, and how many seconds after the first key was pressed."""
    began = time.monotonic()
    steps: list[tuple[str, float]] = []

    def note(what: str) -> None:
        steps.append((what, time.monotonic() - began))

    subprocess.run(["git", "clone", "--quiet", source, str(folder / "attune")], check=True)
    note("git clone")
    with started(folder, card) as read_line:
        while "Ready" not in read_line():
            pass
        note("./attune says that it is ready")
        sounding = listen(card)
        wait(sounding, sounds=False)
        card.speak(np.concatenate([said(PHRASE, VOICE), np.zeros(MIC_RATE, np.float32)])).wait()
        note(f'"{PHRASE}" was said, and a second went by')
        wait(sounding, sounds=True)
        note("it answers")
        wait(sounding, sounds=False)
        wait(sounding, sounds=True)
        note("the first breath in")
    return steps


def wait(sounding: Iterator[bool], *, sounds: bool) -> None:
    """Until the loudspeaker plays, or has been silent."""
    while next(sounding) is not sounds:
        pass


@contextmanager
def started(folder: Path, card: SoundCard) -> Iterator[Callable[[], str]]:
    """``./attune`` in an empty home; gives what reads its next line."""
    home = folder / "home"
    home.mkdir()
    gone = ("PYTHONPATH", "VIRTUAL_ENV", "ATTUNE_VOICE")
    env = {name: value for name, value in card.env.items() if name not in gone} | {"HOME": str(home)}
    env["PATH"] = os.pathsep.join(one for one in env["PATH"].split(os.pathsep) if not (Path(one) / "activate").exists())
    command = [str(folder / "attune" / "attune")]
    attune = subprocess.Popen(command, env=env, cwd=folder / "attune", stdout=subprocess.PIPE, text=True)
    try:
        assert attune.stdout is not None
        yield attune.stdout.readline
        attune.send_signal(signal.SIGINT)
        attune.wait(10)
    finally:
        attune.kill()
        shutil.rmtree(home, ignore_errors=True)


def listen(card: SoundCard) -> Iterator[bool]:
    """Whether the loudspeaker plays, every 20 ms; raises ``TimeoutError`` after ``MOST_S``."""
    form = ["--raw", "--format=s16le", f"--rate={SPEAKER_RATE}", "--channels=1", "--latency-msec=20"]
    recorder = subprocess.Popen(["parec", "-d", "speaker.monitor", *form], env=card.env, stdout=subprocess.PIPE)
    ends = time.monotonic() + MOST_S
    quiet, size = PAUSE, SPEAKER_RATE // 50 * 2
    try:
        assert recorder.stdout is not None
        while time.monotonic() < ends:
            block: npt.NDArray[np.int16] = np.frombuffer(recorder.stdout.read(size), np.int16)
            loud = np.sqrt(np.mean(np.square(block / 32768))) > AUDIBLE
            quiet = 0 if loud else quiet + 1
            yield quiet < PAUSE
        raise TimeoutError(f"nothing came within {MOST_S:.0f} s")
    finally:
        recorder.terminate()
        recorder.wait()


if __name__ == "__main__":
    sys.exit(main())
