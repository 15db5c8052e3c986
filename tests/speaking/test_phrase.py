"""Where a phrase is heard to begin."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.speaking.phrase import Phrase, onset_ms

RATES = st.sampled_from([16_000, 22_050, 44_100, 48_000])


def as_defined(samples: np.ndarray, rate: int) -> int:
    """The definition, word by word: the first 10 ms RMS window, hop 1 ms, within 20 dB of the loudest."""
    window = rate // 100
    starts = [ms * rate // 1000 for ms in range(1000) if ms * rate // 1000 + window <= len(samples)]
    levels = [np.sqrt(np.mean(samples[start : start + window].astype(np.float64) ** 2)) for start in starts]
    return next(ms for ms, level in enumerate(levels) if level >= max(levels) / 10)


@given(seed=st.integers(0, 10**6), rate=RATES, lead_ms=st.integers(0, 200))
def test_the_onset_is_what_its_definition_says(seed: int, rate: int, lead_ms: int) -> None:
    """Noise of changing level after a faint lead: the fast way finds the same window as the definition."""
    random = np.random.default_rng(seed)
    levels = np.repeat(random.uniform(0.001, 1, 12), rate // 50)
    sound = np.concatenate([np.full(lead_ms * rate // 1000, 0.001), levels * random.uniform(-1, 1, len(levels))])
    assert onset_ms(sound.astype(np.float32), rate) == as_defined(sound.astype(np.float32), rate)


@pytest.mark.parametrize("frames", [0, 1, 100, 5000])
def test_silence_begins_at_once(frames: int) -> None:
    """Nothing to hear, nothing to wait for."""
    assert onset_ms(np.zeros(frames, np.float32), 48_000) == 0


@given(rate=RATES, beat=st.integers(0, 10**8), onset=st.integers(0, 500))
def test_a_phrase_is_placed_with_its_onset_on_the_beat(rate: int, beat: int, onset: int) -> None:
    """The start lies before the beat by the onset, to the frame."""
    phrase = Phrase(np.zeros(10, np.float32), onset, rate)
    assert beat - phrase.start_frame(beat) == onset * rate // 1000


@given(seed=st.integers(0, 10**6), peak=st.floats(1e-6, 1.0), frames=st.integers(0, 500))
def test_a_phrase_sounds_as_it_was_given_to_100_db(seed: int, peak: float, frames: int) -> None:
    """Under its loudest sample, whatever that is; silence stays silence, and nobody can write to it."""
    given_samples = np.random.default_rng(seed).uniform(-peak, peak, frames).astype(np.float32)
    given_samples[: frames // 4] = 0
    phrase = Phrase(given_samples, 3, 48_000)
    kept, loudest = phrase.samples, np.max(np.abs(given_samples), initial=0.0)
    assert kept.dtype == np.float32
    assert (len(kept), phrase.frames) == (frames, frames)
    assert np.max(np.abs(kept - given_samples), initial=0.0) <= loudest * 1.6e-5
    assert not kept[: frames // 4].any()
    assert np.max(np.abs(kept), initial=0.0) <= loudest * (1 + 1e-6)
    assert not kept.flags.writeable


def test_a_phrase_is_kept_in_two_bytes_a_sample() -> None:
    """Four minutes of them stay ready."""
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, 480_000).astype(np.float32)
    tracemalloc.start()
    try:
        phrase = Phrase(sound, 0, 48_000)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2.1 * phrase.frames
