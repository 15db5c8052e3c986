"""Settings: every one has a command, a default, a range, a sentence and a way by voice; the file keeps its comments."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from voice.cli import main
from voice.errors import ContentErrors
from voice.keeping.settings import _File, load_home, load_settings, load_values, settings_path, why_not
from voice.keeping.settings_file import change, fresh_text, holds
from voice.keeping.settings_table import ROWS


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings folder of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_the_table_names_every_setting_with_its_default() -> None:
    """Nothing can be set that is not explained, and the default in the table is the one in the code."""
    assert {row.key: row.default for row in ROWS} == load_values()
    assert {row.key for row in ROWS} == set(_File.model_fields)
    for row in ROWS:
        assert bool(row.says) == (row.key not in ("rooms", "keys")), "a misheard address would open the house"
        assert row.values
        assert row.sentence.endswith(".")
        assert len(row.sentence.split()) <= 14


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_setting_can_be_set_shown_and_put_back(row: object, capsys: pytest.CaptureFixture[str]) -> None:
    """With the example that the list shows."""
    key, example = row.key, row.example  # type: ignore[attr-defined]
    assert main(["settings", "set", key.replace("_", "-"), example]) == 0
    wanted = YAML(typ="safe").load(example)
    assert load_values()[key] == wanted
    capsys.readouterr()
    assert main(["settings", "get", key, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == wanted
    assert main(["settings", "reset", key]) == 0
    assert load_values()[key] == row.default  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("key", "value"),
    [("keys", {"KEY_F13": "stop"}), ("keys", {"KEY_F13": "stop", "KEY_F14": "pause"}), ("names", ["Ana", "Bo"])],
)
def test_what_is_set_is_what_is_read(key: str, value: object) -> None:
    """A mapping of one pair, too, which YAML may write without its brackets."""
    change(key, value)
    assert load_values()[key] == value


def test_comments_and_everything_else_in_the_file_stay() -> None:
    """Only the line that is set changes, also where it has its own comment or several lines."""
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_text(
        "# mine\nrituals:\n  # the hug\n  - act: hug\n    when: every evening at six\n\n# slow\npace: 120\n# end\n"
    )
    change("pace", 130)
    assert path.read_text().endswith("\n# slow\npace: 130\n# end\n")
    change("rituals", [])
    assert path.read_text() == "# mine\nrituals: []\n\n# slow\npace: 130\n# end\n"
    change("pace", None)
    assert load_home().pace == 140


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("rituals", "rituals:\n  - act: hug\n    when: every evening at six\n"),
        ("rituals", "rituals:\n- act: hug\n# six is good\n  when: every evening at six\n"),
        ("keys", "keys: {\n  KEY_F13: pause,\n  KEY_F14: stop\n}\n"),
        ("quiet_hours", 'quiet_hours: [\n"22:00",\n"07:00",\n]\n'),
        ("names", "names: # both\n- Ana\n- Bo\n"),
        ("country", "country: >-\n  GB\n"),
        ("pace", "pace: 130"),
        ("pace", "pace: 130 # slow\n"),
        ("volume", "volume:\n"),
    ],
)
@pytest.mark.parametrize("after", ["", "# next\nlanguage: en\n", "\n# last\n", "language: en # ours\n"])
def test_what_is_taken_away_stays_as_a_comment(key: str, written: str, after: str) -> None:
    """All lines of it, in whatever way they are written: a ritual is not lost. What comes after stays as it is."""
    path = settings_path()
    path.parent.mkdir(parents=True)
    written = written if written.endswith("\n") or not after else written + "\n"
    path.write_text("# first\n" + written + after)
    change(key, None)
    lines = written.splitlines(keepends=True)
    assert path.read_text() == "# first\n" + "".join("# " + line for line in lines) + after
    assert not holds(key)


def test_a_fresh_file_explains_every_setting_and_sets_none() -> None:
    """Each line can be used by taking the # away."""
    assert YAML(typ="safe").load(fresh_text()) is None
    for row in ROWS:
        assert f"# {row.key}: {row.example}\n" in fresh_text()
        assert row.sentence in fresh_text()


