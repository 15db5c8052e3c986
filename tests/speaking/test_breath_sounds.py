"""What breathing in and out sounds like, in every character."""

from __future__ import annotations

import numpy as np
import pytest

from voice.keeping.settings import Home
from voice.speaking.breath_sounds import CHARACTERS, Character, Phase
from voice.speaking.loudness import PEAK, TONE_LUFS, loudness_lufs
from voice.speaking.tones import breath_tone, load_sound

RATE = 48_000
characters = pytest.mark.parametrize("cues", CHARACTERS)
PHASES: tuple[Phase, ...] = ("in", "out")


def brightness(samples: np.ndarray) -> float:
    """The spectrum's centre, hertz."""
    energy = np.abs(np.fft.rfft(samples)) ** 2
    return float(np.sum(energy * np.fft.rfftfreq(len(samples), 1 / RATE)) / np.sum(energy))


@characters
@pytest.mark.parametrize("seconds", [2, 6, 12])
def test_in_rises_and_out_falls(cues: Character, seconds: int) -> None:
    """By level and by brightness, from the second eighth to the seventh: at least 2 dB and a tenth."""
    for phase in PHASES:
        tone = breath_tone(phase, seconds * 1000, RATE, 1000, cues)
        part = len(tone) // 8
        start, end = tone[part : 3 * part], tone[-3 * part : -part]
        lower, higher = (start, end) if phase == "in" else (end, start)
        assert np.std(higher) > np.std(lower) * 10 ** (2 / 20)
        assert brightness(higher) > brightness(lower) * 1.1


@characters
@pytest.mark.parametrize("phase", PHASES)
def test_each_is_as_loud_as_the_others_and_clicks_nowhere(cues: Character, phase: Phase) -> None:
    """Within 0.01 LU, far from clipping, from silence to silence; no step that its highest frequency cannot make."""
    for milliseconds in (2000, 4000, 15_000):
        tone = breath_tone(phase, milliseconds, RATE, 1000, cues)
        assert len(tone) == milliseconds * RATE // 1000
        assert loudness_lufs(tone, RATE) == pytest.approx(TONE_LUFS, abs=0.01)
        assert np.max(np.abs(tone)) < PEAK / 2
        assert np.max(np.abs(tone[[0, -1]])) < 1e-6
        assert np.max(np.abs(tone[: RATE // 1000])) < 0.01
        assert np.max(np.abs(tone[-RATE // 1000 :])) < 0.01
        assert np.max(np.abs(np.diff(tone))) < 0.06


@characters
def test_a_breath_is_always_the_same(cues: Character) -> None:
    """Made twice, it has the same bytes; and no two characters share any."""
    first = breath_tone("in", 4000, RATE, 1000, cues).tobytes()
    breath_tone.cache_clear()
    assert breath_tone("in", 4000, RATE, 1000, cues).tobytes() == first
    others = [breath_tone("in", 4000, RATE, 1000, other).tobytes() for other in CHARACTERS if other != cues]
    assert first not in others


@characters
def test_a_script_that_plays_a_breath_by_name_plays_the_chosen_one(cues: Character) -> None:
    """As the breathing does."""
    assert np.array_equal(load_sound("breathe-out", RATE, cues=cues), breath_tone("out", 6000, RATE, cues=cues))


def test_what_is_heard_where_nothing_was_chosen() -> None:
    """The tone."""
    assert Home().ambience.cues == "tone"
    assert np.array_equal(breath_tone("in", 4000, RATE), breath_tone("in", 4000, RATE, cues="tone"))
