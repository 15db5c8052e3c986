"""The sea and rain under the breathing."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from voice.guiding.compiling import Length, compile_steps
from voice.guiding.steps import Breathe, Step
from voice.guiding.timeline import Timeline
from voice.speaking.backgrounds import BACKGROUND_LUFS, FALL_MS, LOOP_S, Ambience, Background, background_loop
from voice.speaking.loudness import SPEECH_LUFS, loudness_lufs
from voice.speaking.mixer import Mixer
from voice.speaking.performer import FADE_MS, Performer
from voice.speaking.voice import Voice

RATE = 16_000
BLOCK = RATE // 100
kinds = pytest.mark.parametrize("kind", ["sea", "rain"])
Kind = Literal["sea", "rain"]


class Hum:
    """A renderer that says everything as half a second of one tone."""

    name = "hum"

    def render(self, text: str, *, slow: bool = False) -> tuple[np.ndarray, int]:
        """The tone."""
        return np.sin(np.arange(RATE // 2) / 8).astype(np.float32), RATE

    def restart(self) -> None:
        """Nothing to begin anew."""

    def close(self) -> None:
        """Nothing to end."""


def performer(background: Background) -> Performer:
    """One that has nothing to do yet."""
    return Performer(Mixer(RATE), Voice(RATE, renderer=Hum()), RATE, "lost", Ambience(background=background))


def breathing() -> Timeline:
    """Three breaths of ten seconds in silence: whatever is heard is the background."""
    step = Step(breathe=Breathe(minutes=0.5, count="silent", tones="off"))
    return compile_steps([step], lambda sound: Length(0, 0))


def heard(playing: Performer, start: int, seconds: float) -> np.ndarray:
    """What comes from frame ``start`` on, block by block as a drive takes it."""
    blocks = []
    for frame in range(start, start + round(seconds * RATE), BLOCK):
        blocks.append(playing.mixer.render(frame, BLOCK))
        playing.played(frame + BLOCK)
        playing.place_until(frame + BLOCK)
        playing.mixer.forget(frame + BLOCK)
    return np.concatenate(blocks)


@kinds
@pytest.mark.parametrize("rate", [RATE, 44_100])
def test_a_loop_is_soft_seamless_small_and_always_the_same(kind: Kind, rate: int) -> None:
    """20 LU under the voice; the step over its seam is no larger than the steps inside."""
    loop = background_loop(kind, rate)
    assert len(loop) == LOOP_S * rate
    assert loop.nbytes < 4_000_000
    assert loudness_lufs(loop, rate) == pytest.approx(SPEECH_LUFS - 20, abs=0.05)
    assert np.max(np.abs(loop)) < 0.1
    assert abs(loop[0] - loop[-1]) <= np.max(np.abs(np.diff(loop)))
    background_loop.cache_clear()
    assert background_loop(kind, rate).tobytes() == loop.tobytes()


@kinds
def test_it_lies_under_the_breathing_and_comes_and_goes(kind: Kind) -> None:
    """Silent at both ends, at its loudness between them, and nothing of it is left afterwards."""
    playing = performer(kind)
    playing.play(breathing(), 0)
    sound = heard(playing, 0, 32)
    assert loudness_lufs(sound[4 * RATE : 26 * RATE], RATE) == pytest.approx(BACKGROUND_LUFS, abs=1.5)
    for edge in (sound[: RATE // 10], sound[30 * RATE - RATE // 10 : 30 * RATE]):
        assert 0 < np.max(np.abs(edge)) < np.max(np.abs(sound)) / 10
    assert not sound[30 * RATE :].any()
    assert len(playing.mixer) == 0


def test_where_none_is_wanted_or_nobody_breathes_nothing_is_placed() -> None:
    """Silence costs nothing."""
    for background, timeline in (("none", breathing()), ("sea", Timeline((), (), 5000))):
        playing = performer(background)  # type: ignore[arg-type]
        playing.play(timeline, 0)
        assert not heard(playing, 0, 3).any()
        assert len(playing.mixer) == 0


def test_a_stop_ends_it_within_its_own_fade() -> None:
    """And a go-on after a pause brings it back."""
    playing = performer("rain")
    playing.play(breathing(), 0)
    heard(playing, 0, 8)
    playing.hold(8 * RATE)
    fade = FADE_MS * RATE // 1000
    quiet = heard(playing, 8 * RATE, 2)
    assert quiet[: fade // 2].any()
    assert not quiet[fade:].any()
    playing.resume(10 * RATE)
    assert heard(playing, 10 * RATE, 6)[5 * RATE :].any()
    playing.hush(16 * RATE, "stop")
    assert not heard(playing, 16 * RATE, 2)[fade:].any()


def test_a_duck_lowers_it_and_stepping_back_softens_it() -> None:
    """By as much as everything else."""
    plain, ducked, behind = performer("rain"), performer("rain"), performer("rain")
    for playing in (plain, ducked, behind):
        playing.play(breathing(), 0)
        heard(playing, 0, 8)
    ducked.duck(8 * RATE, -12)
    behind.step_back(8 * RATE, -6)
    levels = [np.std(heard(playing, 8 * RATE, 6)[RATE:]) for playing in (plain, ducked, behind)]
    assert 20 * np.log10(levels[1] / levels[0]) == pytest.approx(-12, abs=0.1)
    assert 20 * np.log10(levels[2] / levels[0]) == pytest.approx(-6, abs=1.5)


def test_it_ends_with_a_breathing_that_ends_early() -> None:
    """After the breath that sounds, over its own fall at the most."""
    playing = performer("sea")
    playing.play(breathing(), 0)
    heard(playing, 0, 12)
    playing.end_after_breath(12 * RATE)
    assert not heard(playing, 12 * RATE, 14)[8 * RATE + FALL_MS * RATE // 1000 :].any()


def test_any_stretch_renders_again_to_the_same_samples() -> None:
    """Also over the seam, whatever the blocks: the loudspeaker and the echo canceller rely on it."""
    mixer = Mixer(RATE)
    mixer.place_loop(background_loop("rain", RATE), 100, 3000)
    mixer.fade_out(24 * RATE, 3000)
    whole = mixer.render(0, 30 * RATE)
    parts = [mixer.render(start, 777) for start in range(0, 30 * RATE, 777)]
    assert np.array_equal(np.concatenate(parts)[: len(whole)], whole)


def test_the_same_evening_has_the_same_bytes() -> None:
    """With a pause in it, too."""
    sounds = []
    for _ in range(2):
        playing = performer("sea")
        playing.play(breathing(), 0)
        before = heard(playing, 0, 7)
        playing.hold(7 * RATE)
        playing.resume(9 * RATE)
        sounds.append(before.tobytes() + heard(playing, 7 * RATE, 20).tobytes())
    assert sounds[0] == sounds[1]
