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
from benchmarks.hearing_parts.items import ROOT, people
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
LATE_S = 1.5
"""Silence that begins later than this after the word was not its doing at once, seconds."""
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
                done = [_one(room, word) for word in words]
            finally:
                room.close()
    took = [_silent_after_s(recording[0], word) for word in words]
    print(f"done: {dict(Counter(done))} of {len(words)}")
    prompt = [one for one, how in zip(took, done, strict=True) if how == "stopped" and one <= LATE_S]
    shares = np.percentile(prompt, [50, 95, 100]) if prompt else []
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


def _one(room: Room, word: Samples) -> str:
    """Start, wait, say it: ``stopped``, ``paused`` or ``went on``."""
    room.say("help us calm down")
    room.until(lambda event: event["event"] == "understood" and event.get("practice") == "two-minute-reset")
    time.sleep(random.Random(float(word[len(word) // 2])).uniform(3, 9))
    room.card.speak(word).wait()
    try:
        event = room.until(lambda event: event["event"] == "state" and event["to"] in ("idle", "paused"), LATE_S * 2)
    except AssertionError:
        how = "went on"
    else:
        how = "stopped" if event["to"] == "idle" else "paused"
    time.sleep(AFTER_S)
    if how != "stopped":
        room.stop()
    return how


def _silent_after_s(heard: Samples, word: Samples) -> float:
    """Seconds from the end of a word in a recording to the last that is audible before a long silence; 0 for none."""
    size = 1 << (len(heard) + len(word)).bit_length()
    match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(word, size)), size)[: len(heard)]
    end = int(np.argmax(match)) + len(word)
    loud = np.flatnonzero(np.abs(heard[end : end + round(AFTER_S * MIC_RATE)]) > AUDIBLE)
    gaps = np.flatnonzero(np.diff(loud) > MIC_RATE)
    last = 0 if not len(loud) or loud[0] > MIC_RATE else int(loud[gaps[0]] if len(gaps) else loud[-1])
    return last / MIC_RATE


if __name__ == "__main__":
    sys.exit(main())
