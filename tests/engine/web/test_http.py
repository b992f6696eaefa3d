"""HTTP's headers: caching, tags, encodings, origins, and the headers of every answer."""

import gzip

import brotli
import pytest
from flask.testing import FlaskClient

from engine.cache.answers import Answer, Validity
from engine.web.responses import reply
from tests.clock import Clock
from tests.engine.web.api.answers import failure
from tests.engine.web.api.test_prices import break_all
from tests.engine.web.conftest import Make
from tests.upstreams import StandIn
from tests.waiting import eventually

PATHS = ["/api/prices?symbols=BTC", "/api/ohlcv?symbol=BTC", "/api/ohlcv/BTC?limit=50"]


@pytest.fixture(params=[True, False], ids=["fast path", "flask"])
def client(request: pytest.FixtureRequest, make: Make) -> FlaskClient:
    """Return a client for either way, with the fast path or without."""
    return make(edge_enabled=request.param)


def test_a_miss_and_its_hits(client: FlaskClient, clock: Clock) -> None:
    """An answer has its age, its lifetime and its cache status in its headers."""
    first = client.get("/api/prices?symbols=BTC").headers
    clock.advance(12.5)
    later = client.get("/api/prices?symbols=BTC").headers

    assert first["Cache-Control"] == "public, max-age=30, stale-while-revalidate=30, stale-if-error=86400"
    assert first["Age"] == "0"
    assert first["Cache-Status"] == "engine; fwd=miss"
    assert later["Cache-Control"] == "public, max-age=17, stale-while-revalidate=30, stale-if-error=86400"
    assert later["Age"] == "12"
    assert later["Cache-Status"] == "engine; hit; ttl=17"
    assert "Accept-Encoding" in later["Vary"]


