"""What the loudspeaker played while the microphone took its blocks: the live drive's side of the echo canceller."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from voice.hearing.microphone import RATE, Block
from voice.speaking.reference import Reference

BEYOND_S = 0.02
"""Asked for beyond a block's end, seconds: the canceller begins 8 ms early and reads between frames."""
MOST_S = 1.5
"""Never asked for at once, seconds: no more is kept for sure."""


class Speaker(Protocol):
    """What is needed of a loudspeaker."""

    @property
    def reference(self) -> Reference:
        """What it played."""
        ...

    def clock_s(self, time_s: float) -> float:
        """The output clock at a moment of PortAudio's."""
        ...


class EchoReference:
    """Gives what was played since it was last asked; used by the hearing thread."""

    def __init__(self, speaker: Speaker) -> None:
        """Begin with the first block."""
        self._speaker = speaker
        self._at_s: float | None = None

    def until_end_of(self, block: Block) -> npt.NDArray[np.float32]:
        """What was played up to the end of a block of the microphone, float32[n] at 16 kHz.

        As long as nothing has been played yet it is silence, and as long as the block.
        """
        now_s = self._speaker.clock_s(block.time_s)
        if self._at_s is None:
            if now_s <= 0:
                return np.zeros(len(block.samples), np.float32)
            self._at_s = now_s
        known_s = self._speaker.reference.end_frame / self._speaker.reference.rate - 0.002
        end_s = min(now_s + len(block.samples) / RATE + BEYOND_S, known_s)
        frames = int((end_s - self._at_s) * RATE)
        if frames <= 0:
            return np.zeros(0, np.float32)
        start_s = max(self._at_s, end_s - MOST_S)
        missing = round((start_s - self._at_s) * RATE)
        self._at_s += frames / RATE
        played = self._speaker.reference.at(start_s, frames - missing, RATE)
        return np.concatenate([np.zeros(missing, np.float32), played])
