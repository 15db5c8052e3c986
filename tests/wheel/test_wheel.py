"""The wheel, not the tree: what is in it, and that it works in a clean environment with no checkout nearby."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
import zipfile
from pathlib import Path

import pytest

from launcher.installer import IN_THE_WAY, from_pip

ROOT = Path(__file__).parents[2]
CONTENT = ("scripts", "intents", "audio")
"""Folders that lie beside the package in the tree and inside it in the wheel."""


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command that has to succeed; its words are shown where it does not."""
    kept = {name: value for name, value in os.environ.items() if name not in IN_THE_WAY}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``pip wheel .`` of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, "."),
        cwd=ROOT,
        PIP_CONSTRAINT="constraints.txt",
    )
    (built,) = folder.glob("attune_voice-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a clean environment that has the wheel and nothing of the tree."""
    folder = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    commands = folder / "venv/bin"
    pinned = ("--constraint", ROOT / "constraints.txt", wheel)
    uv = Path(sys.executable).parent / "uv"
    if uv.exists():
        told = from_pip(run(sys.executable, "-m", "pip", "config", "list", cwd=folder).stdout)
        cache = ("--cache-dir", folder / "cache")
        run(uv, "pip", "install", "--python", commands / "python", *cache, *pinned, cwd=folder, **told)
    else:
        pip = (sys.executable, "-m", "pip", "--python", commands / "python")
        run(*pip, "install", "--quiet", "--no-compile", *pinned, cwd=folder)
    return commands


def kept_files(folder: str) -> set[str]:
    """Files of one folder of the tree that belong to the project, as git sees it."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", folder, cwd=ROOT).stdout
    return {name for name in listed.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_holds_the_package_and_its_content_and_nothing_else(wheel: Path) -> None:
    """Every file of ``voice/``, scripts, intents and sounds under ``voice/data/``, and what shells and ``man`` read."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    content = {f"voice/data/{name}" for folder in CONTENT for name in kept_files(folder)}
    shared = {name.partition("/share/")[2] for name in inside if "/share/" in name}
    assert shared == {"man/man1/attune.1", "bash-completion/completions/attune", "zsh/site-functions/_attune"}
    assert {name for name in inside if "/share/" not in name} == kept_files("voice") | content
    assert "voice/data/scripts/two-minute-reset.yaml" in inside
    assert {name.split("/")[2] for name in content} == set(CONTENT)


def test_content_folders_hold_no_python() -> None:
    """Hatchling's editable installs break on a renamed folder with Python in it."""
    assert [name for folder in CONTENT for name in kept_files(folder) if name.endswith(".py")] == []


def test_the_wheel_works_away_from_the_tree(wheel: Path, installed: Path, tmp_path: Path) -> None:
    """Its version, its own content checked, and the first practice rendered whole."""
    attune = installed / "attune"
    assert run(attune, "--version", cwd=tmp_path).stdout.split() == ["attune", wheel.name.split("-")[1]]
    where = run(installed / "python", "-c", "import voice; print(voice.__file__)", cwd=tmp_path).stdout
    assert where.startswith(str(installed.parent))
    run(attune, "check", cwd=tmp_path)
    run(attune, "rehearse", "two-minute-reset", "-o", "x.wav", cwd=tmp_path)
    with wave.open(str(tmp_path / "x.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() > 120