def test_a_stale_answer_says_so(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A stale answer is marked in its headers, and has another tag."""
    fresh = client.get("/api/prices?symbols=BTC").headers
    break_all(stand_in)
    clock.advance(70)
    stale = client.get("/api/prices?symbols=BTC").headers

    assert stale["Cache-Status"] == "engine; hit; ttl=-40; detail=stale"
    assert stale["Cache-Control"].startswith("public, max-age=0, ")
    assert stale["Age"] == "70"
    assert stale["ETag"] != fresh["ETag"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accepted", ["", "gzip", "br", "zstd"])
def test_what_a_client_has_is_not_sent_again(
    client: FlaskClient, clock: Clock, path: str, accepted: str
) -> None:
    """A client with the current tag gets 304 at any age of the data."""
    first = client.get(path, headers={"Accept-Encoding": accepted})
    clock.advance(4)
    for tag in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
        again = client.get(path, headers={"Accept-Encoding": accepted, "If-None-Match": tag})
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Age"] == "4"
        assert "Content-Type" not in again.headers
        assert "Content-Length" not in again.headers
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_what_a_client_has_is_not_even_made() -> None:
    """An answer is not compressed for a 304."""
    answer = Answer.with_body({"data": "x" * 5000}, {}, Validity(made=100.0, lifetime=30.0))
    asked = {"HTTP_ACCEPT_ENCODING": "gzip"}
    known = reply(answer, 101.0, {**asked, "HTTP_IF_NONE_MATCH": f'"{answer.tag}-gzip"'})

    assert (known.status, known.body, answer.packed) == ("304 NOT MODIFIED", b"", {})
    assert reply(answer, 101.0, asked).body
    assert "gzip" in answer.packed


def test_new_data_has_a_new_tag(client: FlaskClient, clock: Clock) -> None:
    """New data has a new tag and is sent."""
    tag = client.get("/api/prices?symbols=BTC").headers["ETag"]
    clock.advance(61)
    eventually(
        lambda: client.get("/api/prices?symbols=BTC", headers={"If-None-Match": tag}).status_code == 200
    )


def test_each_encoding_has_a_tag_of_its_own(client: FlaskClient) -> None:
    """Each encoding has its own strong tag, because tags are of bytes."""
    tags = {
        client.get("/api/ohlcv?symbol=BTC", headers={"Accept-Encoding": name}).headers["ETag"]
        for name in ("", "gzip", "br", "zstd")
    }

    assert len(tags) == 4
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("path", [*PATHS[1:], "/api/symbols", "/openapi.json"])
def test_bodies_are_compressed(client: FlaskClient, path: str) -> None:
    """Bodies of more than a kilobyte are compressed in the client's encoding."""
    plain = client.get(path)
    for name, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        packed = client.get(path, headers={"Accept-Encoding": name})
        assert packed.headers["Content-Encoding"] == name
        assert packed.headers["Content-Length"] == str(len(packed.data))
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert unpack(packed.data) == plain.data


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    """HEAD has the headers of GET, including the length, and no body."""
    client.get("/api/ohlcv?symbol=BTC")
    named = {"X-Request-ID": "the-same"}
    full = client.get("/api/ohlcv?symbol=BTC", headers=named)
    head = client.head("/api/ohlcv?symbol=BTC", headers=named)

    assert head.data == b""
    assert sorted(head.headers) == sorted(full.headers)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("path", [*PATHS, "/api/symbols", "/api/health", "/nothing", "/api/ohlcv", "/docs"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_every_answer_is_hardened(client: FlaskClient, path: str, method: str) -> None:
    """Hits, misses and failures have the security headers."""
    for _ in range(2):
        headers = client.open(path, method=method).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Access-Control-Allow-Origin"] == "*"


def test_what_is_no_cached_answer_is_not_kept(client: FlaskClient) -> None:
    """Answers without a cache entry are `no-store`."""
    for path in ("/api/symbols", "/api/providers", "/api/health", "/docs", "/openapi.json"):
        for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
            assert client.open(path, method=method).headers["Cache-Control"] == "no-store"


def test_pages_load_nothing_from_elsewhere(client: FlaskClient) -> None:
    """Pages load only files of this server, and run no inline scripts."""
    page = client.get("/docs")
    policy = page.headers["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self';" in policy
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert page.text.count("<script") == page.text.count("<script src=")
    assert "<style" not in page.text
    assert "/openapi.json" in client.get("/docs/assets/0/reference.js").text


@pytest.mark.parametrize("path", ["/", "/chart", "/docs"])
def test_pages_are_framed_by_allowed_origins(make: Make, path: str) -> None:
    """Pages may be framed by the origins in the setting, and by Hugging Face by default."""
    for setting, framed, old in (
        ({}, "'self' https://huggingface.co", None),
        ({"frame_ancestors": ("none",)}, "'none'", "DENY"),
        ({"frame_ancestors": ("self",)}, "'self'", "SAMEORIGIN"),
        ({"frame_ancestors": ("https://a.example",)}, "https://a.example", None),
    ):
        headers = make(**setting).get(path).headers
        assert headers["Content-Security-Policy"].endswith(f"; frame-ancestors {framed}")
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; ")
        assert headers.get("X-Frame-Options") == old


@pytest.mark.parametrize("path", [*PATHS, "/api/symbols", "/api/health", "/nothing", "/openapi.json"])
def test_data_is_shown_in_no_frame(client: FlaskClient, path: str) -> None:
    """Hits, misses and failures of data may not be framed."""
    for _ in range(2):
        policy = client.get(path).headers.getlist("Content-Security-Policy")
        assert policy == ["default-src 'none'; frame-ancestors 'none'"]


def test_a_preflight_costs_nothing(make: Make, stand_in: StandIn) -> None:
    """A preflight request spends no quota, calls no provider and is valid for a day."""
    client = make(rate_limit_enabled=True, rate_limit_prices=1)
    for _ in range(3):
        answer = client.options(
            "/api/prices",
            headers={
                "Origin": "https://a.example",
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "X-API-Key",
            },
        )
        assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "X-API-Key"
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert stand_in.calls.count() == 0
    assert client.get("/api/prices?symbols=BTC").status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
def test_pages_may_write(client: FlaskClient, method: str) -> None:
    """Pages on other sites may send keys and bodies, change and delete, and resume streams."""
    headers = "authorization, content-type, last-event-id, x-api-key"
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    allowed = client.options("/api/account", headers={"Origin": "https://a.example", **asked}).headers

    assert method in allowed["Access-Control-Allow-Methods"].split(", ")
    assert {*headers.split(", ")} <= {*allowed["Access-Control-Allow-Headers"].lower().split(", ")}


def test_pages_may_read_what_they_need(client: FlaskClient) -> None:
    """Pages on other sites may read the headers for quotas, ages and tags."""
    headers = client.get("/api/symbols", headers={"Origin": "https://a.example"}).headers
    exposed = headers["Access-Control-Expose-Headers"].split(", ")

    assert {"X-RateLimit-Remaining", "RateLimit", "Retry-After", "Age", "ETag", "Cache-Status"} < {*exposed}


def test_named_origins_are_distinguished(make: Make) -> None:
    """Answers to named origins differ by `Vary: Origin`, so that caches separate them."""
    client = make(cors_origins="https://a.example, https://b.example")
    client.get("/api/prices?symbols=BTC")
    allowed = client.get("/api/prices?symbols=BTC", headers={"Origin": "https://b.example"}).headers
    other = client.get("/api/prices?symbols=BTC", headers={"Origin": "https://c.example"}).headers

    assert allowed["Access-Control-Allow-Origin"] == "https://b.example"
    assert "Origin" in ", ".join(allowed.getlist("Vary"))
    assert "Access-Control-Allow-Origin" not in other


def test_what_is_too_large_is_refused_unread(client: FlaskClient) -> None:
    """Bodies and queries that are too large are refused unread."""
    body = {"CONTENT_LENGTH": str(2 * 1024 * 1024)}

    assert client.get("/api/prices?symbols=BTC", environ_overrides=body).status_code == 413
    assert failure(client, "/api/prices?symbols=" + "A" * 20_000, 414)["code"] == "URI_TOO_LONG"