@pytest.mark.parametrize(
    ("key", "value"),
    [("volume", 7), ("volume", -19), ("pace", 109), ("pace", 181), ("names", ["Ana"]), ("country", "Germany"),
     ("language", "xx"), ("numbers", "maybe"), ("quiet_hours", ["25:00", "06:00"]), ("patience", 0)],
)  # fmt: skip
def test_a_value_out_of_range_is_refused_and_changes_nothing(key: str, value: object) -> None:
    """With the line and what to write."""
    change("names", ["Ana", "Bo"])
    before = settings_path().read_bytes()
    with pytest.raises(ContentErrors, match=r"settings\.yaml:.*is not right.*write "):
        change(key, value)
    assert settings_path().read_bytes() == before
    assert [path.name for path in settings_path().parent.iterdir()] == ["settings.yaml"]


def test_each_line_that_is_wrong_is_told_once() -> None:
    """A misspelled setting with the one that was meant, where there is one near."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text('moonlight: 3\npase: 130\nquiet_hours: ["25:00", "06:00"]\n', encoding="utf-8")
    with pytest.raises(ContentErrors) as told:
        load_home()
    assert [str(one).removeprefix(f"{settings_path()}:") for one in told.value.errors] == [
        "1: there is no setting 'moonlight'; 'attune settings' lists all there are",
        "2: there is no setting 'pase'; write pace: 140 (words a minute, 110 to 180)",
        """3: 'quiet_hours' is not right; write quiet_hours: ["23:00", "06:00"], or off""",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("names: Ana", "'names' is not right (it should be a list)"),
        ("names: [Ana]", "'names' is not right (it should have at least 2 items, and has 1)"),
        ("names: [Ana, 3]", "'names' is not right ('3' should be text)"),
        ("names: [Ana, '']", "'names' is not right ('' is empty)"),
        ("quiet_hours: never", "'quiet_hours' is not right ('never' should be a list)"),
        ("patience: long", "'patience' is not right (it should be a whole number)"),
        ("patience: 0", "'patience' is not right (it should be 1 or more)"),
        ("rituals: [hug]", "'rituals' is not right ('hug' should be names and values)"),
        ("rituals:\n  - act: hug\n", "'rituals' is not right ('when' is missing)"),
        ("rituals: [{act: hug, when: daily, who: us}]", "'rituals' is not right ('who' is not a name here)"),
        ("rooms: [3]", "'rooms' is not right ('3' should be text)"),
        ("keys: stop", "'keys' is not right (it should be names and values)"),
        ("cues: drum", "'cues' is not right (it should be 'tone', 'breath', 'bowl', 'hum' or 'sea')"),
        ("- pace", "'settings' is not right (it should be names and values)"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(written: str, told: str) -> None:
    """With file and line, and nothing of the words of the library that checks it."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text(f"{written}\n", encoding="utf-8")
    with pytest.raises(ContentErrors) as refused:
        load_settings()
    assert str(refused.value).partition("; write ")[0] in (f"{settings_path()}:{line}: {told}" for line in (1, 2))


