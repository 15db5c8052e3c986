"""Files of one's own that are wrong take nothing else away."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from voice import gathering
from voice.app import Options, load_content, load_understander
from voice.checkup.parts import checks
from voice.cli import main
from voice.errors import ContentErrors
from voice.gathering import gather_intents, gather_practices, gather_responses

SCRIPT = "title: T\nabout: A.\nsource: s\nsteps:\n  - %s\n"
SENTENCES = 'language: en\nintents:\n  %s:\n    data:\n      - sentences: ["%s"]\n        metadata: {starts: %s}\n'
FILES = {
    "scripts/kite.yaml": SCRIPT % 'say: "Up it goes."',
    "scripts/rain.yaml": SCRIPT % 'sey: "It rains."',
    "scripts/walk.yaml": SCRIPT % "start: rain",
    "scripts/two-minute-reset.yaml": "title: [",
    "intents/kite.yaml": SENTENCES % ("Kite", "fly the kite", "kite"),
    "intents/rain.yaml": SENTENCES % ("Rain", "dance in the rain", "rain"),
    "intents/lost.yaml": SENTENCES % ("Lost", "row the boat", "boat"),
    "intents/broken.yaml": "language: en\nintents:\n\t- a\n",
    "intents/responses.yaml": "language: en\nresponses: {intents: {Meet: {default: [1]}}}\n",
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one practice that is right, and files that are wrong in their ways."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_what_is_wrong_is_left_out_and_told(own: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With file, line and what to write; the rest is there, and so is ours where theirs was to replace it."""
    gathering._tell.cache_clear()
    with caplog.at_level(logging.ERROR):
        content = load_content(Options(data=(own,)))
    assert {"kite", "two-minute-reset", "bedtime"} <= set(content.practices)
    assert not {"rain", "walk"} & set(content.practices)
    assert content.practices["two-minute-reset"].script.title != "T"
    understood = {text: content.understander.understand(text, "idle").practice for text in ("fly the kite",
                  "help us calm down", "dance in the rain", "row the boat")}  # fmt: skip
    assert understood == {"fly the kite": "kite", "help us calm down": "two-minute-reset", "dance in the rain": "rain",
                          "row the boat": None}  # fmt: skip
    for told in ("scripts/rain.yaml:5: 'sey' is not a key here; write say", "scripts/walk.yaml:5: there is no practice",
                 "scripts/two-minute-reset.yaml:", "intents/lost.yaml:5: there is no practice 'boat'",
                 "intents/broken.yaml:3: a tab", "intents/responses.yaml:2: is not text"):  # fmt: skip
        assert f"left out, as it is not right: {own}/{told}" in caplog.text
    assert "kite.yaml" not in caplog.text


def test_it_is_told_once_however_often_it_is_read(own: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The hearing reads the sentences too."""
    gathering._tell.cache_clear()
    load_content(Options(data=(own,)))
    load_understander(Options(data=(own,)))
    assert caplog.text.count("intents/lost.yaml:") == 1


def test_whoever_asks_for_it_is_told(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not that there is no such practice, and ours is not played in its place. The doctor names it as well."""
    for name in ("rain", "two-minute-reset", str(own / "scripts" / "rain.yaml")):
        assert main(["--data", str(own), "rehearse", name, "--fast"]) == 1
        assert f"{own / 'scripts' / Path(name).stem}.yaml:" in capsys.readouterr().err
    finding = checks(Options(data=(own,)))["practices"]()
    assert not finding.good
    assert f"Left out: {own}/scripts/" in finding.says
    assert "attune check" in finding.remedy


def test_what_is_wrong_in_ours_ends_the_start(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is a fault of ours, and nothing that anybody may live with."""
    monkeypatch.setattr(gathering, "builtin_folder", lambda kind: own / kind)
    intents = load_understander(Options()).intents
    with pytest.raises(ContentErrors, match="rain"):
        gather_practices([own / "scripts"], (), intents)
    with pytest.raises(ContentErrors, match="broken"):
        gather_intents([own / "intents"], ())
    with pytest.raises(ContentErrors, match="responses"):
        gather_responses([own / "intents"])
