"""The recognizer's model vanishes, really, and comes back."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from voice.child import ChildDied
from voice.errors import DeviceError
from voice.events import Deaf, Understood
from voice.hearing.engines import ChildRecognizer
from voice.hearing.listener import Listener
from voice.hearing.models import find_whisper
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander

pytestmark = pytest.mark.audio
INTENTS = Path(__file__).parents[2] / "intents"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh process is tried each time; how often it is otherwise, ``tests/hearing/test_engines.py`` knows."""
    monkeypatch.setattr("voice.hearing.engines.AGAIN_AFTER_S", 0.0)


def test_a_model_that_is_gone_is_used_again_when_it_is_back(say: Any, tmp_path: Path) -> None:
    """What runs hears on; a process that begins anew cannot, says so each turn, and hears once the file is back."""
    try:
        found = find_whisper(None)
    except DeviceError as missing:
        pytest.skip(str(missing))
    folder = tmp_path / "model"
    shutil.copytree(found, folder)
    hears = ChildRecognizer("whisper", "voice.hearing.whisper_engine:WhisperEngine", str(folder))
    words = say("help us calm down", "flite:slt")
    try:
        assert "calm down" in heard(hears, words)
        away = folder.rename(tmp_path / "away")
        assert "calm down" in heard(hears, words)
        psutil.Process(hears.pid).kill()
        for _ in range(3):
            with pytest.raises(ChildDied):
                heard(hears, words)
        away.rename(folder)
        assert "calm down" in _again(hears, words)
    finally:
        hears.close()


def test_two_who_are_not_heard_are_told_once(say: Any, tmp_path: Path) -> None:
    """Its model is gone and it ends: after the second lost turn they are told, once, until they are heard again."""
    try:
        folder = tmp_path / "model"
        shutil.copytree(find_whisper(None), folder)
    except DeviceError as missing:
        pytest.skip(str(missing))
    hears = ChildRecognizer("whisper", "voice.hearing.whisper_engine:WhisperEngine", str(folder))
    try:
        listener = Listener(hears, Understander(load_intents([INTENTS])), clock=lambda frame: frame / 16_000)
        words = np.concatenate([say("help us calm down", "flite:slt"), np.zeros(8_000, np.float32)])
        away = folder.rename(tmp_path / "away")
        psutil.Process(hears.pid).kill()
        told = [[type(event) for event in listener.feed(words)] for _ in range(4)]
        assert [Deaf in types for types in told] == [False, True, False, False]
        away.rename(folder)
        heard_again = [listener.feed(words) for _ in range(3)]
        assert any(isinstance(event, Understood) for events in heard_again for event in events)
    finally:
        hears.close()


def heard(recognizer: ChildRecognizer, samples: np.ndarray) -> str:
    """What one turn says."""
    recognizer.feed(samples)
    return recognizer.finish()[-1].text.lower()


def _again(recognizer: ChildRecognizer, samples: np.ndarray) -> str:
    """People repeat themselves: the first turn is lost to a process that could not begin."""
    with contextlib.suppress(ChildDied):
        return heard(recognizer, samples)
    return heard(recognizer, samples)