@pytest.mark.parametrize("field", _File.model_fields)
@pytest.mark.parametrize("value", [None, True, 3, 1e9, "", "x" * 400, [], ["x"], [3], [[]], {}, {"x": 3}, {3: []}])
def test_no_fault_is_told_in_the_words_of_the_library(field: str, value: object) -> None:
    """Whatever stands at whatever setting."""
    told = why_not(field, value) or ""
    assert not re.search(r"Input|valid\b|String|List|Dictionary|validation|instance|required|Value error", told)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("pace", "500", "pace cannot be 500: it should be 180 or less. It may be: 110 to 180."),
        ("country", "XX", "country cannot be XX: there is no country 'XX'. It may be: two capital letters"),
        ("country", "UK", "country cannot be UK: there is no country 'UK', but GB."),
        ("names", "[Ana, ana]", "names cannot be '[Ana, ana]': both are called ana"),
        ("names", "[Ana]", "names cannot be '[Ana]': "),
    ],
)
def test_a_value_that_was_typed_is_refused_by_what_was_typed(
    key: str, value: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what it may be and a line to copy; no line of a file, which nobody looked at."""
    assert main(["settings", "set", key, value]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith(told)
    assert f"For example: attune settings set {key} " in shown
    assert "settings.yaml" not in shown
    assert not settings_path().exists()


def test_a_country_that_there_is_not_is_named_in_the_file() -> None:
    """With its line."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("pace: 130\ncountry: XX\n", encoding="utf-8")
    with pytest.raises(ContentErrors, match=r"yaml:2: 'country' is not right \(there is no country 'XX'\); write "):
        load_settings()


def test_a_country_may_be_written_small() -> None:
    """It is kept in capitals."""
    assert main(["settings", "set", "country", "de"]) == 0
    assert load_settings().country == "DE"


def test_a_line_that_is_wrong_can_be_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    """By the command that tells of it, and though another line is wrong too, which stays to be told."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("pace: 500\nvolume: 90\n", encoding="utf-8")
    assert main(["settings", "reset", "pace"]) == 1
    assert settings_path().read_text(encoding="utf-8") == "# pace: 500\nvolume: 90\n"
    assert "settings.yaml:2: 'volume' is not right" in capsys.readouterr().err
    assert main(["settings", "set", "volume", "3"]) == 0
    assert load_home().volume_db == 3


def test_a_line_for_what_is_no_setting_can_be_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    """Under the name that stands there, however it came to be wrong."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("pase: 130\nvolume: 3\n", encoding="utf-8")
    assert main(["settings", "reset", "pase"]) == 0
    assert settings_path().read_text(encoding="utf-8") == "# pase: 130\nvolume: 3\n"
    assert load_home().volume_db == 3
    assert main(["settings", "reset", "pase"]) == 1
    assert "Did you mean pace?" in capsys.readouterr().err


def test_a_setting_that_stands_there_twice_is_named_and_can_be_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    """As often as it does, and though another one is there twice too."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("pace: 130\nvolume: 3\nvolume: 4\npace: 140\n", encoding="utf-8")
    assert main(["settings"]) == 1
    assert f"{settings_path()}:3: 'volume' stands here a second time; take one" in capsys.readouterr().err
    assert main(["settings", "reset", "pace"]) == 1
    assert settings_path().read_text(encoding="utf-8") == "# pace: 130\nvolume: 3\nvolume: 4\n# pace: 140\n"
    assert main(["settings", "reset", "volume"]) == 0
    assert load_home().volume_db == 0


@pytest.mark.parametrize("arguments", [["reset", "pace"], ["set", "pace", "120"], ["list"]])
def test_a_file_that_is_no_text_is_told_and_left(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With its path; whatever is in it stays."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_bytes(b"pace: 130\n\xff\xfe\n")
    assert main(["settings", *arguments]) == 1
    assert str(settings_path()) in capsys.readouterr().err
    assert settings_path().read_bytes() == b"pace: 130\n\xff\xfe\n"


def test_an_unknown_setting_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, exit code 1."""
    assert main(["settings", "set", "volum", "3"]) == 1
    assert "Did you mean volume?" in capsys.readouterr().err
    assert main(["settings", "set", "names", "[Ana"]) == 1
    assert "is not a value" in capsys.readouterr().err


def test_a_voice_that_is_not_here_is_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """And not at the next start, when nobody thinks of it any more."""
    assert main(["settings", "set", "voice", "nonsense"]) == 1
    assert 'There is no voice "nonsense"' in capsys.readouterr().err
    assert load_values()["voice"] == "auto"


def test_the_list_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    """Name, value, sentence, range, a way by voice and a command for each."""
    change("names", ["Ana", "Bo"])
    assert main(["settings"]) == 0
    out = capsys.readouterr().out
    for row in ROWS:
        assert f"attune settings set {row.key} " in out
        assert not row.says or row.says[0] in out
        assert row.sentence in out
    assert 'names: ["Ana", "Bo"] (else not set)' in out
    assert load_settings().names == ("Ana", "Bo")
