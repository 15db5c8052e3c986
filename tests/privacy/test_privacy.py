"""Privacy as properties: no internet while it runs, no words and no sound on disk, nothing readable by others."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice.drives.virtual import WavWriter
from voice.eventlog import EventFile
from voice.events import Ignored
from voice.hearing.known_models import models_folder
from voice.keeping import records
from voice.keeping.store import open_store

HERE = Path(__file__).parent
RARE = ("marmalade", "zeppelin", "tambourine")
"""Words that no script, intent or library has any reason to write."""
TOLD = f"yesterday the {RARE[0]} fell on the {RARE[1]}"
RATE = 16_000
LEAK = """
import logging, voice.session
heard = voice.session.Session.receive
def receive(self, event):
    {line}
    heard(self, event)
voice.session.Session.receive = receive
"""


def attune(
    home: Path, *arguments: str, lines: str = "", before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run Attune with a home and a temporary folder of its own; the models of this machine are shared."""
    for name in ("tmp", ".cache/attune"):
        (home / name).mkdir(parents=True, exist_ok=True)
    models = home / ".cache" / "attune" / "models"
    if models_folder().is_dir() and not models.exists():
        models.symlink_to(models_folder())
    keep = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    environment = keep | {"HOME": str(home), "TMPDIR": str(home / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*before, sys.executable, "-m", "voice", "--log-level", "debug", *arguments],
        input=lines, capture_output=True, text=True, cwd=home, env=environment, check=False, timeout=300,
    )  # fmt: skip


def written_by(home: Path) -> list[Path]:
    """Every file below a home, apart from the shared models."""
    return [path for path in home.rglob("*") if path.is_file() and "models" not in path.parts]


def leaks(home: Path, *texts: str) -> list[str]:
    """Where rare words, or sound, can be found afterwards."""
    found = [f"a text: {word}" for text in texts for word in RARE if word in text.lower()]
    for path in written_by(home):
        content = path.read_bytes().lower()
        found += [f"{path}: {word}" for word in RARE for code in ("utf-8", "utf-16-le") if word.encode(code) in content]
        found += [f"{path}: sound"] if content[:4] in (b"riff", b"flac", b"oggs", b"form") else []
    return found


@pytest.fixture
def heard(say: Any, tmp_path: Path) -> tuple[Path, Path]:
    """A microphone file outside the home: a start, rare words in a turn, and a stop; and where the answer goes."""
    parts = [say("help us listen", "flite:slt"), np.zeros(8 * RATE), say(TOLD, "flite:slt"), say("stop", "flite:slt")]
    mic = tmp_path / "mic.wav"
    soundfile.write(mic, np.concatenate(parts).astype(np.float32), RATE)
    return mic, tmp_path / "out.wav"


def test_what_is_typed_is_nowhere_afterwards(tmp_path: Path) -> None:
    """Rare words in a partner's turn are in no file, no log and no temporary file."""
    done = attune(tmp_path, "type", lines=f"help us listen\n{TOLD}\n{RARE[2]}\nstop\n")
    assert done.returncode == 0, done.stderr
    assert leaks(tmp_path, done.stderr) == []


@pytest.mark.audio
def test_what_is_heard_is_nowhere_afterwards(heard: tuple[Path, Path], tmp_path: Path) -> None:
    """The same with a synthetic voice through the real recognizer; only the file that was asked for is there."""
    home = tmp_path / "home"
    done = attune(home, "--engine", "whisper", "--mic", str(heard[0]), "--speaker", str(heard[1]))
    assert done.returncode == 0, done.stderr
    assert leaks(home, done.stderr, done.stdout) == []
    assert f"Written: {heard[1]}" in done.stderr


