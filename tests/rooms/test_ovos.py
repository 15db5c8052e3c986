"""The skill for Open Voice OS, found by its entry point, on a real ovos-messagebus."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".attune" / "ovos"
PACKAGES = ("ovos-messagebus==0.0.10", "ovos-workshop==8.0.0")
SAID = ("help us calm down", "what can i say", "turn on the kitchen light")


def python_of_ovos() -> Path:
    """The Python that has Open Voice OS's packages, in an environment of its own; made once, kept in the checkout."""
    python = CACHE / "bin" / "python"
    if not (CACHE / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", str(CACHE)], check=True, capture_output=True)
        for packages in (["hatchling", *PACKAGES], ["--no-deps", "--no-build-isolation", str(ROOT / "ovos")]):
            pip = [str(python), "-m", "pip", "install", "--quiet", *packages]
            made = subprocess.run(pip, capture_output=True, text=True, check=False)
            if made.returncode:
                pytest.skip(f"Open Voice OS's packages could not be installed: {made.stderr[-200:]}")
        (CACHE / "made").touch()
    return python


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A message bus on a port of the loopback; gives the variables under which its clients find it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "mycroft").mkdir()
    told = {"websocket": {"host": "127.0.0.1", "port": port, "route": "/core", "ssl": False}}
    (tmp_path / "mycroft" / "mycroft.conf").write_text(json.dumps(told))
    folders = {f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    # Attune itself and its packages after those of Open Voice OS's own environment.
    path = [str(ROOT), str(ROOT / "ovos"), str(Path(numpy.__file__).parents[1])]
    variables = os.environ | folders | {"PYTHONPATH": os.pathsep.join(path)}
    without = {key: value for key, value in variables.items() if key != "PYTHONPATH"}
    process = subprocess.Popen([str(python_of_ovos().parent / "ovos-messagebus")], env=without, cwd=tmp_path,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield variables
    finally:
        process.kill()
        process.wait()


def test_the_skill_answers_on_its_message_bus(bus: dict[str, str], tmp_path: Path) -> None:
    """It can handle what is ours and nothing else; a practice is played as one file, words are spoken."""
    child = [str(python_of_ovos()), str(Path(__file__).parent / "ovos_child.py"), *SAID]
    done = subprocess.run(child, env=bus, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    line = next((line for line in done.stdout.splitlines() if line.startswith("ANSWERS")), None)
    assert line, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(line.removeprefix("ANSWERS"))
    can = [told["answers"][text]["ovos.skills.fallback.pong"]["can_handle"] for text in SAID]
    assert can == [True, True, False]
    done_ = [told["answers"][text]["ovos.skills.fallback.attune.guide.response"]["result"] for text in SAID]
    assert done_ == [True, True, False]
    assert 120 < told["seconds"]["help us calm down"] < 130
    assert told["answers"]["what can i say"]["speak"]["utterance"].startswith("You can say")
    assert "speak" not in told["answers"]["turn on the kitchen light"]
