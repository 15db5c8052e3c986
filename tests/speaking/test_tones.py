"""Breath tones and the sounds of ``audio/``."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.errors import DeviceError
from voice.speaking.loudness import SPEECH_LUFS, TONE_LUFS, loudness_lufs
from voice.speaking.sounds import sound_names
from voice.speaking.tones import breath_tone, load_sound

ROOT = Path(__file__).resolve().parents[2]
RATE = 48_000
Phase = Literal["in", "out"]
phases = pytest.mark.parametrize("phase", ["in", "out"])


def pitch(samples: np.ndarray) -> float:
    """The strongest frequency, hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    return float(np.argmax(spectrum)) * RATE / (1 << 18)


def envelope(samples: np.ndarray) -> np.ndarray:
    """RMS of each 20 ms."""
    return np.sqrt(np.mean(samples[: len(samples) // 960 * 960].reshape(-1, 960) ** 2, axis=1))


@given(
    phase=st.sampled_from(["in", "out"]), duration_ms=st.integers(2000, 15_000), rate=st.sampled_from([44_100, RATE])
)
@settings(max_examples=15)
def test_a_breath_tone_has_its_length_and_no_click(phase: Phase, duration_ms: int, rate: int) -> None:
    """Exactly as long as the breath, beginning and ending in silence, at the loudness of tones, far from clipping."""
    tone = breath_tone(phase, duration_ms, rate)
    assert len(tone) == duration_ms * rate // 1000
    assert abs(tone[0]) < 1e-4
    assert abs(tone[-1]) < 1e-4
    assert loudness_lufs(tone, rate) == pytest.approx(TONE_LUFS, abs=0.01)
    assert np.max(np.abs(tone)) < 0.25
    assert np.max(np.abs(np.diff(tone))) < 0.25 * 2 * np.pi * 1500 / rate


@phases
def test_everything_lies_where_age_spares_hearing(phase: Phase) -> None:
    """All but a thousandth of the energy lies between 300 and 1500 Hz."""
    energy = np.abs(np.fft.rfft(breath_tone(phase, 4000, RATE))) ** 2
    hertz = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    assert energy[(hertz >= 300) & (hertz <= 1500)].sum() > 0.999 * energy.sum()


def test_in_rises_and_out_falls() -> None:
    """By pitch and by level, from the first half second to the last."""
    for phase, rises in (("in", True), ("out", False)):
        tone = breath_tone(phase, 5000, RATE)
        start, end = tone[12_000:36_000], tone[-48_000:-24_000]
        assert bool(pitch(end) > pitch(start) * 1.15) is rises
        assert bool(pitch(start) > pitch(end) * 1.15) is not rises
        assert bool(np.std(end) > np.std(start) * 1.4) is rises
        assert bool(np.std(start) > np.std(end) * 1.4) is not rises


def test_in_pulses_twice_a_beat_and_out_once() -> None:
    """By rhythm alone they can be told apart, at any beat."""
    for beat_ms in (1000, 1250):
        for phase, pulses in (("in", 2), ("out", 1)):
            level = envelope(breath_tone(phase, 8 * beat_ms, RATE, beat_ms))
            steady = level[len(level) // 8 : -len(level) // 8]
            swings = np.abs(
                np.fft.rfft(steady - np.polyval(np.polyfit(range(len(steady)), steady, 2), range(len(steady))))
            )
            a_beat = (np.argmax(swings[2:]) + 2) / (len(steady) * 20 / beat_ms)
            assert a_beat == pytest.approx(pulses, abs=0.2)


def test_every_sound_of_audio_loads_at_any_rate() -> None:
    """Each name gives mono samples of the same length in time, read-only, no louder than the voice."""
    assert {"breathe-in", "breathe-out", "chime", "falling-tone", "soft-tone"} <= set(sound_names())
    for name in sound_names():
        at_48, at_44 = load_sound(name, RATE), load_sound(name, 44_100)
        assert at_48.dtype == np.float32
        assert at_48.ndim == 1
        assert not at_48.flags.writeable
        assert len(at_48) / RATE == pytest.approx(len(at_44) / 44_100, abs=0.001)
        assert loudness_lufs(at_48, RATE) <= SPEECH_LUFS + 0.01
        assert np.max(np.abs(at_48[:5])) < 0.01
        assert np.max(np.abs(at_48[-5:])) < 0.01


def test_an_unknown_sound_is_named_with_what_there_is() -> None:
    """The error says which sounds there are."""
    with pytest.raises(DeviceError, match=r'no sound "gong".*chime'):
        load_sound("gong", RATE)


def test_an_own_sound_replaces_ours_and_is_turned_down(tmp_path: Path) -> None:
    """A loud stereo FLAC at another rate is taken from the user's folder, at the voice's loudness."""
    (tmp_path / "audio").mkdir()
    t = np.arange(32_000) / 16_000
    loud = np.sin(2 * np.pi * 440 * t)
    soundfile.write(tmp_path / "audio" / "chime.flac", np.stack([loud, loud], axis=1), 16_000)
    own = load_sound("chime", RATE, (tmp_path,))
    assert len(own) == 2 * RATE
    assert loudness_lufs(own, RATE) == pytest.approx(SPEECH_LUFS, abs=0.1)


def test_a_file_that_is_no_sound_is_refused(tmp_path: Path) -> None:
    """Named, with what to do."""
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "noise.wav").write_bytes(b"RIFF but no more")
    with pytest.raises(DeviceError, match=r"noise\.wav.*Replace"):
        load_sound("noise", RATE, (tmp_path,))


def test_the_sounds_are_what_their_recipe_makes(tmp_path: Path) -> None:
    """``benchmarks/make_sounds.py`` gives the files of ``audio/``, 16 bit to within one step, under 1.5 MB in all."""
    runpy.run_path(str(ROOT / "benchmarks" / "make_sounds.py"))["main"](tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {path.name for path in (ROOT / "audio").glob("*.wav")}
    assert sum(path.stat().st_size for path in (ROOT / "audio").iterdir()) < 1_500_000
    for name in made:
        ours, rate = soundfile.read(ROOT / "audio" / name, dtype="int16")
        again, _ = soundfile.read(tmp_path / name, dtype="int16")
        assert rate == RATE
        assert np.max(np.abs(ours.astype(int) - again)) <= 1
        assert name.removesuffix(".wav") in (ROOT / "audio" / "README.md").read_text()
