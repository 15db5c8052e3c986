"""When Attune is soft."""

from __future__ import annotations

from datetime import datetime, time

import numpy as np
import pytest

from voice.keeping.night import Night, NightMode, night_pace
from voice.speaking.mixer import Mixer
from voice.speaking.performer import Performer

QUIET = (time(23), time(6))
RATE = 16_000


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    """A time in January."""
    return datetime(2026, 1, day, hour, minute)


@pytest.mark.parametrize(
    ("mode", "quiet", "soft"),
    [("off", QUIET, []), ("on", None, [0, 5, 6, 12, 22, 23]), ("auto", QUIET, [0, 5, 23]), ("auto", None, []),
     ("auto", (time(1), time(6)), [5])],
)  # fmt: skip
def test_the_setting_says_when(mode: NightMode, quiet: tuple[time, time] | None, soft: list[int]) -> None:
    """The first minute of the quiet hours counts, the first after them does not."""
    night = Night(mode, quiet)
    assert [hour for hour in (0, 5, 6, 12, 22, 23) if night.is_now(at(hour))] == soft


@pytest.mark.parametrize(("asked", "end"), [(at(21), at(6, day=2)), (at(2), at(6)), (at(6), at(6, day=2))])
def test_tonight_ends_in_the_morning(asked: datetime, end: datetime) -> None:
    """Also where it is asked for after midnight."""
    for quiet in (QUIET, None):
        night = Night("off", quiet)
        night.tonight(asked)
        assert night.is_now(asked)
        assert night.is_now(end.replace(hour=5, minute=59))
        assert not night.is_now(end)


def test_a_voice_is_a_tenth_slower_but_never_out_of_its_range() -> None:
    """140 words a minute become 126."""
    assert night_pace(140) == 126
    assert night_pace(115) == 110


class NoVoice:
    """Stands for a voice that has nothing to say."""

    def prepare(self, texts: object, *, pin: bool = False) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""


def test_softer_adds_to_what_was_chosen_and_to_a_duck() -> None:
    """And goes away with the night alone."""
    mixer = Mixer(RATE)
    performer = Performer(mixer, NoVoice(), RATE, "lost")  # type: ignore[arg-type]
    mixer.place(np.full(60 * RATE, 0.1, np.float32), 0)

    def level(frame: int) -> float:
        return round(20 * np.log10(float(mixer.render(frame, 1)[0]) / 0.1), 2)

    performer.volume(0, 3)
    performer.soften(RATE, -6)
    assert level(2 * RATE) == -3
    performer.duck(3 * RATE, -12)
    assert level(4 * RATE) == -15
    performer.soften(5 * RATE, 0)
    assert level(6 * RATE) == -9
