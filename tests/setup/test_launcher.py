"""The launcher's first part, the shell script: when it sets up, when it does not, and what it hands on."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "attune"

STAND_IN_PYTHON = """#!/bin/sh
[ "$1" = -c ] && exit {old}
printf '%s\\n' "$6" >>"$4/asked"
cat >>"$4/asked"  # the set-up's standard input, to be empty
echo talk
mkdir -p "$4/.venv/bin"
printf '#!/bin/sh\\nprintf "%%s|" "$PWD" "$@"; cat; env >"%s/variables"\\n' "$4" >"$4/.venv/bin/attune"
cp "$0" "$4/.venv/bin/python"
chmod +x "$4/.venv/bin/attune"
printf '%s\\nneed vosk\\nneed auto\\nneed %s\\n' "$5" "$6" >"$4/.venv/attune-stamp"
exit {code}
"""
"""Takes the place of Python: notes what set-up was asked for, and stamps."""

TOOLS = ("sh", "cksum", "cat", "cp", "chmod", "env", "id", "mkdir", "readlink")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in a folder with spaces, and a machine whose only Python is the stand-in."""
    checkout = tmp_path / "a checkout of ours"
    checkout.mkdir()
    shutil.copy(LAUNCHER, checkout)
    for name in ("pyproject.toml", "constraints.txt"):
        (checkout / name).write_text(name)
    machine = tmp_path / "bin"
    machine.mkdir()
    for tool in TOOLS:
        (machine / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(machine))
    python(machine)
    return checkout


def python(machine: Path, *, old: int = 0, code: int = 0) -> None:
    """Put the stand-in onto the machine."""
    stand_in = machine / "python3"
    stand_in.write_text(STAND_IN_PYTHON.format(old=old, code=code))
    stand_in.chmod(0o755)


