"""How well a guide keeps time, beside the naive way. Prints a table.

    python -m benchmarks.timing [--minutes 10] [--busy]

Both count on the virtual sound card of the tests (PulseAudio), and what came out of its loudspeaker is recorded. The
naive way is that of the tutorials: pyttsx3 says a number and waits for its end, then the program sleeps; once for a
second, once for what is left of it. ``--busy`` keeps both cores busy with two other programs meanwhile. Where a number
is heard is found by correlation with the number itself; the voice is synthetic.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.soundcard import SPEAKER_RATE, SoundCard, sound_card, why_missing
from voice.guiding.compiling import NUMBERS
from voice.speaking.choice import open_renderer
from voice.speaking.voice import Voice

Samples = npt.NDArray[np.float32]
ROUND = [*NUMBERS[:4], *NUMBERS[:6]]
"""In for four, out for six."""
NAIVE = """
import sys, time, pyttsx3
words, seconds, careful = sys.argv[1].split(), float(sys.argv[2]), sys.argv[3] == "careful"
engine = pyttsx3.init()
engine.setProperty("rate", 140)
began = time.monotonic()
while time.monotonic() - began < seconds:
    for word in words:
        said = time.monotonic()
        engine.say(word)
        engine.runAndWait()
        time.sleep(max(0.0, 1.0 - (time.monotonic() - said)) if careful else 1.0)
"""
VOICE = "espeak"
"""Who counts: looked for is what is said, and so not "the best voice that is here"."""
REACH_S = 2.5
"""The next number is looked for within this, seconds after the one before."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a grid of one second was kept."""

    beats: int
    """How many numbers were found."""
    mean_s: float
    """Seconds from one to the next."""
    spread_ms: float
    """Standard deviation of that, milliseconds."""
    off_s: float
    """How far the last one lies from where a second each would put it, seconds."""
    underflows: int | None = None
    """Times that the loudspeaker ran dry; None where nobody counts it."""


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="How well time is kept.")
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--busy", action="store_true", help="keep both cores busy")
    args = parser.parse_args()
    if reason := why_missing():
        print(reason, file=sys.stderr)
        return 1
    with sound_card() as card, keep_busy(args.busy):
        print("| way | numbers | one to the next | spread | the last one off by | underflows |")
        print("|---|---|---|---|---|---|")
        _print("Attune, live", _attune(card, args.minutes))
        for name, careful in (("say, wait, sleep a second", "plain"), ("say, wait, sleep what is left", "careful")):
            _print(name, _naive(card, args.minutes, careful))
    return 0


def _print(name: str, kept: Kept) -> None:
    dry = "not counted" if kept.underflows is None else kept.underflows
    told = f"{kept.mean_s:.4f} s | {kept.spread_ms:.2f} ms | {kept.off_s:+.3f} s | {dry}"
    print(f"| {name} | {kept.beats} | {told} |", flush=True)


def _attune(card: SoundCard, minutes: int) -> Kept:
    with tempfile.TemporaryDirectory() as folder, card.recorded() as recording:
        timeline = Path(folder) / "timeline.jsonl"
        settings = ["--set", f"minutes={minutes}", "--set", "fade_after=400", "--set", "tones=off"]
        command = [sys.executable, "-m", "voice", "--voice", VOICE, "rehearse", "two-minute-reset", *settings]
        subprocess.run([*command, "--timeline", str(timeline)], env=card.env, check=True, stdout=subprocess.DEVNULL)
        events = [json.loads(line) for line in timeline.read_text().splitlines()]
    cues = [cue for cue in events if cue["event"] == "cue" and cue["text"] in NUMBERS]
    voice = Voice(SPEAKER_RATE, renderer=open_renderer(VOICE))
    try:
        first = _find(recording[0], voice, str(cues[0]["text"]), 0, len(recording[0]), earliest=True)
        places = [
            _find(recording[0], voice, str(cue["text"]), first + at - SPEAKER_RATE // 5, first + at + SPEAKER_RATE // 5)
            for cue, at in zip(cues, _after_first(cues), strict=True)
        ]
    finally:
        voice.close()
    ideal = np.asarray(_after_first(cues)) / SPEAKER_RATE
    found = np.asarray(places) / SPEAKER_RATE
    off = found - found[0] - ideal
    # Other sentences lie between some numbers, so the grid is the timeline's own: whole seconds.
    dry = max((int(str(event["count"])) for event in events if event["event"] == "underflow"), default=0)
    spread_ms = float(np.std(np.diff(off)) * 1000)
    return Kept(len(cues), 1.0 + float(np.mean(np.diff(off))), spread_ms, float(off[-1]), dry)


def _after_first(cues: Sequence[dict[str, object]]) -> list[int]:
    starts = [float(str(cue["start"])) for cue in cues]
    return [round((start - starts[0]) * SPEAKER_RATE) for start in starts]


def _naive(card: SoundCard, minutes: int, careful: str) -> Kept:
    with card.recorded() as recording:
        command = [sys.executable, "-c", NAIVE, " ".join(ROUND), str(minutes * 60), careful]
        subprocess.run(command, env=card.env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    voice, places = Voice(SPEAKER_RATE, renderer=open_renderer(VOICE)), list[int]()
    try:
        places.append(_find(recording[0], voice, ROUND[0], 0, 5 * SPEAKER_RATE))
        for word in itertools.islice(itertools.cycle(ROUND), 1, None):
            low, high = places[-1] + SPEAKER_RATE // 2, places[-1] + round(REACH_S * SPEAKER_RATE)
            if high >= len(recording[0]):
                break
            places.append(_find(recording[0], voice, word, low, high))
    finally:
        voice.close()
    found = np.asarray(places) / SPEAKER_RATE
    steps = np.diff(found)
    off = found[-1] - found[0] - len(steps)
    return Kept(len(places), float(np.mean(steps)), float(np.std(steps) * 1000), float(off))


def _find(recording: Samples, voice: Voice, word: str, low: int, high: int, *, earliest: bool = False) -> int:
    """The frame in [low, high) at which a word's onset lies, by normalized correlation; ``earliest``: of equals the
    first, for every "one" is like the next."""
    phrase = voice.say(word)
    lead = phrase.onset_ms * SPEAKER_RATE // 1000
    low = max(0, low - lead)
    piece = recording[low : high - lead + len(phrase.samples)].astype(np.float64)
    size = len(piece) + len(phrase.samples)
    match = np.fft.irfft(np.fft.rfft(piece, size) * np.conj(np.fft.rfft(phrase.samples, size)), size)
    places = len(piece) - len(phrase.samples) + 1
    total = np.concatenate([[0.0], np.cumsum(piece**2)])
    power = total[len(phrase.samples) :][:places] - total[:places]
    likeness = match[:places] / np.sqrt(power + 1e-3 * max(power.max(), 1e-9))
    begins = int(np.flatnonzero(likeness > 0.9 * likeness.max())[0]) if earliest else 0
    nearby = likeness[begins : begins + SPEAKER_RATE // 10] if earliest else likeness
    return low + begins + int(np.argmax(nearby)) + lead


@contextmanager
def keep_busy(busy: bool) -> Iterator[None]:
    """While it lasts, one program a core that does nothing but work; none unless ``busy``."""
    spinning = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range((os.cpu_count() or 1) if busy else 0)
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
