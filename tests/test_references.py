"""What one file says of another is checked, by ``attune check`` and before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.app import Options, load_content
from voice.commands.check import check_paths

INTENT = (
    'language: en\nintents:\n  Kite:\n    data:\n      - sentences: ["fly the kite"]\n        metadata: {starts: %s}\n'
)
SCRIPT = 'title: "Kite"\nsteps:\n  - say: "Hello."\n  - each:\n      - tone: %s\n  - start: %s\n'


@pytest.mark.parametrize(
    ("starts", "tone", "after", "fault"),
    [
        ("kite", "soft-tone", "bedtime", None),
        ("kit", "soft-tone", "bedtime", "kite.yaml:5: there is no practice 'kit'; write kite"),
        ("kite", "soft-tune", "bedtime", "kite.yaml:5: there is no sound 'soft-tune'; write soft-tone"),
        ("kite", "soft-tone", "bed-time", "kite.yaml:6: there is no practice 'bed-time'; write bedtime"),
        ("kite", "soft-tone", "kite", "kite.yaml:6: the practice starts itself, and never ends"),
    ],
)
def test_a_practice_or_a_sound_that_is_not_there_is_named(
    starts: str, tone: str, after: str, fault: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With file and line, whether it is checked or started."""
    for kind, text in (("intents", INTENT % starts), ("scripts", SCRIPT % (tone, after))):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "kite.yaml").write_text(text)
    assert check_paths([tmp_path / "scripts", tmp_path / "intents"]) == (fault is not None)
    assert (fault or "") in capsys.readouterr().out
    content = load_content(Options(data=[tmp_path]))
    assert [str(one).startswith(f"{tmp_path}/") and fault in str(one) for one in content.left_out] == [True] * bool(
        fault
    )
    assert ("kite" in content.practices) == (fault is None or fault.startswith("kite.yaml:5: there is no practice"))


def test_a_sound_of_ones_own_is_known(tmp_path: Path) -> None:
    """It lies in ``audio/`` beside ``scripts/``."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "audio").mkdir()
    (tmp_path / "scripts" / "kite.yaml").write_text(SCRIPT % ("gust", "bedtime"))
    assert check_paths([tmp_path / "scripts"]) == 1
    (tmp_path / "audio" / "gust.wav").write_bytes(b"")
    assert check_paths([tmp_path / "scripts"]) == 0


def test_a_phrase_that_starts_another_practice_already_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would never start its own, and nobody would know why."""
    monkeypatch.chdir(tmp_path)
    for kind, text in (("intents", INTENT % "kite"), ("scripts", SCRIPT % ("soft-tone", "bedtime"))):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "kite.yaml").write_text(text)
    path = Path("intents") / "kite.yaml"
    assert check_paths([path]) == 0
    path.write_text(path.read_text().replace('["fly', '["help us calm down", "fly'))
    assert check_paths([path]) == 1
    said = f'{path}:5: "help us calm down" starts two-minute-reset; ask for it in other words'
    assert said in capsys.readouterr().out


def test_a_sentence_with_rules_of_its_own_block_and_a_list_is_right(tmp_path: Path) -> None:
    """What stands for many phrases is none that is taken, and a block's own rule is found."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "kite.yaml").write_text(SCRIPT % ("soft-tone", "bedtime"))
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "kite.yaml").write_text(
        "language: en\nlists:\n  sky: {values: [a cloud, the wind]}\nintents:\n  Kite:\n    data:\n"
        '      - sentences: ["<fly> the kite", "give us {sky}"]\n        expansion_rules: {fly: "(fly|raise)"}\n'
        "        metadata: {starts: kite}\n"
    )
    assert check_paths([tmp_path / "intents"]) == 0
    assert "kite" in load_content(Options(data=[tmp_path])).practices


STEERS = """\
language: en
intents:
  Kite:
    data:
      - sentences: ["fly the kite", "(hold on|fly)"]
        metadata: {starts: kite, when: any}
      - sentences: ["okay, stop it now"]
        metadata: {control: again}
      - sentences: ["stop"]
        metadata: {answer: more, when: asking}
      - sentences: ["go on", "stop"]
        metadata: {answer: enough, when: asking}
      - sentences: ["no"]
        metadata: {starts: kite, when: idle}
      - sentences: ["stop the music"]
        metadata: {control: stop}
