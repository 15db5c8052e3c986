"""The spotter's networks in numpy: the numbers of onnxruntime, without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from voice.errors import DeviceError
from voice.hearing import embeddings
from voice.hearing.embeddings import STEP, Embedder
from voice.hearing.onnx_weights import weights_of

ROOT = Path(__file__).parents[2]
BEFORE = 480
NOISE = np.random.default_rng(8).normal(0, 0.05, 30 * STEP).astype(np.float32)
NOISE[12 * STEP : 18 * STEP] = 0


def by_onnxruntime(samples: np.ndarray) -> np.ndarray:
    """The embeddings of float32[n], the whole window of 76 columns anew for each: float32[n // 1280, 96]."""
    onnxruntime = pytest.importorskip("onnxruntime")
    folder = embeddings._folder()
    picture, network = (
        onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), providers=["CPUExecutionProvider"])
        for name in ("melspectrogram", "embedding_model")
    )
    sound = np.pad(samples, (BEFORE, 0)) * np.float32(32_768)
    columns, found = np.ones((76, 32), np.float32), []
    for at in range(0, len(samples), STEP):
        new = picture.run(None, {"input": sound[None, at : at + BEFORE + STEP]})[0][0, 0]
        columns = np.concatenate([columns[8:], new / 10 + 2])
        found.append(network.run(None, {"input_1": columns[None, :, :, None]})[0].reshape(-1))
    return np.array(found)


def test_a_stream_gives_the_numbers_of_the_whole_window_each_time() -> None:
    """From the first step on, when most of the window is what was before, through sound and silence."""
    expected = by_onnxruntime(NOISE)
    assert np.abs(expected).max() > 10
    np.testing.assert_allclose(np.array(Embedder().feed(NOISE)), expected, atol=2e-4)


def test_another_one_has_heard_nothing_and_disturbs_nobody() -> None:
    """They share weights alone."""
    expected = np.array(Embedder().feed(NOISE))
    first = Embedder()
    found = first.feed(NOISE[: 10 * STEP])
    np.testing.assert_array_equal(np.array(first.another().feed(NOISE)), expected)
    np.testing.assert_array_equal(np.array(found + first.feed(NOISE[10 * STEP :])), expected)


def test_the_spotter_loads_no_onnxruntime_and_starts_no_threads() -> None:
    """35 MB; and numpy's threads would spin, 14 ms for each 80 ms of sound."""
    code = (
        "import sys, pathlib; from voice.hearing.spotter import Spotter; import numpy as np; "
        "Spotter().feed(np.zeros(16000, np.float32)); tasks = pathlib.Path('/proc/self/task'); "
        "print('onnxruntime' in sys.modules, len(list(tasks.iterdir())) if tasks.is_dir() else 1)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False 1\n"


@pytest.mark.parametrize("kept", [b"", b"no network", b"\x3a\x84\x80"])
def test_a_file_that_is_no_network_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bytes) -> None:
    """Also one that is cut off."""
    for name in ("melspectrogram", "embedding_model"):
        (tmp_path / f"{name}.onnx").write_bytes(kept)
    monkeypatch.setattr(embeddings, "_folder", lambda: tmp_path)
    with pytest.raises(DeviceError, match="cannot be read"):
        Embedder()


def test_a_network_cut_off_anywhere_gives_no_other_numbers(tmp_path: Path) -> None:
    """Whole arrays, or ``ValueError``."""
    raw = (embeddings._folder() / "embedding_model.onnx").read_bytes()
    whole = weights_of(embeddings._folder() / "embedding_model.onnx")
    for size in np.random.default_rng(1).integers(0, len(raw), 40).tolist():
        (tmp_path / "cut.onnx").write_bytes(raw[:size])
        try:
            found = weights_of(tmp_path / "cut.onnx")
        except ValueError:
            continue
        assert all(np.array_equal(numbers, whole[name]) for name, numbers in found.items())
