"""Every control said over the guide, at its own loudness, by synthetic voices, with everything in place.

    python -m benchmarks.controls --speech DIR [--practices 20] [--db 0]

Through the whole loop: echo, canceller, recognizer, understanding, ducking; only what is understood is not done, so
that the guide goes on speaking. Each control is said, and again after three seconds, as somebody does who was not heard
at first. Rooms and clocks are those of ``benchmarks/duplex.py``; half of the words fall into a sentence or a count.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.duplex import PATHS
from benchmarks.spotter.streams import HELD_ROOMS, RATE, level
from benchmarks.turns import said
from voice.app import FILE_RATE, Options, build_session, listen_with, load_content, open_ears, prepare_now
from voice.drives.echo_room import EchoPath, EchoRoom
from voice.drives.files import Tape
from voice.drives.virtual import VirtualClock, WavWriter
from voice.events import Doubted, Event, Understood
from voice.hearing.recognizer import Recognizer
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

CONTROLS = (
    "pause", "go on", "again", "slower", "faster", "softer", "louder", "skip", "how long", "I need space",
    "what can I say", "stop listening",
)  # fmt: skip
VOICES = ("espeak-ng:en-us", "espeak-ng:en-gb", "flite:slt", "flite:rms")
PRACTICES = ("two-minute-reset", "grounding-senses", "grounding-touch", "long-breath")
"""Practices in which the guide speaks most of the time."""
ECHO_DB = -6.0
AGAIN_S = 3.0
"""Seconds from the beginning of a word to its being said again."""
HEARD_S = 2.2
"""What is understood so long after the beginning of a word is its doing."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A control said over the guide, twice."""

    control: str
    at_s: float
    """Of the first time, seconds."""


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--practices", type=int, default=20)
    parser.add_argument("--db", type=float, default=0.0)
    args = parser.parse_args()
    options = Options(engine="whisper")
    content = load_content(options)
    ears = open_ears(lambda: content.understander, options)
    right: dict[str, Counter[str]] = {control: Counter() for control in CONTROLS}
    rng = np.random.default_rng(7)
    for number in range(args.practices):
        room, (delay, drift) = list(zip(HELD_ROOMS, PATHS, strict=True))[number % 5]
        path = EchoPath(args.speech / "room" / f"{room}.flac", ECHO_DB, delay, drift)
        tape, moments = spoken(rng, number, args.db)
        understood, ended_s = played(PRACTICES[number % len(PRACTICES)], path, ears, options, tape)
        for moment in moments:
            if moment.at_s + 2 * AGAIN_S < ended_s:
                right[moment.control].update(outcomes(moment, understood, options))
    ears.close()
    for control, count in right.items():
        print(f"{control:16} {line(count)}")
    print(f"{'all':16} {line(sum(right.values(), Counter()))}")


def line(count: Counter[str]) -> str:
    """Shares of one row."""
    total = max(1, count["said"])
    shares = (f"{what} {100 * count[what] / total:5.1f} %" for what in ("at once", "when said again", "wrong"))
    return f"{count['said']:4} said: {', '.join(shares)}"


def spoken(rng: np.random.Generator, number: int, db: float) -> tuple[npt.NDArray[np.float32], list[Moment]]:
    """Two minutes of microphone with controls in it, each by one voice, and what was said when."""
    tape, moments, at = np.zeros(150 * RATE, np.float32), [], 6.0
    while at < 105:
        control = CONTROLS[(number * 5 + len(moments)) % len(CONTROLS)]
        word = said(control, VOICES[rng.integers(len(VOICES))])
        # The guide's words have this level at the loudspeaker, and ECHO_DB less at the microphone.
        word = word * np.float32(guide_level() * 10 ** ((db + ECHO_DB) / 20) / level(word))
        for start_s in (at, at + AGAIN_S):
            first = round(start_s * RATE)
            tape[first : first + len(word)] += word
        moments.append(Moment(control, at))
        at += 2 * AGAIN_S + rng.uniform(0.5, 2.0)
    return tape, moments


@cache
def guide_level() -> float:
    """How loud the guide's words are, root mean square."""
    voice = Voice(RATE)
    try:
        return level(voice.say("I'm here. Two minutes, for whoever likes. Breathe in.").samples)
    finally:
        voice.close()


def played(
    practice: str, path: EchoPath, ears: Recognizer, options: Options, tape: npt.NDArray[np.float32]
) -> tuple[Sequence[Understood], float]:
    """What is understood while the guide speaks, and when that ended, seconds; nothing of it is done."""
    content, voice = load_content(options), Voice(FILE_RATE, options.voice)
    understood: list[Understood] = []

    def note(event: Event) -> None:
        if isinstance(event, Understood):
            understood.append(event)
        elif not isinstance(event, Doubted):
            receive(event)

    with tempfile.TemporaryDirectory() as folder, WavWriter(Path(folder) / "out.wav", FILE_RATE) as writer:
        session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, lambda event: None)
        listen_with(session, ears, content, lambda frame: frame / RATE, cancel=True)
        clock, microphone = VirtualClock(session, writer, EchoRoom(path)), Tape(tape)
        session.receive(Understood(t=0.0, intent="Rehearse", practice=practice, starts=True))
        receive = session.receive
        session.receive = note  # type: ignore[method-assign]
        while not clock.is_idle and session.now_s < len(tape) / RATE:
            clock.step(microphone.take)
    voice.close()
    return understood, session.now_s


def outcomes(moment: Moment, understood: Sequence[Understood], options: Options) -> Iterator[str]:
    """``said``, and what of ``at once``, ``when said again`` and ``wrong`` is true of it."""
    meant = load_content(options).understander.understand(moment.control, "guiding").intent
    spans = [(moment.at_s, moment.at_s + HEARD_S), (moment.at_s, moment.at_s + AGAIN_S + HEARD_S)]
    first, both = ([event.intent for event in understood if start < event.t <= end] for start, end in spans)
    yield "said"
    if meant in first:
        yield "at once"
    if meant in both:
        yield "when said again"
    if any(intent not in (meant, "Spotted" if moment.control.startswith("stop") else meant) for intent in both):
        yield "wrong"


if __name__ == "__main__":
    main()
