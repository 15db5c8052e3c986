"""The echo of what was played is taken out; delay and drift are found; voices over it stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.drives.echo_room import BLOCK, EchoPath, EchoRoom
from voice.drives.virtual import read_wav
from voice.hearing.echo import EchoCanceller
from voice.speaking.tones import breath_tone

Samples = npt.NDArray[np.float32]
RATE = 16_000
SHARED = [folder / "shared" / "speech" for folder in Path(__file__).parents]
SPEECH = next((folder for folder in SHARED if folder.is_dir()), SHARED[0])


def words(seconds: float, seed: int = 1) -> Samples:
    """Noise shaped like words: bursts of 0.1 to 0.4 s with the long-term spectrum of speech."""
    rng = np.random.default_rng(seed)
    noise = np.convolve(rng.normal(0, 1, round(seconds * RATE)), 0.9 ** np.arange(60), "same")
    loud = np.zeros(len(noise))
    at = 0
    while at < len(loud):
        length = int(rng.uniform(0.1, 0.4) * RATE)
        loud[at : at + length] = rng.uniform(0.3, 1.0) * np.hanning(len(loud[at : at + length]))
        at += length + int(rng.uniform(0.05, 0.3) * RATE)
    return np.asarray(noise * loud * 0.05, np.float32)


def room_of(seed: int = 2) -> Samples:
    """A made-up impulse response: 0.3 s of decaying noise behind a direct sound."""
    rng = np.random.default_rng(seed)
    response = rng.normal(0, 0.2, 4800) * 10 ** (-3 * np.arange(4800) / 4800)
    response[0] = 1.0
    return np.asarray(response, np.float32)


def write_room(folder: Path, response: Samples) -> Path:
    import soundfile

    path = folder / "room.wav"
    soundfile.write(path, response, RATE, subtype="FLOAT")
    return path


def echo_of(played: Samples, path: EchoPath) -> list[Samples]:
    """What the microphone takes during each 10 ms of ``played``."""
    room = EchoRoom(path)
    return [room.feed(played[start : start + BLOCK]) for start in range(0, len(played) - BLOCK + 1, BLOCK)]


def cancel(played: Samples, heard: list[Samples]) -> tuple[EchoCanceller, Samples]:
    canceller = EchoCanceller()
    cleaned = [
        block.samples
        for at, taken in enumerate(heard)
        for block in canceller.feed(taken, played[at * BLOCK : (at + 1) * BLOCK])
    ]
    return canceller, np.concatenate(cleaned)


def removed_db(echo: Samples, left: Samples, start_s: float) -> float:
    """Decibels of echo taken away from ``start_s`` on."""
    span = slice(round(start_s * RATE), len(left))
    return float(10 * np.log10(np.sum(np.square(echo[span])) / np.sum(np.square(left[span]))))


@pytest.mark.parametrize(("delay_ms", "drift_ppm"), [(0, 0), (20, 0), (300, 0), (100, 200), (60, -200)])
def test_the_echo_of_a_made_up_room_is_taken_out_whatever_delay_and_drift(
    delay_ms: float, drift_ppm: float, tmp_path: Path
) -> None:
    played = words(24)
    path = EchoPath(write_room(tmp_path, room_of()), -6.0, delay_ms, drift_ppm)
    heard = echo_of(played, path)
    canceller, left = cancel(played, heard)
    assert removed_db(np.concatenate(heard), left, 16) > 18
    assert canceller.drift_ppm == pytest.approx(drift_ppm, abs=4)


def test_the_delay_is_found(tmp_path: Path) -> None:
    played = words(6)
    canceller, _ = cancel(played, echo_of(played, EchoPath(write_room(tmp_path, room_of()), 0.0, 200)))
    assert canceller.delay_ms == pytest.approx(202, abs=1)


def test_a_voice_over_the_echo_stays_as_it_was(tmp_path: Path) -> None:
    """The filter is linear, and holds still while somebody else sounds."""
    played, voice = words(20), words(20, seed=9)
    voice[: 12 * RATE] = 0
    heard = echo_of(played, EchoPath(write_room(tmp_path, room_of()), -6.0, 40))
    both = [echo + voice[at * BLOCK : (at + 1) * BLOCK] for at, echo in enumerate(heard)]
    _, left = cancel(played, both)
    span = slice(12 * RATE, len(left))
    assert removed_db(voice, left - voice[: len(left)], 12) > 12
    assert np.sum(np.square(left[span])) == pytest.approx(np.sum(np.square(voice[span])), rel=0.1)


def test_what_is_carried_elsewhere_is_learnt_again_and_never_made_worse(tmp_path: Path) -> None:
    played = words(30)
    before = echo_of(played[: 15 * RATE], EchoPath(write_room(tmp_path, room_of()), -6.0, 20))
    after = echo_of(played[15 * RATE :], EchoPath(write_room(tmp_path, room_of(seed=8)), -6.0, 150))
    echo = np.concatenate([*before, *after])
    _, left = cancel(played, [*before, *after])
    assert removed_db(echo, left, 27) > 12
    for second in range(30):
        span = slice(second * RATE, (second + 1) * RATE)
        assert np.sum(np.square(left[span])) < 1.3 * np.sum(np.square(echo[span])) + 1e-6


@pytest.mark.parametrize("drift_ppm", [-150, 0, 100])
def test_pauses_between_sentences_do_not_spoil_the_drift(drift_ppm: float, tmp_path: Path) -> None:
    """Three seconds of words, and five without anything, as in most practices."""
    played = words(64)
    for start in range(3, 64, 8):
        played[start * RATE : (start + 5) * RATE] = 0
    heard = echo_of(played, EchoPath(write_room(tmp_path, room_of()), -6.0, 90, drift_ppm))
    canceller, left = cancel(played, heard)
    assert canceller.drift_ppm == pytest.approx(drift_ppm, abs=4)
    assert removed_db(np.concatenate(heard), left, 40) > 15


def test_tones_do_not_unlearn_the_room(tmp_path: Path) -> None:
    """After a minute and a half of breath tones the first words are taken out as before."""
    breath = [breath_tone("in", 4000, RATE), breath_tone("out", 6000, RATE)]
    played = np.concatenate([words(12), *(breath * 9), words(3, seed=5)]).astype(np.float32)
    heard = echo_of(played, EchoPath(write_room(tmp_path, room_of()), -6.0, 20))
    _, left = cancel(played, heard)
    assert removed_db(np.concatenate(heard), left, 102) > 18


def test_without_anything_played_the_microphone_is_left_alone() -> None:
    voice = words(3)
    canceller, left = cancel(np.zeros_like(voice), [voice[at : at + BLOCK] for at in range(0, len(voice), BLOCK)])
    np.testing.assert_array_equal(left, voice[: len(left)])
    assert canceller.delay_ms is None


_PLAYED = words(3)
_HEARD = np.concatenate(echo_of(_PLAYED, EchoPath(None, -6.0, 30)))
_WHOLE = EchoCanceller()
_EXPECTED = np.concatenate([b.samples for b in [*_WHOLE.feed(_HEARD, _PLAYED), *_WHOLE.finish()]])


@settings(max_examples=10)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=40))
def test_any_blocks_give_the_same_samples(sizes: list[int]) -> None:
    canceller, out, at = EchoCanceller(), [], 0
    for size in [*sizes, len(_HEARD)]:
        out += canceller.feed(_HEARD[at : at + size], _PLAYED[at : at + size])
        at += size
    out += canceller.finish()
    np.testing.assert_array_equal(np.concatenate([block.samples for block in out]), _EXPECTED)
    assert len(_EXPECTED) >= len(_HEARD)


@pytest.mark.speech
@pytest.mark.skipif(not SPEECH.is_dir(), reason="the recordings in ../shared/speech are absent")
@pytest.mark.parametrize("room", ["kitchen", "living-bedroom", "dining-far-kitchen"])
def test_measured_rooms(room: str) -> None:
    """15 dB, though every voice that is played excites other frequencies of the room than the one before."""
    readings = [read_wav(path) for path in sorted((SPEECH / "read").glob("*.flac"))[:6]]
    played = np.concatenate([r / np.sqrt(np.mean(np.square(r))) * np.float32(0.05) for r in readings])[: 20 * RATE]
    echo = echo_of(played, EchoPath(SPEECH / "room" / f"{room}.flac", -6.0, 120))
    rng = np.random.default_rng(1)
    canceller, left = cancel(played, [block + rng.normal(0, 1e-4, len(block)).astype(np.float32) for block in echo])
    assert removed_db(np.concatenate(echo), left, 13) > 15
    assert canceller.delay_ms == pytest.approx(140, abs=25)


@pytest.mark.speech
@pytest.mark.skipif(not SPEECH.is_dir(), reason="the recordings in ../shared/speech are absent")
def test_a_real_loudspeaker_in_a_real_room() -> None:
    """Recorded, five seconds long: half of the echo's level is gone after one second of them."""
    played, heard = read_wav(SPEECH / "echo/living_lpb.flac"), read_wav(SPEECH / "echo/living_mic.flac")
    _, left = cancel(played, [heard[at : at + BLOCK] for at in range(0, len(played) - BLOCK, BLOCK)])
    assert removed_db(heard, left, 1.5) > 5


