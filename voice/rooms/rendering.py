"""A practice as sound, for a program that plays sound by itself: on a virtual clock, until it would ask something."""

from __future__ import annotations

import wave
from pathlib import Path

from voice.app import Content, build_session, prepare_now
from voice.events import Understood
from voice.guiding.transitions import State
from voice.rooms.sound import pcm
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

BLOCK_MS = 20
"""Everything happens on this grid, milliseconds."""
CHUNK_S = 1.0
"""Length of what is given at once, seconds."""
MOST_S = 15 * 60.0
"""Nothing longer is rendered, seconds: the other program may hold all of it in memory."""


class Rendering:
    """A practice's first part, chunk by chunk; same practice, same samples."""

    def __init__(self, content: Content, voice: Voice, start: Understood) -> None:
        """``start`` is what was understood; the voice's rate is the sound's."""
        self.rate = voice.rate
        self._session = build_session(content, voice, Mixer(voice.rate), voice.rate, prepare_now, lambda event: None)
        self._session.receive(start)
        self._session.performer.place_until(0)

    def next(self) -> bytes:
        """The next second, 16 bits mono; empty at the end."""
        written: list[bytes] = []
        frames = self.rate * BLOCK_MS // 1000
        while not self._is_over and len(written) < CHUNK_S * 1000 / BLOCK_MS:
            session = self._session
            written.append(pcm(session.performer.mixer.render(session.frame, frames)))
            session.advance(session.frame + frames)
            session.performer.mixer.forget(session.frame)
        return b"".join(written)

    @property
    def _is_over(self) -> bool:
        """What comes now would need an answer, or nothing comes."""
        return self._session.conversation.state is not State.GUIDING or self._session.now_s > MOST_S


def write_wav(rendering: Rendering, path: Path) -> None:
    """Render into a file: 16 bits, mono."""
    name = str(path)
    with wave.open(name, "wb") as file:
        file.setparams((1, 2, rendering.rate, 0, "NONE", ""))
        while chunk := rendering.next():
            file.writeframes(chunk)
