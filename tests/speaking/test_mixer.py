"""What the mixer promises: any block size, any order of asking, no clicks, bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.speaking.mixer import CEILING, EDGE_MS, KNEE, NEVER, Mixer

RATE = 8000
LENGTH = 4000
EDGE = EDGE_MS * RATE // 1000


@dataclass(frozen=True)
class Sound:
    """Something to place: a steady level, which shows every edge, or noise."""

    onset: int
    frames: int
    level: float
    gain_db: float
    seed: int | None

    def samples(self) -> npt.NDArray[np.float32]:
        """Float32 samples."""
        if self.seed is None:
            return np.full(self.frames, self.level, np.float32)
        return np.random.default_rng(self.seed).uniform(-self.level, self.level, self.frames).astype(np.float32)


sounds = st.builds(
    Sound,
    onset=st.integers(-500, LENGTH),
    frames=st.integers(0, 2000),
    level=st.floats(0.01, 1.0),
    gain_db=st.floats(-30, 6),
    seed=st.none() | st.integers(0, 99),
)
fades = st.tuples(st.just("fade"), st.integers(0, LENGTH), st.integers(0, 200))
gains = st.tuples(st.just("gain"), st.integers(0, LENGTH), st.floats(-40, 6), st.integers(0, 200))
actions = st.lists(sounds | fades | gains, max_size=8)


def mixed(todo: list[object]) -> Mixer:
    """A mixer after the actions."""
    mixer = Mixer(RATE)
    for action in todo:
        match action:
            case Sound() as sound:
                mixer.place(sound.samples(), sound.onset, gain_db=sound.gain_db)
            case ("fade", frame, fade_ms):
                mixer.fade_out(frame, fade_ms)
            case ("gain", frame, db, ramp_ms):
                mixer.gain(frame, db, ramp_ms)
    return mixer


@given(todo=actions, cuts=st.lists(st.integers(1, LENGTH - 1), max_size=12))
def test_any_cut_into_blocks_gives_the_same_samples(todo: list[object], cuts: list[int]) -> None:
    """Rendering block by block, in any order, gives bit for bit what one call gives."""
    mixer = mixed(todo)
    whole = mixer.render(0, LENGTH)
    edges = sorted({0, LENGTH, *cuts})
    blocks = {start: mixer.render(start, stop - start) for start, stop in reversed(list(pairwise(edges)))}
    assert np.array_equal(whole, np.concatenate([blocks[start] for start in sorted(blocks)]))


@given(todo=actions)
def test_it_never_reaches_the_ceiling(todo: list[object]) -> None:
    """However much is placed at once, no sample is louder than the ceiling."""
    assert np.max(np.abs(mixed(todo).render(0, LENGTH))) <= CEILING


@given(todo=st.lists(sounds.filter(lambda sound: sound.seed is None) | fades | gains, max_size=6))
def test_steady_sounds_never_step(todo: list[object]) -> None:
    """The output of steady sounds moves no faster than 3 ms fades allow."""
    placed = [action for action in todo if isinstance(action, Sound)]
    total = sum(sound.level * 10 ** (sound.gain_db / 20) for sound in placed)
    loudest = max(
        [1.0, *(10 ** (action[2] / 20) for action in todo if isinstance(action, tuple) and action[0] == "gain")]
    )
    out = mixed(todo).render(-600, 600 + LENGTH)
    bound = total * loudest * 3 / EDGE  # an edge, a fade and a gain ramp may coincide
    assert np.max(np.abs(np.diff(out, prepend=0)), initial=0) <= bound + 1e-6


@given(todo=actions, frame=st.integers(0, LENGTH), fade_ms=st.integers(10, 200))
def test_a_fade_out_ends_everything_but_what_comes_later(todo: list[object], frame: int, fade_ms: int) -> None:
    """After the fade there is silence, before it nothing has changed, and a later placement sounds whole."""
    mixer = mixed(todo)
    before = mixer.render(0, frame)
    mixer.fade_out(frame, fade_ms)
    end = frame + max(EDGE, fade_ms * RATE // 1000)
    assert np.array_equal(before, mixer.render(0, frame))
    assert not mixer.render(end, LENGTH).any()
    click = np.full(100, 0.1, np.float32)
    alone = Mixer(RATE)
    for each in (mixer, alone):
        each.gain(0, 0.0, 0)
        each.place(click, frame + 5)
    if not any(isinstance(action, Sound) for action in todo):
        assert np.array_equal(mixer.render(0, LENGTH), alone.render(0, LENGTH))
    else:
        assert np.array_equal(mixer.render(end, LENGTH), alone.render(end, LENGTH))


def test_a_sound_lies_exactly_where_it_was_placed() -> None:
    """Away from its edges a sound comes out sample by sample as it went in, from its frame on."""
    samples = np.random.default_rng(1).uniform(-0.3, 0.3, 1000).astype(np.float32)
    mixer = Mixer(RATE)
    mixer.place(samples, 100)
    out = mixer.render(0, 1200)
    assert not out[:100].any()
    assert np.array_equal(out[100 + EDGE : 1100 - EDGE], samples[EDGE:-EDGE])
    assert not out[1100:].any()


def test_a_fade_out_by_key_leaves_the_others() -> None:
    """Only sounds with the key are faded."""
    mixer = Mixer(RATE)
    steady = np.full(2000, 0.25, np.float32)
    mixer.place(steady, 0, key="tone")
    mixer.place(steady, 0, key="voice")
    mixer.fade_out(500, 50, key="tone")
    assert mixer.render(400, 1)[0] == np.float32(0.5)
    assert mixer.render(1500, 1)[0] == np.float32(0.25)


def test_the_master_gain_ramps_to_its_value_and_back() -> None:
    """Minus 12 dB is reached at the end of the ramp, and a later move starts from there."""
    mixer = Mixer(RATE)
    mixer.place(np.full(8000, 0.5, np.float32), 0)
    mixer.gain(1000, -12.0, 100)
    mixer.gain(3000, 0.0, 100)
    level = mixer.render(0, 6000)[[900, 1400, 1800, 2900, 3800]]
    assert level[[0, 4]].tolist() == [0.5, 0.5]
    assert 0.13 < level[1] < 0.5
    assert np.allclose(level[2:4], 0.5 * 10 ** (-12 / 20), atol=1e-6)


def test_a_new_gain_replaces_what_was_set_for_later() -> None:
    """A move from now on cancels moves that have not begun."""
    mixer = Mixer(RATE)
    mixer.place(np.full(8000, 0.5, np.float32), 0)
    mixer.gain(3000, -40.0, 100)
    mixer.gain(1000, -6.0, 100)
    assert np.allclose(mixer.render(5000, 1), 0.5 * 10 ** (-6 / 20))


@given(todo=actions, frame=st.integers(0, LENGTH))
@settings(max_examples=50)
def test_forgetting_the_past_does_not_change_what_comes(todo: list[object], frame: int) -> None:
    """Frames from there on sound as before."""
    mixer = mixed(todo)
    before = mixer.render(frame, LENGTH)
    mixer.forget(frame)
    assert np.array_equal(before, mixer.render(frame, LENGTH))


def test_forgetting_in_a_ramp_lets_it_end() -> None:
    """Also where another is set for later."""
    mixer = Mixer(RATE)
    mixer.place(np.full(8000, 0.5, np.float32), 0)
    mixer.gain(1000, -12.0, 100)
    mixer.gain(4000, 0.0, 100)
    before = mixer.render(1200, 6000)
    mixer.forget(1200)
    assert np.array_equal(before, mixer.render(1200, 6000))


def test_an_hour_keeps_only_what_can_still_be_heard() -> None:
    """Sounds and gain moves of the past are dropped, so memory does not grow."""
    mixer = Mixer(RATE)
    for second in range(3600):
        mixer.place(np.full(RATE // 2, 0.1, np.float32), second * RATE)
        mixer.gain(second * RATE, -second % 12, 50)
        mixer.forget(second * RATE)
        assert len(mixer) <= 2
    assert mixer.render(3599 * RATE + 800, 1)[0] != 0
    assert len(mixer._ramps) <= 3


def test_it_says_from_where_it_changed_once() -> None:
    """The earliest change since it was last asked; a fade of nothing changes nothing."""
    mixer = Mixer(RATE)
    assert mixer.changed_from() == NEVER
    mixer.place(np.full(10, 0.1, np.float32), 500)
    mixer.place(np.full(10, 0.1, np.float32), 300)
    assert mixer.changed_from() == 300
    assert mixer.changed_from() == NEVER
    mixer.fade_out(1000, 50)
    assert mixer.changed_from() == NEVER
    mixer.gain(700, -6.0, 50)
    assert mixer.changed_from() == 700


def test_a_fade_out_is_a_change_from_its_first_frame() -> None:
    """Or what was mixed ahead would sound on after "stop"; so are a sound that goes round and its end."""
    mixer = Mixer(RATE)
    mixer.place(np.full(RATE, 0.1, np.float32), 0)
    mixer.place_loop(np.full(RATE, 0.1, np.float32), 2000, 100, key="sea")
    assert mixer.changed_from() == 0
    mixer.fade_out(600, 50, key="rain")
    assert mixer.changed_from() == NEVER
    mixer.fade_out(5000, 50, key="sea")
    assert mixer.changed_from() == 5000
    mixer.fade_out(600, 50)
    assert mixer.changed_from() == 600
    mixer.place_loop(np.full(RATE, 0.1, np.float32), 3000, 100)
    assert mixer.changed_from() == 3000


def test_quiet_sums_are_not_touched() -> None:
    """Below the knee two sounds add up exactly; above it they are bent, and stay in order."""
    mixer = Mixer(RATE)
    for level in (0.2, 0.4):
        mixer.place(np.full(1000, level, np.float32), 0)
    assert mixer.render(500, 1)[0] == np.float32(0.2) + np.float32(0.4)
    mixer.place(np.full(1000, 0.5, np.float32), 0)
    louder = mixer.render(500, 1)[0]
    assert KNEE < louder < CEILING
