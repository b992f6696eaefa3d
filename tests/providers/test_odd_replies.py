"""Any bytes on a connection are a reply or the provider's failure, at a low cost."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from providers import BadData, Http, Limits, ProviderError, Unavailable
from tests.costs import ratio
from tests.providers.raw import Raw

GOOD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = GOOD + b"Transfer-Encoding: chunked\r\n\r\n"
MOVED = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
FEW = Limits(body=1_000_000, total=5.0)


def sized(body: bytes, *headers: bytes) -> bytes:
    """Return a valid reply."""
    lines = [*headers, b"Content-Length: %d" % len(body)]
    return GOOD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def encoded(coding: bytes, body: bytes) -> bytes:
    """Return a valid reply with a content encoding."""
    return sized(body, b"Content-Encoding: " + coding)


NONSENSE = {
    "nothing": b"",
    "bytes": b"\x00\xff\r\n\r\n",
    "HTTP/0.9": b"hello",
    "a status in words": b"HTTP/1.1 fine\r\n\r\n",
    "a negative status": b"HTTP/1.1 -1 x\r\n\r\n",
    "a long status line": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
    "a long header": GOOD + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
    "many headers": GOOD + b"X: 1\r\n" * 200 + b"\r\n",
    "two lengths": GOOD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "half of the body": GOOD + b"Content-Length: 9\r\n\r\nhalf",
    "a chunk of no size": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
    "a chunk of a negative size": CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "a chunk that is cut": CHUNKED + b"FFFF\r\nhello",
    "a chunk of an endless size": CHUNKED + b"0" * 70_000 + b"5\r\nhello\r\n0\r\n\r\n",
    "what is no gzip": encoded(b"gzip", b"hello"),
    "gzip with a wrong sum": encoded(b"gzip", gzip.compress(b"hello")[:-8] + b"01234567"),
    "what is no deflate": encoded(b"deflate", b"\x00\x01hello"),
    "what is no brotli": encoded(b"br", b"\xffhello"),
    "fifty codings": encoded(b", ".join([b"gzip"] * 50), b"hello"),
    "interim replies without end": b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
    "interim headers without end": b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" * 100_000,
}


@pytest.mark.parametrize("sent", NONSENSE.values(), ids=NONSENSE)
def test_nonsense(sent: bytes) -> None:
    """Bytes that are not HTTP are a failed connection."""
    with Raw.of(sent) as server, pytest.raises(Unavailable) as caught:
        Http(FEW).get(f"{server.url}/?key=secret", {}, {})

    assert caught.value.reason == "Connection failed"
    assert "secret" not in repr(caught.value)


PACKED = b"x" * 50_000_000
LONG = b"x" * 3_000_000
TOO_MUCH: dict[str, Callable[[], bytes]] = {
    "a length of 5000 digits": lambda: GOOD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "a gzip bomb": lambda: encoded(b"gzip", gzip.compress(PACKED, 1)),
    "a gzip bomb in gzip": lambda: encoded(b"gzip, gzip", gzip.compress(gzip.compress(PACKED, 1))),
    "a deflate bomb": lambda: encoded(b"deflate", zlib.compress(PACKED, 1)),
    "a brotli bomb": lambda: encoded(b"br", brotli.compress(PACKED, quality=1)),
    "the body of a redirect": lambda: MOVED.replace(b"Content-Length: 0\r\n", b"") + b"/x\r\n\r\n" + LONG,
    "chunks of one byte": lambda: CHUNKED + b"1\r\nx\r\n" * 200_000 + b"0\r\n\r\n",
}
"""Replies of megabytes, each made by the process that sends it."""


@pytest.mark.parametrize("make", TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much(make: Callable[[], bytes]) -> None:
    """A reply beyond a limit is cut off, in any encoding, at a low cost."""
    sent = make()

    def refused() -> None:
        with Raw.of(sent) as server, pytest.raises(BadData):
            Http(FEW).get(server.url, {}, {})

    def fair() -> None:
        with Raw.of(sized(PACKED[:999_000])) as server:
            Http(FEW).get(server.url, {}, {})

    assert ratio(refused, fair, enough=100) <= 100


REPLIES = {
    "204 with a body": (b"HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nhi", 204, b""),
    "304": (b"HTTP/1.1 304 Not Modified\r\n\r\n", 304, b""),
    "206": (b"HTTP/1.1 206 P\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nhi", 206, b"hi"),
    "101": (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", 101, b""),
    "an interim reply": (b"HTTP/1.1 100 Continue\r\n\r\n" + sized(b"hi"), 200, b"hi"),
    "a broken address to go to": (MOVED + b"http://[::1\r\n\r\n", 302, b""),
    "an address to go to that is no text": (MOVED + b"\xff\xfe\r\n\r\n", 302, b""),
    "a long name to go to": (MOVED + b"http://" + b"a" * 300 + b"/\r\n\r\n", 302, b""),
    "a port to go to": (MOVED + b"http://a:99999999/\r\n\r\n", 302, b""),
    "headers that are no text": (sized(b"hi", b"X-\xff: \xff\xfe"), 200, b"hi"),
    "an unknown coding": (encoded(b"x-unknown", b"hi"), 200, b"hi"),
    "gzip twice": (encoded(b"gzip, gzip", gzip.compress(gzip.compress(b"hi"))), 200, b"hi"),
    "gzip in many members": (encoded(b"gzip", gzip.compress(b"") * 5000 + gzip.compress(b"hi")), 200, b"hi"),
    "a length in words": (GOOD + b"Content-Length: two\r\n\r\nhi", 200, b"hi"),
    "trailers": (CHUNKED + b"2\r\nhi\r\n0\r\n" + b"X: y\r\n" * 1000 + b"\r\n", 200, b"hi"),
}


@pytest.mark.parametrize(("sent", "status", "body"), REPLIES.values(), ids=REPLIES)
def test_odd_but_fair(sent: bytes, status: int, body: bytes) -> None:
    """An unusual but valid reply is returned."""
    with Raw.of(sent) as server:
        reply = Http(FEW).get(server.url, {}, {})

    assert (reply.status, reply.body) == (status, body)


def test_more_than_was_announced() -> None:
    """Bytes after a body never become the next reply."""
    evil = sized(b"evil")
    with Raw(lambda number: sized(b"%d" % number) + evil) as server:
        http = Http(FEW)
        bodies = [http.get(server.url, {}, {}).body for _ in range(5)]

    assert b"evil" not in bodies


def test_cookies_are_not_kept() -> None:
    """Cookies are dropped: later requests never contain them."""
    with Raw(lambda number: sized(b"hi", b"Set-Cookie: a=b; Path=/")) as server:
        http = Http(FEW)
        for _ in range(2):
            http.get(server.url, {}, {})
        sent = b"".join(server.requests)

    assert b"cookie" not in sent.lower()


@pytest.mark.parametrize(
    "url",
    [
        f"http://{'a' * 300}.example/",
        "http://a..b/",
        "http://\xff\xfe/",
        "http://[::1/",
        "http://a:99999/",
        "http://x\x00y/",
        "http:///x",
        "ftp://x/",
        "http://\ud800/",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    """An invalid address is a failed connection."""
    with pytest.raises(Unavailable):
        Http(FEW).get(url, {}, {})


@pytest.mark.parametrize(
    ("params", "headers"), [({}, {"Key": "\u20ac"}), ({}, {"Key": "a\r\nb"}), ({"a": "\ud800"}, {})]
)
def test_keys_that_cannot_be_sent(params: dict[str, object], headers: dict[str, str]) -> None:
    """A key with characters that headers forbid is the provider's failure instead of an internal error."""
    with Raw.of(sized(b"hi")) as server, pytest.raises(ProviderError):
        Http(FEW).get(server.url, params, headers)
