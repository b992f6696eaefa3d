"""Traces of the real server, as a collector of OpenTelemetry gets them."""

import re
from pathlib import Path

import pytest
import requests

from engine.version import VERSION
from tests.collector import CLIENT, SERVER, Collector, Received, Span
from tests.running import AMPLE, Engine, free_port
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

QUIET = {"CACHE_WARMING_ENABLED": "false", "STREAM_ENABLED": "false", "HISTORY_ENABLED": "false"}
CANDLES = "/api/ohlcv?symbol=BTC&limit=60"
REFUSED = 429
BURST = 20
"""Requests between two looks, which fill a queue of spans."""
SECRET = "S3cr3tS3cr3tS3cr3tS3cr3tS3cr3t"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def get(engine: Engine, path: str, name: str, **headers: str) -> requests.Response:
    """Send a request with an id of its own."""
    return requests.get(engine.url + path, headers={"X-Request-ID": name, **headers}, timeout=30)


def traced(stand_in: StandIn, collector: Collector, **settings: str) -> Engine:
    """Return a server that sends its traces to the collector, and all that is left as it ends."""
    to = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    return Engine({**stand_in.base_urls(), **QUIET, **to, **settings})


def named(spans: list[Span], name: str) -> list[Span]:
    """Return the spans of a name."""
    return [span for span in spans if span.name == name]


def one(spans: list[Span], name: str) -> Span:
    """Return the only span of a name."""
    [found] = named(spans, name)
    return found


