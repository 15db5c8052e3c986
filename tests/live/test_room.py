"""The live loop on a virtual sound card: real devices as far as Attune can tell, from start phrase to stop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.soundcard import SPEAKER_RATE, SoundCard, sound_card, why_missing
from voice.guiding.compiling import NUMBERS
from voice.speaking.voice import Voice

pytestmark = [pytest.mark.device, pytest.mark.real_time, pytest.mark.audio]
Samples = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def card() -> Iterator[SoundCard]:
    """A sound card of our own."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        yield card


@pytest.fixture(scope="session")
def evening(
    card: SoundCard, say: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[dict[str, Any]], Samples]:
    """Half a minute with Attune: its events, and what the loudspeaker played (float32, 48 kHz)."""
    events = tmp_path_factory.mktemp("live") / "events.jsonl"
    quiet = np.zeros(16_000 * 16, np.float32)
    announced = quiet[: 4 * 16_000]  # that an events file is written is said first
    start, stop = say("help us calm down", "flite:slt"), say("stop", "flite:slt")
    said = np.concatenate([announced, start, quiet, stop, quiet[: 3 * 16_000]])
    with card.recorded() as recording:
        command = [sys.executable, "-m", "voice", "--events", str(events)]
        attune = subprocess.Popen(command, env=card.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert attune.stdout is not None
            assert "Ready" in attune.stdout.readline()
            card.speak(said).wait()
            attune.send_signal(signal.SIGINT)
            assert attune.wait(10) == 130
        finally:
            attune.kill()
            attune.communicate()
    return [json.loads(line) for line in events.read_text().splitlines()], recording[0]


def test_it_starts_counts_and_stops(evening: tuple[list[dict[str, Any]], Samples]) -> None:
    """The phrase starts the practice, "stop" ends it, and nothing sounds after that."""
    events, _ = evening
    names = [event["event"] for event in events]
    assert any(event.get("practice") == "two-minute-reset" for event in events)
    assert sum(name == "beat" for name in names) > 6
    silenced = next(event for event in events if event["event"] == "silenced")
    assert silenced["why"] == "stop"
    assert not [event for event in events if event["event"] == "cue" and event["start"] > silenced["t"]]


def test_the_loudspeaker_never_starves_and_no_block_is_lost(evening: tuple[list[dict[str, Any]], Samples]) -> None:
    """Neither ``underflow`` nor ``dropped_blocks`` occurs."""
    assert not [event for event in evening[0] if event["event"] in ("underflow", "dropped_blocks", "error")]


def test_recorded_numbers_lie_within_a_millisecond_of_the_timeline(
    evening: tuple[list[dict[str, Any]], Samples],
) -> None:
    """What came out of the loudspeaker is on the grid, measured against the first number."""
    events, recording = evening
    silenced = next(event["t"] for event in events if event["event"] == "silenced")
    numbers = [
        event for event in events if event["event"] == "cue" and event["text"] in NUMBERS and event["end"] < silenced
    ]
    assert len(numbers) >= 6
    voice = Voice(SPEAKER_RATE)
    try:
        one = _first_number(recording, voice)
        found = [_where(recording, voice, cue["text"], one, cue["start"] - numbers[0]["start"]) for cue in numbers]
    finally:
        voice.close()
    offsets = [place - cue["start"] * SPEAKER_RATE for place, cue in zip(found, numbers, strict=True)]
    assert max(abs(offset - offsets[0]) for offset in offsets) <= SPEAKER_RATE / 1000


def _where(recording: Samples, voice: Voice, text: str, first: int, later_s: float) -> float:
    """The frame of a number's onset in the recording, by correlation with its samples near where it should be."""
    phrase = voice.say(text)
    begin = first + round(later_s * SPEAKER_RATE)
    lead, reach = phrase.onset_ms * SPEAKER_RATE // 1000, SPEAKER_RATE // 20
    low = max(0, begin - lead - reach)
    piece = recording[low : begin - lead + reach + len(phrase.samples)]
    return low + int(np.argmax(np.correlate(piece, phrase.samples, "valid"))) + lead


def _first_number(recording: Samples, voice: Voice) -> int:
    """The frame of the first "one" in the whole recording."""
    phrase = voice.say("one")
    padded = len(recording) + len(phrase.samples)
    match = np.fft.irfft(np.fft.rfft(recording, padded) * np.conj(np.fft.rfft(phrase.samples, padded)))
    peaks = np.flatnonzero(match > 0.8 * match.max())
    return int(peaks[0] + np.argmax(match[peaks[0] : peaks[0] + 480])) + phrase.onset_ms * SPEAKER_RATE // 1000
