"""What was played while the microphone heard: as much as it heard, also when the loudspeaker's clock jumps."""

from __future__ import annotations

import numpy as np
import pytest

from voice.drives.echo_reference import EchoReference
from voice.hearing.microphone import RATE, Block
from voice.speaking.reference import Reference

LENGTH_S = 0.02


class Speaker:
    """A loudspeaker whose clock starts at a moment that the test sets."""

    def __init__(self) -> None:
        self.reference = Reference(48_000)
        self.starts_s = 0.0

    def clock_s(self, time_s: float) -> float:
        """Seconds since it started."""
        return time_s - self.starts_s


def given(speaker: Speaker, blocks: int, jump_at: int, by_s: float, stuck: range = range(0)) -> list[int]:
    """How many frames were given for each block of 320; the clock jumps once, in ``stuck`` nothing is played."""
    echo = EchoReference(speaker)
    frames = []
    for number in range(blocks):
        if number == jump_at:
            speaker.starts_s += by_s
        time_s = number * LENGTH_S
        end = 0 if number in stuck else max(0, round((speaker.clock_s(time_s) + 0.3) * 48_000))
        speaker.reference.add(
            speaker.reference.end_frame, np.zeros(max(0, end - speaker.reference.end_frame), np.float32)
        )
        frames.append(len(echo.until_end_of(Block(np.zeros(320, np.float32), number * 320, time_s))))
    return frames


@pytest.mark.parametrize("by_s", [0.0, 1.2, -1.2, 0.1, -0.1])
def test_as_much_is_given_as_is_heard(by_s: float) -> None:
    """A loudspeaker that begins late sets its clock anew; nothing piles up after that."""
    frames = given(Speaker(), 200, 20, by_s)
    assert abs(sum(frames) - 200 * 320) <= 0.15 * RATE
    assert abs(sum(frames[50:]) - 150 * 320) <= 320


def test_a_loudspeaker_that_begins_late_leaves_nothing_piled_up() -> None:
    """A second without a sample played, and then a clock that starts anew."""
    assert abs(sum(given(Speaker(), 200, 60, 1.2, range(60))) - 200 * 320) <= 0.15 * RATE


def test_what_is_given_is_what_was_played() -> None:
    """A tone comes out where it was played."""
    speaker = Speaker()
    speaker.reference.add(0, np.sin(2 * np.pi * 440 * np.arange(96_000) / 48_000).astype(np.float32))
    echo = EchoReference(speaker)
    parts = [echo.until_end_of(Block(np.zeros(320, np.float32), n * 320, n * LENGTH_S)) for n in range(60)]
    wanted = np.sin(2 * np.pi * 440 * (np.arange(59 * 320) / RATE + LENGTH_S + 0.02))
    found = np.concatenate(parts[1:])
    np.testing.assert_allclose(found[400:-400], wanted[400 : len(found) - 400], atol=0.02)
