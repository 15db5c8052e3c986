"""The service: its unit, and what it tells systemd."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.soundcard import sound_card, why_missing
from voice.cli import main
from voice.service.notify import Notifier
from voice.service.unit import own_command, unit_text

MOST_EXPOSED = 3.0
"""systemd's own score, 0 (closed) to 10; what it calls OK ends at 4.9."""


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    """A stand-in for systemd."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "notify"))
    listening.settimeout(60)
    yield listening
    listening.close()


def test_ready_alive_and_stopping_reach_the_manager(manager: socket.socket, tmp_path: Path) -> None:
    """Alive is told at half of the allowed silence, no more often."""
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000000"})
    notifier.ready()
    for second in range(31):
        notifier.alive(float(second))
    notifier.stopping()
    manager.setblocking(False)
    told = []
    while True:
        try:
            told.append(manager.recv(4096).decode().split("\n")[0])
        except BlockingIOError:
            break
    assert told == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"WATCHDOG_USEC": "soon"}])
def test_without_a_manager_nothing_happens(environment: dict[str, str]) -> None:
    """No error, and nobody is waited for."""
    notifier = Notifier(environment)
    notifier.ready()
    notifier.alive()
    notifier.stopping()


def test_the_unit_is_one_that_systemd_can_read() -> None:
    """Paths with spaces, quotes, percent and dollar signs stay one word."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(unit_text(["/home/a b/50%/python", "-m", "voice", "$HOME"]))
    assert parser["Service"]["ExecStart"] == '"/home/a b/50%%/python" -m voice $$HOME'
    assert parser["Service"]["RestrictAddressFamilies"] == "AF_UNIX"


def test_systemd_finds_the_unit_well_closed(tmp_path: Path) -> None:
    """`systemd-analyze security --offline=true` gives at most the score that docs/reliability.md tells."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "attune.service"
    unit.write_text(unit_text(["/usr/bin/true"]))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip().splitlines()[-1]
    assert float(told.split("attune.service:")[1].split()[0]) <= MOST_EXPOSED, told


def test_install_writes_the_unit_and_remove_takes_it_away(tmp_path: Path) -> None:
    """Where no systemd runs services for the user, it says what to type."""
    own = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")} | own
    unit = tmp_path / ".config" / "systemd" / "user" / "attune.service"

    def service(action: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "voice", "service", action]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert "Not installed" in service("status").stdout
    installed = service("install")
    assert unit.is_file()
    assert installed.returncode == 0 or "systemctl --user enable --now attune.service" in installed.stderr
    assert service("remove").returncode == 0
    assert not unit.exists()
    assert "no such service" in service("remove").stdout


def test_without_systemd_it_is_said_what_to_do_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command for the system's own autostart, and no unit that nothing would ever read."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["service", "install"]) == 1
    told = capsys.readouterr()
    assert f"autostart or login items run: {shlex.join(own_command())}" in told.err
    assert not told.out
    assert not list(tmp_path.iterdir())


@pytest.mark.device
@pytest.mark.audio
def test_the_room_tells_the_manager(manager: socket.socket, tmp_path: Path) -> None:
    """On a virtual sound card: ready, alive while it listens, and stopping after SIGTERM."""
    if reason := why_missing():
        pytest.skip(reason)
    with sound_card() as card:
        env = card.env | {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"}
        room = subprocess.Popen([sys.executable, "-m", "voice"], env=env, stdout=subprocess.DEVNULL)
        try:
            told = [manager.recv(4096).decode().split("\n")[0] for _ in range(3)]
            silence = card.speak(np.zeros(16_000, np.float32))
            room.terminate()
            assert room.wait(10) == 0
            silence.wait()
        finally:
            room.kill()
            room.wait()
    manager.setblocking(False)
    while told[-1] != "STOPPING=1":
        told.append(manager.recv(4096).decode())
    assert {"READY=1", "WATCHDOG=1", "STOPPING=1"} == set(told)
