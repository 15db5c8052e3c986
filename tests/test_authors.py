"""The author's path: the page on writing practices followed to the letter, the schema, and `attune new`."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from voice.content import builtin_folder, read_yaml
from voice.guiding.schema import script_schema

PAGE = Path(__file__).parent.parent / "docs" / "writing-practices.md"
SCHEMA = builtin_folder("scripts") / "script.schema.json"
SCRIPTS = sorted(builtin_folder("scripts").glob("*.yaml"))


def attune(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as the page says it, with a home of its own."""
    own = {"HOME": str(cwd), "PYTHONPATH": str(PAGE.parent.parent)}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")} | own
    command = [sys.executable, "-m", "voice", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.audio
def test_the_page_can_be_followed_to_the_letter(tmp_path: Path) -> None:
    """Its files are written where it says, its commands run, and its sentence is understood."""
    text = PAGE.read_text()
    files = re.findall(r"`(mine/[a-z/-]+\.yaml)`[^`]*```yaml\n(.*?)```", text, flags=re.DOTALL)
    assert [name for name, _ in files] == ["mine/scripts/kitchen-breath.yaml", "mine/intents/kitchen.yaml"]
    for name, content in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (block,) = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    commands = [shlex.split(line, comments=True) for line in block.splitlines()]
    commands += [shlex.split(line) for line in re.findall(r"`(\./attune --data mine understand [^`]*)`", text)]
    assert len(commands) == 4
    done = [attune(*command[1:], cwd=tmp_path) for command in commands]
    assert [one.returncode for one in done] == [0] * 4, [one.stderr for one in done]
    assert json.loads(done[-1].stdout)["practice"] == "kitchen-breath"
    assert (tmp_path / "longer.wav").stat().st_size > (tmp_path / "kitchen.wav").stat().st_size


def test_a_new_practice_is_right_and_starts(tmp_path: Path) -> None:
    """It passes the check, is listed, is understood, and is never written over."""
    made = attune("new", "practice", "evening-tea", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert attune("check", cwd=tmp_path).returncode == 0
    assert """Say: "let's do the evening tea\"""" in attune("scripts", cwd=tmp_path).stdout
    heard = json.loads(attune("understand", "let's have our evening tea", cwd=tmp_path).stdout)
    assert heard["practice"] == "evening-tea"
    again = attune("new", "practice", "evening-tea", cwd=tmp_path)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
    assert "cannot be an id" in attune("new", "practice", "Evening Tea", cwd=tmp_path).stderr
    assert "'stop' is a word that steers" in attune("new", "practice", "stop", cwd=tmp_path).stderr
    ours = attune("new", "practice", "two-minute-reset", cwd=tmp_path)
    assert "'two-minute-reset' is one of Attune's own practices" in ours.stderr


def test_the_schema_is_that_of_the_steps(request: pytest.FixtureRequest) -> None:
    """``pytest --regen`` rewrites it."""
    now = json.dumps(script_schema(), indent=1) + "\n"
    if request.config.getoption("--regen"):
        SCHEMA.write_text(now)
    assert SCHEMA.read_text() == now


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_schema_takes_every_built_in_script(path: Path) -> None:
    """Short forms and settings, too."""
    jsonschema.validate(read_yaml(path).data, script_schema())


@pytest.mark.parametrize(
    "step",
    [{"sya": "hello"}, {"say": {"txt": "hello"}}, {"say": "hello", "pause": 1}, {"breathe": {"minutes": "two"}}, {}, 5],
)
def test_the_schema_refuses_what_the_loader_refuses(step: object) -> None:
    """A misspelt key, two keys, a wrong type."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "x", "steps": [step]}, script_schema())
