"""An output without a loudspeaker: time passes as it does in the room, and the samples go to a file or nowhere."""

from __future__ import annotations

import time

from voice.drives.virtual import WavWriter
from voice.speaking.mixer import Mixer


class PacedOutput:
    """Counts frames by the system's monotonic clock."""

    def __init__(self, mixer: Mixer, rate: int, writer: WavWriter | None) -> None:
        """``rate`` in Hz; with ``writer`` what would have been heard is written as time passes."""
        self.rate = rate
        self.underflows = 0
        self._mixer = mixer
        self._writer = writer
        self._written = 0
        self._started_s = 0.0

    def start(self) -> None:
        """Frame 0 is now."""
        self._started_s = time.monotonic()

    @property
    def next_free_frame(self) -> int:
        """The first frame that can still be changed: the present one."""
        return int((time.monotonic() - self._started_s) * self.rate)

    @property
    def played_frame(self) -> int:
        """The present frame."""
        return self.next_free_frame

    def top_up(self) -> None:
        """Write what has passed."""
        now = self.next_free_frame
        if self._writer and now > self._written:
            self._writer.write(self._mixer.render(self._written, now - self._written))
        self._written = now

    def revise(self) -> None:
        """Nothing is mixed ahead."""

    alive = True
    """The system's clock never stops."""

    def revive(self) -> bool:
        """There is nothing to be lost."""
        return True

    def close(self) -> None:
        """Nothing to release; the writer belongs to the caller."""
