"""Whether it lets people finish: turns with pauses inside what is told, and closed answers. Prints a table.

    python -m benchmarks.turns [--turns 40] [--answers 20]

The partners are synthetic (espeak-ng, flite): they tell three to five parts of something, with pauses of 0.3 to 6 s
between them, those over 4 s only after a sentence that was broken off. All of hearing is real, on a virtual clock. The
naive way beside it ends a turn after a fixed silence, as most voice assistants do: the same partners, counted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.app import FILE_RATE, Content, Options, build_session, listen_with, load_content, open_ears, prepare_now
from voice.drives.virtual import HEARING_RATE, VirtualClock, read_wav
from voice.events import Cue, Event, Heard, Understood
from voice.hearing.recognizer import Recognizer
from voice.session import Session
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

Samples = npt.NDArray[np.float32]
VOICES = ("espeak-ng:en-us", "espeak-ng:en-gb+f3", "flite:slt", "flite:rms")
WHOLE = (
    "It was a long week for me.",
    "The kitchen was full of dishes again.",
    "I felt alone with all the work.",
    "Your mother called on Tuesday.",
    "We hardly saw each other this month.",
    "I would like an evening with you.",
    "That made me sad.",
    "The train was late both days.",
)
"""Sentences that are over."""
BROKEN_OFF = (
    "I wanted to tell you that",
    "It made me angry because",
    "I was so tired and",
    "I thought about us but",
    "Yesterday I wished you were",
)
"""Sentences that are not."""
SHORTEST_S, LONGEST_S, WHOLE_LONGEST_S = 0.3, 6.0, 4.0
"""Pauses, and the longest after a whole sentence."""
ANSWERS = ("yes", "more", "not quite")
NAIVE_S = (0.8, 1.5, 3.0)
"""Silences that end a turn in the naive way."""


@dataclass(frozen=True, slots=True)
class Story:
    """What somebody tells."""

    samples: Samples
    """float32 at 16 kHz; its last sample is the end of the last word."""
    pauses_s: tuple[float, ...]
    """Between its parts, seconds."""


@dataclass(slots=True)
class Result:
    """What came of it."""

    cut_off: list[str] = field(default_factory=list)
    """The pauses of stories that were cut off, and what was heard."""
    waited_s: list[float] = field(default_factory=list)
    """From the real end to the guide's next word, sample clock."""
    computed_s: list[float] = field(default_factory=list)
    """The longest that computing took meanwhile, seconds."""


class Room:
    """Two people and a guide, on a virtual clock."""

    def __init__(self, ears: Recognizer, seed: int) -> None:
        """Begin to listen to each other; ``seed`` is that of the room's faint noise."""
        self.events: list[Event] = []
        content, self._voice = _content(), Voice(FILE_RATE)
        self.session: Session = build_session(
            content, self._voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, self.events.append
        )
        listen_with(self.session, ears, content, lambda frame: frame / HEARING_RATE)
        self._clock = VirtualClock(self.session, None)
        self._noise = np.random.default_rng(seed)
        practice = "reflective-listening"
        self.session.receive(Understood(t=0.0, intent="Rehearse", practice=practice, starts=True))

    def close(self) -> None:
        """End the guide's voice; what was begun to be heard is no part of the next room."""
        self.session.finish()
        self._voice.close()

    def until(self, state: str) -> None:
        """Be silent until words are awaited in that state; at most a minute."""
        end = self.session.now_s + 60
        while self.session.now_s < end and not self._awaits(state):
            self._step(np.zeros(0, np.float32))

    def hear(self, samples: Samples) -> float:
        """Let somebody say that; when it is over, seconds."""
        size = HEARING_RATE // 100
        for at in range(0, len(samples), size):
            self._step(samples[at : at + size])
        return self.session.now_s

    def wait_for_word(self, after_s: float) -> tuple[float, float]:
        """How long until the guide's next word, and the longest computing of one step; at most 30 s."""
        longest = 0.0
        while self.session.now_s < after_s + 30:
            began = time.perf_counter()
            self._step(np.zeros(0, np.float32))
            longest = max(longest, time.perf_counter() - began)
            if later := [start for start in self.words() if start >= after_s]:
                return later[0] - after_s, longest
        return float("inf"), longest

    def words(self) -> list[float]:
        """When what the guide said began, seconds."""
        return [event.start for event in self.events if isinstance(event, Cue) and event.kind == "speak"]

    def _awaits(self, state: str) -> bool:
        return self.session.conversation.awaiting and self.session.conversation.state.value == state

    def _step(self, said: Samples) -> None:
        def microphone(frames: int) -> Samples:
            faint = self._noise.normal(0, 3e-4, frames).astype(np.float32)
            return faint + np.pad(said, (0, frames - len(said)))

        self._clock.step(microphone)


