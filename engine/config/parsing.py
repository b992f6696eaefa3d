"""Parse the texts of settings.

Each function returns a value, or raises `ValueError` that says what is expected.
"""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from providers import ASSET_BY_NAME, Provider, discover

NO_ADDRESS = re.compile(r"[\s\"<>\\^`{|}]")
"""Characters that no URL has."""
HOST = re.compile(r"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?")
"""A host as browsers write it in an origin: in lower case."""


def text(value: str) -> str:
    """Accept any text."""
    return value


def key(value: str) -> str:
    """Parse a key for a header; the error does not repeat it."""
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError("must be printable ASCII without spaces")
    return value


def file_of(read: Callable[[str], object]) -> Callable[[str], str]:
    """Return a parser for the name of a file, all of which `read` must understand."""

    def parse(value: str) -> str:
        read(value)
        return value

    return parse


def path(value: str) -> str:
    """Parse the name of a file, which need not exist."""
    if "\0" in value:
        raise ValueError("must be the name of a file")
    return value


def integer(least: int, most: int) -> Callable[[str], int]:
    """Return a parser for an integer within bounds."""

    def parse(value: str) -> int:
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()) or not least <= int(value) <= most:
            raise ValueError(f"must be an integer from {least} to {most}")
        return int(value)

    return parse


def seconds(value: str) -> float:
    """Parse a duration."""
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number <= 3600:
        raise ValueError("must be a number of more than 0 and at most 3600")
    return number


def boolean(value: str) -> bool:
    """Parse true or false."""
    if value.lower() not in ("true", "false", "1", "0"):
        raise ValueError("must be true or false")
    return value.lower() in ("true", "1")


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a parser for one of a few words."""

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def url(value: str) -> str:
    """Parse a URL without a query."""
    parts = _split(value, "http", "https")
    if parts is None or not parts.hostname or parts.query or parts.fragment or NO_ADDRESS.search(value):
        raise ValueError("must be http(s)://host, optionally with a port and a path")
    return value.rstrip("/")


def stream_url(value: str) -> str:
    """Parse the address of a WebSocket, without a query."""
    parts = _split(value, "ws", "wss")
    if parts is None or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be ws(s)://host, optionally with a port and a path")
    return value.rstrip("/")


def urls(value: str) -> tuple[str, ...]:
    """Parse URLs separated by commas, each kept once; they may have queries."""
    addresses = tuple(address.strip() for address in value.split(","))
    for address in addresses:
        parts = _split(address, "http", "https")
        if parts is None or not parts.hostname or "@" in parts.netloc:
            raise ValueError("must be http(s) addresses, separated by commas")
    return tuple(dict.fromkeys(addresses))


def origins(value: str) -> str:
    """Parse `*`, or origins exactly as browsers send them, because only equal texts match."""
    if value != "*":
        for origin in value.split(","):
            parts = _split(origin.strip(), "http", "https")
            if parts is None or not HOST.fullmatch(parts.netloc) or origin.strip() != _origin(parts):
                raise ValueError("must be * or origins like https://example.com, separated by commas")
    return value


def ancestors(value: str) -> tuple[str, ...]:
    """Parse the origins that may frame a page, by comma: `none`, or `self` and origins."""
    names = tuple(name.strip() for name in value.split(","))
    for name in names:
        parts = _split(name, "http", "https")
        is_origin = parts is not None and HOST.fullmatch(parts.netloc) and name == _origin(parts)
        if not is_origin and name != "self" and names != ("none",):
            raise ValueError("must be none, or self and origins like https://example.com, by comma")
    return names


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def proxy(value: str) -> str:
    """Parse a proxy's URL, or `host:port`."""
    return url(value if "://" in value else f"http://{value}")


def database_url(value: str) -> str:
    """Parse the URL of a database."""
    _, _, name = value.partition("://")
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")) or not name.strip("/"):
        raise ValueError("must be postgresql+psycopg://host/name or sqlite:///file")
    return value


def _split(address: str, *schemes: str) -> SplitResult | None:
    """Split a URL of one of these schemes; return `None` for an invalid one.

    The error of `urlsplit` is dropped, because it may repeat a password.
    """
    try:
        parts = urlsplit(address)
        return parts if parts.scheme in schemes and parts.port != 0 else None
    except ValueError:
        return None


def coins(value: str) -> tuple[str, ...]:
    """Parse listed coins separated by commas."""
    names = tuple(name.strip().upper() for name in value.split(","))
    for name in names:
        if name not in ASSET_BY_NAME:
            raise ValueError(f"{name!r} is not a listed coin")
    return names


def names_of(ability: type[Provider]) -> Callable[[str], tuple[str, ...]]:
    """Return a parser for providers with this ability, separated by commas."""

    def parse(value: str) -> tuple[str, ...]:
        known = [provider.name for provider in discover() if issubclass(provider, ability)]
        names = tuple(name.strip() for name in value.split(","))
        for name in names:
            if name not in known:
                raise ValueError(f"{name!r} is not one of {', '.join(known)}")
        if len(set(names)) < len(names):
            raise ValueError("names a provider twice")
        return names

    return parse
