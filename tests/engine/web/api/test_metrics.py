"""The metrics, and the access to them."""

import itertools
import re

import pytest
from flask.testing import FlaskClient

from engine.telemetry.event_log import Asked, BudgetSpent
from engine.telemetry.metrics import Metrics
from engine.web.exposition import AT_ONCE, Exposition
from engine.web.services import services_of
from tests.clock import Clock
from tests.counted import Numbers, labels_of, number, read
from tests.engine.web.conftest import Make
from tests.running import ROOT
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

CANDLES = "/api/ohlcv?symbol=BTC&limit=60"


def counted(client: FlaskClient) -> Numbers:
    """Return the current metrics."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return read(answer.text)


def test_constant_requests_get_the_last_numbers() -> None:
    """Frequent requests for metrics cause one computation per second, and cannot keep a worker busy."""
    clock, made = Clock(), itertools.count(1)
    exposition = Exposition(lambda: b"%d" % next(made), clock)

    assert [exposition.text() for _ in range(100)][-1] == b"%d" % AT_ONCE
    clock.advance(0.9)
    assert exposition.text() == b"%d" % AT_ONCE
    clock.advance(0.2)
    assert [exposition.text() for _ in range(3)] == [b"%d" % (AT_ONCE + 1)] * 3
    clock.advance(3600)
    assert [exposition.text() for _ in range(100)][-1] == b"%d" % (2 * AT_ONCE + 1)


@pytest.mark.parametrize("fast_path", [True, False])
def test_each_request_counts_once_by_endpoint_and_status(make: Make, fast_path: bool) -> None:
    """Each request counts once by endpoint and status, with or without Flask, with duration and cache."""
    client = make(edge_enabled=fast_path)
    for _ in range(5):
        client.get(CANDLES)
    client.get("/api/ohlcv/BTC?limit=60")
    client.get("/api/ohlcv?symbol=NOTHING")
    numbers = counted(client)

    assert number(numbers, "engine_requests_total", endpoint="/api/ohlcv", status="200") == 6
    assert number(numbers, "engine_requests_total", endpoint="/api/ohlcv", status="400") == 1
    assert number(numbers, "engine_request_seconds_count", endpoint="/api/ohlcv") == 7
    assert number(numbers, "engine_cache_total", endpoint="/api/ohlcv", outcome="miss") == 1
    assert number(numbers, "engine_cache_total", endpoint="/api/ohlcv", outcome="hit") == 5


def test_paths_are_no_labels(client: FlaskClient) -> None:
    """All unknown paths count as one endpoint."""
    for path in range(50):
        client.get(f"/made-up/{path}?secret={path}")
        client.get(f"/api/ohlcv/MADE-UP{path}")
        client.open("/api/prices", method=f"MADE-UP{path}")
    numbers = counted(client)

    assert labels_of(numbers, "engine_requests_total", "endpoint") == {"/api/ohlcv", "unknown"}
    assert number(numbers, "engine_requests_total", endpoint="unknown", status="404") == 50
    assert "made-up" not in client.get("/metrics").text.lower()


def test_the_age_of_answers_is_counted(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Answers are counted as fresh, stale, or stale because no provider answers."""
    client.get("/api/prices?symbols=BTC")
    clock.advance(20)
    client.get("/api/prices?symbols=BTC")
    for provider in stand_in.base_urls():
        stand_in.fault(provider.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    clock.advance(3600)
    client.get("/api/prices?symbols=BTC")
    numbers = counted(client)

    for outcome in ("miss", "hit", "stale"):
        assert number(numbers, "engine_cache_total", endpoint="/api/prices", outcome=outcome) == 1
    assert number(numbers, "engine_data_age_seconds_sum", endpoint="/api/prices") == 3640
    for bound, count in (("1.0", 1), ("30.0", 2), ("3600.0", 2), ("21600.0", 3)):
        assert number(numbers, "engine_data_age_seconds_bucket", endpoint="/api/prices", le=bound) == count


def test_calls_are_counted_by_outcome(client: FlaskClient, stand_in: StandIn) -> None:
    """Calls are counted by outcome, with their duration, the state, the circuit and the budget's rest."""
    stand_in.fault("binance", Fault("status", status=451))
    client.get(CANDLES)
    numbers = counted(client)

    def of(name: str, provider: str, **more: str) -> float | None:
        return number(numbers, f"engine_provider_{name}", provider=provider, **more)

    assert of("calls_total", "binance", outcome="Region blocked") == 1
    assert of("calls_total", "kraken", outcome="ok") == of("call_seconds_count", "kraken") == 1
    assert of("state", "binance", state="blocked") == of("state", "kraken", state="online") == 1
    assert of("state", "binance", state="online") == of("state", "kraken", state="blocked") == 0
    assert (of("circuit_open", "binance"), of("circuit_open", "kraken")) == (1, 0)
    budget, left = of("budget", "kraken"), of("budget_left", "kraken")
    assert budget is not None
    assert left == budget - 1
    assert of("last_success_timestamp_seconds", "binance") is None
    assert number(numbers, "engine_events_total", event="CircuitOpened") == 1
    assert number(numbers, "engine_events_total", event="BudgetSpent") == 0


def test_a_call_that_the_budget_prevents_is_no_call(client: FlaskClient) -> None:
    """A call that the budget prevents is counted separately and is no call."""
    market = services_of(client.application).market
    next(one for one in market.upstreams if one.name == "coingecko").budget.correct(10**6)
    client.get("/api/prices?symbols=BTC")
    eventually(
        lambda: number(counted(client), "engine_provider_calls_withheld_total", provider="coingecko") == 1
    )

    assert number(counted(client), "engine_provider_calls_total", provider="coingecko", outcome="ok") == 0
    assert number(counted(client), "engine_provider_budget_left", provider="coingecko") == 0


def test_every_metric_is_described(client: FlaskClient) -> None:
    """The document about operation describes every metric."""
    described = (ROOT / "docs/operation.md").read_text()
    client.get(CANDLES)
    families = re.findall(r"^# TYPE (\S+) ", client.get("/metrics").text, re.MULTILINE)

    assert len(families) > 15
    assert [name for name in families if f"`{name}`" not in described] == []


def test_refusals_are_counted(make: Make) -> None:
    """Refusals of the fast path and of Flask count for every client."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=3)
    for _ in range(5):
        client.get(CANDLES)
    client.get("/api/ohlcv?symbol=ETH")

    assert number(counted(client), "engine_quota_refusals_total", endpoint="/api/ohlcv") == 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (None, 401),
        ("Bearer", 401),
        ("Bearer wrong", 401),
        ("Bearer t0ken!", 401),
        ("Bearer t0kén", 401),
        ("Basic t0ken", 401),
        ("Bearer t0ken", 200),
        ("bearer  t0ken", 200),
    ],
)
def test_a_token_protects_the_metrics(make: Make, sent: str | None, status: int) -> None:
    """With a token in the settings, a request with another token is refused."""
    client = make(metrics_token="t0ken", rate_limit_enabled=True)
    answer = client.get("/metrics", headers={"Authorization": sent} if sent else {})

    assert answer.status_code == status
    assert ("engine_requests" in answer.text) == (status == 200)
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") == (status == 401)
    assert "t0ken" not in answer.text


def test_the_token_is_no_key_and_has_no_quota(make: Make) -> None:
    """The token for metrics is neither an API key nor a guess of one, and spends no quota."""
    client = make(metrics_token="t0ken", rate_limit_enabled=True, rate_limit_default=1)
    for _ in range(30):
        assert client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 401
    last = client.get("/metrics", headers={"Authorization": "Bearer t0ken"})

    assert last.status_code == 200
    assert "X-RateLimit-Limit" not in last.headers
    assert client.get("/api/symbols", headers={"Authorization": "Bearer t0ken"}).status_code == 401
    assert client.get("/api/symbols").status_code == 200


def test_histograms_of_many_values_are_exact() -> None:
    """A bucket includes its bound."""
    metrics = Metrics(None)
    for seconds in (0.001, 0.0011, 0.3, 11.0):
        metrics.note("/api/ohlcv", "200", seconds)
    numbers = read(metrics.exposition().decode())

    for bound, count in (("0.001", 1), ("0.0025", 2), ("0.25", 2), ("0.5", 3), ("10.0", 3), ("+Inf", 4)):
        assert number(numbers, "engine_request_seconds_bucket", endpoint="/api/ohlcv", le=bound) == count
    assert number(numbers, "engine_request_seconds_sum", endpoint="/api/ohlcv") == pytest.approx(11.3021)


def test_events_are_counted_by_kind() -> None:
    """Events are counted by kind, without calls, which have their own metrics."""
    metrics = Metrics(None)
    metrics.count(BudgetSpent(1.0, "okx"))
    metrics.count(Asked(1.0, "okx", outcome="ok", seconds=0.1))

    assert labels_of(read(metrics.exposition().decode()), "engine_events_total", "event") == {"BudgetSpent"}
