"""Finding a microphone and a loudspeaker that work together: a soft chirp is played and looked for, pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from voice.checkup.echo import find_chirp, play_and_record
from voice.errors import DeviceError
from voice.portaudio import device_names

MOST_PAIRS = 6
"""So many pairs are tried, about two seconds each."""
DEAD_DBFS = -95.0
"""A microphone under this hears nothing at all: it is muted, or none."""
ALIASES = (
    "default",
    "sysdefault",
    "pulse",
    "pipewire",
    "dmix",
    "dsnoop",
    "samplerate",
    "speexrate",
    "upmix",
    "vdownmix",
)
"""Names by which sound systems offer the same devices again."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One microphone with one loudspeaker."""

    microphone: str | None
    """Its name; ``None`` is the system's own choice."""
    loudspeaker: str | None
    noise_dbfs: float
    """What the microphone heard before the chirp."""
    leak_db: float | None
    """How loud the chirp came back; ``None`` where it was not heard."""


Try = Callable[[str | None, str | None], Tried]


def pairs(microphones: Sequence[str], loudspeakers: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """What to try, the system's own choice first."""
    inputs = [None, *(name for name in microphones if name not in ALIASES)]
    outputs = [None, *(name for name in loudspeakers if name not in ALIASES)]
    return list(product(inputs, outputs))[:MOST_PAIRS]


def best(microphones: Sequence[str], loudspeakers: Sequence[str], attempt: Try) -> Tried:
    """The first pair that hears itself clearly, else the one with a live microphone, else the system's own choice.

    What the system chose is kept wherever it works: people chose it there. Raises ``DeviceError`` where nothing opens.
    """
    tried: list[Tried] = []
    refused: DeviceError | None = None
    for microphone, loudspeaker in pairs(microphones, loudspeakers):
        try:
            tried.append(attempt(microphone, loudspeaker))
        except DeviceError as error:
            refused = refused or error
            continue
        if tried[-1].leak_db is not None:
            return tried[-1]
    if not tried:
        raise refused or DeviceError("There is no sound here.", "Plug in a microphone and a loudspeaker.")
    return next((one for one in tried if one.noise_dbfs > DEAD_DBFS), tried[0])


def find_devices() -> Tried:
    """Try this machine's devices; a soft chirp is to be heard for each. Raises ``DeviceError``."""
    return best(device_names("input"), device_names("output"), _attempt)


def _attempt(microphone: str | None, loudspeaker: str | None) -> Tried:
    recorded, _, noise_dbfs = play_and_record(microphone, loudspeaker)
    found = find_chirp(recorded)
    return Tried(microphone, loudspeaker, noise_dbfs, found[1] if found else None)
