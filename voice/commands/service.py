"""``attune service install|remove|status``: Attune as a service of the user's own systemd."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess

from voice.errors import DeviceError
from voice.keeping.everything import folders_written
from voice.service.unit import NAME, own_command, unit_path, unit_text

NO_SYSTEMD = "No systemd runs services for you here."


def run(args: argparse.Namespace) -> int:
    """Carry out ``args.action``; raises ``DeviceError`` where systemd refuses."""
    return {"install": _install, "remove": remove, "status": _status}[args.action]()


def _install() -> int:
    path = unit_path()
    instead = f"Let your system's autostart or login items run: {shlex.join(own_command())}"
    if shutil.which("systemctl") is None:
        raise DeviceError(NO_SYSTEMD, instead)
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in folders_written().values():
        folder.mkdir(parents=True, exist_ok=True)
    path.write_text(unit_text(own_command()), encoding="utf-8")
    print(f"Written: {path}")
    if not _systemctl("daemon-reload") or not _systemctl("enable", "--now", NAME):
        raise DeviceError(NO_SYSTEMD, f"{instead}\nOr, once there is one, type: systemctl --user enable --now {NAME}")
    print("Attune listens now, and will after each login. `attune service remove` ends that.")
    return 0


def remove() -> int:
    """Stop the service and take its unit away; always 0."""
    path = unit_path()
    if not path.exists():
        print("There is no such service.")
        return 0
    _systemctl("disable", "--now", NAME)
    path.unlink()
    _systemctl("daemon-reload")
    print(f"Removed: {path}")
    return 0


def _status() -> int:
    if not unit_path().exists():
        print("Not installed. `attune service install` does that.")
        return 1
    running = _systemctl("is-active", "--quiet", NAME)
    print(f"Installed in {unit_path()}, {'listening' if running else 'not running'}.")
    return 0 if running else 1


def _systemctl(*words: str) -> bool:
    if shutil.which("systemctl") is None:
        return False
    return subprocess.run(["systemctl", "--user", *words], capture_output=True, check=False).returncode == 0
