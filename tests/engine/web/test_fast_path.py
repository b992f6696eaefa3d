"""The fast path gives the same answers as Flask, byte for byte and header for header."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.server._response import SAFE_NAMES
from engine.telemetry import request_id
from engine.web.access_log import AccessLog
from engine.web.fast_path import FastPath
from engine.web.responses import ADD_TEXT, ConstantHeaders
from engine.web.services import services_of
from engine.web.versioned import Versioned
from tests.clock import Clock
from tests.documented import AnswerChecker
from tests.engine.web.api.answers import prices
from tests.engine.web.conftest import Make
from tests.upstreams import StandIn

CANDLES = "/api/ohlcv?symbol=BTC&limit=60"
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    (path, {"method": method, "headers": headers})
    for path in (CANDLES, "/api/prices?symbols=BTC,ETH", "/api/ohlcv/eth-usdt?interval=1d")
    for method in ("GET", "HEAD")
    for headers in (
        {},
        {"Accept-Encoding": "gzip"},
        {"Accept-Encoding": "br, zstd;q=0.5"},
        {"Accept-Encoding": "zstd", "Origin": "https://a.example"},
        {"If-None-Match": "*", "Origin": "https://b.example"},
        {"If-None-Match": '"another"'},
    )
]


def content(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return an answer's status, headers and body without the request id."""
    headers = sorted(header for header in answer.headers if header[0] != request_id.HEADER)
    return answer.status_code, headers, answer.data


def fast_path_of(client: FlaskClient) -> FastPath:
    """Return the application's fast path, which is behind the access log."""
    log = client.application.wsgi_app
    assert isinstance(log, AccessLog)
    assert isinstance(log.inner, Versioned)
    assert isinstance(log.inner.inner, FastPath)
    return log.inner.inner


@pytest.mark.parametrize("origins", ["*", "https://a.example, https://c.example", "https://a.example"])
def test_both_ways_give_the_same(make: Make, clock: Clock, origins: str) -> None:
    """Hits of every kind and refusals are equal with and without the fast path."""
    settings = {"rate_limit_enabled": True, "rate_limit_ohlcv": 24, "cors_origins": origins}

    def answers(fast_path: bool, prepare: Callable[[FlaskClient], object]) -> list[Any]:
        client = make(edge_enabled=fast_path, **settings)
        prepare(client)
        return [content(client.open(path, **request)) for path, request in REQUESTS]

    def warm(client: FlaskClient) -> None:
        for path in dict.fromkeys(path for path, _ in REQUESTS):
            client.get(path)
        clock.advance(3.3)

    slow = answers(False, warm)
    clock.time -= 3.3
    fast = answers(True, warm)

    assert {status for status, _, _ in fast} == {200, 304, 429}
    for one, other in zip(slow, fast, strict=True):
        assert _without_moments(one) == _without_moments(other)


def _without_moments(answer: Any) -> Any:
    """Remove what differs because each application has called the providers itself."""
    status, headers, body = answer
    moving = ("ETag", "Content-Length", "Content-Encoding")
    kept = [(name, value) for name, value in headers if name not in moving]
    return status, kept, [name for name, _ in headers], len(body) > 0


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(("path", "request_"), REQUESTS)
def test_byte_for_byte(make: Make, path: str, request_: dict[str, Any], watch: AnswerChecker) -> None:
    """One application gives the same bytes by both ways at the same moment."""
    client = make(rate_limit_enabled=False)
    fast_path = fast_path_of(client)
    client.get(path)
    client.get(path)
    fast = content(client.open(path, **request_))
    client.application.wsgi_app = fast_path.inner  # type: ignore[assignment]
    slow = content(client.open(path, **request_))
    watch.mistakes.clear()  # the layer that names requests is further out, and was removed with the rest

    assert fast == slow


@pytest.mark.parametrize(("path", "request_"), REQUESTS)
def test_a_server_that_takes_text_sends_the_same(
    make: Make, path: str, request_: dict[str, Any], watch: AnswerChecker
) -> None:
    """Lines that a server sends as they are have the headers that another server gets as values."""
    client = make(rate_limit_enabled=False, cors_origins="https://a.example")
    client.get(path)
    status, headers, body = content(client.open(path, **request_))
    texts: list[str] = []
    sent = content(client.open(path, **request_, environ_overrides={ADD_TEXT: texts.append}))
    watch.mistakes.clear()  # the client of the test does not add the text
    *lines, end = "".join(texts).split("\r\n")
    pairs = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    assert end == ""
    assert SAFE_NAMES.issuperset(name for name, _ in pairs), "the server sends them without a check"
    assert (sent[0], sorted([*sent[1], *pairs]), sent[2]) == (status, headers, body)
    assert len(sent[1]) < len(headers)


def test_what_a_server_has_to_check_is_no_text() -> None:
    """Values that are no printable ASCII are handed to the server one by one."""
    for value in ("a\r\nSet-Cookie: b", "\xe4", "a\x00"):
        unsafe = ConstantHeaders.of([("Access-Control-Allow-Origin", value)])
        assert unsafe.text == ""
        assert (ConstantHeaders.of([("Vary", "Accept")]) + unsafe).text == ""
        assert len((ConstantHeaders.of([("Vary", "Accept")]) + unsafe).pairs) == 2


def test_flask_is_not_asked_for_a_hit(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flask serves only the first request of a path, and the fast path serves the hits."""
    client = make(rate_limit_enabled=True)
    asked: list[str] = []
    client.application.before_request(lambda: asked.append("Flask"))
    for _ in range(5):
        assert client.get(CANDLES).status_code == 200

    assert asked == ["Flask"]


def test_what_is_stale_goes_through(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Flask serves a stale answer, because a refresh follows."""
    prices(client, "symbols=BTC")
    clock.advance(31)
    assert client.get("/api/prices?symbols=BTC").headers["Cache-Status"].endswith("detail=stale")


def test_hits_count_as_hits_and_as_being_asked(client: FlaskClient, clock: Clock) -> None:
    """Hits of the fast path count for the hit rate and as activity."""
    for _ in range(4):
        prices(client, "symbols=BTC")
    clock.advance(5)
    prices(client, "symbols=BTC")

    assert client.get("/api/health").get_json()["cache"]["hitRate"] == pytest.approx(4 / 5)
    assert services_of(client.application).market.answers.asked == clock()


def test_a_million_queries_change_nothing(make: Make) -> None:
    """The fast path limits the number and the length of the queries that it remembers."""
    client = make(cache_max_entries=20)
    fast_path = fast_path_of(client)
    for limit in range(50, 150):
        client.get(f"/api/ohlcv?symbol=BTC&limit={limit}")
    client.get("/api/ohlcv?symbol=BTC&limit=50&startTime=" + "0" * 1500)

    assert len(fast_path) == 20
    assert client.get("/api/health").get_json()["cache"]["size"] <= 20


@pytest.mark.parametrize("path", ["/api/ohlcv?symbol=FOO", "/api/ohlcv?symbol=BTC&startTime=99999999999999"])
def test_what_has_no_kept_answer_is_not_remembered(client: FlaskClient, path: str) -> None:
    """Failures and empty windows have no cached answer, and are not remembered."""
    fast_path = fast_path_of(client)
    client.get(path)

    assert len(fast_path) == 0


def test_a_body_goes_through(client: FlaskClient) -> None:
    """Flask handles a request with a body, and refuses a large one."""
    prices(client, "symbols=BTC")
    large = {"CONTENT_LENGTH": "99999999"}

    assert client.get("/api/prices?symbols=BTC", environ_overrides=large).status_code == 413
