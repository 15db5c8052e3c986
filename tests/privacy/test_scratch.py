"""Temporary folders: nobody else's, gone at the end, and gone at the next start after a process was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from voice.scratch import IN_USE, scratch_folder

HOLDS = """
import sys, tempfile
from voice.scratch import scratch_folder
tempfile.tempdir = sys.argv[1]
with scratch_folder("model") as folder:
    (folder / "model.bin").write_bytes(b"weights")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that is this test's alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def holding(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another process with a folder of its own, and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(temporary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def an_hour_ago(folder: Path) -> None:
    """Let a folder have been made long before."""
    then = time.time() - 3600
    os.utime(folder / IN_USE, (then, then))


def test_it_is_this_users_alone_and_gone_at_the_end(temporary: Path) -> None:
    with scratch_folder("phrase") as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "phrase.wav").write_bytes(b"RIFF")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_goes_at_the_next_start(temporary: Path) -> None:
    process, left = holding(temporary)
    process.kill()
    process.communicate()
    assert (left / "model.bin").is_file()
    an_hour_ago(left)
    with scratch_folder("phrase") as folder:
        assert [path for path in temporary.iterdir() if path != folder] == []


def test_what_a_living_process_needs_stays(temporary: Path) -> None:
    process, needed = holding(temporary)
    an_hour_ago(needed)
    with scratch_folder("phrase"):
        assert (needed / "model.bin").is_file()
    process.communicate("")
    assert process.returncode == 0
    assert not needed.exists()


def test_what_another_process_is_about_to_lock_stays(temporary: Path) -> None:
    """Between making a folder and locking it, somebody else may look: it was taken for a leftover, and a model that
    was being loaded was gone."""
    young = temporary / "attune-model-young"
    young.mkdir()
    (young / IN_USE).touch()
    with scratch_folder("phrase"):
        assert young.is_dir()


def test_what_is_not_ours_stays(temporary: Path) -> None:
    """A folder of a like name that another program, or a link that another user, put there."""
    theirs, elsewhere = temporary / "attune-notes-1", temporary / "elsewhere"
    theirs.mkdir()
    (theirs / "notes.txt").write_text("mine")
    elsewhere.mkdir()
    (elsewhere / IN_USE).write_text("not a lock of ours")
    an_hour_ago(elsewhere)
    (temporary / "attune-model-link").symlink_to(elsewhere)
    with scratch_folder("phrase"):
        pass
    assert (theirs / "notes.txt").read_text() == "mine"
    assert (elsewhere / IN_USE).read_text() == "not a lock of ours"
