"""The first scene on the file drive: real recognizer, real synthesizer, eight synthetic voices, sample clock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice.app import Options
from voice.drives.files import run_files
from voice.drives.virtual import HEARING_RATE, read_wav
from voice.eventlog import EventFile
from voice.speaking.piper_voices import piper_voices

pytestmark = pytest.mark.audio

VOICES = ["espeak-ng:en-us", "espeak-ng:en-gb+f3", "espeak-ng:en-gb-scotland", "flite:slt", "flite:rms", "flite:awb", "flite:kal16", "piper:joe"]  # fmt: skip  # noqa: E501  # one list, one line
needs_piper = pytest.mark.skipif(not piper_voices(), reason="no Piper voice is here")
SILENCE = 10 ** (-60 / 20)
SPEECH = Path(__file__).parent.parent.parent.parent / "shared" / "speech"


def spoken(say: Any, text: str, voice: str) -> np.ndarray:
    """The words without the room before and after."""
    return np.asarray(say(text, voice)[HEARING_RATE:-HEARING_RATE])


def played(heard: np.ndarray, folder: Path, guide: str | None = None) -> tuple[list[dict[str, Any]], Path]:
    """Attune's events and sound for a microphone's samples; ``guide`` is its voice."""
    mic, out, events = folder / "in.wav", folder / "out.wav", folder / "events.jsonl"
    soundfile.write(mic, heard, HEARING_RATE)
    with EventFile(events) as file:
        run_files(mic, out, Options(engine="whisper", voice=guide), file.write)
    return [json.loads(line) for line in events.read_text().splitlines()], out


@pytest.mark.parametrize("voice", VOICES)
def test_any_voice_starts_it_and_stops_it(voice: str, say: Any, tmp_path: Path) -> None:
    """First sound within 0.7 s of the phrase's end, guidance until "stop", silence 1.2 s after it to the end."""
    phrase, stop = spoken(say, "help us calm down", voice), spoken(say, "stop", voice)
    room = np.zeros(HEARING_RATE, np.float32)
    heard = np.concatenate([room, phrase, np.tile(room, 30), stop, np.tile(room, 4)])
    events, out = played(heard, tmp_path)
    phrase_end, stop_end = 1 + len(phrase) / HEARING_RATE, 31 + (len(phrase) + len(stop)) / HEARING_RATE
    sound = np.abs(read_wav(out))
    first = np.flatnonzero(sound > SILENCE)[0] / HEARING_RATE
    assert phrase_end < first <= phrase_end + 0.7
    assert sum(event["event"] == "beat" for event in events) >= 20
    assert np.flatnonzero(sound > SILENCE)[-1] / HEARING_RATE <= stop_end + 1.2


def test_a_phrase_at_the_very_end_of_a_recording_is_answered(say: Any, tmp_path: Path) -> None:
    """Its turn ends in the silence after it, and what it asked for is played to its own end."""
    room = np.zeros(HEARING_RATE, np.float32)
    events, out = played(np.concatenate([room, spoken(say, "help us calm down", "flite:slt")]), tmp_path)
    states = [event["to"] for event in events if event["event"] == "state"]
    assert states[0] == "guiding"
    assert states[-1] == "idle"
    assert len(read_wav(out)) > 60 * HEARING_RATE


@pytest.mark.parametrize("guide", ["espeak", pytest.param("piper", marks=needs_piper)])
def test_the_same_input_gives_the_same_bytes(guide: str, say: Any, tmp_path: Path) -> None:
    """Recognizer, synthesizers and mixer are deterministic on files."""
    heard = np.concatenate([say("help us calm down", "flite:slt"), np.zeros(HEARING_RATE * 6, np.float32)])
    sounds = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sounds.append(played(heard, tmp_path / name, guide)[1].read_bytes())
    assert sounds[0] == sounds[1]


@pytest.mark.parametrize("words", ["calm down", "you need to calm down", "would you please just calm down"])
def test_what_one_says_to_the_other_starts_nothing(words: str, say: Any, tmp_path: Path) -> None:
    """Nothing sounds."""
    events, out = played(say(words, "flite:rms"), tmp_path)
    assert not [event for event in events if event["event"] in ("state", "cue")]
    assert not np.any(read_wav(out))


@pytest.mark.speech
def test_other_peoples_talk_starts_nothing(tmp_path: Path) -> None:
    """A sample of people reading and of meetings; ``benchmarks/hearing.py`` takes all of them."""
    if not SPEECH.is_dir():
        pytest.skip("the recordings of ../shared/speech are not here")
    files = [*sorted((SPEECH / "read").glob("*.flac"))[::12], *sorted((SPEECH / "meeting").glob("*.flac"))[::5]]
    events, out = played(np.concatenate([read_wav(file) for file in files]), tmp_path)
    assert not [event for event in events if event["event"] in ("state", "cue")]
    assert not np.any(read_wav(out))
