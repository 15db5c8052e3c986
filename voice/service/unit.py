"""The systemd user unit: restart, watchdog, and a sandbox with no internet."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from voice.keeping.everything import folders_written

NAME = "attune.service"

UNIT = """\
# Written by `attune service install`; `attune service remove` takes it away.
[Unit]
Description=Attune, a voice guide for two
After=pipewire-pulse.service pulseaudio.service sound.target

[Service]
Type=notify
NotifyAccess=all
ExecStart={command}
Restart=on-failure
RestartSec=3
WatchdogSec=30
KillSignal=SIGTERM
TimeoutStopSec=5
UMask=0077
LimitCORE=0

# No internet, nothing new on the system, nothing it does not need.
RestrictAddressFamilies=AF_UNIX
IPAddressDeny=any
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes
PrivateUsers=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
ProcSubset=pid
LockPersonality=yes
RestrictRealtime=no
RestrictSUIDSGID=yes
RestrictNamespaces=yes
CapabilityBoundingSet=
AmbientCapabilities=
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
"""


def unit_path() -> Path:
    """Where systemd looks for the user's own units."""
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(config) / "systemd" / "user" / NAME


def unit_text(command: Sequence[str]) -> str:
    """The unit that runs ``command``."""
    writable = dict.fromkeys(f"-{_escaped(str(folder))}" for folder in folders_written().values())
    return UNIT.format(command=" ".join(_escaped(word) for word in command), writable=" ".join(writable))


def own_command() -> list[str]:
    """How this very Attune is started."""
    return [sys.executable, "-m", "voice"]


def _escaped(word: str) -> str:
    """A word as systemd reads it in a unit file: percent and dollar signs doubled, quoted where it has spaces."""
    word = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    return f'"{word}"' if any(sign in word for sign in " \t\"'") else word
