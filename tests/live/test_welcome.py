"""The first start by voice, on a virtual sound card in whose room the loudspeaker is heard."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.soundcard import sound_card, why_missing

pytestmark = [pytest.mark.device, pytest.mark.real_time, pytest.mark.audio]

ANSWERS = [("say: I'm here", "I'm here"), ("Say louder", "louder"), ("understood: louder", "fine")]
"""What is on the screen, and what somebody then says."""
MOST_S = 120.0
"""Seconds after which it is given up; it takes 40."""


def test_three_words_are_all_it_takes(say: Any, tmp_path: Path) -> None:
    """It tries the devices, hears "I'm here", asks how loud it should be, keeps that, and then listens as always."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        card.control("load-module", "module-loopback", "source=speaker.monitor", "sink=micsink", "latency_msec=60")
        env = card.env | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
        command = [sys.executable, "-u", "-m", "voice", "welcome", "--engine", "whisper"]
        attune = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        giving_up = threading.Timer(MOST_S, attune.kill)
        giving_up.start()
        try:
            for shown, answer in ANSWERS:
                _read_until(attune, shown)
                card.speak(np.concatenate([np.zeros(48_000, np.float32), say(answer, "flite:slt")])).wait()
            _read_until(attune, "whenever you like, say: stop")
            attune.send_signal(signal.SIGINT)
            assert attune.wait(10) == 130
        finally:
            giving_up.cancel()
            attune.kill()
            attune.communicate()
    assert "volume" in (tmp_path / "config" / "attune" / "settings.yaml").read_text()


def _read_until(attune: subprocess.Popen[str], words: str) -> None:
    assert attune.stdout is not None
    assert any(words in line for line in iter(attune.stdout.readline, ""))
