"""Quotas are counted per caller, are reported, and cannot be evaded."""

import logging
import re
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.web.access import counters
from schemas import ErrorAnswer
from tests.engine.web.api.answers import held
from tests.engine.web.conftest import Make
from tests.upstreams import StandIn

PATH = "/api/prices?symbols=BTC"
KEYS = {"one": "free", "two": "pro", "three": "unlimited"}


@pytest.fixture(params=[True, False], ids=["fast path", "flask"])
def fast_path(request: pytest.FixtureRequest) -> bool:
    """Return whether the fast path is on."""
    return bool(request.param)


@pytest.fixture
def keys(tmp_path: Path) -> str:
    """Return the path of a file whose keys are their owners' names."""
    lines = [f"{name}:{tier}:{sha256(name.encode()).hexdigest()}" for name, tier in KEYS.items()]
    file = tmp_path / "keys"
    file.write_text("# who may ask more\n\n" + "\n".join(lines) + "\n")
    return str(file)


def left(client: FlaskClient, headers: dict[str, str] | None = None, address: str = "192.0.2.1") -> str:
    """Return the rest of the quota after one more request."""
    answer = client.get(PATH, headers=headers or {}, environ_base={"REMOTE_ADDR": address})
    return answer.headers.get("X-RateLimit-Remaining", "")


def test_every_limited_answer_reports_it(make: Make, fast_path: bool) -> None:
    """Misses, hits, 304, HEAD, invalid requests and refusals report the quota."""
    client = make(rate_limit_enabled=True, rate_limit_prices=6, edge_enabled=fast_path)
    tag = client.get(PATH).headers["ETag"]
    answers = [
        client.get(PATH),
        client.get(PATH, headers={"If-None-Match": tag}),
        client.head(PATH),
        client.get("/api/prices?symbols=FOO"),
        client.get(PATH),
        client.get(PATH),
        client.get(PATH, headers={"If-None-Match": tag}),
    ]

    assert [answer.status_code for answer in answers] == [200, 304, 200, 400, 200, 429, 429]
    assert [int(answer.headers["X-RateLimit-Remaining"]) for answer in answers] == [4, 3, 2, 1, 0, 0, 0]
    for answer in answers:
        assert answer.headers["X-RateLimit-Limit"] == "6"
        assert answer.headers["RateLimit-Policy"] == '"default";q=6;w=60'
        assert re.fullmatch('"default";r=[0-9];t=[0-9]+', answer.headers["RateLimit"])
        assert ("Retry-After" in answer.headers) == (answer.status_code == 429)


