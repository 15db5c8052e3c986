"""A virtual clock: the session advances block by block, as fast as the machine can; same input, same samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from voice.drives.echo_room import Downsampler, EchoRoom
from voice.errors import DeviceError
from voice.guiding.transitions import State
from voice.private_file import create_private
from voice.session import Session

BLOCK_MS = 10
"""Everything happens on this grid, milliseconds."""
HEARING_RATE = 16_000
SLOWEST_HZ, FASTEST_HZ = 4_000, 768_000
"""Rates of sound files that are taken: speech needs 4 kHz, and no converter is faster."""
Microphone = Callable[[int], npt.NDArray[np.float32]]
"""Gives the next frames of the microphone, so many, float32 at 16 kHz."""


class WavWriter:
    """A 16-bit mono WAV file written block by block."""

    def __init__(self, path: Path, rate: int, channels: int = 1) -> None:
        """Create the file anew, readable by its owner only; raises ``DeviceError`` if it cannot be written."""
        import soundfile

        file = create_private(path)
        try:
            self._file = soundfile.SoundFile(file, "w", rate, channels, "PCM_16", format="WAV")
        except (soundfile.LibsndfileError, OSError) as error:
            raise DeviceError(f"{path} cannot be written.", "Name a file in a folder of your own.") from error

    def write(self, block: npt.NDArray[np.float32]) -> None:
        """Append float32 samples in [-1, 1], shape (frames,) or (frames, channels)."""
        self._file.write(block)

    def __enter__(self) -> WavWriter:
        """Use it as a context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()


def read_wav(path: Path, rate: int = HEARING_RATE) -> npt.NDArray[np.float32]:
    """A sound file as float32 mono at ``rate`` Hz; raises ``DeviceError`` for anything that is none.

    libsndfile reads it and soxr resamples it: both are what the field uses.
    """
    import soundfile

    if not path.exists():
        raise DeviceError(f"There is no file {path}.", "Give a WAV or FLAC file.")
    try:
        samples, own_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        remedy = "Give a WAV or FLAC file; `sox in.mp3 out.wav` makes one."
        raise DeviceError(f"{path} is not a sound file that can be read.", remedy) from error
    if not SLOWEST_HZ <= own_rate <= FASTEST_HZ:
        raise DeviceError(
            f"{path} says it has {own_rate} frames a second.", "Sound has 4,000 to 768,000; record it anew."
        )
    mono = np.clip(np.nan_to_num(samples, nan=0.0), -1.0, 1.0).mean(axis=1)
    if own_rate == rate or not len(mono):
        return np.ascontiguousarray(mono, np.float32)
    import soxr

    return np.ascontiguousarray(soxr.resample(mono, own_rate, rate), np.float32)


class VirtualClock:
    """Steps a session through time."""

    def __init__(self, session: Session, speaker: WavWriter | None, room: EchoRoom | None = None) -> None:
        """Without ``speaker`` nothing is mixed; the timing is the same. In a ``room`` what is played is heard too."""
        self.session = session
        self._room = room
        self._down = Downsampler(session.performer.rate)
        self._speaker = speaker
        self._frames = session.performer.rate * BLOCK_MS // 1000

    def step(self, microphone: Microphone | None = None) -> None:
        """One block: what the microphone took during it is heard at its end, what is played next reacts to it."""
        session = self.session
        played = None
        if self._speaker:
            block = session.performer.mixer.render(session.frame, self._frames)
            self._speaker.write(block)
            played = self._down.feed(block) if self._room else None
        session.advance(session.frame + self._frames)
        if microphone is not None:
            echo = self._room.feed(played) if self._room and played is not None else None
            heard = microphone(HEARING_RATE * BLOCK_MS // 1000 if echo is None else len(echo))
            session.hear(heard if echo is None else heard + echo, played)
        session.performer.place_until(session.frame)
        session.performer.mixer.forget(session.frame)

    def run_until_idle(self, *, listening: bool, limit_s: float = 7200) -> None:
        """Let what runs finish in a silent room; at most ``limit_s`` seconds of virtual time."""
        silence = (lambda frames: np.zeros(frames, np.float32)) if listening else None
        end = self.session.now_s + limit_s
        while self.session.now_s < end and not self.is_idle:
            self.step(silence)

    @property
    def is_idle(self) -> bool:
        """Nothing runs, nothing sounds, nothing is timed."""
        return self.session.conversation.state is State.IDLE and self.session.resting
