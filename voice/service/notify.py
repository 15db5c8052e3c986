"""Telling systemd that Attune is ready and alive (sd_notify).

A datagram with one word to a socket that the environment names; the libraries for it on PyPI are larger than this, or
no longer kept. Protocol: systemd's manual, sd_notify(3).
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping


class Notifier:
    """Talks to the service manager, if there is one."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """``NOTIFY_SOCKET`` names the socket, ``WATCHDOG_USEC`` the longest silence, microseconds."""
        self._address = environment.get("NOTIFY_SOCKET", "")
        patience = environment.get("WATCHDOG_USEC", "")
        self.every_s = int(patience) / 2e6 if patience.isdigit() and int(patience) else None
        """How often ``alive`` has to be told, seconds; ``None`` where nobody waits for it."""
        self._told_s = float("-inf")

    def ready(self) -> None:
        """Listening has begun."""
        self._tell("READY=1\nSTATUS=Listening.")

    def alive(self, now_s: float | None = None) -> None:
        """The loop still turns; tells at most twice per allowed silence. ``now_s`` is a monotonic second."""
        now_s = time.monotonic() if now_s is None else now_s
        if self.every_s is not None and now_s - self._told_s >= self.every_s:
            self._told_s = now_s
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It ends because it was asked to."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_manager:
            to_manager.sendto(message.encode(), address)
