"""Stops on a live loop: "stop" by people over the guide, whose voice the microphone hears as well. Prints a table.

    python -m benchmarks.stops --speech DIR [--many 20] [--busy]

On the virtual sound card of the tests, in real time; the microphone hears the loudspeaker some 150 ms later, as loud as
it is. "stop" is said by people whom the spotter was not trained with, at the guide's own level and 6 dB above, in
turn, 3 to 9 s after a practice began (by a synthetic voice). What the microphone got is recorded: from the end of the
word to the last of the guide's echo, so the 150 ms are in it. ``--busy`` keeps both cores busy with two other programs.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.healing import spoken
from benchmarks.hearing_parts.items import ROOT
from benchmarks.hearing_parts.sets import people
from benchmarks.hearing_parts.sounds import NEAR, REPORT, read, rms, trimmed
from benchmarks.timing import keep_busy
from tests.reliability.running import Room
from tests.soundcard import MIC_RATE, sound_card, why_missing

Samples = npt.NDArray[np.float32]
GUIDE_RMS = 0.05
"""Of the guide's voice while it speaks, of full scale: -26 dBFS."""
LOUDER_DB = (0.0, 6.0)
"""Above the guide, decibels."""
AUDIBLE = 10 ** (-60 / 20)
"""Of full scale; in this room it is never noisy."""
LATE_S = 3.0
"""What happens so long after a word was said is not its doing, seconds."""
AFTER_S = 6.0
"""After the word, seconds: what is asked in a doubt has been said by then."""


def main() -> int:
    """Measure, and print; 1 where a stop was not done."""
    args = _arguments()
    if reason := why_missing():
        print(reason, file=sys.stderr)
        return 1
    words = _words(args.speech, args.many)
    with sound_card() as card, tempfile.TemporaryDirectory() as folder, keep_busy(args.busy):
        card.lead_back()
        with card.recorded("micsink.monitor", MIC_RATE) as recording:
            room = Room(card, spoken, Path(folder))
            try:
                done = [_one(room, word, number) for number, word in enumerate(words)]
            finally:
                room.close()
    ends = [_end_of(word, recording[0]) for word in words]
    if ends != sorted(ends):
        print("The words are not found again in what the microphone got.", file=sys.stderr)
        return 1
    print(f"done: {dict(Counter(done))} of {len(words)}")
    took = [_silent_after_s(recording[0][end:]) for end, how in zip(ends, done, strict=True) if how == "stopped"]
    shares = np.percentile(took, [50, 95, 100]) if took else []
    print(
        "end of the word to silence, median, 95th percentile, longest: " + ", ".join(f"{one:.2f} s" for one in shares)
    )
    return int("went on" in done)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Stops on a live loop.")
    parser.add_argument("--speech", type=Path, default=ROOT.parent / "shared" / "speech")
    parser.add_argument("--many", type=int, default=20)
    parser.add_argument("--busy", action="store_true", help="keep both cores busy")
    return parser.parse_args()


def _words(speech: Path, many: int) -> list[Samples]:
    """ "stop" by people held out, float32 at 16 kHz, without the silence around it."""
    paths = sorted({item.said for item in people(REPORT, speech) if "/stop/" in item.said and item.condition is NEAR})
    words = [trimmed(read(speech / path)) for path in random.Random(1).sample(paths, many)]
    return [
        (word * (GUIDE_RMS * 10 ** (LOUDER_DB[number % 2] / 20) / rms(word))).astype(np.float32)
        for number, word in enumerate(words)
    ]


def _one(room: Room, word: Samples, number: int) -> str:
    """Start, wait, say it: ``stopped``, ``paused`` or ``went on``."""
    room.say("help us calm down")
    room.until(lambda event: event["event"] == "understood" and event.get("practice") == "two-minute-reset")
    time.sleep(random.Random(number).uniform(3, 9))
    room.card.speak(word).wait()
    try:
        event = room.until(lambda event: event["event"] == "state" and event["to"] in ("idle", "paused"), LATE_S)
    except AssertionError:
        how = "went on"
    else:
        how = "stopped" if event["to"] == "idle" else "paused"
    time.sleep(AFTER_S)
    if how != "stopped":
        room.stop()
    return how


def _end_of(word: Samples, heard: Samples) -> int:
    """The frame of a recording after a word, where it is most like it."""
    size = 1 << (len(heard) + len(word)).bit_length()
    match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(word, size)), size)[: len(heard)]
    return int(np.argmax(match)) + len(word)


def _silent_after_s(after: Samples) -> float:
    """Seconds to the last of what is audible before a second of silence; 0 where it begins with one."""
    loud = np.flatnonzero(np.abs(after[: round(AFTER_S * MIC_RATE)]) > AUDIBLE)
    gaps = np.flatnonzero(np.diff(loud) > MIC_RATE)
    last = 0 if not len(loud) or loud[0] > MIC_RATE else int(loud[gaps[0]] if len(gaps) else loud[-1])
    return last / MIC_RATE


if __name__ == "__main__":
    sys.exit(main())