@pytest.mark.audio
def test_no_library_keeps_a_file_of_its_own(heard: tuple[Path, Path], tmp_path: Path) -> None:
    """A whole practice by sound, with every library it needs, writes what docs/privacy.md names and nothing else."""
    home = tmp_path / "home"
    done = attune(home, "--engine", "whisper", "--mic", str(heard[0]), "--speaker", str(heard[1]))
    assert done.returncode == 0, done.stderr
    ours = ("tmp", ".cache/attune", ".config/attune", ".local/share/attune", ".local/state/attune")
    assert [path for path in written_by(home) if not any(path.is_relative_to(home / one) for one in ours)] == []
    assert [path for path in (home / "tmp").rglob("*") if path.is_file()] == []


def test_every_process_forbids_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever imports Attune, also as a library, has said so before onnxruntime can be imported."""
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    code = "import voice, os, sys; assert 'onnxruntime' not in sys.modules; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parents[1])
    assert done.stdout == "1\n"


@pytest.mark.parametrize(
    "line", ['open("kept.txt", "a").write(repr(event))', 'logging.getLogger("voice.session").info("took %s", event)']
)
def test_a_line_that_keeps_or_logs_a_word_would_be_found(tmp_path: Path, line: str) -> None:
    """The same check goes red when somebody adds a line that writes what was heard, to a file or to the log."""
    (tmp_path / "leak").mkdir()
    (tmp_path / "leak" / "sitecustomize.py").write_text(LEAK.format(line=line))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "leak"), *filter(None, sys.path)]))
        done = attune(tmp_path, "type", lines=f"help us listen\n{TOLD}\nstop\n")
    assert done.returncode == 0, done.stderr
    assert leaks(tmp_path, done.stderr)


def test_the_doctor_tells_machines_all_and_nobody_a_private_word(tmp_path: Path) -> None:
    """Every part of the screen is in ``--json``; what they keep, and what they call each other, is in neither."""
    store = open_store(tmp_path / ".local" / "share" / "attune")
    records.keep(store, "tool", RARE[0])
    store.connection.close()
    assert leaks(tmp_path), "it is kept"
    settings = tmp_path / ".config" / "attune" / "settings.yaml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"names: [{RARE[1]}, {RARE[2]}]\n")
    screen, machines = attune(tmp_path, "doctor"), attune(tmp_path, "doctor", "--json")
    findings = json.loads(machines.stdout)["findings"]
    assert len(findings) == len([line for line in screen.stdout.splitlines() if line.startswith(("good", "TO DO"))])
    assert all(f" {finding['part']} " in screen.stdout for finding in findings)
    assert not [word for word in RARE if word in (screen.stdout + screen.stderr + machines.stdout).lower()]


def test_only_the_owner_can_read_what_it_writes(tmp_path: Path) -> None:
    """An events file and a sound file, written where they were asked for."""
    done = attune(tmp_path, "type", "--events", "ev.jsonl", "--speaker", "out.wav", lines="help us calm down\nstop\n")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.*")} >= {"ev.jsonl", "out.wav"}
    assert [path for path in written_by(tmp_path) if path.stat().st_mode & 0o077] == []


@pytest.mark.skipif(os.name != "posix", reason="this system has no such modes")
def test_a_file_that_others_could_read_is_closed_to_them_before_it_is_written(tmp_path: Path) -> None:
    """A name that was there already, open to everybody: events, sound and the page of the journal are the owner's."""
    for name in ("ev.jsonl", "out.wav", "page.html"):
        (tmp_path / name).write_text("from before")
        (tmp_path / name).chmod(0o644)
    with EventFile(tmp_path / "ev.jsonl") as events, WavWriter(tmp_path / "out.wav", RATE) as sound:
        assert [path.stat().st_mode & 0o077 for path in (tmp_path / "ev.jsonl", tmp_path / "out.wav")] == [0, 0]
        events.write(Ignored(t=0.0, text=RARE[0], why="not for me"))
        sound.write(np.zeros(RATE, dtype=np.float32))
    assert attune(tmp_path, "history", "--html", "page.html").returncode == 0
    assert [path.name for path in written_by(tmp_path) if path.stat().st_mode & 0o077] == []
    assert not [path for path in written_by(tmp_path) if b"from before" in path.read_bytes()]


