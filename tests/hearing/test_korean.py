"""``attune hear`` with the real Vosk engine, on Korean control words by a synthetic voice."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from voice.cli import main

INTENTS = Path(__file__).parent / "ko"


@pytest.mark.parametrize(("word", "intent"), [("멈춰", "Stop"), ("도와줘", "Help")])
def test_a_control_word_is_heard_and_understood(
    word: str, intent: str, korean_model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints the intent, in one line of JSON, and exits 0."""
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    recording = tmp_path / "word.wav"
    subprocess.run(["espeak-ng", "-v", "ko", "-w", str(recording), word], check=True)
    command = ["--engine", "vosk", "--model", korean_model, "hear", "--intents", str(INTENTS), str(recording)]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["intent"] == intent
