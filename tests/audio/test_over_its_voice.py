"""In a room where the microphone hears the guide: nobody else is heard, and "stop" over it stops it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from voice.app import Options
from voice.drives.echo_room import EchoPath
from voice.drives.files import run_files
from voice.drives.virtual import HEARING_RATE, read_wav
from voice.eventlog import EventFile

pytestmark = pytest.mark.audio

SILENCE = 10 ** (-60 / 20)


@pytest.fixture
def path(tmp_path: Path) -> EchoPath:
    """A made-up room of 0.3 s behind a wire of 120 ms, on a clock 150 ppm faster."""
    rng = np.random.default_rng(4)
    response = rng.normal(0, 0.2, 4800) * 10 ** (-3 * np.arange(4800) / 4800)
    response[0] = 1.0
    soundfile.write(tmp_path / "room.wav", response.astype(np.float32), HEARING_RATE, subtype="FLOAT")
    return EchoPath(tmp_path / "room.wav", -6.0, 120.0, 150.0)


def played(
    heard: npt.NDArray[np.float32], path: EchoPath, folder: Path
) -> tuple[list[dict[str, Any]], npt.NDArray[np.float32]]:
    """Attune's events and its sound at 16 kHz."""
    soundfile.write(folder / "in.wav", heard, HEARING_RATE)
    with EventFile(folder / "events.jsonl") as file:
        run_files(folder / "in.wav", folder / "out.wav", Options(engine="whisper"), file.write, path)
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    return events, read_wav(folder / "out.wav")


def begun(say: Any, seconds: int) -> npt.NDArray[np.float32]:
    """ "Help us calm down", and silence."""
    return np.concatenate([say("help us calm down"), np.zeros(seconds * HEARING_RATE, np.float32)])


def test_its_own_voice_does_nothing(say: Any, path: EchoPath, tmp_path: Path) -> None:
    """A whole practice: understood once, at its start; lowered for less than 0.8 s if at all."""
    events, _ = played(begun(say, 1), path, tmp_path)
    assert [event["intent"] for event in events if event["event"] == "understood"] == ["CalmTogether"]
    assert sum(event["event"] == "beat" for event in events) == 120
    ducks = [event for event in events if event["event"] == "ducked"]
    assert len(ducks) <= 6
    for down, up in zip(ducks[::2], ducks[1::2], strict=True):
        assert up["t"] - down["t"] <= 0.8


@pytest.mark.parametrize("voice", ["espeak-ng:en-gb+f3", "flite:rms", "piper:joe"])
def test_stop_over_it_is_silence(voice: str, say: Any, path: EchoPath, tmp_path: Path) -> None:
    """Said over a count, as loud as the echo: silent (stopped, or in a pause) 0.6 s after the word, and stays so."""
    stop = say("stop", voice)[HEARING_RATE:-HEARING_RATE]
    heard = np.concatenate([begun(say, 12), stop, np.zeros(3 * HEARING_RATE, np.float32)])
    events, sound = played(heard, path, tmp_path)
    end = (len(heard) - 3 * HEARING_RATE) / HEARING_RATE
    acted = [event["control"] for event in events if event["event"] == "understood" and "control" in event]
    assert acted[0] in ("stop", "pause")
    loud = np.flatnonzero(np.abs(sound[: len(heard)]) > SILENCE)
    assert end - 1.0 < loud[-1] / HEARING_RATE <= end + 0.6
