"""Parse requests: gunicorn's parser, with a memory limit for unfinished heads and additional checks."""

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any

from gunicorn.http.errors import (
    InvalidHeader,
    InvalidHTTPVersion,
    InvalidRequestLine,
    ParseException,
)
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser

from engine.server._accepted import note
from engine.server._body import is_unread
from engine.server._known_heads import KnownHead, KnownHeads
from engine.server._unreader import HEADS, Unreader
from engine.web.capacity import Capacity

VERSIONS = ((1, 1), (1, 0))
HOST = re.compile(
    r"(?:(?:[A-Z0-9_-]{1,63}\.)*[A-Z0-9_-]{1,63}\.?|\[[0-9A-F:.]{2,45}\])(?::[0-9]{0,5})?", re.I | re.A
)
LONGEST_HOST = 261
"""Characters of a host name (255) with a port."""
BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


class Parser(RequestParser):  # type: ignore[misc]
    """Yields the checked requests of a connection one after the other."""

    mesg: Any

    def __init__(
        self, config: Any, sock: Any, address: Any, heads: Capacity, known: KnownHeads | None = None
    ) -> None:
        super().__init__(config, sock, address)
        self.unreader = Unreader(sock, heads)
        self._known = KnownHeads(config) if known is None else known

    def __next__(self) -> Request:
        """Wait for the next request. Raises `StopIteration` as `read` does."""
        return self.request(self.read())

    def read(self) -> Request | KnownHead:
        """Wait for the next request, or for a known head.

        Raises `StopIteration` if none arrives, or none in time. The worker then closes the connection, as it
        does after a request whose body is unread.
        """
        if self.mesg is not None and is_unread(self.mesg.body):
            raise StopIteration
        self.unreader.begin_head()
        try:
            self.req_count += 1
            first = self.unreader.first_piece()
            known = self._known.find(first)
            if known is not None:
                return known
            self.mesg = self._parsed(first)
        except TimeoutError:
            raise StopIteration from None
        except ParseException as refused:
            note(refused, self.unreader.head)
            raise
        finally:
            self.unreader.end_head()
        return self.mesg

    def request(self, read: Request | KnownHead) -> Request:
        """Return the request of what was just read."""
        if isinstance(read, KnownHead):
            self.mesg = read.request(self.unreader, self.source_addr, self.req_count)
        return self.mesg

    def _parsed(self, first: bytes) -> Request:
        """Parse and check a request with these `first` bytes, and keep it if there are no others."""
        self.unreader.unread(first)
        request = Request(self.cfg, self.unreader, self.source_addr, self.req_count)
        check(request)
        if first and first == self.unreader.head and not self.unreader.buf.tell():
            self._known.keep(first, request)
        return request


def check(request: Request) -> None:
    """Check the version, the host and the escapes of a request. Raises gunicorn's errors."""
    if request.version not in VERSIONS:
        raise InvalidHTTPVersion(request.version)
    for name, value in request.headers:
        if name == "HOST":
            if not (is_host(value) or (request.version == (1, 0) and not value)):
                raise InvalidHeader("HOST", req=request)
            break
    else:
        if request.version != (1, 0):
            raise InvalidHeader("HOST", req=request)
    if "%" in request.uri and BROKEN_ESCAPE.search(request.uri):
        raise InvalidRequestLine(request.uri)


def head_capacity() -> Capacity:
    """Return the memory that the unfinished heads of one worker share."""
    return Capacity(HEADS, HEADS)


@lru_cache(256)
def is_host(text: str) -> bool:
    """Return whether `text` is a host name or an address, with or without a port."""
    if len(text) > LONGEST_HOST or not HOST.fullmatch(text):
        return False
    address, bracket, rest = text.rpartition("]")
    if bracket and not _is_address(address.removeprefix("[")):
        return False
    port = rest.partition(":")[2]
    return int(port or 0) <= 65535


def _is_address(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
