"""What the callback is given: gapless, revisable until taken, silent and counted when late."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.speaking.mixer import Mixer
from voice.speaking.ring import Ring

RATE = 8000


def noise(seconds: float = 20.0) -> npt.NDArray[np.float32]:
    """Something that is different everywhere."""
    return np.random.default_rng(3).uniform(-0.5, 0.5, round(seconds * RATE)).astype(np.float32)


def taken(ring: Ring, frames: int, channels: int = 1) -> npt.NDArray[np.float32]:
    """What the device gets next, shape (frames, channels)."""
    out = memoryview(bytearray(frames * channels * 4))
    ring.take(out, frames)
    return np.frombuffer(out, np.float32).reshape(-1, channels)


@given(
    blocks=st.lists(st.integers(1, 500), max_size=60),
    channels=st.sampled_from([1, 2]),
    top_up_each=st.integers(1, 3),
)
def test_the_device_gets_what_the_mixer_renders(blocks: list[int], channels: int, top_up_each: int) -> None:
    """Whatever the sizes of its blocks, also around the end of the buffer, in every channel."""
    mixer = Mixer(RATE)
    mixer.place(noise(), 0)
    ring = Ring(mixer, channels, ahead_ms=300)
    got = [np.zeros((0, channels), np.float32)]
    for number, frames in enumerate(blocks):
        if number % top_up_each == 0:
            ring.top_up()
        got.append(taken(ring, frames, channels))
    heard = np.concatenate(got)
    if not ring.underflows:
        for channel in range(channels):
            assert np.array_equal(heard[:, channel], mixer.render(0, sum(blocks)))
    assert ring.taken == sum(blocks)


def test_revising_changes_everything_that_is_not_taken() -> None:
    """A fade from the next frame on is heard from the next frame on."""
    mixer = Mixer(RATE)
    mixer.place(noise(), 0)
    ring = Ring(mixer, 1, ahead_ms=300)
    ring.top_up()
    first = taken(ring, 500)
    mixer.fade_out(500, 60)
    ring.revise()
    rest = taken(ring, 1500)
    assert np.array_equal(np.concatenate([first, rest])[:, 0], mixer.render(0, 2000))
    assert not rest[60 * RATE // 1000 :].any()


def test_a_revision_that_meets_the_callback_is_done_again() -> None:
    """Frames taken while mixing stay as they were heard; the rest is the new mix, with no gap between."""
    ring: Ring

    class Interrupted(Mixer):
        """The callback comes while the first revision is rendered."""

        interrupt = False

        def render(self, start_frame: int, frames: int) -> npt.NDArray[np.float32]:
            """As the mixer does."""
            if self.interrupt:
                self.interrupt = False
                heard.append(taken(ring, 400))
            return super().render(start_frame, frames)

    mixer = Interrupted(RATE)
    mixer.place(noise(), 0)
    ring = Ring(mixer, 1, ahead_ms=300)
    ring.top_up()
    heard = [taken(ring, 100)]
    mixer.fade_out(500, 60)
    mixer.interrupt = True
    ring.revise()
    heard.append(taken(ring, 1000))
    assert np.array_equal(np.concatenate(heard)[:, 0], mixer.render(0, 1500))


def test_starvation_is_silent_counted_and_does_not_shift_the_grid() -> None:
    """Late frames are skipped, not delayed: afterwards every frame is again at its place."""
    mixer = Mixer(RATE)
    mixer.place(noise(), 0)
    ring = Ring(mixer, 1, ahead_ms=100)
    ring.top_up()
    assert np.array_equal(taken(ring, 1000)[:800, 0], mixer.render(0, 800))
    assert not taken(ring, 500).any()
    assert ring.underflows == 2
    ring.top_up()
    assert np.array_equal(taken(ring, 300)[:, 0], mixer.render(1500, 300))
    assert ring.underflows == 2
    assert np.array_equal(ring.played(0, 800), mixer.render(0, 800))
    assert not ring.played(800, 1500).any()


def test_a_small_gap_waits_for_more() -> None:
    """Mixing in tiny pieces costs more than it gives."""
    ring = Ring(Mixer(RATE), 1, ahead_ms=300)
    ring.top_up()
    taken(ring, 80)
    ring.top_up(at_least=81)
    assert ring.ready == 2400
    ring.top_up(at_least=80)
    assert ring.ready == 2480


@pytest.mark.parametrize("channels", [1, 2])
def test_what_was_played_can_be_read_for_two_seconds(channels: int) -> None:
    """One channel of it, also across the end of the buffer."""
    mixer = Mixer(RATE)
    mixer.place(noise(), 0)
    ring = Ring(mixer, channels, ahead_ms=300)
    for _ in range(100):
        ring.top_up()
        taken(ring, 800, channels)
    assert np.array_equal(ring.played(80_000 - 2 * RATE, 80_000), mixer.render(80_000 - 2 * RATE, 2 * RATE))
