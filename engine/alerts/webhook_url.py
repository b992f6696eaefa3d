"""Parse the URL of a webhook strictly: a form that parsers read differently is invalid."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

import msgspec

from engine.alerts.invalid_target import InvalidTarget

LONGEST = 2048
PORTS = {"http": 80, "https": 443}
WRITTEN = re.compile(r"[!-~]+")
"""ASCII without spaces and control characters."""
AUTHORITY = re.compile(r"(\[[^\[\]@]*\]|[^\[\]:@]*)(:[0-9]{1,5})?")
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""The last label of a host that some resolvers read as an IPv4 address: `2130706433`, `0x7f.1`."""


class WebhookUrl(msgspec.Struct, frozen=True):
    """The parts of a webhook's URL. `host` has no brackets; `path` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def parse_url(text: str, *, any_port: bool) -> WebhookUrl:
    """Return the parts of a URL. Raises `InvalidTarget`."""
    if len(text) > LONGEST or WRITTEN.fullmatch(text) is None or "\\" in text:
        raise InvalidTarget(f"must be a URL of at most {LONGEST} ASCII characters, without spaces")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise InvalidTarget("is not a valid URL") from None
    if parts.scheme not in PORTS or not text[len(parts.scheme) :].startswith("://"):
        raise InvalidTarget("must begin with https:// or http://")
    if "@" in parts.netloc:
        raise InvalidTarget("must not have a user name")
    if "#" in text:
        raise InvalidTarget("must not have a fragment")
    authority = AUTHORITY.fullmatch(parts.netloc)
    if authority is None or port == 0:
        raise InvalidTarget("must have a host, optionally with a port")
    if port not in (None, *PORTS.values()) and not any_port:
        raise InvalidTarget("must have port 80 or 443")
    path = parts.path or "/"
    if parts.query:
        path = f"{path}?{parts.query}"
    return WebhookUrl(parts.scheme, _host(authority[1]), port or PORTS[parts.scheme], path)


def _host(written: str) -> str:
    """Return the host in canonical form, a name or an IP address. Raises `InvalidTarget`."""
    if written.startswith("["):
        return _ipv6(written[1:-1])
    host = written.lower()
    if len(host) > 253 or NAME.fullmatch(host) is None:
        raise InvalidTarget("must have a host, with a name in ASCII (xn--... for others)")
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        return _ipv4(host)
    return host


def _ipv4(text: str) -> str:
    """Return an IPv4 address. Raises `InvalidTarget` for hexadecimal, decimal, octal and short forms."""
    try:
        return str(IPv4Address(text))
    except AddressValueError:
        raise InvalidTarget("must have an IPv4 address as four decimal numbers") from None


def _ipv6(text: str) -> str:
    try:
        address = IPv6Address(text)
    except AddressValueError:
        raise InvalidTarget("must have a valid IPv6 address") from None
    if address.scope_id is not None:
        raise InvalidTarget("must have an IPv6 address without a zone")
    return str(address)
