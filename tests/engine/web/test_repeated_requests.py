"""A repeated head has the answer that all layers give, and is counted, logged and limited as they do."""

import logging
from collections.abc import Iterable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from engine.telemetry import request_id
from engine.web.access.callers import Peer
from engine.web.repeated_requests import REPEAT, Repeat, Repeated
from engine.web.services import services_of
from engine.web.tracing import TracedRequests
from tests.clock import Clock
from tests.counted import number, read
from tests.engine.web.conftest import Make
from tests.engine.web.test_fast_path import CANDLES, REQUESTS

HERE, THERE = Peer("192.0.2.1"), Peer("192.0.2.2")


def repeat_of(client: FlaskClient, path: str, **sent: Any) -> Repeat | None:
    """Return how the head of a cached answer is answered again, `None` if all layers have to."""
    client.get(path)
    environ = EnvironBuilder(path=path, **sent).get_environ() | {"REMOTE_ADDR": HERE.address, REPEAT: None}
    client.application.wsgi_app(environ, lambda status, headers, error=None: lambda data: None)
    repeat: Repeat | None = environ[REPEAT]
    return repeat


def again(client: FlaskClient, path: str, **sent: Any) -> Repeat:
    """Return the same, of a head that can be answered again."""
    repeat = repeat_of(client, path, **sent)
    assert repeat is not None
    return repeat


def pairs(answer: Repeated) -> list[tuple[str, str]]:
    """Return the headers."""
    *lines, end = answer.lines.split("\r\n")
    assert end == ""
    return [(name, text) for name, _, text in (line.partition(": ") for line in lines)]


def headers(answer: Repeated) -> dict[str, str]:
    """Return the headers by name."""
    return dict(pairs(answer))


