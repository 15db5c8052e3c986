"""The conversation by keyboard, at a real terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty", reason="there are no such terminals on this system")


@pytest.mark.parametrize("leave", [b"exit\n", b"Quit\n", b"\x04"], ids=["exit", "quit", "end"])
def test_exit_quit_and_the_end_of_input_leave_at_once(leave: bytes, tmp_path: Path) -> None:
    """In the middle of a practice too, which would last two minutes more; and it is said how to leave."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "voice", "type", "--speaker", str(tmp_path / "said.wav")]
    own = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    typed = subprocess.Popen(
        command, env={**os.environ, **own}, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    os.close(theirs)
    try:
        assert typed.stdout is not None
        os.write(ours, b"help us calm down\n")
        while "for whoever likes" not in typed.stdout.readline():
            assert typed.poll() is None
        os.write(ours, leave)
        _, told = typed.communicate(timeout=30)
    finally:
        typed.kill()
        os.close(ours)
    assert typed.returncode == 0
    assert "exit or Ctrl-D leaves" in told
