"""What the loudspeaker played while the microphone took its blocks: the live drive's side of the echo canceller."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from voice.hearing.microphone import RATE, Block
from voice.speaking.reference import Reference

BEYOND_S = 0.02
"""Asked for beyond a block's end, seconds: the canceller begins 8 ms early and reads between frames."""
JUMP_S = 0.5
"""From this difference on the clocks do not belong together any more, seconds: what was heard must not pile up."""


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
        self._owed = 0
        """Frames that were heard and for which nothing was given yet."""

    def until_end_of(self, block: Block) -> npt.NDArray[np.float32]:
        """What was played up to the end of a block of the microphone, float32[n] at 16 kHz.

        Where the clock jumps it is silence, as long as what was heard: the canceller then looks for the echo anew.
        """
        length_s = len(block.samples) / RATE
        end_s = self._speaker.clock_s(block.time_s) + length_s + BEYOND_S
        self._owed += len(block.samples)
        if self._at_s is None or abs(end_s - length_s - self._at_s) > JUMP_S or self._owed > JUMP_S * RATE:
            # Not begun, stuck, or the clock was set anew: a device starts late, or comes back after it was lost.
            silence, self._at_s, self._owed = np.zeros(max(0, self._owed), np.float32), end_s, 0
            return silence
        known_s = self._speaker.reference.end_frame / self._speaker.reference.rate - 0.002
        frames = max(0, int((min(end_s, known_s) - self._at_s) * RATE))
        start_s, self._at_s = self._at_s, self._at_s + frames / RATE
        self._owed -= frames
        if start_s - BEYOND_S > self._speaker.reference.sounded_frame / self._speaker.reference.rate:
            return np.zeros(frames, np.float32)
        return self._speaker.reference.at(start_s, frames, RATE)
