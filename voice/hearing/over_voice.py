"""Listens while the guide speaks: its own voice is taken out, and the few words that count are spotted.

The listener hears what the canceller leaves; whether anybody speaks is judged from that without the rest of the echo.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from voice.events import Event, Spotted
from voice.hearing.echo import Cleaned, EchoCanceller
from voice.hearing.learnt_room import LearntRoom
from voice.hearing.listener import Listener
from voice.hearing.own_voice import OwnVoice
from voice.hearing.residue import HISS, Residue
from voice.hearing.spotter import Spotter
from voice.hearing.turns import PATIENCE_MS

Samples = npt.NDArray[np.float32]

RECENT = 32
"""Blocks, half a second, that a word lasts at most."""
LOUD = 10 * HISS
"""Root mean square, 20 dB over the noise that hides the echo's remains, from which a block holds something else."""
LEAST_LOUD = 5
"""Blocks of a word that must be so loud: 80 ms."""


class OverVoice:
    """A listener that hears people over the guide; owned by one thread."""

    def __init__(
        self, listener: Listener, spotter: Spotter | None, *, clock: Callable[[int], float], echo: str = "auto"
    ) -> None:
        """``clock`` maps a frame of what was fed (16 kHz, counted from 0) to seconds on the output clock.

        ``echo`` is the setting: ``ours`` cancels, ``device`` and ``off`` do not, ``auto`` cancels unless the room
        was known to have no echo, and then from the moment on when one is found.
        """
        self._echo = echo
        self.canceller = EchoCanceller(cancels=echo in ("auto", "ours"))
        self._listener = listener
        self._spotter = spotter
        self._own = OwnVoice(spotter.another()) if spotter else None
        self._clock = clock
        self._residue = Residue()
        self._held: Cleaned | None = None
        self._frame = 0
        self._loud: deque[bool] = deque(maxlen=RECENT)

    @property
    def spotter(self) -> Spotter | None:
        """What spots words, if it is installed."""
        return self._spotter

    @property
    def delay_s(self) -> float | None:
        """How much later the microphone hears what is played, seconds; ``None`` until it is found."""
        return None if self.canceller.delay_ms is None else self.canceller.delay_ms / 1000

    def know(self, room: LearntRoom) -> None:
        """Begin with a room learnt before; to be called before the first samples."""
        if room.delay_ms is not None:
            self._residue.know(room.level_db)
            self.canceller.know(room.delay_ms, room.drift_ppm, room.response)
        elif self._echo == "auto":
            # Headphones may have been taken off since: whether there is an echo is found out anew, in 4 s of words.
            self.canceller.stand_by()

    def learnt(self, devices: str) -> LearntRoom | None:
        """What is known of the room by now, if it is enough to begin with; ``devices`` names them."""
        if not self._residue.settled or not self.canceller.cancels:
            return None
        canceller = self.canceller
        return LearntRoom(
            devices, canceller.way_ms, canceller.drift_ppm, canceller.filter.response, self._residue.level_db.copy()
        )

    def attend(self, state: str, expected: Sequence[str] | None, patience_ms: int = PATIENCE_MS) -> None:
        """See :meth:`Listener.attend`."""
        self._listener.attend(state, expected, patience_ms)

    def feed(self, heard: Samples, played: Samples, *, guiding: bool) -> list[Event]:
        """Take what was heard and played since, float32 at 16 kHz; words are spotted only while ``guiding``."""
        return [event for block in self.canceller.feed(heard, played) for event in self._take(block, guiding)]

    def skip(self, heard: int, played: Samples) -> list[Event]:
        """Let ``heard`` frames go by unheard, because the microphone is closed or gone."""
        held, self._held = self._held, None
        self.canceller.skip(heard, played)
        self._frame += heard
        return self._listener.skip(heard + (len(held.samples) if held else 0))

    def finish(self) -> list[Event]:
        """No more samples will come."""
        events = [event for block in self.canceller.finish() for event in self._take(block, guiding=False)]
        if self._held is not None:
            events += self._listener.feed(self._held.samples)
        return [*events, *self._listener.finish()]

    def _take(self, block: Cleaned, guiding: bool) -> list[Event]:
        held, self._held = self._held, block
        if not self.canceller.cancels:
            judged = None
            # Where a device cancels, whatever is loud is somebody; where nothing does, it may be the guide.
            self._loud.append(self._echo == "device" and float(np.mean(np.square(block.samples))) > LOUD**2)
        elif self.canceller.rests:
            self._residue.pass_by(block)
            self._loud.append(False)
            judged = None
        else:
            judged = self._residue.suppress(block, aligned=self.canceller.delay_ms is not None)
            self._loud.append(float(np.mean(np.square(judged))) > LOUD**2)
        events = self._spot(block) if guiding else []
        self._frame += len(block.samples)
        return events if held is None else [*events, *self._listener.feed(held.samples, judged, guiding=guiding)]

    def _spot(self, block: Cleaned) -> list[Event]:
        """Words spotted in one block. Before the echo is known only sure ones count, and then without a voice: in 12
        minutes of the guide's own voice, as it is heard without a canceller, none scored over 0.76.
        """
        if self._spotter is None or self._own is None:
            return []
        self._own.play(block.played)
        aligned = self.canceller.delay_ms is not None
        now = self._clock(self._frame + len(block.samples))
        known = self._residue.settled or not self.canceller.cancels
        least = self._spotter.doubtful if known else self._spotter.sure
        voiced = not known or sum(self._loud) >= LEAST_LOUD
        return [
            Spotted(t=now, word=word, score=round(value, 3), voiced=voiced)
            for score in self._spotter.feed(block.samples)
            for word, value in score.words.items()
            if value >= least and not self._own.says(word, value, aligned=aligned)
        ]
