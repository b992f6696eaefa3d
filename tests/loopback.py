"""Keep a process to this machine: a connection to another one raises an error."""

import ipaddress
import socket
from typing import Any


class ReachedOutside(AssertionError):
    """A test tried to connect to an address that is not loopback."""


def guard() -> None:
    """Guard every socket of this process, also those of libraries."""
    socket.socket.connect = _guarded(socket.socket.connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(socket.socket.connect_ex)  # type: ignore[method-assign]


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _loopback(address[0]):
            raise ReachedOutside(f"a connection to {address!r}")
        return connect(self, address)

    return guarded


def _loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    return host.replace(".", "").isdigit() or ":" in host
