"""``attune demo``: the first scene by itself. A synthetic voice asks for help, is heard, is breathed with, and
says stop.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.app import FILE_RATE
from voice.commands.options import options_of
from voice.drives.files import perform
from voice.drives.virtual import HEARING_RATE, WavWriter, read_wav
from voice.eventlog import EventFile, tell_all
from voice.events import Beat, Event, Silenced, State, Understood
from voice.keeping.opening import open_passing_keeper
from voice.scratch import scratch_folder
from voice.speaking.voice import Voice
from voice.story import Story

START, STOP = "help us calm down", "stop"
ROUNDS = 3
UNTIL_STOP_S = 37.5
"""From the end of the phrase to "stop": greeting, three breaths of ten seconds, and some more."""


def run(args: argparse.Namespace) -> int:
    """Exit 0 only if it was heard, breathed three rounds and fell silent on "stop"."""
    output = args.output or Path("demo.wav")
    options = options_of(args)
    happened: list[Event] = []
    print(f'A synthetic voice says "{START}" into a sound file that stands for the microphone.', file=sys.stderr)
    with ExitStack() as stack:
        log = [happened.append, Story(sys.stdout, hear=True).tell]
        if args.events:
            log.append(stack.enter_context(EventFile(args.events)).write)
        with scratch_folder("demo") as folder:
            said, spoken = _said(), folder / "attune.wav"
            perform(said, spoken, options, tell_all(log), open_passing_keeper)
            _write_both(said, read_wav(spoken, FILE_RATE), output)
    failure = _failure(happened)
    if failure:
        print(f"The demo did not go as it should: {failure}", file=sys.stderr)
        return 1
    print(
        f"All of it happened. Both sides are in {output} (left: the synthetic voice, right: Attune).", file=sys.stderr
    )
    return 0


def _said() -> npt.NDArray[np.float32]:
    """What the synthetic voice says, float32 at 16 kHz."""
    person = Voice(HEARING_RATE)  # the system's, whichever voice Attune has
    try:
        quiet = np.zeros(HEARING_RATE, np.float32)
        wait = np.zeros(round(UNTIL_STOP_S * HEARING_RATE), np.float32)
        return np.concatenate([quiet, person.say(START).samples, wait, person.say(STOP).samples, quiet, quiet])
    finally:
        person.close()


def _write_both(said: npt.NDArray[np.float32], answered: npt.NDArray[np.float32], output: Path) -> None:
    import soxr

    left = soxr.resample(said, HEARING_RATE, FILE_RATE)
    length = max(len(left), len(answered))
    stereo = np.stack([np.pad(side, (0, length - len(side))) for side in (left, answered)], axis=1)
    with WavWriter(output, FILE_RATE, channels=2) as writer:
        writer.write(np.clip(stereo, -1, 1))


def _failure(happened: list[Event]) -> str | None:
    """What is missing from the scene, or ``None``."""
    if not any(isinstance(event, Understood) and event.practice == "two-minute-reset" for event in happened):
        return f'"{START}" was not understood.'
    if max((event.round for event in happened if isinstance(event, Beat)), default=0) < ROUNDS:
        return "it did not breathe three rounds."
    if not any(isinstance(event, Silenced) and event.why == "stop" for event in happened):
        return f'"{STOP}" did not silence it.'
    last = [event for event in happened if isinstance(event, State)][-1]
    return None if last.to == "idle" else "it did not come to rest."
