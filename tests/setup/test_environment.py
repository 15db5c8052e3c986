"""The launcher's second part: stamps, needs, locks, and what is said to uv and apt."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launcher import checks, environment, lock, system_packages
from launcher.environment import Environment
from launcher.installer import from_pip
from launcher.lock import alone
from launcher.system_packages import install_missing
from launcher.talk import Refusal


class Machine:
    """Stands for ``venv`` and the package index: notes what was asked."""

    def __init__(self) -> None:
        """Nothing was made yet."""
        self.made = 0
        self.installed: list[list[str]] = []
        self.breaks: BaseException | None = None

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        """Make an environment; the question for a model is answered with nothing."""
        if command[1:3] == ["-m", "venv"]:
            self.made += 1
            (Path(command[3]) / "bin").mkdir(parents=True)
            (Path(command[3]) / "bin/python").write_text("")
        return subprocess.CompletedProcess(command, 0, "", "")

    def install(self, extras: list[str]) -> None:
        """Install, or break off."""
        if self.breaks:
            raise self.breaks
        self.installed.append(extras)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with memory enough."""
    machine = Machine()
    monkeypatch.setattr(environment.subprocess, "run", machine.run)
    monkeypatch.setattr(environment, "Installer", lambda root, python: machine)
    monkeypatch.setattr(environment, "_memory_bytes", lambda: 4_000_000_000)
    return machine


def satisfied(place: Environment) -> set[str]:
    """All needs that the stamp says are met."""
    return {need for need in ("auto", "vosk", "whisper", "dev") if place.satisfies(need)}


def test_a_set_up_satisfies_its_need_and_what_that_includes(machine: Machine, tmp_path: Path) -> None:
    """Whisper comes with ``auto``, and everything with ``dev``; what was there stays."""
    place = Environment(tmp_path, f"1 2\n{tmp_path}")
    place.prepare("vosk")
    assert satisfied(place) == {"vosk"}
    place.prepare("auto")
    assert satisfied(place) == {"auto", "vosk", "whisper"}
    place.prepare("dev")
    assert satisfied(place) == {"auto", "vosk", "whisper", "dev"}
    assert machine.installed == [[], ["whisper"], ["dev", "rooms", "whisper"]]
    assert machine.made == 1


def test_a_small_machine_gets_whisper_only_by_name(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under 2 GB ``auto`` is satisfied without it."""
    monkeypatch.setattr(environment, "_memory_bytes", lambda: 1_000_000_000)
    place = Environment(tmp_path, f"1 2\n{tmp_path}")
    place.prepare("auto")
    assert satisfied(place) == {"auto", "vosk"}
    place.prepare("whisper")
    assert satisfied(place) == {"auto", "vosk", "whisper"}
    assert machine.installed == [[], ["whisper"]]


@pytest.mark.parametrize("breaks", [KeyboardInterrupt(), Refusal("no network")])
def test_an_interrupted_set_up_is_begun_anew(machine: Machine, tmp_path: Path, breaks: BaseException) -> None:
    """No stamp until the end; the half-made environment is thrown away."""
    place = Environment(tmp_path, f"1 2\n{tmp_path}")
    machine.breaks = breaks
    with pytest.raises(type(breaks)):
        place.prepare("auto")
    assert satisfied(place) == set()
    (tmp_path / ".venv/half").write_text("")
    machine.breaks = None
    place.prepare("auto")
    assert not (tmp_path / ".venv/half").exists()
    assert machine.made == 2


def test_other_pins_keep_the_environment_and_its_extras(machine: Machine, tmp_path: Path) -> None:
    """A new key installs into the same folder; another place makes it anew."""
    Environment(tmp_path, f"1 2\n{tmp_path}").prepare("dev")
    changed = Environment(tmp_path, f"3 4\n{tmp_path}")
    assert satisfied(changed) == set()
    changed.prepare("auto")
    assert satisfied(changed) == {"auto", "vosk", "whisper", "dev"}
    assert machine.made == 1
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    Environment(moved, f"3 4\n{moved}").prepare("auto")
    assert machine.made == 2


def test_a_longer_key_is_not_the_same_key(machine: Machine, tmp_path: Path) -> None:
    """A checkout in ``/a`` is not one in ``/ab``."""
    Environment(tmp_path, "1 2\n/ab").prepare("auto")
    assert not Environment(tmp_path, "1 2\n/a").satisfies("auto")


def test_one_set_up_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits, saying so, until the first has ended."""
    order: list[str] = []
    told = threading.Event()

    def say(sentence: str) -> None:
        order.append(sentence)
        told.set()

    def second() -> None:
        with alone(tmp_path / "lock"):
            order.append("second")

    monkeypatch.setattr(lock, "say", say)
    thread = threading.Thread(target=second)
    with alone(tmp_path / "lock"):
        thread.start()
        assert told.wait(60)
        order.append("first")
    thread.join(60)
    assert order == ["Another set-up is running in this checkout; waiting for it.", "first", "second"]


def test_pips_configuration_is_handed_on_to_uv() -> None:
    """Index, certificates and links; a variable outranks a file, and what uv has no word for is left out."""
    listed = "\n".join(
        [
            ":env:.cert='/certs/env.crt'",
            ":env:.disable-pip-version-check='1'",
            "global.cert='/certs/file.crt'",
            "global.extra-index-url='\\nhttps://one.test/simple\\nhttps://two.test/simple'",
            "install.find-links='/wheels'",
            "global.find-links='/others'",
            "freeze.timeout='10'",
        ]
    )
    assert from_pip(listed) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/certs/env.crt",
        "UV_INDEX": "https://one.test/simple https://two.test/simple",
        "UV_FIND_LINKS": "/wheels",
    }