@cache
def _content() -> Content:
    return load_content(Options())


@cache
def said(text: str, voice: str) -> Samples:
    """A synthetic voice, float32 at 16 kHz at -26 dBFS, from its first sound to its last."""
    program, name = voice.split(":")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        how = {
            "espeak-ng": ["-v", name, "-s", "145", "-w", str(path), text],
            "flite": ["-voice", name, "-t", text, "-o", str(path)],
        }
        subprocess.run([program, *how[program]], check=True)
        samples = read_wav(path)
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    samples = samples[loud[0] : loud[-1] + 1]
    return np.asarray(samples * 0.05 / np.sqrt(np.mean(np.square(samples))), np.float32)


def story(rng: np.random.Generator) -> Story:
    """Three to five parts by one voice, the last a whole sentence."""
    voice = VOICES[rng.integers(len(VOICES))]
    parts: list[Samples] = []
    pauses: list[float] = []
    for _ in range(rng.integers(2, 5)):
        pause = float(rng.uniform(SHORTEST_S, LONGEST_S))
        broken_off = pause > WHOLE_LONGEST_S or rng.random() < 0.3
        text = str(rng.choice(BROKEN_OFF if broken_off else WHOLE))
        parts += [said(text, voice), np.zeros(round(pause * HEARING_RATE), np.float32)]
        pauses.append(pause)
    return Story(np.concatenate([*parts, said(str(rng.choice(WHOLE)), voice)]), tuple(pauses))


def tell(ears: Recognizer, tale: Story, seed: int, result: Result) -> None:
    """One turn: whether it was cut off, and how long after its end the guide speaks."""
    room = Room(ears, seed)
    room.until("turn")
    begun = room.session.now_s
    room.hear(np.zeros(HEARING_RATE, np.float32))
    end = room.hear(tale.samples)
    if any(begun < start < end for start in room.words()) or not room._awaits("turn"):
        heard = [event.text for event in room.events if isinstance(event, Heard) and event.t > begun]
        taken = [event.intent for event in room.events if isinstance(event, Understood) and event.t > begun]
        pauses = ", ".join(f"{pause:.1f}" for pause in tale.pauses_s)
        result.cut_off.append(f"pauses {pauses} s; heard {heard}; taken for {taken}")
    else:
        waited, computed = room.wait_for_word(end)
        result.waited_s.append(waited)
        result.computed_s.append(computed)
    room.close()


def answer(ears: Recognizer, text: str, voice: str, seed: int, result: Result) -> None:
    """One closed answer: how long after its end the guide speaks."""
    room = Room(ears, seed)
    for _ in range(2):
        room.until("turn")
        room.session.read("I'm done")
        room.session.read("I'm done")
    room.until("asking")
    room.hear(np.zeros(HEARING_RATE // 2, np.float32))
    waited, computed = room.wait_for_word(room.hear(said(text, voice)))
    result.waited_s.append(waited)
    result.computed_s.append(computed)
    room.close()


def _spread(seconds: list[float]) -> str:
    low, median, high = np.percentile(seconds, [5, 50, 95])
    return f"{median:.2f} s ({low:.2f} to {high:.2f})"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--answers", type=int, default=20)
    args = parser.parse_args()
    os.environ.setdefault("ATTUNE_VOICE", "espeak")
    ears = open_ears(lambda: _content().understander, Options(engine="whisper"))
    rng, turns, answers = np.random.default_rng(6), Result(), Result()
    tales = [story(rng) for _ in range(args.turns)]
    for seed, tale in enumerate(tales):
        tell(ears, tale, seed, turns)
    for seed in range(args.answers):
        answer(ears, ANSWERS[seed % len(ANSWERS)], VOICES[seed % len(VOICES)], seed, answers)
    ears.close()
    print("| what | figure |\n|---|---|")
    print(f"| Turns told by synthetic partners, cut off | {len(turns.cut_off)} of {args.turns} |")
    for silence in NAIVE_S:
        cut = sum(max(tale.pauses_s) > silence for tale in tales)
        print(f"| The same, by a program that waits {silence} s | {cut} of {args.turns} |")
    print(f"| Real end of a turn to the guide's next word, median (5 to 95 %) | {_spread(turns.waited_s)} |")
    print(f"| End of a closed answer to the guide's next word | {_spread(answers.waited_s)} |")
    print(f"| Computing time on top, answers | {_spread(answers.computed_s)} |")
    for why in turns.cut_off:
        print("cut off:", why)


if __name__ == "__main__":
    main()