def test_what_is_no_file_is_written_to_and_left_as_it_is() -> None:
    """The null device stays everybody's, also where root asks for it."""
    before = Path(os.devnull).stat().st_mode
    with EventFile(Path(os.devnull)) as events:
        events.write(Ignored(t=0.0, text="x", why="not for me"))
    assert Path(os.devnull).stat().st_mode == before


def test_it_leaves_no_core_dump(tmp_path: Path) -> None:
    """The limit is zero before anything is loaded, and children inherit it."""
    code = (
        "import voice.cli, resource, sys; voice.cli._no_core_dumps(); print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parent.parent
    )
    assert done.stdout.strip() == "(0, 0)"


@pytest.fixture
def filtered() -> tuple[str, ...]:
    """A prefix that kills whatever opens an internet socket."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        pytest.skip("the filter is written for Linux on x86-64 and ARM64")
    prefix = (sys.executable, str(HERE / "no_internet.py"))
    probe = "import socket; socket.socket(socket.AF_INET)"
    assert subprocess.run([*prefix, sys.executable, "-c", probe], check=False).returncode == -31, "the filter works"
    return prefix


def test_no_internet_socket_is_opened_typed(filtered: tuple[str, ...], tmp_path: Path) -> None:
    """A whole practice under a filter that kills on the attempt."""
    done = attune(tmp_path, "type", "--speaker", "out.wav", lines="help us calm down\nenough\n", before=filtered)
    assert done.returncode == 0, done.stderr


@pytest.mark.audio
def test_no_internet_socket_is_opened_on_files(
    filtered: tuple[str, ...], heard: tuple[Path, Path], tmp_path: Path
) -> None:
    """Recognizer and synthesizer in their processes, too."""
    done = attune(
        tmp_path / "home", "--engine", "whisper", "--mic", str(heard[0]), "--speaker", str(heard[1]), before=filtered
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.audio
def test_everything_works_where_there_is_no_network(heard: tuple[Path, Path], tmp_path: Path) -> None:
    """In a network namespace of its own, without even a loopback."""
    alone = ("unshare", "--net", "--map-root-user") if os.getuid() else ("unshare", "--net")
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system gives no network namespace")
    done = attune(
        tmp_path / "home", "--engine", "whisper", "--mic", str(heard[0]), "--speaker", str(heard[1]), before=alone
    )
    assert done.returncode == 0, done.stderr
    assert heard[1].stat().st_size > 100_000
    assert socket.AF_INET  # this process still has one


@pytest.mark.audio
def test_a_whole_practice_opens_no_socket_but_the_machines_own(heard: tuple[Path, Path], tmp_path: Path) -> None:
    """strace watches all processes: whatever socket is opened is AF_UNIX."""
    if not shutil.which("strace") or subprocess.run(["strace", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace is not installed, or may not watch here")
    seen = tmp_path / "sockets.txt"
    watched = ("strace", "-f", "-q", "-e", "trace=network", "-o", str(seen))
    files = ("--mic", str(heard[0]), "--speaker", str(heard[1]))
    done = attune(tmp_path / "home", "--engine", "whisper", *files, before=watched)
    assert done.returncode == 0, done.stderr
    assert heard[1].stat().st_size > 100_000
    families = set(re.findall(r"socket(?:pair)?\((AF_[A-Z0-9]+|PF_[A-Z0-9]+)", seen.read_text()))
    assert families <= {"AF_UNIX"}
    assert "sa_family=AF_INET" not in seen.read_text()


def test_forget_leaves_no_file_behind(tmp_path: Path) -> None:
    """Settings, own practices, recordings and models go, and it says what; a second time there is nothing to forget."""
    for name in (
        ".config/attune/scripts/own.yaml",
        ".config/attune/settings.yaml",
        ".local/share/attune/journal.db",
        ".local/share/attune/recordings/one.wav",
        ".config/systemd/user/attune.service",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    asked = attune(tmp_path, "forget")
    assert asked.returncode == 1
    assert "attune forget --yes" in asked.stderr
    done = attune(tmp_path, "forget", "--yes")
    assert done.returncode == 0, done.stderr
    assert "settings and own practices: 2 files" in done.stdout
    assert "journal, promises, rituals and recordings: 2 files" in done.stdout
    assert written_by(tmp_path) == []
    assert attune(tmp_path, "forget").stdout == "There is nothing to forget.\n"


CONNECTS = re.compile(
    r"^\s*(?:import|from) (?:socket|ssl|asyncio|urllib\.request|http|ftplib|smtplib|socketserver|xmlrpc|websockets|"
    r"requests|httpx2?|aiohttp|wyoming|zeroconf)\b|create_connection\(|open_connection\(",
    re.MULTILINE,
)
"""Everything in Python by which these modules could reach another machine."""


def test_only_the_rooms_and_the_fetching_of_models_can_open_a_connection() -> None:
    """A module elsewhere that imports what opens one fails here; the page names both."""
    root = HERE.parent.parent
    able = {str(path.relative_to(root)) for path in (root / "voice").rglob("*.py") if CONNECTS.search(path.read_text())}
    elsewhere = {path for path in able if not path.startswith("voice/rooms/")}
    assert elsewhere == {"voice/hearing/model_fetch.py", "voice/service/notify.py"}
    page = (root / "docs" / "privacy.md").read_text()
    assert "`voice/rooms/`" in page


def test_nothing_of_the_rooms_is_loaded_unless_they_are_asked_for(tmp_path: Path) -> None:
    """A whole typed practice imports neither the protocol nor what opens connections for it."""
    code = (
        "import sys, voice.cli; voice.cli.main(['type']);"
        "print([m for m in sys.modules if m.split('.')[0] in ('wyoming', 'zeroconf', 'asyncio')"
        " or (m.startswith('voice.rooms.') and m != 'voice.rooms.address')], file=sys.stderr)"
    )
    environment = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], input="help us calm down\nstop\n", capture_output=True, text=True, check=True,
        cwd=HERE.parent.parent, env=environment,
    )  # fmt: skip
    assert done.stderr.strip().splitlines()[-1] == "[]"


WRITES = re.compile(
    r"\.write_(text|bytes)\(|os\.O_WRONLY|os\.O_RDWR|sqlite3\.connect\(|SoundFile\(|TemporaryDirectory\(|scratch_folder\(|"
    r"NamedTemporaryFile\(|mkstemp\(|\.open\(\"[wxa]|_private\(|\bopen\([^)\n]*, \"[wxa]b?\"|\.savez|\.touch\("
)
"""Everything in Python by which these modules could write to disk."""
ELSEWHERE = {
    "voice/child_side.py": "the null device",
    "voice/cli.py": "the null device",
    "voice/portaudio.py": "the null device",
    "voice/private_file.py": "the files that its callers are named for",
    "voice/scratch.py": "the folders that its callers are named for",
    "voice/speaking/espeak_copies.py": "the null device, and memory",
    "voice/understanding/paraphrases.py": "called by the training script only",
}


def test_the_page_names_every_module_that_can_write() -> None:
    """docs/privacy.md lists what is kept, where and why; a new place to write to has to be named there."""
    root = HERE.parent.parent
    page = (root / "docs" / "privacy.md").read_text()
    writing = {
        str(path.relative_to(root)) for path in (root / "voice").rglob("*.py") if WRITES.search(path.read_text())
    }
    named = set(re.findall(r"`(voice/[a-z0-9_/]+\.py)`", page))
    assert named == writing - set(ELSEWHERE)
