"""What was learnt of the way from loudspeaker to microphone, kept for the next start, so that the first "stop" counts.

It holds how a room answers a sound, and no sound. It is used only where microphone and loudspeaker are the same two;
a room that has changed since is learnt anew while it is used.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LearntRoom:
    """An echo's path."""

    devices: str
    """Names of microphone and loudspeaker."""
    delay_ms: float | None
    """How much later the microphone hears what is played; ``None`` where it does not hear it at all. A little below 0
    where what a device says of its latency is too much."""
    drift_ppm: float
    """By how much the loudspeaker's clock is faster."""
    response: npt.NDArray[np.float32]
    """The impulse response, float32[frames] at 16 kHz."""
    level_db: npt.NDArray[np.float64]
    """Per band, how much louder than what is played the rest of the echo may be, decibels."""


def room_path() -> Path:
    """Where it is kept, whether or not there is one."""
    from platformdirs import user_state_path

    from voice.content import APP

    return user_state_path(APP) / "room.npz"


def keep(room: LearntRoom, path: Path) -> None:
    """Write it in one piece; a disk that refuses is only logged, since nothing that matters is lost."""
    fresh = path.with_suffix(".part.npz")
    delay = np.nan if room.delay_ms is None else room.delay_ms
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        np.savez(fresh, devices=room.devices, numbers=[delay, room.drift_ppm], response=room.response,
                 level_db=room.level_db)  # fmt: skip
        fresh.replace(path)
    except OSError as error:
        LOGGER.warning("the room is learnt anew at the next start: %s", error)


def kept_room(path: Path, devices: str, frames: int, bands: int) -> LearntRoom | None:
    """The room learnt last with these devices; ``None`` where there is none, or, said in the log, no whole one.

    ``frames`` and ``bands`` are the sizes of ``response`` and ``level_db`` that are of use.
    """
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            delay, drift = (float(number) for number in kept["numbers"])
            room = LearntRoom(
                str(kept["devices"]),
                None if np.isnan(delay) else delay,
                drift,
                np.asarray(kept["response"], np.float32),
                np.asarray(kept["level_db"], np.float64),
            )
        _check(room, frames, bands)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, TypeError) as error:
        LOGGER.warning("%s is not what was written, and the room is learnt anew: %s", path, error)
        return None
    return room if room.devices == devices else None


def _check(room: LearntRoom, frames: int, bands: int) -> None:
    if room.response.shape != (frames,) or room.level_db.shape != (bands,):
        raise ValueError("other sizes")
    sane = np.isfinite(room.response).all() and np.isfinite(room.level_db).all() and abs(room.drift_ppm) < 1000
    if not (sane and (room.delay_ms is None or -100 < room.delay_ms < 1000)):
        raise ValueError("numbers that no room has")
