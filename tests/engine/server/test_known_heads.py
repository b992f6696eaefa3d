"""Requests that clients repeat are as if they were parsed again."""

from typing import Any

import pytest
from gunicorn.config import Config

from engine.server._environ import EnvironFactory
from engine.server._known_heads import LONGEST, MOST, KnownHeads
from engine.server._parsing import Parser, head_capacity
from tests.end_to_end.test_broken_requests import REFUSED

GET = b"GET /api/prices?symbols=BTC HTTP/1.1\r\nHost: a\r\n"
KEPT = {
    "a request": GET + b"\r\n",
    "a browser's": GET + b"User-Agent: Mozilla/5.0\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\n\r\n",
    "headers twice": GET + b"Accept: a/b\r\naccept: c/d\r\nX-A: 1\r\nX-A: 2\r\n\r\n",
    "a condition": GET + b'If-None-Match: "a"\r\n\r\n',
    "the last one": GET + b"Connection: close\r\n\r\n",
    "an old version": b"GET / HTTP/1.0\r\n\r\n",
    "an old version that stays": b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "escapes": b"GET /api/ohlcv/%E2%82%AC?a=%20b HTTP/1.1\r\nHost: a\r\n\r\n",
    "a whole address": b"GET http://a/api/prices?symbols=BTC#c HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty body": GET + b"Content-Length: 0\r\nContent-Type: text/plain\r\n\r\n",
    "an empty line before": b"\r\n" + GET + b"\r\n",
    "no body": b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
    "any bytes": GET + b"X-A: \xe4\xff\r\n\r\n",
}
OTHERS = {
    "a key": GET + b"X-API-Key: secret\r\n\r\n",
    "a bearer": GET + b"authorization: Bearer secret\r\n\r\n",
    "a cookie": GET + b"Cookie: a=b\r\n\r\n",
    "a body": GET + b"Content-Length: 3\r\n\r\nabc",
    "chunks": GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a body that is awaited": GET + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n",
    "another method": b"POST / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a long head": GET + b"X-A: " + b"a" * LONGEST + b"\r\n\r\n",
    "two requests": (GET + b"\r\n") * 2,
    "the beginning of another": GET + b"\r\nGET",
    "half a head": GET,
    "nothing": b"",
}


class Client:
    """A connection that receives these pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def recv(self, size: int) -> bytes:
        """Return the next bytes, none after the last ones."""
        if not self._pieces:
            return b""
        piece = self._pieces.pop(0)
        if len(piece) > size:
            self._pieces.insert(0, piece[size:])
        return piece[:size]

    def send(self, data: bytes) -> None:
        """Take what the server says before it has read a body."""


@pytest.fixture
def config() -> Config:
    """Return a configuration that treats all peers alike, as the engine's does."""
    config = Config()
    config.set("forwarded_allow_ips", "*")
    config.set("limit_request_fields", 64)
    return config


def outcome(config: Config, known: KnownHeads, client: Client, port: int = 1) -> list[Any]:
    """Return what the requests of a connection are, up to the failure that ends it."""
    peer, server = ("192.0.2.1", port), ("192.0.2.2", 80)
    found: list[Any] = []
    factory = EnvironFactory(config)
    warm = Parser(config, Client(KEPT["a request"]), peer, head_capacity(), KnownHeads(config, 0))
    factory.create(next(warm), client, peer, server)  # the first environment is made by gunicorn
    requests = Parser(config, client, peer, head_capacity(), known)
    while True:
        try:
            request = next(requests)
        except Exception as refused:
            return [*found, _said(refused)]
        _, environ = factory.create(request, client, peer, server)
        body = environ.pop("wsgi.input")
        for name in ("wsgi.errors", "wsgi.early_hints", "gunicorn.socket"):
            environ.pop(name, None)
        unlike = {"unreader", "body", "cfg", "environ", "known"}
        attributes = {name: value for name, value in vars(request).items() if name not in unlike}
        found.append((environ, attributes, request.should_close()))
        try:
            found.append(body.read())
        except Exception as broken:
            return [*found, _said(broken)]


def _said(error: Exception) -> tuple[object, ...]:
    return type(error), str(error), getattr(error, "accepted", None)


@pytest.mark.parametrize("name", [*KEPT, *OTHERS, *REFUSED])
def test_a_repeated_request_is_as_if_it_were_parsed(config: Config, name: str) -> None:
    """Whatever a client sends, and sends again, is the same as in a worker that forgets."""
    sent = (KEPT | OTHERS | {name: request for name, (request, _) in REFUSED.items()})[name]
    known = KnownHeads(config)
    for port in (1, 2):
        expected = outcome(config, KnownHeads(config, 0), Client(sent, sent), port)
        assert outcome(config, known, Client(sent, sent), port) == expected

    assert len(known) == (name in KEPT or name == "an escaped zero byte"), "the application refuses that one"


@pytest.mark.parametrize("cut", range(1, len(GET) + 2, 7))
def test_a_head_in_pieces_is_parsed(config: Config, cut: int) -> None:
    """A head that arrives in pieces is parsed, also if its first piece is known, and is not kept."""
    sent, known = GET + b"\r\n", KnownHeads(config)
    pieces = (sent[:cut], sent[cut:])
    expected = outcome(config, KnownHeads(config, 0), Client(*pieces, sent))

    assert outcome(config, known, Client(*pieces)) == outcome(config, KnownHeads(config, 0), Client(*pieces))
    assert len(known) == 0
    assert outcome(config, known, Client(*pieces, sent)) == expected


def test_one_connection_changes_no_other(config: Config) -> None:
    """A request that is ended with its connection ends no other one with the same head."""
    known = KnownHeads(config)
    for _ in range(3):
        (request,) = Parser(config, Client(GET + b"\r\n"), ("192.0.2.1", 1), head_capacity(), known)
        assert not request.should_close()
        request.force_close()


@pytest.mark.parametrize(("name", "value"), [("forwarded_allow_ips", "192.0.2.9"), ("proxy_protocol", "v1")])
def test_peers_that_are_not_alike_share_nothing(config: Config, name: str, value: str) -> None:
    """Nothing is kept where the same bytes mean something else on another connection."""
    config.set(name, value)
    known = KnownHeads(config)
    outcome(config, known, Client(GET + b"\r\n"))

    assert len(known) == 0


def test_few_heads_are_kept(config: Config) -> None:
    """A worker keeps the newest heads, so many at most."""
    known = KnownHeads(config)
    sent = [b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(MOST + 9)]
    for head in sent:
        outcome(config, known, Client(head))
    found = [known.find(head) is not None for head in sent]

    assert found == [False] * 9 + [True] * MOST