@pytest.mark.parametrize("kind", ["somebody else", "hiss", "hum"])
@pytest.mark.parametrize("seed", [0, 3])
def test_where_there_is_no_echo_none_is_found(kind: str, seed: int) -> None:
    """Other words beside the guide's, or a steady noise, have peaks too, which stand out less than an echo's."""
    played = words(10.0, seed + 1)
    rng, t = np.random.default_rng(seed), np.arange(len(played)) / RATE
    hum = 0.02 * np.sin(2 * np.pi * 100 * t) + 0.01 * np.sin(2 * np.pi * 350 * t) + rng.normal(0, 1e-3, len(t))
    hiss = np.asarray(rng.normal(0, 0.01, len(t)))
    others: dict[str, npt.NDArray[np.floating]] = {"somebody else": words(10.0, seed + 100), "hiss": hiss, "hum": hum}
    canceller = EchoCanceller()
    canceller.feed(others[kind].astype(np.float32), played)
    assert canceller.delay_ms is None


@pytest.mark.parametrize("seed", [0, 1])
def test_an_echo_under_somebody_else_is_found(tmp_path: Path, seed: int) -> None:
    """About as loud as the other, and whoever talks from the first word on."""
    played = words(12.0, seed + 1)
    path = EchoPath(write_room(tmp_path, room_of()), -6.0, 50.0)
    echo = np.concatenate(echo_of(played, path))
    canceller = EchoCanceller()
    canceller.feed(echo + 0.5 * words(12.0, seed + 100)[: len(echo)], played)
    assert canceller.delay_ms == pytest.approx(60.0, abs=15.0)
