"""What the hearing benchmark plays is what it says, and what it asks about is what was heard."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from benchmarks.hearing_parts.evidence import Bench
from benchmarks.hearing_parts.items import Item
from benchmarks.hearing_parts.remembering import ear
from benchmarks.hearing_parts.sounds import AS_IS, RATE, Studio
from voice.errors import DeviceError
from voice.hearing.models import find_whisper
from voice.hearing.whisper_engine import WhisperEngine

pytestmark = pytest.mark.audio
Say = Callable[[str, str], npt.NDArray[np.float32]]


@pytest.fixture
def recorded(tmp_path: Path, say: Say) -> npt.NDArray[np.float32]:
    """Two sentences with two seconds between them, as a person's recording below ``tmp_path``."""
    rest = np.zeros(2 * RATE, np.float32)
    sound = np.concatenate([say(text, "espeak-ng:en-us")[RATE:-RATE] for text in ("the bus was late", "I know")])
    first, second = np.array_split(sound, [len(sound) * 2 // 3])
    (tmp_path / "read").mkdir()
    soundfile.write(tmp_path / "read" / "two.flac", np.concatenate([first, rest, second]), RATE, subtype="PCM_16")
    return soundfile.read(tmp_path / "read" / "two.flac", dtype="float32")[0]


def item() -> Item:
    """That recording, as another process gets it."""
    return pickle.loads(pickle.dumps(Item("other talk: read", "read/two.flac", "people", AS_IS)))


def test_a_recording_is_played_as_it_was_recorded(recorded: npt.NDArray[np.float32], tmp_path: Path) -> None:
    """Not louder, and with nothing but silence around it."""
    sound = item().sound(Studio(tmp_path, tmp_path / "scratch"))
    start = int(np.argmax(np.abs(sound) > 0) - np.argmax(np.abs(recorded) > 0))
    np.testing.assert_array_equal(sound[start : start + len(recorded)], recorded)
    assert not sound[:start].any()
    assert not sound[start + len(recorded) :].any()


def test_each_turn_of_a_recording_is_asked_about_by_its_own_sound(
    recorded: npt.NDArray[np.float32], tmp_path: Path
) -> None:
    """Also by the second network, for which it is played again."""
    try:
        folder = find_whisper(None)
    except DeviceError as missing:
        pytest.skip(str(missing))
    bench = Bench(tmp_path, tmp_path / "scratch", WhisperEngine(str(folder)))
    asked = [(bench.recognizer.digest, bench.recognizer.replayed) for _ in bench.turns(item())]
    assert len(asked) == 2
    for digest, replayed in asked:
        assert replayed is not None
        assert hashlib.sha1(replayed().tobytes() + ear().encode()).hexdigest() == digest
