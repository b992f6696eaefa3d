"""Why no answer came, for the log: the host and a few words of ours.

The messages of libraries repeat the URL, which may contain a key.
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as urllib3

KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((requests.exceptions.ProxyError, urllib3.ProxyError), "the proxy does not connect"),
    ((urllib3.NameResolutionError, socket.gaierror), "the name does not resolve"),
    ((ssl.SSLCertVerificationError,), "the TLS certificate is not trusted"),
    ((ssl.SSLError, urllib3.SSLError, requests.exceptions.SSLError), "the TLS handshake failed"),
    ((ConnectionRefusedError,), "the connection was refused"),
    ((ConnectionResetError, BrokenPipeError), "the connection was reset"),
    ((requests.ConnectTimeout, urllib3.ConnectTimeoutError), "no connection in time"),
    ((requests.Timeout, urllib3.TimeoutError), "no answer in time"),
    ((urllib3.IncompleteRead, urllib3.ProtocolError), "the connection ended early"),
    ((urllib3.DecodeError,), "the body cannot be unpacked"),
)
"""What an exception, or one inside it, says. The first one counts: a proxy's failure contains others."""
UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH)


def cause(error: BaseException, url: str) -> str:
    """Return the host of `url` and the cause of `error`: `api.kraken.com: the name does not resolve`."""
    return f"{host(url)}: {_kind([*_inside(error)])}"


def host(url: str) -> str:
    """Return the host of a URL, without a user and a path; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _kind(errors: list[BaseException]) -> str:
    for types, words in KINDS:
        if any(isinstance(error, types) for error in errors):
            return words
    if any(isinstance(error, OSError) and error.errno in UNREACHABLE for error in errors):
        return "the network is unreachable"
    return type(errors[0]).__name__


def _inside(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that it carries or that led to it, each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        error = waiting.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        parts = (*error.args, getattr(error, "reason", None), error.__cause__, error.__context__)
        waiting += [part for part in parts if isinstance(part, BaseException)]
