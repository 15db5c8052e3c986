"""Tells the local network where the Wyoming service is, only where that was asked for: Home Assistant then finds it.

python-zeroconf does it, on the one interface that the service listens at and on no other.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zeroconf import IPVersion, NonUniqueNameException
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from voice.errors import DeviceError

KIND = "_wyoming._tcp.local."


@asynccontextmanager
async def announced(host: str, port: int, name: str = "Attune") -> AsyncIterator[None]:
    """Be found at ``host``, an address of this machine, while the context lasts; raises ``DeviceError``."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise DeviceError(f"'{host}' cannot be announced.", "Give --uri this machine's address in numbers.") from None
    if address.is_unspecified or address.version != 4:
        raise DeviceError(f"'{host}' cannot be announced.", "Give --uri one IPv4 address of this machine.")
    try:
        zeroconf = AsyncZeroconf(interfaces=[str(address)], ip_version=IPVersion.V4Only)
    except OSError as error:
        raise DeviceError(f"Nothing can be announced at {host} ({error.strerror}).", "Leave out --announce.") from error
    service = AsyncServiceInfo(
        KIND, f"{name}.{KIND}", addresses=[socket.inet_aton(str(address))], port=port, server="attune.local."
    )
    try:
        await (await zeroconf.async_register_service(service, allow_name_change=True))
        yield
    except NonUniqueNameException as error:
        raise DeviceError("Another Attune is announced already.", "Leave out --announce.") from error
    finally:
        await zeroconf.async_unregister_all_services()
        await zeroconf.async_close()
