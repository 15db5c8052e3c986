"""Where a phrase is heard to begin."""

from __future__ import annotations

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
