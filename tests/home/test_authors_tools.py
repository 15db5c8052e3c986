"""Completion and man page say what the parser says; packs are found with their origin; check --watch and --fast."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from voice import packs as module
from voice.app import Options
from voice.arguments import STATES, build_parser
from voice.cli import main
from voice.commands import check
from voice.commands.completion import completion, man_page
from voice.content import folders
from voice.drives.files import run_files
from voice.errors import DeviceError
from voice.speaking.loudspeaker import Loudspeaker, NoLoudspeaker
from voice.understanding import sentence_files

DOCS = Path(__file__).parent.parent.parent / "docs"
SCRIPT = 'title: T\nabout: A.\nsource: s\nevidence: e\nsteps:\n  - say: "Hello you two."\n'


@pytest.mark.parametrize("name", ["attune.1", "attune.bash", "attune.zsh"])
def test_shipped_pages_are_what_the_parser_gives(name: str, request: pytest.FixtureRequest) -> None:
    """``pip install`` puts them where man and the shells look; ``pytest --regen`` rewrites them."""
    text = man_page() if name.endswith(".1") else completion(name.rpartition(".")[2])
    if request.config.getoption("--regen"):
        (DOCS / name).write_text(text)
    assert (DOCS / name).read_text() == text


def test_they_name_every_command() -> None:
    """And bash takes its script."""
    commands = next(action.choices for action in build_parser()._actions if action.dest == "command")
    assert commands
    for text in (man_page(), completion("bash"), completion("zsh")):
        assert not [name for name in commands if name not in text]
    asked = 'COMP_WORDS=(attune se); COMP_CWORD=1; _shtab_attune attune se attune; echo "${COMPREPLY[@]}"'
    script = f"{completion('bash')}\n{asked}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"service", "settings"}


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """As pyproject.toml says."""
    with pytest.raises(SystemExit):
        main(["--version"])
    line = next(line for line in (DOCS.parent / "pyproject.toml").read_text().splitlines() if line[:7] == "version")
    assert capsys.readouterr().out.strip() == f"attune {line.split(chr(34))[1]}"


@pytest.mark.parametrize(
    "arguments", [["rehearse", "count-to-four", "-o"], ["demo", "-o"], ["type", "--speaker"], ["--speaker"]]
)
def test_sound_is_not_written_under_the_name_of_another_format(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is always WAV; no player would know that of an mp3."""
    with pytest.raises(SystemExit):
        main([*arguments, str(tmp_path / "x.mp3")])
    assert f"only WAV can be written; write {tmp_path / 'x.wav'}" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_who_renders_a_practice_is_told_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once it is there."""
    wav = tmp_path / "x.wav"
    assert main(["rehearse", "count-to-four", "-o", str(wav)]) == 0
    assert capsys.readouterr().err.endswith(f"It is in {wav}.\n")
    assert wav.is_file()


@pytest.mark.parametrize("folder", ["intents", "intents/practices"])
def test_an_empty_sentence_file_is_asked_for_sentences(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its folder: nothing of scripts, which it is none of."""
    empty = tmp_path / folder / "mine.yaml"
    empty.parent.mkdir(parents=True)
    empty.write_text("")
    assert main(["check", str(empty)]) == 1
    told = capsys.readouterr().out
    assert "mine.yaml:1: a sentence file is not a mapping" in told
    assert "script" not in told


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("(help us|let's) [do] (a|the) kitchen breath", "help us do a kitchen breath"),
        ("[please] help us [with] [a cup of] tea [now]", "help us with a cup of tea"),
        ("let's [go and] [drink|have] [some|our] tea", "let's go and drink tea"),
    ],
)
def test_the_phrase_that_is_shown_is_a_sentence(
    template: str, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Verbs and articles that may be left out are said, "please" and "now" are not."""
    intent = f'language: en\nintents:\n  Tea:\n    data:\n      - sentences: ["{template}"]\n'
    for name, text in (("scripts", SCRIPT), ("intents", f"{intent}        metadata: {{starts: tea}}\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tea.yaml").write_text(text)
    assert main(["--data", str(tmp_path), "scripts"]) == 0
    assert f'Say: "{shown}"' in capsys.readouterr().out


def test_packs_are_listed_with_their_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in packs/, an installed package's entry point, and your own; no code of theirs is run."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    config, site = tmp_path / "config" / "attune", tmp_path / "site"
    for folder in (config / "packs" / "garden", config, site / "attune_sea"):
        (folder / "scripts").mkdir(parents=True)
    (config / "packs" / "garden" / "scripts" / "under-a-tree.yaml").write_text(SCRIPT)
    (config / "scripts" / "our-own.yaml").write_text(SCRIPT)
    (site / "attune_sea" / "__init__.py").write_text("raise SystemExit('run')\n")
    (site / "attune_sea" / "scripts" / "two-waves.yaml").write_text(SCRIPT)
    meta = site / "attune_sea-1.0.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: attune-sea\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text("[attune.practices]\nsea = attune_sea\n")
    monkeypatch.syspath_prepend(str(site))
    module._installed.cache_clear()
    try:
        assert main(["scripts"]) == 0
        assert "attune_sea" not in sys.modules
        assert folders("scripts")[-1] == config / "scripts"
    finally:
        module._installed.cache_clear()
    out = capsys.readouterr().out
    for name, origin in (("under-a-tree", "from the pack garden"), ("two-waves", "from the package attune-sea"),
                         ("our-own", "your own"), ("two-minute-reset", "built in")):  # fmt: skip
        block = out[out.index(f"\n{name} ") :][:600]
        assert f"{origin}: " in block[: block.index(".yaml")]


@pytest.mark.real_time
def test_watch_checks_again_when_a_file_is_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says file and line."""
    pytest.importorskip("watchfiles")
    file, fresh, stop = tmp_path / "mine.yaml", tmp_path / "fresh", threading.Event()
    file.write_text(SCRIPT)
    looked: list[int] = []

    def saved() -> None:
        for number in range(100):
            if stop.wait(0.1) or looked:
                break
            fresh.write_text(SCRIPT.replace("say:", f"sai{number}:"))
            fresh.replace(file)  # a look amid the writing would find half a file
        stop.set()

    real = check.check_paths
    check.check_paths = lambda paths: looked.append(real(paths)) or 0
    writer = threading.Thread(target=saved)
    try:
        writer.start()
        check.watch([file], stop)
    finally:
        stop.set()
        writer.join(timeout=5)
        check.check_paths = real
    assert looked[0] == 1
    assert "mine.yaml:6:" in capsys.readouterr().out


def test_fast_tells_the_practice_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Each sentence and each breath with its second, on a virtual clock, without a sound."""
    assert main(["rehearse", "two-minute-reset", "--fast"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "    0.0 s  I'm here. Two minutes, for whoever likes. Breathe in."
    breaths = [float(line.split()[0]) for line in lines if "breath " in line]
    assert len(breaths) == 12
    assert breaths[-1] - breaths[0] == pytest.approx(110, abs=0.11)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("minutes=abc", "two-minute-reset: 'minutes' should be a number (it is 'abc'). Write a number"),
        ("speed=2", "two-minute-reset: there is no setting 'speed' here. Write one of: minutes"),
    ],
)
def test_a_value_that_does_not_fit_is_told_as_what_was_typed(
    given: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script has no fault: neither its file nor its line is named, and nothing is said twice."""
    assert main(["rehearse", "two-minute-reset", "--fast", "--set", given]) == 1
    error = capsys.readouterr().err
    assert f"--set {given} does not fit {told}" in error
    assert ".yaml:" not in error


def test_without_a_loudspeaker_the_ways_to_rehearse_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a machine that has none."""

    def missing(device: str | None = None) -> None:
        raise NoLoudspeaker("There is no loudspeaker.", "Connect one.")

    monkeypatch.setattr(Loudspeaker, "open", missing)
    assert main(["rehearse", "two-minute-reset"]) != 0
    error = capsys.readouterr().err
    assert "Connect one." in error
    assert "-o FILE.wav" in error
    assert "--fast" in error


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--data", "nowhere", "understand", "hi"], "there is no folder 'nowhere'; name one with scripts/ or intents/"),
        (["understand", "--state", "bogus", "hi"], "invalid choice: 'bogus'"),
    ],
)
def test_a_folder_or_a_state_that_is_not_there_is_named(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And not passed over, as if it had been read."""
    with pytest.raises(SystemExit):
        main(words)
    assert told in capsys.readouterr().err


def test_every_state_can_be_named() -> None:
    """The parser knows them without loading what understands."""
    assert set(STATES) == {*sentence_files.STATES, "answering"}


def test_a_fault_names_the_file_as_it_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from the root on: that is what they typed, and can click."""
    monkeypatch.chdir(tmp_path)
    Path("tea.yaml").write_text(SCRIPT + "  - start: kettle\n")
    assert main(["check", "tea.yaml"]) == 1
    assert capsys.readouterr().out.startswith("tea.yaml:7: there is no practice 'kettle'")


def test_a_recording_is_not_written_over(tmp_path: Path) -> None:
    """Also where the loudspeaker's file is the microphone's by another name."""
    heard, other = tmp_path / "in.wav", tmp_path / "other.wav"
    heard.write_bytes(b"RIFF")
    other.symlink_to(heard)
    for name in (heard, other):
        with pytest.raises(DeviceError, match="would be lost"):
            run_files(heard, name, Options(), print)
    assert heard.read_bytes() == b"RIFF"
