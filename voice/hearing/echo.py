"""Takes the guide's own voice out of what the microphone hears, and leaves everybody else's in.

A :class:`~voice.hearing.kalman.KalmanFilter` subtracts the echo. Around it, what was played is read where and as fast
as the microphone hears it: :class:`~voice.hearing.delay.DelayFinder` looks for the delay, up to half a second, and for
the drift between the two clocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice.hearing.delay import STRETCH, DelayFinder, Look, is_worded
from voice.hearing.kalman import KalmanFilter, Shape
from voice.hearing.played import TAPS, Played

SHAPE = Shape(block=256, partitions=20, forget=0.9993, uncertainty=0.3, decays=True)
"""320 ms of room in blocks of 16 ms; half of what is known is forgotten in 8 s, so that a change is soon learnt."""
BLOCK = SHAPE.block
LEAD = 640
"""Frames of the filter, 40 ms, before the peak that the delay was read from: sound through a door has several, and the
first is not the highest.
"""
EARLY = 128
"""Frames, 8 ms, by which an echo may come before it is expected: clocks are never read exactly."""
AWAY = 720
"""Frames, 45 ms, by which the delay must differ from what is read before the reading is moved."""
AGREE = 80
"""Frames within which looks agree."""
AGREEING = 3
"""Looks in a row that must agree before the reading is moved; the first time two."""
MOST_AT_ONCE = 8192
"""Frames that are taken at once: only two seconds of what was played are kept."""
POWER_MEMORY = 0.8
"""Power before and after is compared over so much memory per block: 70 ms."""
LATELY = 8 * BLOCK
"""Frames of what was played, 128 ms, that must be words to learn the room from. A tone looks the same through every
block of the filter: with a minute of breath tones it went from 26 dB taken away to none; now it stays at 32 dB.
"""
RESTS_AFTER = 2 * STRETCH // BLOCK + SHAPE.partitions + 1
"""Blocks of silence from the loudspeaker, 1.4 s, after which filter and finder hold nothing but silence, and rest."""
SMEARED = 2e-5
"""By more drift than this what the filter has learnt is worth little."""

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One block without echo."""

    samples: Samples
    """float32[BLOCK] at 16 kHz: what is left of the microphone's."""
    echo: Samples
    """float32[BLOCK]: what was taken away."""
    played: Samples
    """float32[BLOCK]: what was played, in the microphone's time."""