def test_over_the_limit_nothing_is_done(make: Make, stand_in: StandIn, fast_path: bool) -> None:
    """A request over the quota is refused without any further work."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=1, edge_enabled=fast_path)
    client.get("/api/ohlcv?symbol=BTC")
    stand_in.calls.forget()
    for path in ("/api/ohlcv?symbol=BTC", "/api/ohlcv?symbol=ETH", "/api/ohlcv/BTC"):
        answer = client.get(path)
        assert answer.status_code == 429
        assert answer.headers["Cache-Control"] == "no-store"
        error = held(ErrorAnswer, answer.json)["error"]
        assert answer.headers["Retry-After"] == str(error["retryAfter"])
    assert client.head("/api/ohlcv?symbol=BTC").status_code == 429
    assert stand_in.calls.count() == 0


def test_what_is_not_there_is_limited_as_well(make: Make, keys: str) -> None:
    """Unknown paths have their own quota per caller, and preflight requests are free."""
    client = make(rate_limit_enabled=True, rate_limit_default=2, api_keys_file=keys)
    asked = [("GET", "/wp-login.php"), ("DELETE", "/api/prices"), ("HEAD", "/nothing"), ("GET", "/nothing")]
    answers = [client.open(path, method=method) for method, path in asked]

    assert [answer.status_code for answer in answers] == [404, 405, 429, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0", "0"]
    assert held(ErrorAnswer, answers[3].json)["error"]["retryAfter"] == int(answers[3].headers["Retry-After"])
    assert client.get("/api/symbols").status_code == 200
    assert client.get("/nothing", headers={"X-API-Key": "three"}).status_code == 404
    assert client.options("/nothing").status_code == 404


def test_health_and_the_documents_are_free(make: Make) -> None:
    """Health and the documents are free."""
    client = make(rate_limit_enabled=True, rate_limit_default=1)
    for path in ("/api/health", "/docs", "/openapi.json", "/api/health/ready"):
        for _ in range(3):
            answer = client.get(path)
            assert answer.status_code in (200, 503)
            assert "X-RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_forging_gives_no_second_bucket(make: Make, fast_path: bool, hops: int) -> None:
    """Addresses that a client writes into headers are ignored, and only the trusted proxies' count."""
    client = make(rate_limit_enabled=True, edge_enabled=fast_path, trusted_proxy_hops=hops)
    added = ", 203.0.113.7" * (hops > 0) + ", 10.0.0.1" * (hops > 1)
    seen = [
        int(left(client, {name: f"{forged}{added}".removeprefix(", ")}))
        for forged in ("", "198.51.100.1", "198.51.100.2, 198.51.100.3", "::1", "nonsense")
        for name in ("X-Forwarded-For",)
    ]
    seen += [
        int(left(client, {"X-Forwarded-For": f"198.51.100.9{added}", name: "198.51.100.9"}))
        for name in ("X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "Via")
    ]

    assert seen == list(range(119, 119 - len(seen), -1))


def test_behind_a_proxy_everybody_has_a_bucket(make: Make, fast_path: bool) -> None:
    """Each address that a trusted proxy reports has its own bucket."""
    client = make(rate_limit_enabled=True, edge_enabled=fast_path, trusted_proxy_hops=1)

    assert [left(client, {"X-Forwarded-For": f"203.0.113.{last}"}) for last in (1, 2, 3)] == ["119"] * 3


def test_a_network_of_ipv6_is_one_client(make: Make, fast_path: bool) -> None:
    """All addresses of an IPv6 network of /64 are one client."""
    client = make(rate_limit_enabled=True, edge_enabled=fast_path)

    assert left(client, address="2001:db8:1:2::1") == "119"
    assert left(client, address="2001:db8:1:2:ffff::9") == "118"
    assert left(client, address="2001:db8:1:3::1") == "119"
    assert left(client, address="::ffff:192.0.2.9") == "119"
    assert left(client, address="192.0.2.9") == "118"


@pytest.mark.usefixtures("untraced")
def test_a_crowded_table_refuses_no_newcomer(
    make: Make, fast_path: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a crowded table, the new clients of its /48 share a quota, and all others have their own."""
    monkeypatch.setattr(counters, "MOST", 40)
    client = make(rate_limit_enabled=True, rate_limit_prices=10, edge_enabled=fast_path)
    crowd = [left(client, address=f"2001:db8:7:{number:x}::1") for number in range(60)]
    newcomers = [f"2001:db8:{number:x}::1" for number in range(100, 200)] + [
        f"192.0.2.{n}" for n in range(99)
    ]

    assert crowd[:20] == ["9"] * 20
    assert crowd[20:] == [*map(str, range(9, -1, -1)), *["0"] * 30]
    assert [left(client, address=address) for address in newcomers] == ["9"] * len(newcomers)


def test_keys_raise_the_quota(make: Make, fast_path: bool, keys: str) -> None:
    """A key has ten times the quota or none, and the address keeps its own quota."""
    client = make(rate_limit_enabled=True, edge_enabled=fast_path, api_keys_file=keys)
    for _ in range(2):
        left(client)

    assert left(client, {"X-API-Key": "one"}) == "119"
    assert left(client, {"Authorization": "Bearer two"}) == "1199"
    assert left(client, {"authorization": "bearer two"}, address="192.0.2.77") == "1198"
    assert left(client, {"X-API-Key": "three"}) == ""
    assert left(client) == "117"


def test_a_caller_without_a_quota_gives_none_away(make: Make, fast_path: bool, keys: str) -> None:
    """A request with an unlimited key leaves the quota of other callers unchanged."""
    client = make(rate_limit_enabled=True, rate_limit_prices=3, edge_enabled=fast_path, api_keys_file=keys)
    for _ in range(2):
        assert left(client, {"X-API-Key": "three"}) == ""

    assert [left(client) for _ in range(3)] == ["2", "1", "0"]
    assert client.get(PATH, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 429
    assert client.get(PATH, headers={"X-API-Key": "three"}).status_code == 200


def test_an_unknown_key_is_refused(
    make: Make, fast_path: bool, keys: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An unknown key is 401 and is never repeated, and after twenty guesses the address is refused."""
    client = make(rate_limit_enabled=True, edge_enabled=fast_path, api_keys_file=keys)
    assert left(client, {"X-API-Key": "two"}) == "1199"
    with caplog.at_level(logging.DEBUG):
        answers = [client.get(PATH, headers={"X-API-Key": f"guess{guess}"}) for guess in range(22)]
    first, last = answers[0], answers[-1]

    assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 2
    assert held(ErrorAnswer, first.json)["error"]["code"] == "UNAUTHORIZED"
    assert first.headers["WWW-Authenticate"] == "Bearer"
    assert first.headers["X-RateLimit-Remaining"] == "19"
    assert held(ErrorAnswer, last.json)["error"]["retryAfter"] == int(last.headers["Retry-After"])
    assert "guess" not in "".join(answer.text for answer in answers) + caplog.text
    assert client.get(PATH, headers={"X-API-Key": "two"}).status_code == 429
    assert client.get(PATH).status_code == 200
    elsewhere = client.get(PATH, headers={"X-API-Key": "two"}, environ_base={"REMOTE_ADDR": "192.0.2.5"})
    assert elsewhere.status_code == 200


def test_other_ways_to_log_in_are_no_keys(make: Make) -> None:
    """Other schemes of `Authorization`, such as a proxy's password, are no keys."""
    client = make(rate_limit_enabled=True)

    assert left(client, {"Authorization": "Basic dXNlcjpwYXNz"}) == "119"
    assert left(client, {"Authorization": "Bearer "}) == "118"
    assert client.get(PATH, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/api/health", headers={"Authorization": "Bearer x"}).status_code == 200


def test_nothing_of_a_client_is_kept(
    make: Make, fast_path: bool, keys: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Counters, logs and answers contain neither the address nor the key of a client."""
    client = make(rate_limit_enabled=True, rate_limit_prices=1, edge_enabled=fast_path, api_keys_file=keys)
    with caplog.at_level(logging.DEBUG):
        for _ in range(4):
            answer = client.get(PATH, environ_base={"REMOTE_ADDR": "198.51.100.123"})
            client.get(PATH, headers={"X-API-Key": "one"}, environ_base={"REMOTE_ADDR": "198.51.100.123"})
    from engine.web.access.limiter import limiter

    kept = str(vars(limiter.limiter.storage)) + caplog.text + answer.text + str(answer.headers)
    assert "198.51.100.123" not in kept
    assert sha256(b"one").hexdigest() not in kept
    assert "engine/" in kept