def lasting(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers without the id of the request, sorted."""
    return sorted(pair for pair in found if pair[0] != request_id.HEADER)


@pytest.mark.parametrize("origins", ["*", "https://a.example, https://c.example"])
@pytest.mark.parametrize(("path", "sent"), REQUESTS)
def test_it_is_what_all_layers_give(make: Make, clock: Clock, origins: str, path: str, sent: Any) -> None:
    """The function and the layers give the same status, headers and bytes, at any age of the answer."""
    client = make(rate_limit_enabled=False, cors_origins=origins)
    repeat = again(client, path, **sent)
    for seconds in (0.0, 3.3, 7.0):
        clock.advance(seconds)
        answer, expected = repeat(THERE), client.open(path, **sent)

        assert answer is not None
        assert answer.status == expected.status
        assert answer.body == expected.data
        assert lasting(pairs(answer)) == lasting(expected.headers)


@pytest.mark.parametrize("path", [CANDLES, f"{CANDLES}&format=csv", "/api/prices?symbols=BTC,ETH"])
def test_a_304_changes_with_its_seconds(make: Make, clock: Clock, path: str) -> None:
    """A 304 that is repeated within a second, over seconds and after another answer is that of all layers."""
    client = make(rate_limit_enabled=True)
    sent = {"headers": {"If-None-Match": "*", "Origin": "https://a.example"}}
    repeat = again(client, path, **sent)
    for seconds in (0.0, 0.25, 0.5, 0.25, 0.5, 5.0, 15.0, 8.0, 3600.0):
        clock.advance(seconds)
        answer = repeat(HERE)
        if answer is None:
            client.get(path)
            answer = repeat(HERE)
        expected = client.get(path, **sent)

        assert answer is not None
        assert (answer.status, answer.body) == (expected.status, expected.data) == ("304 NOT MODIFIED", b"")
        assert lasting(without_counts(pairs(answer))) == lasting(without_counts(expected.headers))
        assert len(headers(answer)) == len(pairs(answer)), "no header twice"


def without_counts(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers without what is left of a quota."""
    return [pair for pair in found if pair[0] not in ("X-RateLimit-Remaining", "RateLimit")]


def test_its_condition_is_that_of_the_head(client: FlaskClient) -> None:
    """A head with the tag of the answer gets 304 as long as the answer has that tag."""
    tag = client.get(CANDLES).headers["ETag"]
    repeat = again(client, CANDLES, headers={"If-None-Match": tag})
    answer = repeat(HERE)

    assert answer is not None
    assert (answer.status, answer.body) == ("304 NOT MODIFIED", b"")
    assert headers(answer)["ETag"] == tag


def test_what_is_stale_or_gone_takes_all_layers(client: FlaskClient, clock: Clock) -> None:
    """There is no answer where the cached one is stale, and there is one again after a new one is kept."""
    repeat = again(client, "/api/prices?symbols=BTC")
    assert repeat(HERE) is not None
    clock.advance(31)
    assert repeat(HERE) is None
    clock.advance(3600)
    client.get("/api/prices?symbols=BTC")

    assert repeat(HERE) is not None


def test_each_address_has_its_own_quota(make: Make) -> None:
    """Requests of one address count together, however they are answered, and those of another apart."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=5)
    repeat = again(client, CANDLES, headers={"Accept": "application/problem+json"})
    client.get(CANDLES, environ_overrides={"REMOTE_ADDR": THERE.address})
    answers = [repeat(peer) for peer in (HERE, HERE, HERE, HERE, HERE, THERE)]
    refused = client.get(
        CANDLES,
        headers={"Accept": "application/problem+json"},
        environ_overrides={"REMOTE_ADDR": HERE.address},
    )

    assert [answer and answer.status[:3] for answer in answers] == ["200"] * 4 + ["429", "200"]
    left = [headers(answer)["X-RateLimit-Remaining"] for answer in answers if answer]
    assert left == ["3", "2", "1", "0", "0", "3"]
    assert answers[4] is not None
    assert (answers[4].status, answers[4].body) == (refused.status, refused.data)
    assert lasting(pairs(answers[4])) == lasting(refused.headers)


@pytest.mark.parametrize(
    ("hops", "forwarded", "counted"),
    [
        (0, "203.0.113.1", "connection"),
        (1, None, "connection"),
        (1, "203.0.113.1", "head"),
        (1, HERE.address, None),
        (2, "203.0.113.1", None),
        (2, "203.0.113.1, 203.0.113.2", "head"),
    ],
)
def test_the_client_is_the_one_that_the_proxy_names(
    make: Make, hops: int, forwarded: str | None, counted: str | None
) -> None:
    """The quota is that of the address in the head or of the connection; there is none where both decide."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=50, trusted_proxy_hops=hops)
    sent = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    repeat = repeat_of(client, CANDLES, headers=sent)
    if repeat is None:
        assert counted is None
        return
    answers = [repeat(peer) for peer in (HERE, THERE)]
    left = [headers(answer)["X-RateLimit-Remaining"] for answer in answers if answer]

    assert left == {"connection": ["48", "49"], "head": ["48", "47"]}.get(counted or "")


def test_it_is_counted_and_logged(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """A repeated request is in the metrics, in the hit rate and in the log, as the one before it."""
    client = make(log_level="INFO")
    repeat = again(client, CANDLES, headers={"X-Request-ID": "mine"})
    with caplog.at_level(logging.INFO):
        answer = repeat(THERE)
        client.get(CANDLES)
    lines = [record for record in caplog.records if record.name == "engine.requests"]

    assert answer is not None
    assert headers(answer)[request_id.HEADER] == "mine"
    assert [line.message.partition(" in ")[0] for line in lines] == ["GET /api/ohlcv 200"] * 2
    assert lines[0].message.rpartition(", ")[2] == lines[1].message.rpartition(", ")[2] == "hit"
    assert services_of(client.application).market.answers.hits == 3
    numbers = read(client.get("/metrics").text)
    assert number(numbers, "engine_requests_total", endpoint="/api/ohlcv", status="200") == 4
    assert number(numbers, "engine_cache_total", endpoint="/api/ohlcv", outcome="hit") == 3


def test_each_id_is_new(client: FlaskClient) -> None:
    """A head without an id gets another one each time."""
    repeat = again(client, CANDLES)
    ids = {headers(answer)[request_id.HEADER] for answer in (repeat(HERE) for _ in range(3)) if answer}

    assert len(ids) == 3


def test_traced_requests_take_all_layers(client: FlaskClient) -> None:
    """With tracing each request has a span, so that none is answered without the layers."""

    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ[REPEAT] = object()
        return []

    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/ohlcv", REPEAT: None}
    TracedRequests(client.application, inner)(environ, lambda status, headers, error=None: lambda data: None)

    assert environ[REPEAT] is None


@pytest.mark.parametrize("path", ["/api/health", "/api/prices?symbols=NOPE", "/missing"])
def test_only_cached_answers_are_repeated(client: FlaskClient, path: str) -> None:
    """What Flask answers is answered by Flask each time."""
    assert repeat_of(client, path) is None


def test_without_the_fast_path_nothing_is_repeated(make: Make) -> None:
    """`EDGE_ENABLED=false` switches this off as well."""
    assert repeat_of(make(edge_enabled=False), CANDLES) is None
