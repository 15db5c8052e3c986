"""The sentences for Home Assistant: hassil loads them, they mean what they mean here, and they leave its own alone.

Home Assistant's own check of sentence files is in its repository and in no package; the rules that it has for their
form are checked here one by one.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from voice.app import Content
from voice.cli import main
from voice.commands.export import _write
from voice.errors import DeviceError
from voice.rooms.answers import Answers

hassil = pytest.importorskip("hassil")
LETTERS = re.compile(r"[\w :\-'|()\[\]{}<>;]+")
"""What a sentence may consist of in Home Assistant's repository."""
BLOCK = {"sentences", "slots", "requires_context", "excludes_context", "response", "expansion_rules"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command writes."""
    folder = tmp_path_factory.mktemp("export")
    assert main(["export", "homeassistant", "-o", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def merged(written: Path) -> dict[str, Any]:
    """All sentence files as one, as Home Assistant reads them."""
    whole: dict[str, Any] = {}
    for path in sorted((written / "custom_sentences" / "en").glob("*.yaml")):
        merge(whole, yaml.safe_load(path.read_text()))
    return whole


def merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    """Put one file's keys into another's."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


SAID = {
    "help us calm down": "AttuneCalmTogether",
    "help me calm down": "AttuneCalmAlone",
    "what can i say": "AttuneWhatCanISay",
    "start the long breath": "AttuneLongBreath",
}


@pytest.mark.parametrize("said", SAID)
def test_hassil_recognizes_what_we_do(merged: dict[str, Any], said: str) -> None:
    """With our intent's name."""
    result = hassil.recognize(said, hassil.Intents.from_dict(merged))
    assert result is not None
    assert result.intent.name == SAID[said]


def test_calm_down_said_to_somebody_is_still_not_ours(merged: dict[str, Any]) -> None:
    """Nor is what would have to be kept."""
    intents = hassil.Intents.from_dict(merged)
    for said in ("calm down", "you need to calm down", "i need space", "remind us of a hug every evening at six"):
        assert hassil.recognize(said, intents) is None


def test_every_file_has_the_form_that_home_assistant_asks_for(written: Path) -> None:
    """Keys, one intent a file by its name, sentences without punctuation, lists of one kind."""
    files = sorted((written / "custom_sentences" / "en").glob("*.yaml"))
    assert len(files) > 10
    for path in files:
        file = yaml.safe_load(path.read_text())
        assert file.pop("language") == "en"
        if path.name.startswith("_common"):
            _check_common(file)
            continue
        assert set(file) == {"intents"}
        assert list(file["intents"]) == [path.stem.rsplit("_", maxsplit=1)[1]]
        for block in (block for intent in file["intents"].values() for block in intent["data"]):
            assert set(block) <= BLOCK
            assert [sentence for sentence in block["sentences"] if not LETTERS.fullmatch(sentence)] == []


def _check_common(file: dict[str, Any]) -> None:
    assert set(file) <= {"lists", "expansion_rules"}
    assert all(isinstance(rule, str) for rule in file["expansion_rules"].values())
    for spec in file.get("lists", {}).values():
        assert len(spec) == 1
        for value in spec.get("values", []):
            assert set(value) == {"in", "out"}


def test_home_assistants_own_sentences_mean_what_they_meant(merged: dict[str, Any]) -> None:
    """Merged with its sentence package, as it does itself: no name of ours takes the place of one of its own."""
    package = pytest.importorskip("home_assistant_intents")
    own = json.loads((Path(package.__file__).parent / "data" / "en.json").read_text())
    both = copy.deepcopy(own)
    merge(both, merged)
    for kind in ("intents", "lists", "expansion_rules"):
        assert not set(own.get(kind, {})) & set(merged.get(kind, {}))
    intents = hassil.Intents.from_dict(both)
    slots = {
        name: hassil.intents.TextSlotList.from_strings(["kitchen light"], name=name)
        for name in ("name", "area", "floor")
    }
    for said, name in {"what time is it": "HassGetCurrentTime", "help us calm down": "AttuneCalmTogether"}.items():
        result = hassil.recognize(said, intents, slot_lists=slots)
        assert result is not None
        assert result.intent.name == name


def test_its_answers_are_words_that_the_service_plays(written: Path, content: Content) -> None:
    """The script says what the service would have said, and a service just started knows a practice by it."""
    scripts = yaml.safe_load((written / "attune_intent_script.yaml").read_text())
    answers = Answers(content)
    start = answers.practice_of(scripts["AttuneCalmTogether"]["speech"]["text"])
    assert start is not None
    assert start.practice == "two-minute-reset"
    alone = answers.practice_of(scripts["AttuneLongBreathAlone"]["speech"]["text"])
    assert alone is not None
    assert alone.slots == {"alone": True}


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """And what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DeviceError, match="cannot be written"):
        _write(tmp_path / "file" / "custom.yaml", {})
