"""The few libraries and programs that Python's packages do not bring: found, and on Debian and Ubuntu installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from ctypes.util import find_library
from pathlib import Path

from launcher.talk import Refusal, say

NEEDED: Mapping[str, str] = {
    "libportaudio2": "the way to microphone and loudspeaker",
    "libespeak-ng1": "the voice",
    "espeak-ng": "the voice's languages, and a look at it by hand",
}
"""Debian package -> why Attune wants it."""

NEEDED_BY_TESTS: Mapping[str, str] = {
    "pulseaudio": "a sound card without hardware",
    "pulseaudio-utils": "plays into it and records from it",
    "libasound2-plugins": "lets PortAudio reach it",
    "alsa-utils": "looks at sound devices",
    "flite": "more synthetic voices to understand",
    "sox": "cuts and mixes test sounds",
    "chromium": "paints the page of attune history",
    "strace": "sees every socket that is opened",
}
"""Debian package -> why the tests want it."""

LIBRARIES = {"libportaudio2": "portaudio", "libespeak-ng1": "espeak-ng"}
"""Debian package -> the library's name elsewhere; the other packages are programs of the same name."""

PROGRAMS = {"pulseaudio-utils": "parec", "alsa-utils": "aplay"}
"""Debian package -> a program of it, where that has another name."""

OTHERS = {
    "dnf": "sudo dnf install portaudio espeak-ng",
    "pacman": "sudo pacman -S portaudio espeak-ng",
    "zypper": "sudo zypper install libportaudio2 espeak-ng",
    "apk": "sudo apk add portaudio espeak-ng",
    "brew": "brew install portaudio espeak-ng",
}
"""Package manager -> the command to type there (untested: Attune is tried on Debian)."""


def install_missing(*, for_tests: bool, log: Path) -> None:
    """Install what is missing, saying what and why before; elsewhere name the command and go on without.

    Only a Python that cannot make environments is a ``Refusal``: all else has its own message at the moment it is used.
    """
    wanted = {**_venv_package(), **NEEDED, **(NEEDED_BY_TESTS if for_tests else {})}
    missing = _missing(wanted)
    if not missing:
        return
    say("This machine lacks " + "; ".join(f"{name} ({wanted[name]})" for name in missing) + ".")
    command = _apt_command(missing)
    if command is not None:
        say("Installing with apt-get; this may take a minute.")
        _run_apt(command, log)
    if _venv_package():
        raise Refusal(_advice(missing))
    if command is None:
        say(_advice(missing))


def _venv_package() -> dict[str, str]:
    """Debian takes ``ensurepip`` out of its Python and puts it into a package of its own."""
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None:
        return {}
    return {f"python3.{sys.version_info.minor}-venv": "makes Attune's own environment"}


def _missing(names: Mapping[str, str]) -> list[str]:
    if shutil.which("dpkg-query"):
        return _not_installed(list(names))
    return [name for name in names if not _found(name)]


def _not_installed(names: list[str]) -> list[str]:
    """Those that dpkg does not list as installed."""
    query = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *names]
    listed = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def _found(name: str) -> bool:
    if name in LIBRARIES:
        return find_library(LIBRARIES[name]) is not None
    return name.endswith("-plugins") or shutil.which(PROGRAMS.get(name, name)) is not None


def _apt_command(names: list[str]) -> list[str] | None:
    """The installing command, or None where there is no apt or we may not use it."""
    if not shutil.which("apt-get"):
        return None
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120", "-y"]
    install = [*command, "install", "--no-install-recommends", *names]
    if os.geteuid() == 0:
        return install
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n", *install]
    return None


def _run_apt(install: list[str], log: Path) -> None:
    """Install from the lists at hand, or from fresh ones where those are missing or too old."""
    update = [*install[: install.index("install")], "update"]
    with log.open("w") as output:

        def succeeds(command: list[str]) -> bool:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
            return done.returncode == 0

        if succeeds(install) or (succeeds(update) and succeeds(install)):
            return
    say(f"apt-get could not install them (its words are in {log}). Type: sudo apt-get {' '.join(install[6:])}")


def _advice(names: list[str]) -> str:
    """The one command to type on this machine."""
    if shutil.which("apt-get"):
        return f"Type: sudo apt-get install {' '.join(names)}"
    for program, command in OTHERS.items():
        if shutil.which(program):
            return f"Type: {command}"
    return "Install PortAudio and espeak-ng with this system's package manager."
