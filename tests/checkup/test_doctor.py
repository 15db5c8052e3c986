"""The doctor tells what works, for people and for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.soundcard import sound_card, why_missing
from voice.checkup.echo import chirp, find_chirp, remedy_of
from voice.checkup.findings import Finding, look
from voice.errors import DeviceError
from voice.hearing.microphone import RATE

PARTS = ["practices", "microphone", "loudspeaker", "recognizer", "voice", "clock", "folders"]


def doctor(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, Any]:
    """Exit code, and what it prints as JSON."""
    command = [sys.executable, "-m", "voice", "doctor", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=env or dict(os.environ), check=False)
    return done.returncode, json.loads(done.stdout)


def test_what_cannot_be_used_is_a_finding_with_a_remedy() -> None:
    """An error that a person can mend does not end the check-up."""

    def broken() -> Finding:
        raise DeviceError("There is no microphone.", "Plug one in.")

    assert look("microphone", broken) == Finding("microphone", False, "There is no microphone.", "Plug one in.")


@given(
    delay_ms=st.integers(0, 400), leak_db=st.floats(-30, 6), noise_db=st.floats(-80, -55), seed=st.integers(0, 2**16)
)
def test_the_chirp_is_found_where_it_is(delay_ms: int, leak_db: float, noise_db: float, seed: int) -> None:
    """Its place to a millisecond and its level to a decibel, in noise under it."""
    noise = np.random.default_rng(seed).normal(0, 10 ** (noise_db / 20), RATE * 2)
    at = RATE * delay_ms // 1000
    played = chirp(RATE) * 10 ** (leak_db / 20)
    noise[at : at + len(played)] += played
    found = find_chirp(noise.astype(np.float32))
    assert found is not None
    assert found[0] == pytest.approx(delay_ms / 1000, abs=0.001)
    assert found[1] == pytest.approx(leak_db, abs=1.0)


@pytest.mark.parametrize("seed", range(5))
def test_no_chirp_is_found_in_silence_or_noise(seed: int) -> None:
    """Neither in true silence nor in noise."""
    assert find_chirp(np.zeros(RATE * 2, np.float32)) is None
    assert find_chirp(np.random.default_rng(seed).normal(0, 0.01, RATE * 2).astype(np.float32)) is None


@pytest.mark.audio
def test_every_part_is_there_and_what_fails_has_a_remedy() -> None:
    """With the devices that this machine has, or none."""
    code, told = doctor("--engine", "whisper")
    assert [finding["part"] for finding in told["findings"]] == PARTS
    assert all(finding["good"] or finding["remedy"] for finding in told["findings"])
    assert told["good"] == all(finding["good"] for finding in told["findings"])
    assert code == (0 if told["good"] else 1)


def test_a_wrong_setting_is_told_once(tmp_path: Path) -> None:
    """It stops what needs the settings; the first of those parts says so for all."""
    settings = tmp_path / "attune" / "settings.yaml"
    settings.parent.mkdir()
    settings.write_text("rate: fast\n")
    command = [sys.executable, "-m", "voice", "doctor"]
    env = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 1
    assert done.stdout.count("'rate'") == 1
    assert done.stdout.count("As above.") == 4


@pytest.mark.device
@pytest.mark.audio
def test_it_measures_how_much_of_the_loudspeaker_is_heard() -> None:
    """On a virtual sound card whose loudspeaker leads back into the microphone at full level."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        card.lead_back()
        code, told = doctor("--engine", "whisper", "--sound", env=card.env)
    echo = told["findings"][-1]
    assert [finding["part"] for finding in told["findings"]] == [*PARTS, "echo"]
    assert -6 < echo["figures"]["leak_db"] < 6, echo
    assert 0 < echo["figures"]["delay_ms"] < 600, echo
    assert code == (0 if all(finding["good"] for finding in told["findings"]) else 1)


@pytest.mark.parametrize(
    ("leak_db", "echo", "says"),
    [
        (-20.0, "device", "echo is set to device"),
        (-20.0, "off", "attune settings reset echo"),
        (-20.0, "auto", ""),
        (0.0, "ours", "speakerphone"),
    ],
)
def test_an_echo_that_nobody_takes_out_is_named(leak_db: float, echo: str, says: str) -> None:
    """The doctor hears what the setting says is not there."""
    remedy = remedy_of(leak_db, echo)
    assert says in remedy
    assert bool(remedy) == bool(says)
