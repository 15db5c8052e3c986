"""What the spotter makes of the guide's own voice: a word that is heard in what is played as well is nobody's.

Of the guide's sentences one in eight sounds for a moment a little like "stop" ("softer", "fine, or", "calm down"):
1.6 % of the time that it speaks. Where the room has just changed, enough is left of it to count.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from voice.hearing.spotter import Spotter

A_STEP = 5
"""Blocks of 16 ms from one score to the next."""
KEPT = 34 * A_STEP
"""Blocks, 2.7 s, of what was played: what a score looks at, and the scores that are compared."""
NEAR, FAR = 3, 12
"""Scores, 80 ms each, among which the guide's is looked for: where the echo's delay is known, and where it is not."""
AHEAD = 0.2
"""By so much a word must be surer than what is played. Of 128 times that people said "stop" over the guide, louder than
its echo or much softer, one was lost by it.
"""


class OwnVoice:
    """Takes what is played; its spotter listens only when it is asked for."""

    def __init__(self, spotter: Spotter) -> None:
        """Have heard nothing; ``spotter`` has not, either."""
        self._spotter = spotter
        self._unheard: list[npt.NDArray[np.float32]] = []
        self._scores: deque[dict[str, float]] = deque(maxlen=FAR)

    def play(self, block: npt.NDArray[np.float32]) -> None:
        """Take a block of 16 ms, float32[256] at 16 kHz, in the microphone's time."""
        self._unheard.append(block)
        if len(self._unheard) > KEPT:
            del self._unheard[:A_STEP]  # so that both spotters look at the same steps

    def says(self, word: str, score: float, *, aligned: bool) -> bool:
        """Whether a word that was heard with this score, 0 to 1, may be the guide's; ``aligned`` where the echo's delay
        is known.
        """
        if self._unheard:
            self._scores.extend(one.words for one in self._spotter.feed(np.concatenate(self._unheard)))
            self._unheard.clear()
        near = list(self._scores)[-(NEAR if aligned else FAR) :]
        return score < max((words[word] for words in near), default=0.0) + AHEAD