"""


def test_what_steers_cannot_be_taken_for_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ "Stop" stops: it starts nothing, and is no answer but one that ends. Nor do the other controls, yes and no."""
    for kind, name, text in (("scripts", "kite", SCRIPT % ("soft-tone", "bedtime")), ("intents", "kite", STEERS)):
        (tmp_path / kind).mkdir(exist_ok=True)
        (tmp_path / kind / f"{name}.yaml").write_text(text)
    assert check_paths([tmp_path / "scripts", tmp_path / "intents"]) == 1
    faults = capsys.readouterr().out.splitlines()
    assert [fault.partition("kite.yaml:")[2].partition(";")[0] for fault in faults] == [
        "5: \"hold on\" is kept for 'pause'",
        "7: \"stop it\" is kept for 'stop'",
        "9: \"stop\" is kept for 'stop'",
        "13: \"no\" is kept for 'no'",
    ]


@pytest.mark.parametrize("name", ["stop", "pause", "go-on", "yes", "no"])
def test_a_practice_is_not_called_as_what_steers(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the file, to be renamed."""
    (tmp_path / "scripts").mkdir()
    path = tmp_path / "scripts" / f"{name}.yaml"
    path.write_text(SCRIPT % ("soft-tone", "bedtime"))
    assert check_paths([path]) == 1
    assert f"{path}:1: '{name}' is a word that steers; give the file another name" in capsys.readouterr().out


WRONG_SCRIPT = """\
titel: "Kite"
settings: {minutes: 2}
steps:
  - sey: "Hello."
  - breathe: {minutes: $minuts}
  - breathe: {minutes: $minutes, in: four}
  - tone: soft-tune
  - label: here
  - goto: hear
  - start: bed-time
"""
WRONG_SENTENCES = """\
language: en
intents:
  %s:
    data:
      - sentences: ["%s"]
        metadata: {starts: kite}
      - sentences: ["help us calm down"]
        metadata: {starts: kite}
      - sentences: ["row the boat"]
        metadata: {starts: boat}
"""


def test_all_that_can_be_found_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing has to be mended first to see the next, and nothing seems wrong only because something else is."""
    for name, text in {
        "scripts/kite.yaml": WRONG_SCRIPT,
        "scripts/no.yaml": "title: [",
        "intents/a.yaml": WRONG_SENTENCES % ("Kite", "fly <a> kite"),
        "intents/b.yaml": WRONG_SENTENCES % ("Sail", "stop"),
        "intents/c.yaml": "title: [",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert check_paths([tmp_path / "scripts", tmp_path / "intents"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.removeprefix(f"{tmp_path}/").partition(";")[0] for line in told] == [
        "intents/a.yaml:5: unknown rule <a>",
        "intents/b.yaml:5: \"stop\" is kept for 'stop'",
        'intents/b.yaml:7: "help us calm down" starts two-minute-reset',
        "intents/b.yaml:9: there is no practice 'boat'",
        "intents/c.yaml:1: expected the node content, but found '<stream end>'",
        "scripts/kite.yaml:1: 'title' is missing",
        "scripts/kite.yaml:1: 'titel' is not a key here",
        "scripts/kite.yaml:4: 'sey' is not a key here",
        "scripts/kite.yaml:5: there is no setting '$minuts'",
        "scripts/kite.yaml:6: 'in' should be a whole number (it is 'four')",
        "scripts/kite.yaml:7: there is no sound 'soft-tune'",
        "scripts/kite.yaml:9: 'hear' is no label of this script",
        "scripts/kite.yaml:10: there is no practice 'bed-time'",
        "scripts/no.yaml:1: expected the node content, but found '<stream end>'",
        "scripts/no.yaml:1: 'no' is a word that steers",
    ]
