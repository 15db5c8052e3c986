"""Whether somebody can type, asked of real terminals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ASKS = "from voice.terminal import can_type; print(can_type())"
IN_FRONT = f"""
import os, subprocess, sys
print(subprocess.run([sys.executable, "-c", {ASKS!r}], capture_output=True, text=True).stdout.strip())
print(subprocess.run([sys.executable, "-c", {ASKS!r}], capture_output=True, text=True, process_group=0).stdout.strip())
"""
"""Asked at a terminal, in front of it and as a job in its background."""


def test_at_a_terminal_in_front_and_not_in_its_background() -> None:
    """Reading keys there would stop the whole process until it is brought to the front."""
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, "-c", IN_FRONT])
    said = b""
    while said.count(b"\n") < 2:
        said += os.read(terminal, 1024)
    os.waitpid(child, 0)
    os.close(terminal)
    assert said.split() == [b"True", b"False"]


def test_not_from_a_pipe() -> None:
    """Which has lines, and no keys."""
    done = subprocess.run([sys.executable, "-c", ASKS], input="", capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("command", ["type", "forget"])
def test_with_standard_input_closed_there_is_no_traceback(command: str, tmp_path: Path) -> None:
    """As some starters of programs leave it."""
    environment = os.environ | {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    call = f'exec "{sys.executable}" -m voice {command} <&-'
    done = subprocess.run(["sh", "-c", call], capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1, 2)
