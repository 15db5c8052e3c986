"""Where a program listens: ``tcp://host:port``."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from voice.errors import DeviceError

REMEDY = "Write for example: tcp://192.168.1.20:10700"


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine can be there."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        """The address as it is written."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"


def read_address(text: str) -> Address:
    """The address that a text means; raises ``DeviceError`` where it means none."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or port is None or parts.scheme != "tcp" or parts.path or parts.query or parts.username:
        raise DeviceError(f"'{text}' is no address that Attune knows.", REMEDY)
    return Address(host, port)