@given(st.text())
def test_no_listing_of_pips_makes_a_traceback(text: str) -> None:
    """Lines that are no settings are passed over."""
    assert from_pip(text)["UV_INDEX_STRATEGY"] == "unsafe-best-match"


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian whose dpkg knows what is in the file ``installed``; apt-get notes its words there."""
    (tmp_path / "installed").write_text("espeak-ng installed\nlibespeak-ng1 installed\n")
    tools = {
        "dpkg-query": f'cat "{tmp_path}/installed"',
        "apt-get": f'echo "$*" >>"{tmp_path}/words"; echo "libportaudio2 installed" >>"{tmp_path}/installed"',
        "env": 'shift; exec "$@"',
    }
    for name, body in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "cat").symlink_to("/bin/cat")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_missing_system_packages_are_named_with_their_reason_then_installed(
    debian: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As root by apt-get; nothing is said or done once all are there."""
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 0)
    install_missing(for_tests=False, log=debian / "log")
    assert "libportaudio2 (the way to microphone and loudspeaker)" in capsys.readouterr().err
    assert (debian / "words").read_text().endswith("install --no-install-recommends libportaudio2\n")
    install_missing(for_tests=False, log=debian / "log")
    assert capsys.readouterr().err == ""


def test_without_rights_the_one_command_is_named(
    debian: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And set-up goes on: the rest of Attune can be used until then."""
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    install_missing(for_tests=False, log=debian / "log")
    assert "Type: sudo apt-get install libportaudio2" in capsys.readouterr().err
    assert not (debian / "words").exists()


def test_without_pythons_own_venv_there_is_no_way_on(debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian packs it apart; the refusal names the package of this very Python."""
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system_packages.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match=rf"apt-get install python3\.{sys.version_info.minor}-venv libportaudio2"):
        install_missing(for_tests=False, log=debian / "log")


def test_elsewhere_the_package_managers_command_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Fedora without PortAudio."""
    (tmp_path / "dnf").write_text("#!/bin/sh\n")
    (tmp_path / "dnf").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system_packages, "find_library", lambda name: None)
    install_missing(for_tests=False, log=tmp_path / "log")
    assert "Type: sudo dnf install portaudio espeak-ng" in capsys.readouterr().err


@pytest.mark.parametrize(("bad", "code"), [(None, 0), ("ruff", 1), ("mypy", 1), ("pytest", 3)])
def test_one_failed_section_fails_the_whole_but_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], bad: str | None, code: int
) -> None:
    """Every section runs, pytest's last, and its own exit code outranks the others'."""
    ran: list[str] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 3 if command[2] == bad else 0)

    monkeypatch.setattr(checks.subprocess, "run", run)
    assert checks.main(["-k", "something"]) == code
    assert ran == ["ruff", "ruff", "mypy", "pytest"]
    assert ("failed so far" in capfd.readouterr().out) == (bad in ("ruff", "mypy"))
