"""What was taught to Whisper's encoder is added to the model it was made for, and brings far voices nearer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.hearing_parts.sounds import KITCHEN, REPORT, Studio
from benchmarks.whisper_rooms.measure import heard, plain, readers, words_wrong
from benchmarks.whisper_rooms.mixed import mixed
from voice.errors import DeviceError
from voice.hearing import whisper_rooms
from voice.hearing.features import leveled, log_mel
from voice.hearing.known_models import WHISPER, WHISPER_TINY_EN, KnownModel
from voice.hearing.models import find_whisper
from voice.hearing.whisper_engine import WhisperEngine
from voice.hearing.whisper_weights import MODEL, opened, variables

pytestmark = pytest.mark.audio
RATE = 16_000
SPEECH = next(
    (path for folder in Path(__file__).parents if (path := folder / "shared" / "speech").is_dir()), Path("absent")
)


@pytest.fixture(scope="module", params=WHISPER, ids=lambda model: model.name)
def model(request: pytest.FixtureRequest) -> KnownModel:
    """Each model that something was taught."""
    return request.param


@pytest.fixture(scope="module")
def folder(model: KnownModel) -> Path:
    """The model as it was installed."""
    return installed(model)


def installed(model: KnownModel) -> Path:
    """The folder of a model, or the test is left out."""
    try:
        return find_whisper(model.name)
    except DeviceError as missing:
        pytest.skip(str(missing))


def far(near: np.ndarray) -> np.ndarray:
    """Across a room of 0.5 s with a noise 10 dB below: always the same."""
    rng = np.random.default_rng(3)
    tail = rng.standard_normal(RATE // 2) * np.exp(-6.9 * np.arange(RATE // 2) / (RATE // 2))
    tail[0] = 4.0 * np.sqrt(np.sum(tail**2)) / 4.0
    sound = np.convolve(near, tail)[: len(near)]
    loud = np.sqrt(np.mean(np.square(sound[RATE:-RATE])))
    return (sound + rng.standard_normal(len(sound)) * loud * 10 ** (-10 / 20)).astype(np.float32)


def files(folder: Path) -> dict[str, io.BytesIO]:
    """The model's files as they are."""
    with opened(folder) as file:
        weights = io.BytesIO(file.read())
    return {name: io.BytesIO((folder / name).read_bytes()) for name in whisper_rooms.FILES} | {MODEL: weights}


def encoder(folder: Path, files: dict[str, io.BytesIO]) -> Any:
    """The model, and what it makes of a sound: float32[750, width]."""
    from ctranslate2 import StorageView
    from ctranslate2.models import Whisper

    model = Whisper(str(folder), device="cpu", compute_type="float32", intra_threads=1, files=files)

    def encoded(sound: np.ndarray) -> np.ndarray:
        return np.array(model.encode(StorageView.from_array(log_mel(leveled(sound), 1500)[None]), to_cpu=True))[0]

    return encoded


def test_a_far_voice_is_encoded_more_like_the_same_voice_near_by(folder: Path, tmp_path: Path, say: Any) -> None:
    """By a voice that was not trained on; the measure is the unchanged encoder's picture of the near voice."""
    near = say("help us calm down", "flite:slt")
    whisper_rooms.lay_out(folder, tmp_path)
    plain, taught = encoder(folder, files(folder)), encoder(folder, files(tmp_path))
    aim, spoken = plain(near), slice(50, len(near) // 320 - 50)
    distances = [float(np.mean((hears(far(near)) - aim)[spoken] ** 2)) for hears in (plain, taught)]
    assert distances[1] < 0.8 * distances[0]


def test_only_the_encoder_is_changed_and_no_file(folder: Path, tmp_path: Path) -> None:
    """The decoder is as it was; positions too."""
    before = files(folder)[MODEL].getvalue()
    assert whisper_rooms.lay_out(folder, tmp_path)
    changed = (tmp_path / MODEL).read_bytes()
    assert len(changed) == len(before)
    different = {
        one.name
        for one in variables(io.BytesIO(before))
        if changed[one.start : one.start + one.size] != before[one.start : one.start + one.size]
    }
    assert different
    assert all(name.startswith("encoder/") and "position" not in name for name in different)
    assert files(folder)[MODEL].getvalue() == before


def test_another_model_is_heard_with_as_it_is(folder: Path, tmp_path: Path) -> None:
    """One byte is enough to make it another one."""
    other = files(folder)[MODEL].getvalue()[:-1] + b"\x01"
    (tmp_path / MODEL).write_bytes(other)
    (tmp_path / "laid").mkdir()
    assert not whisper_rooms.lay_out(tmp_path, tmp_path / "laid")
    assert (tmp_path / "laid" / MODEL).read_bytes() == other


def test_every_change_belongs_to_an_array_of_the_encoder(model: KnownModel, folder: Path) -> None:
    """None of what was learnt is lost for a name that is spelled otherwise."""
    with np.load(whisper_rooms.changes_of(model)) as found, opened(folder) as file:
        names = {name.rsplit(":", 1)[0] for name in found.files}
        assert names <= {one.name.removeprefix("encoder/") for one in variables(file)}


def test_what_several_trainings_learnt_is_added_up_by_shares(tmp_path: Path) -> None:
    """Of any rank; what only one of them changed counts by its share alone."""
    rng = np.random.default_rng(7)
    parts = []
    for rank, share in ((3, 0.25), (5, 0.75)):
        arrays = {"a/weight:up": rng.normal(size=(20, rank)), "a/weight:down": rng.normal(size=(rank, 30))}
        arrays |= {f"b{rank}/bias:more": rng.normal(size=20), "c/bias:more": rng.normal(size=20)}
        np.savez(tmp_path / f"{rank}.npz", **{name: array.astype(np.float16) for name, array in arrays.items()})
        parts.append((tmp_path / f"{rank}.npz", share))
    result, (first, second) = mixed(parts), (dict(np.load(path)) for path, _ in parts)
    product = sum(
        share * one["a/weight:up"].astype(float) @ one["a/weight:down"].astype(float)
        for one, share in ((first, 0.25), (second, 0.75))
    )
    np.testing.assert_allclose(result["a/weight:up"] @ result["a/weight:down"], product, atol=1e-4)
    np.testing.assert_allclose(
        result["c/bias:more"], 0.25 * first["c/bias:more"] + 0.75 * second["c/bias:more"], atol=1e-2
    )
    np.testing.assert_allclose(result["b3/bias:more"], 0.25 * first["b3/bias:more"], atol=1e-2)


@pytest.mark.skipif(not SPEECH.is_dir(), reason="the recordings in ../shared/speech are absent")
def test_people_are_heard_no_worse_than_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People who read sentences, none of them trained with, in kitchen noise at 12 and 6 dB: what was taught with
    synthetic voices alone made a third of their words more wrong. Of tiny.en: base hears nobody by itself."""
    folder = installed(WHISPER_TINY_EN)
    studio = Studio(SPEECH, tmp_path)
    said = [one for noise in KITCHEN[1:] for one in heard(studio, readers(SPEECH, REPORT), noise, REPORT)]
    taught = words_wrong(WhisperEngine(str(folder)), said)
    monkeypatch.setattr(whisper_rooms, "WHISPER", ())
    assert taught <= 1.02 * words_wrong(plain(str(folder)), said)