@pytest.fixture(scope="module", params=["gevent", "gthread"])
def received(request: pytest.FixtureRequest, stand_in: StandIn) -> Received:
    """Return what a collector got of a server under each kind of worker, until the server had ended."""
    settings = {
        **AMPLE,
        "WORKER_CLASS": request.param,
        "HEDGE_MIN_SECONDS": "0.05",
        "HEDGE_MAX_SECONDS": "0.05",
        "RATE_LIMIT_PRICES": "1",
        "PROVIDERS_CANDLES": "binance,kraken,okx",
        "ENABLE_NEWS": "true",
        "CRYPTOPANIC_API_KEY": SECRET,
        "NEWS_RSS_FEEDS": "https://decrypt.co/feed?key=private",
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=for-the-collector,x-tenant=a%20b",
        "OTEL_SERVICE_NAME": "prices",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    with Collector() as collector, traced(stand_in, collector, **settings) as engine:
        stand_in.fault("binance", Fault("status", status=500, path="klines"))
        get(engine, CANDLES, "cold")
        stand_in.heal()
        get(engine, CANDLES, "ready", traceparent=f"00-{TRACE}-{PARENT}-00")
        get(engine, CANDLES, "invalid", traceparent=f"00-{TRACE}-{'0' * 16}-01")
        stand_in.fault("binance", Fault("delay", seconds=1.0, path="klines"))
        get(engine, CANDLES.replace("BTC", "ETH"), "hedged")
        eventually(lambda: named(collector.received.of("hedged"), "call binance"))
        stand_in.heal()
        get(engine, "/api/news", "news")
        get(engine, f"/nothing/{SECRET}?key={SECRET}", "unknown", Cookie=SECRET)
        get(engine, CANDLES, "counted")
        eventually(lambda: get(engine, "/api/prices?symbols=BTC", "priced").status_code == REFUSED)
    return collector.received


def test_spans_nest_from_the_request_to_the_hosts(received: Received) -> None:
    """A request has a span with the cache's decision, below it the calls to providers and their requests."""
    spans = received.of("cold")
    request = one(spans, "GET /api/ohlcv")
    [cache] = received.children(request)
    failed, served = received.children(cache)[:2]
    [asked] = received.children(failed)
    [answered] = received.children(served)

    assert (request.kind, request.parent) == (SERVER, "")
    assert request.attributes == {
        "request_id": "cold",
        "http.request.method": "GET",
        "http.route": "/api/ohlcv",
        "http.response.status_code": 200,
        "cache": "miss",
    }
    assert (cache.name, cache.attributes["cache.decision"]) == ("cache", "fetch")
    assert (failed.name, failed.attributes["error.type"], failed.failed) == ("call binance", "HTTP 500", True)
    assert asked.kind == CLIENT
    assert asked.attributes == {
        "request_id": "cold",
        "provider": "binance",
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "url.path": "/api/v3/klines",
        "http.response.status_code": 500,
        "error.type": "500",
    }
    assert (served.name, served.failed) == ("call kraken", False)
    assert answered.attributes["http.response.status_code"] == 200
    assert {span.trace for span in spans} == {request.trace}
    assert all(span.began <= span.ended for span in spans)


def test_a_ready_answer_has_spans_too(received: Received) -> None:
    """The fast path records the request and the cache's decision, and no call to a provider."""
    for name in ("ready", "counted"):
        spans = received.of(name)
        request, cache = one(spans, "GET /api/ohlcv"), one(spans, "cache")

        assert len(spans) == 2
        assert request.attributes["cache"] == "hit"
        assert cache.parent == request.id
        assert cache.attributes["cache.decision"] == "ready"


def test_a_valid_traceparent_is_the_parent(received: Received) -> None:
    """The caller's span is the parent of the request, recorded or not, and an invalid one is ignored."""
    taken = one(received.of("ready"), "GET /api/ohlcv")
    ignored = one(received.of("invalid"), "GET /api/ohlcv")

    assert (taken.trace, taken.parent) == (TRACE, PARENT)
    assert (ignored.trace == TRACE, ignored.parent) == (False, "")


def test_hedged_calls_are_below_their_request(received: Received) -> None:
    """Calls of one request that run at the same time, in other threads or greenlets, are siblings."""
    spans = received.of("hedged")
    cache = one(spans, "cache")
    slow, quick = received.children(cache)[:2]

    assert cache.parent == one(spans, "GET /api/ohlcv").id
    assert (slow.name, quick.name) == ("call binance", "call kraken")
    assert slow.began < quick.began < slow.ended
    assert [child.attributes["provider"] for child in received.children(slow)] == ["binance"]
    assert [child.attributes["provider"] for child in received.children(quick)] == ["kraken"]


def test_failures_have_their_status(received: Received) -> None:
    """A refused request and one to an unknown path have their status, and are no failures of the engine."""
    priced = named(received.of("priced"), "GET /api/prices")
    refused = max(priced, key=lambda span: span.began)
    unknown = one(received.of("unknown"), "GET unknown")

    assert refused.attributes["http.response.status_code"] == REFUSED
    assert unknown.attributes["http.response.status_code"] == 404
    assert not refused.failed
    assert not unknown.failed


def test_nothing_secret_is_sent(received: Received) -> None:
    """No span has a key, a query, or the path of a configured feed. The collector gets its headers."""
    text = repr(received.spans)
    hosts = [span for span in received.of("news") if span.kind == CLIENT]

    assert {span.attributes["provider"] for span in hosts} >= {"rss", "cryptopanic"}
    assert {span.attributes["url.path"] for span in hosts if span.attributes["provider"] == "rss"} == {""}
    for word in (SECRET, "private", "for-the-collector", "?"):
        assert word not in text, word
    assert all(sent["api-key"] == "for-the-collector" for sent in received.headers)
    assert all(sent["x-tenant"] == "a b" for sent in received.headers)


def test_probes_are_left_out(received: Received) -> None:
    """Health checks, which come every few seconds, have no spans. The service has its name and release."""
    assert not [span for span in received.spans if "health" in span.name]
    for resource in received.resources:
        assert resource["service.name"] == "prices"
        assert resource["service.version"] == VERSION
        assert resource["deployment.environment.name"] == "production"


def test_a_refresh_behind_names_its_cause(stand_in: StandIn) -> None:
    """A background refresh is a trace of its own, with a link to the decision that caused it."""
    settings = {"CACHE_TTL_PRICES": "1", "RATE_LIMIT_ENABLED": "false", "OTEL_BSP_SCHEDULE_DELAY": "50"}
    with Collector() as collector, traced(stand_in, collector, **settings) as engine:

        def refreshed() -> list[Span]:
            get(engine, "/api/prices?symbols=BTC", "asked")
            return named(collector.received.spans, "refresh")

        eventually(refreshed)
    refresh = named(collector.received.spans, "refresh")[0]
    causes = [span for span in collector.received.spans if span.id in refresh.links]
    calls = collector.received.children(refresh)

    assert refresh.parent == ""
    assert refresh.attributes["request_id"].startswith("refresh-")
    assert [cause.attributes["cache.decision"] for cause in causes] == ["refresh_behind"]
    assert {call.attributes["request_id"] for call in calls} == {refresh.attributes["request_id"]}
    assert calls


def test_a_dead_collector_hurts_no_request(stand_in: StandIn, tmp_path: Path) -> None:
    """Requests are served as before, and the log has one line with the host and the cause."""
    statuses = set[int]()
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "OTEL_BSP_SCHEDULE_DELAY": "20",
        "OTEL_BSP_MAX_QUEUE_SIZE": "128",
        "RATE_LIMIT_ENABLED": "false",
    }
    with (
        (tmp_path / "log").open("wb") as log,
        Engine({**stand_in.base_urls(), **QUIET, **settings}, log=log) as engine,
    ):

        def said(words: str) -> bool:
            statuses.update(get(engine, CANDLES, "asked").status_code for _ in range(BURST))
            return words in (tmp_path / "log").read_text()

        eventually(lambda: said("traces are not sent"))
        eventually(lambda: said("Queue full"))
    text = (tmp_path / "log").read_text()

    assert statuses == {200}
    assert re.findall(r"engine\.telemetry\.tracing.*?: (.+)", text) == [
        "traces are not sent: 127.0.0.1: the connection was refused",
        "traces: Queue full, dropping Span.",
    ]
    assert "opentelemetry" not in text


def test_without_the_packages_there_is_one_warning(stand_in: StandIn, tmp_path: Path) -> None:
    """A server without the packages says once what to install, and serves."""
    (tmp_path / "opentelemetry.py").write_text("")  # hides the installed packages
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "PYTHONPATH": str(tmp_path)}
    with (
        (tmp_path / "log").open("wb") as log,
        Engine({**stand_in.base_urls(), **QUIET, **settings}, log=log, fresh=True) as engine,
    ):
        assert get(engine, CANDLES, "asked").status_code == 200
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if "WARNING" in line]

    assert len(lines) == 1
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in lines[0]
    assert "requirements-otel.txt" in lines[0]
