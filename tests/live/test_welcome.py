"""The first start by voice, on a virtual sound card in whose room the loudspeaker is heard."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.soundcard import SoundCard, sound_card, why_missing

pytestmark = [pytest.mark.device, pytest.mark.real_time, pytest.mark.audio]

TALK = [
    ("say: I'm here", "I'm here", "understood: i'm here"),
    ("Say louder", "louder", "understood: louder"),
    ("Say louder", "fine", "understood: fine"),
]
"""What it says, what they answer, and what it then shows."""
TRIES = 3
"""So often they say it, as people do who were not heard."""
MOST_S = 60.0
"""Nothing takes longer to come."""


def test_three_words_are_all_it_takes(say: Any, tmp_path: Path) -> None:
    """It tries the devices, hears "I'm here", asks how loud it should be, keeps that, and then listens as always."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        card.lead_back()
        own = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
        env = card.env | own | {"HOME": str(tmp_path)}
        shown = tmp_path / "shown.txt"
        with shown.open("w") as screen:
            command = [sys.executable, "-u", "-m", "voice", "welcome", "--engine", "whisper"]
            attune = subprocess.Popen(command, env=env, stdout=screen, stderr=subprocess.DEVNULL)
        try:
            for asked, answer, understood in TALK:
                assert _shows(shown, asked, MOST_S), shown.read_text()
                assert any(_said(card, say(answer, "espeak-ng:en-us"), shown, understood) for _ in range(TRIES)), (
                    shown.read_text()
                )
            assert _shows(shown, "whenever you like, say: stop", MOST_S), shown.read_text()
            attune.send_signal(signal.SIGINT)
            assert attune.wait(10) == 130
        finally:
            attune.kill()
            attune.wait()
    assert "volume" in (tmp_path / "config" / "attune" / "settings.yaml").read_text()


def _said(card: SoundCard, answer: npt.NDArray[np.float32], shown: Path, understood: str) -> bool:
    """They say it after a moment; whether it was understood, by what it shows then."""
    card.speak(np.concatenate([np.zeros(16_000, np.float32), answer])).wait()
    return _shows(shown, understood, 5.0)


def _shows(shown: Path, words: str, longest_s: float) -> bool:
    """Whether a line with these words comes."""
    pause = threading.Event()
    for _ in range(round(longest_s / 0.05)):
        if words in shown.read_text():
            return True
        pause.wait(0.05)
    return False
