"""The checks of a worker that gunicorn does not make, and the memory for unfinished requests."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidHeader, LimitRequestHeaders, NoMoreData

from engine.server._parsing import Parser, is_host
from engine.server._unreader import FREE_HEAD, LARGEST_HEAD
from engine.web.capacity import Capacity


class Client:
    """A connection that receives `parts`, one after the other."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = iter(parts)

    def recv(self, size: int) -> bytes:
        """Return the next part, or no bytes after the last one."""
        part = next(self._parts, b"")
        assert len(part) <= size
        return part


def parser(heads: Capacity, *parts: bytes) -> Iterator[Any]:
    """Return a parser for the requests of such a connection."""
    made: Iterator[Any] = Parser(Config(), Client(*parts), ("192.0.2.1", 1), heads)
    return made


def head(size: int) -> Iterator[bytes]:
    """Yield the parts of about `size` bytes of headers, without their end."""
    yield b"GET / HTTP/1.1\r\nHost: x\r\n"
    for _ in range(size // 1024):
        yield b"X: " + b"x" * 1019 + b"\r\n"


@pytest.mark.parametrize(
    "host", ["a", "a.b:80", "A_B-c.example.", "127.0.0.1:65535", "[::1]", "[2001:db8::1]:80", "a:", "x" * 63]
)
def test_a_host_is_a_name_or_an_address(host: str) -> None:
    """A host is a name or an address, with or without a port."""
    assert is_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "a b",
        "a/b",
        "a,b",
        "http://a",
        "a@b",
        "a:b",
        "a:65536",
        "a:80:80",
        "::1",
        "[::1",
        "[]",
        "a..b",
        ".a",
        "x" * 64,
        "a." * 200,
        "a?b",
        "a#b",
        "a\\b",
        "<b>",
        "é",
        "٣",
        "a%20b",
        "[x]",
        "[::::]",
        "[1.2.3.4]",
        "[....]:80",
        "a\tb",
        '"a"',
        "*",
    ],
)
def test_anything_else_is_no_host(host: str) -> None:
    """Any other text is refused as a host."""
    assert not is_host(host)


def test_a_short_head_needs_no_room() -> None:
    """Short headers take no capacity, even in parts."""
    heads = Capacity(0, 0)
    request = next(parser(heads, *head(FREE_HEAD - 1024), b"\r\n"))

    assert request.uri == "/"


def test_a_long_head_needs_room_while_it_is_not_there() -> None:
    """Long headers take capacity until they end or fail, and are refused if none is left."""
    heads = Capacity(10_000, 10_000)
    for end in (b"\r\n", b"", b"nonsense\r\n\r\n"):
        with suppress(NoMoreData, InvalidHeader):
            assert next(parser(heads, *head(8 * 1024), end)).uri == "/"
    assert heads.acquire(10_000)
    with pytest.raises(LimitRequestHeaders):
        next(parser(heads, *head(8 * 1024), b"\r\n"))


def test_a_head_has_a_bound() -> None:
    """Headers are limited in bytes, with any capacity and any length of lines."""
    heads = Capacity(1 << 20, 1 << 20)
    for line in (b"X: " + b"x" * 4000 + b"\r\n", b"x" * 99):
        with pytest.raises(LimitRequestHeaders):
            next(parser(heads, b"GET / HTTP/1.1\r\nX:", *[line] * (LARGEST_HEAD // 99 + 2)))
    assert heads.acquire(1 << 20)


def test_what_came_with_the_request_before_counts() -> None:
    """Headers that arrive with the previous request count as well."""
    heads = Capacity(0, 0)
    requests = parser(heads, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"".join(head(4096)), b"X: y\r\n")
    next(requests)

    with pytest.raises(LimitRequestHeaders):
        next(requests)