def start(checkout: Path, *words: str, said: str = "", **options: object) -> subprocess.CompletedProcess[str]:
    """``./attune WORDS``."""
    command = [str(options.pop("launcher", checkout / "attune")), *words]
    return subprocess.run(command, input=said, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


def asked(checkout: Path) -> list[str]:
    """What set-ups were asked for so far."""
    return (checkout / "asked").read_text().splitlines()


def test_the_first_start_sets_up_and_the_second_does_not(checkout: Path, tmp_path: Path) -> None:
    """Arguments, standard input and folder are Attune's; set-up's talk is on standard error."""
    for _ in range(2):
        done = start(checkout, "type", "two words", said="help us calm down\n", cwd=tmp_path)
        assert done.stdout == f"{tmp_path}|type|two words|help us calm down\n"
        assert done.returncode == 0
    assert asked(checkout) == ["auto"]


def test_a_need_that_was_not_met_is_met_when_it_first_comes_up(checkout: Path) -> None:
    """Whisper by name after a set-up without it; Vosk by name needs nothing more."""
    for words in (["--engine", "vosk", "hear"], ["hear", "--engine=vosk"], ["check"]):
        start(checkout, *words)
    assert asked(checkout) == ["vosk"]
    start(checkout, "--engine=whisper")
    start(checkout, "--engine", "whisper")
    assert asked(checkout) == ["vosk", "whisper"]


def test_piper_is_set_up_when_it_is_asked_for_and_left_alone_where_only_tests_need_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the tests need has a Piper voice in it, which must not become the guide's."""
    monkeypatch.delenv("ATTUNE_VOICE")
    start(checkout, "--voice", "piper", "demo")
    assert asked(checkout) == ["piper"]
    assert "ATTUNE_VOICE" not in (checkout / "variables").read_text()
    stamp = checkout / ".venv/attune-stamp"
    stamp.write_text(stamp.read_text().replace("need piper", "need dev"))
    start(checkout, "demo")
    assert "ATTUNE_VOICE=espeak" in (checkout / "variables").read_text()


def test_what_the_rooms_need_is_set_up_when_they_are_first_asked_for(checkout: Path) -> None:
    """By the command, and by no other word that looks like it."""
    for words in (["understand", "rooms"], ["--data", "rooms", "check"], ["check", "rooms"]):
        start(checkout, *words)
    assert asked(checkout) == ["auto"]
    start(checkout, "--log-level", "info", "rooms", "tcp://127.0.0.1:10700")
    start(checkout, "rooms", "--serve")
    assert asked(checkout) == ["auto", "rooms"]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_other_pins_are_another_environment(checkout: Path, name: str) -> None:
    """A changed file sets up again, once."""
    start(checkout)
    (checkout / name).write_text("changed")
    start(checkout)
    start(checkout)
    assert asked(checkout) == ["auto", "auto"]


def test_a_moved_checkout_and_a_python_that_went_are_set_up_again(checkout: Path) -> None:
    """Environments hold absolute paths, and links to the machine's Python."""
    start(checkout)
    moved = checkout.rename(checkout.parent / "elsewhere")
    start(moved)
    (moved / ".venv/bin/python").unlink()
    start(moved)
    assert asked(moved) == ["auto"] * 3


def test_links_to_the_launcher_lead_to_its_checkout(checkout: Path, tmp_path: Path) -> None:
    """Absolute and relative links, links to links, and a bare name in the current folder."""
    (tmp_path / "absolute").symlink_to(checkout / "attune")
    (tmp_path / "relative").symlink_to("a checkout of ours/attune")
    (tmp_path / "link").symlink_to("relative")
    for name in ("absolute", "relative", "link"):
        assert start(checkout, "x", launcher=tmp_path / name, cwd="/").stdout == "/|x|"
    bare = subprocess.run(["sh", "attune", "x"], cwd=checkout, capture_output=True, text=True, check=True, input="")
    assert bare.stdout == f"{checkout}|x|"
    assert asked(checkout) == ["auto"]


def test_a_set_up_that_fails_does_not_start_attune(checkout: Path, tmp_path: Path) -> None:
    """Its exit code is the launcher's."""
    python(tmp_path / "bin", code=1)
    done = start(checkout)
    assert (done.returncode, done.stdout) == (1, "")


def test_without_a_new_enough_python_it_says_what_to_do(checkout: Path, tmp_path: Path) -> None:
    """No Python, and too old a one: a sentence, no set-up, exit 1."""
    python(tmp_path / "bin", old=1)
    (tmp_path / "bin/apt-get").symlink_to("/bin/false")
    (tmp_path / "bin/id").unlink()
    (tmp_path / "bin/id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "bin/id").chmod(0o755)
    old = start(checkout)
    assert old.returncode == 1
    assert "Python 3.11 or newer is needed" in old.stderr
    assert "sudo apt-get install python3 python3-venv" in old.stderr
    (tmp_path / "bin/python3").unlink()
    (tmp_path / "bin/apt-get").unlink()
    none = start(checkout)
    assert none.returncode == 1
    assert "this machine has no python3" in none.stderr
    assert not (checkout / "asked").exists()


def test_nothing_of_the_users_own_python_leaks_in(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """User site, ``PYTHONPATH`` and ``PYTHONHOME`` are out; an empty ``HOME`` is none."""
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PYTHONHOME", "/somewhere")
    monkeypatch.setenv("HOME", "")
    assert start(checkout).returncode == 0
    names = [line.partition("=")[0] for line in (checkout / "variables").read_text().splitlines()]
    assert "PYTHONNOUSERSITE" in names
    assert not {"PYTHONPATH", "PYTHONHOME", "HOME"} & set(names)


def test_a_second_start_adds_under_300_ms(checkout: Path) -> None:
    """Measured against starting the environment's own command."""
    start(checkout)

    def took_s(command: str) -> float:
        began = time.perf_counter()
        subprocess.run([command], stdin=subprocess.DEVNULL, capture_output=True, check=True, cwd=os.sep)
        return time.perf_counter() - began

    through = statistics.median(took_s(str(checkout / "attune")) for _ in range(5))
    straight = statistics.median(took_s(str(checkout / ".venv/bin/attune")) for _ in range(5))
    assert through - straight < 0.3