class EchoCanceller:
    """Takes microphone and loudspeaker in blocks of any size, and gives blocks of 16 ms without echo.

    A block comes out once it is known what was played 9 ms after it.
    """

    def __init__(self, *, cancels: bool = True) -> None:
        """Know nothing of room, delay and drift; without ``cancels`` blocks come out as they went in."""
        self._cancels = cancels
        self._stands_by = False
        self.filter = KalmanFilter(SHAPE)
        self._played = Played()
        self._heard: Samples = np.zeros(0, np.float32)
        self._frame = 0
        self._place = float(EARLY)
        """Where in what was played the next block is read, frames."""
        self._pace = 1.0
        self._finder = DelayFinder()
        self._lately = np.zeros(LATELY, np.float32)
        self._powers = np.zeros(2)
        self._silent = 0
        self._agreed: list[float] = []
        self._lag: float | None = None

    @property
    def delay_ms(self) -> float | None:
        """How much later the microphone hears what is played, milliseconds; ``None`` until it is found."""
        return None if self._lag is None else (self._frame - self._place + self._lag) / 16.0

    def know(self, delay_ms: float, drift_ppm: float, response: Samples) -> None:
        """Begin with what was learnt before; to be called before the first block."""
        self._pace = 1.0 + drift_ppm / 1e6
        self._place = min(float(EARLY), LEAD - delay_ms * 16.0)
        self._lag = self._place + delay_ms * 16.0
        self.filter.know(response)

    def stand_by(self) -> None:
        """Take nothing out until an echo is found, where none was to be heard the last time."""
        self._stands_by = True

    @property
    def cancels(self) -> bool:
        """Whether echo is taken out at all."""
        return self._cancels

    @property
    def rests(self) -> bool:
        """Whether nothing was played for so long that nothing can be left of it: blocks come out as they went in."""
        return not self._cancels or self._silent > RESTS_AFTER

    @property
    def way_ms(self) -> float | None:
        """The delay without what the clocks have drifted apart since the start: the same again at the next start."""
        if self.delay_ms is None:
            return None
        return self.delay_ms - (self._frame + len(self._heard) - self._played.end) / 16.0

    @property
    def drift_ppm(self) -> float:
        """By how much the loudspeaker's clock is faster than the microphone's, parts in a million."""
        return (self._pace - 1.0) * 1e6

    def feed(self, heard: Samples, played: Samples) -> list[Cleaned]:
        """Take what was heard and played since, float32 at 16 kHz by their own clocks; lengths may differ a little."""
        pieces = 1 + max(len(heard), len(played)) // MOST_AT_ONCE
        if pieces == 1:
            return self._feed(heard, played)
        sides = zip(np.array_split(heard, pieces), np.array_split(played, pieces), strict=True)
        return [block for piece in sides for block in self._feed(*piece)]

    def _feed(self, heard: Samples, played: Samples) -> list[Cleaned]:
        self._heard = np.concatenate([self._heard, heard])
        self._played.add(played)
        blocks = []
        while len(self._heard) >= BLOCK and self._played.end >= self._place + BLOCK * self._pace + TAPS:
            blocks.append(self._block(self._heard[:BLOCK]))
            self._heard = self._heard[BLOCK:]
        return blocks

    def finish(self) -> list[Cleaned]:
        """No more will come: what is left, filled with silence to a whole block."""
        missing = -len(self._heard) % BLOCK
        return self.feed(np.zeros(missing, np.float32), np.zeros(missing + 2 * EARLY + TAPS, np.float32))

    def skip(self, heard: int, played: Samples) -> None:
        """Let ``heard`` frames go by unheard, because the microphone is closed."""
        self._heard = np.zeros(0, np.float32)
        self._played.add(played)
        self._frame += heard
        self._place += heard * self._pace
        self._finder.pause(heard)

    def _block(self, heard: Samples) -> Cleaned:
        silent = self._place - TAPS > self._played.sounded
        played = np.zeros(BLOCK, np.float32) if silent else self._played.read(self._place, BLOCK, self._pace)
        self._frame += BLOCK
        self._place += BLOCK * self._pace
        self._silent = 0 if played.any() else self._silent + 1
        if self.rests:
            self._finder.pause(BLOCK)
            return Cleaned(heard, np.zeros(BLOCK, np.float32), played)
        left, echo = self._without_echo(heard, played)
        look = self._finder.feed(heard, played)
        if look is not None:
            self._follow(look)
        return Cleaned(left, echo, played)

    def _without_echo(self, heard: Samples, played: Samples) -> tuple[Samples, Samples]:
        if not self._stands_by or self._lag is not None:
            self._lately = np.concatenate([self._lately[BLOCK:], played])
            left, echo = self.filter.process(heard, played, learn=is_worded(self._lately))
            if not self._made_worse(heard, left):
                return left, echo
        return heard, np.zeros(BLOCK, np.float32)

    def _made_worse(self, heard: Samples, left: Samples) -> bool:
        """Whether the filter adds more than it takes away, as right after the loudspeaker was carried elsewhere."""
        now = np.array([np.dot(heard, heard), np.dot(left, left)])
        self._powers = POWER_MEMORY * self._powers + (1 - POWER_MEMORY) * now
        return bool(self._powers[1] > self._powers[0])

    def _follow(self, look: Look) -> None:
        """Read what was played as fast and as late as it is heard."""
        if look.drift:
            self._pace -= look.drift
            self._finder.paced(look.drift)
            if abs(look.drift) > SMEARED:
                self.filter.doubt_all()
        if look.delay is None:
            return
        if self._lag is not None and abs(look.delay - LEAD) < AWAY:
            self._agreed.clear()
            return
        self._agreed = [lag for lag in self._agreed if abs(lag - look.delay) < AGREE] + [look.delay]
        if len(self._agreed) >= (2 if self._lag is None else AGREEING):
            self._move(round(look.delay))

    def _move(self, lag: int) -> None:
        """Read what was played earlier, so that its echo comes LEAD frames into the filter; which moves with it."""
        earliest = round(self._frame - self._place) + EARLY
        frames = max(lag - LEAD, -earliest)
        self._lag = float(lag - frames)
        self._agreed.clear()
        self._place -= frames
        kept = max((SHAPE.partitions + 1) * BLOCK, 2 * STRETCH)
        again = self._played.read(self._place - kept * self._pace, kept, self._pace)
        self.filter.move(frames, again[-(SHAPE.partitions + 1) * BLOCK :])
        self._finder.moved(again[-2 * STRETCH :])
