"""The calls of Dreammaker and its family have their formats and no invented figures."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.market.prices.lists import CoinPrice
from engine.web.compat.dreammaker._rows import REQUIRED, top
from providers import ASSETS, Asset
from schemas import ErrorAnswer, ProviderRow
from schemas.compat import dreammaker as shape
from tests.clock import Clock
from tests.documented import own_document
from tests.engine.web.api.answers import held, overview, prices
from tests.engine.web.compat.answers import AXIOS, checked
from tests.engine.web.conftest import Make
from tests.everybody import TOTALS
from tests.upstreams import Fault, StandIn

TOP = "/api/crypto/prices/top"
ABOUT_DATA = (
    f"{TOP}?limit=5",
    "/api/crypto/market-overview",
    "/api/categories",
    "/api/coins/top",
    "/api/market",
    "/api/trending",
    "/api/sentiment/global",
    "/api/news/latest",
)
"""Calls that need providers."""
ABOUT_ITSELF = (
    "/health",
    "/info",
    "/api/status",
    "/api/providers",
    "/api/rate-limits",
    "/api/logs",
    "/api/alerts",
    "/api/hf/health",
    "/api/hf/registry",
)
"""Calls that need no provider."""


def fail_all(stand_in: StandIn, *but: str) -> None:
    """Let every provider fail, except `but`."""
    for name in stand_in.base_urls():
        provider = name.removesuffix("_BASE_URL").lower()
        if provider not in but:
            stand_in.fault(provider, Fault("status", status=500))


def test_the_largest_coins_in_the_order_of_their_rank(client: FlaskClient) -> None:
    """The largest coins are listed by rank with the dollar prices of `/api/prices`, under base symbols."""
    rows = checked(client, TOP, shape.TopPriceRow, many=True)
    expected = {row["symbol"]: row for row in prices(client, "convert=USD")["data"]}

    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    assert {row["symbol"] for row in rows} == {asset.symbol for asset in ASSETS}
    for row in rows:
        mine = expected[row["symbol"]]
        assert row["price"] == pytest.approx(mine["price"], rel=1e-6)
        assert row["market_cap"] == mine["marketCap"]
        assert row["last_updated"] == mine["lastUpdate"]


@pytest.mark.parametrize("limit", [14, 15, 20, 30, 100])
def test_every_required_coin_is_listed_if_the_limit_allows(client: FlaskClient, limit: int) -> None:
    """Every required coin is listed within the limit instead of the lowest ranks, in the usual order."""
    rows = checked(client, f"{TOP}?limit={limit}", shape.TopPriceRow, many=True)

    assert {row["symbol"] for row in rows} >= REQUIRED
    assert len(rows) == min(limit, len(ASSETS))
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)


def test_with_a_low_limit_the_largest_are_listed(client: FlaskClient) -> None:
    """If the limit is below the fourteen required coins, the largest are listed."""
    rows = checked(client, f"{TOP}?limit=5", shape.TopPriceRow, many=True)
    whole = checked(client, TOP, shape.TopPriceRow, many=True)

    assert rows == whole[:5]


def priced(asset: Asset) -> CoinPrice:
    """Return a coin with a price and no other figures."""
    unknown: dict[str, Any] = dict.fromkeys(
        ("change_1h", "change_24h", "change_7d", "volume_24h", "market_cap", "rank")
    )
    worth: dict[str, Any] = {"confidence": 1.0, "verified": True, "disputed": False, "sources": ()}
    return CoinPrice(asset.symbol, asset, 1.0, 1.0, **unknown, time=0.0, **worth)


def test_a_required_coin_without_a_quote_is_left_out() -> None:
    """A required coin without a quote is omitted, and another coin takes its place."""
    kept = top([priced(asset) for asset in ASSETS if asset.symbol != "LTC"], 14)

    assert [coin.symbol for coin in kept] == [asset.symbol for asset in ASSETS[:15] if asset.symbol != "LTC"]


def test_an_unknown_figure_is_null(client: FlaskClient, stand_in: StandIn) -> None:
    """Without aggregators the rank, the capitalisation and the total volume are null, and never 0."""
    for name in TOTALS:
        stand_in.fault(name, Fault("status", status=500))
    rows = checked(client, TOP, shape.TopPriceRow, many=True)

    assert {row["symbol"] for row in rows} >= REQUIRED
    assert rows[0]["price"] > 0
    for name in ("volume_24h", "market_cap", "rank"):
        assert {row[name] for row in rows} == {None}


def test_without_a_rate_prices_are_in_tether(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Without a rate the prices are in tether, and a header names the currency."""
    assert client.get(TOP).headers["X-Data-Quote"] == "USD"
    clock.advance(301)
    fail_all(stand_in, "binance")
    response = client.get(TOP, headers=AXIOS)

    assert response.headers["X-Data-Quote"] == "USDT"
    assert response.json is not None
    assert response.json[0]["symbol"] == "BTC"
    assert response.json[0]["price"] == pytest.approx(stand_in.market.ticker("BTC").last, rel=1e-2)


def test_the_overview_of_the_market(client: FlaskClient) -> None:
    """The overview has the figures of `/api/market/overview` under other names."""
    expected = overview(client)
    theirs = checked(client, "/api/crypto/market-overview", shape.MarketOverview)

    assert theirs == {
        "total_market_cap": expected["data"]["totalMarketCap"],
        "total_volume_24h": expected["data"]["totalVolume24h"],
        "btc_dominance": expected["data"]["btcDominance"],
        "eth_dominance": expected["data"]["ethDominance"],
        "market_cap_change_24h": expected["data"]["marketCapChange24h"],
        "active_cryptocurrencies": expected["data"]["activeCoins"],
        "markets": expected["meta"]["markets"],
    }
    assert theirs["markets"] > 0


def test_totals_without_a_capitalisation_are_a_failure(client: FlaskClient, stand_in: StandIn) -> None:
    """Totals without a capitalisation are a failure, because lists of coins alone are no overview."""
    for name in ("coinpaprika", "coinlore"):
        stand_in.fault(name, Fault("status", status=500))
    stand_in.fault("coinmarketcap", Fault("status", status=500, path="global-metrics"))
    stand_in.fault("coingecko", Fault("status", status=500, path="/global"))
    response = client.get("/api/crypto/market-overview")

    assert response.status_code == 503
    error = held(ErrorAnswer, response.json)["error"]
    assert error["code"] == "PROVIDER_ERROR"
    assert error["details"]["coingecko"] == "HTTP 500"


def test_categories(client: FlaskClient) -> None:
    """Categories are a bare array with three pictures in each row."""
    rows = checked(client, "/api/categories", shape.CategoryRow, many=True)

    assert rows
    assert all(len(row["top_3_coins"]) <= 3 for row in rows)


def test_coins_for_newer_clients(client: FlaskClient) -> None:
    """Newer clients get the same coins in another format."""
    rows = checked(client, f"{TOP}?limit=20", shape.TopPriceRow, many=True)
    coins = checked(client, "/api/coins/top?limit=20", shape.CoinsAnswer)["coins"]
    market = checked(client, "/api/market?limit=20", shape.MarketAnswer)
    whole = checked(client, "/api/crypto/market-overview", shape.MarketOverview)

    assert [coin["current_price"] for coin in coins] == [row["price"] for row in rows]
    assert [coin["id"] for coin in coins[:2]] == ["bitcoin", "ethereum"]
    assert market["data"] == coins
    assert market["total_market_cap"] == whole["total_market_cap"]
    assert market["active_coins"] == whole["active_cryptocurrencies"]


def test_coins_are_served_without_totals(client: FlaskClient, stand_in: StandIn) -> None:
    """If totals fail, they are null, and the coins are served."""
    for name in TOTALS:
        stand_in.fault(name, Fault("status", status=500))
    answer = checked(client, "/api/market", shape.MarketAnswer)

    assert answer["total_market_cap"] is None
    assert answer["data"][0]["current_price"] > 0


def test_trending_coins(client: FlaskClient) -> None:
    """Trending coins have the same format."""
    coins = checked(client, "/api/trending", shape.TrendingAnswer)["coins"]

    assert [coin["symbol"] for coin in coins] == [
        row["symbol"] for row in overview(client)["data"]["trending"]
    ]


def test_the_index_in_five_classes(client: FlaskClient) -> None:
    """The index has one of five classes, its time and its source."""
    response = client.get("/api/sentiment/global")
    answer = held(shape.GlobalSentiment, response.json)
    expected = client.get("/api/sentiment").get_json()["data"]["fearGreed"]

    assert answer["fear_greed_index"] == answer["value"] == expected["value"]
    assert answer["sentiment"] == expected["classification"].lower().replace(" ", "_")
    assert answer["timestamp"] == expected["timestamp"]
    assert response.headers["X-Data-Source"] == "alternative.me"


def test_news_if_it_is_enabled(make: Make, client: FlaskClient) -> None:
    """News serves the newest stories, or is disabled by its setting."""
    articles = checked(make(enable_news=True), "/api/news/latest?limit=5", shape.LatestNews)["articles"]
    times = [article["published_at"] for article in articles]

    assert len(articles) == 5
    assert times == sorted(times, reverse=True)
    assert client.get("/api/news/latest").get_json()["error"]["code"] == "FEATURE_DISABLED"


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("Bitcoin soars to a record high", "positive"),
        ("Exchange hacked, millions stolen", "negative"),
        ("Bitcoin trades at 80 thousand", "neutral"),
    ],
)
def test_a_text_is_scored(client: FlaskClient, text: str, sentiment: str) -> None:
    """A text's sentiment is one of the clients' three words."""
    response = client.post("/api/hf/run-sentiment", json={"text": text, "model": "any"}, headers=AXIOS)
    answer = held(shape.SentimentVerdict, response.json)

    assert (answer["text"], answer["sentiment"]) == (text, sentiment)


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 5}, {"text": "x" * 5001}])
def test_an_invalid_text_is_an_error(client: FlaskClient, body: dict[str, object]) -> None:
    """An invalid text is an error without a sentiment."""
    response = client.post("/api/hf/run-sentiment", json=body)

    assert response.status_code == 400
    assert "text" in held(ErrorAnswer, response.json)["error"]["details"]


def test_the_state_of_the_model(make: Make, client: FlaskClient) -> None:
    """The model is up, or disabled together with sentiment."""
    off = make(enable_sentiment=False)
    registry = checked(client, "/api/hf/registry", shape.Registry)

    assert checked(client, "/api/hf/health", shape.ModelHealth)["status"] == "up"
    assert checked(off, "/api/hf/health", shape.ModelHealth)["status"] == "disabled"
    assert off.post("/api/hf/run-sentiment", json={"text": "up"}).status_code == 404
    assert off.get("/api/sentiment/global").get_json()["error"]["code"] == "FEATURE_DISABLED"
    assert [model["enabled"] for model in registry["models"]] == [True]
    names = {source["name"] for source in registry["data_sources"]}
    assert "binance" in names
    assert "cryptocompare" not in names  # it has no key


def test_health_in_one_word(client: FlaskClient, stand_in: StandIn) -> None:
    """Health is up once candles and prices work, and degraded while every provider fails."""
    assert checked(client, "/health", shape.UpOrDegraded)["status"] == "degraded"
    client.get("/api/ohlcv?symbol=BTC")
    client.get(TOP)
    assert checked(client, "/health", shape.UpOrDegraded)["status"] == "up"
    fail_all(stand_in)
    for interval in ("1m", "5m", "15m", "4h", "1d"):
        client.get(f"/api/ohlcv?symbol=BTC&interval={interval}")

    assert checked(client, "/health", shape.UpOrDegraded)["status"] == "degraded"


def test_info(client: FlaskClient) -> None:
    """Info lists every documented path."""
    info = checked(client, "/info", shape.Info)

    assert set(info["endpoints"]) == set(own_document().paths)


def test_status_counts_providers(client: FlaskClient) -> None:
    """The counts of the status add up to the number of providers."""
    rows = checked(client, "/api/providers", ProviderRow, many=True)
    counts = checked(client, "/api/status", shape.Status)["providers"]

    assert counts["total"] == len(rows) == sum(counts.values()) - counts["total"]


def test_the_remaining_budget_of_each_provider(client: FlaskClient, stand_in: StandIn) -> None:
    """The remaining budget is in the provider's unit, and 0 while the provider refuses calls."""
    stand_in.fault("okx", Fault("status", status=429, headers={"Retry-After": "120"}))
    client.get(TOP)
    rows = {row["provider"]: row for row in checked(client, "/api/rate-limits", shape.BudgetRow, many=True)}

    assert 0 < rows["kraken"]["remaining"] < rows["kraken"]["limit"]
    assert rows["kraken"]["reset_at"] == "2026-11-22T16:41:00Z"
    assert (rows["okx"]["remaining"], rows["okx"]["reset_at"]) == (0, "2026-11-22T16:42:30Z")
    assert "cryptocompare" not in rows


def test_events_and_alerts(client: FlaskClient, stand_in: StandIn) -> None:
    """Events and alerts are empty while all works, and name a failed provider and its substitute."""
    assert checked(client, "/api/logs", shape.LogRow, many=True) == []
    assert checked(client, "/api/alerts", shape.AlertRow, many=True) == []
    stand_in.fault("binance", Fault("status", status=451))
    client.get("/api/ohlcv?symbol=BTC")
    rows = checked(client, "/api/logs", shape.LogRow, many=True)
    alerts = checked(client, "/api/alerts", shape.AlertRow, many=True)

    assert {row["provider"] for row in rows} == {"binance", "kraken"}
    assert {row["timestamp"] for row in rows} == {"2026-11-22T16:40:30Z"}
    assert checked(client, "/api/logs?limit=1", shape.LogRow, many=True) == rows[:1]
    assert [(alert["id"], alert["resolved"]) for alert in alerts] == [("binance:blocked", False)]
    assert "http" not in str(rows) + str(alerts)


def test_stale_data_is_named_by_its_path(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """The alert about stale data has the path, and no internal name."""
    client.get("/api/sentiment/global")
    fail_all(stand_in)
    clock.advance(1300)
    client.get("/api/sentiment/global")
    endpoints = {row["endpoint"] for row in checked(client, "/api/logs", shape.LogRow, many=True)}

    assert endpoints <= {None, "/api/sentiment", "/api/news"}
    assert endpoints != {None}


@pytest.mark.parametrize("path", ABOUT_DATA)
def test_with_every_provider_down_there_is_an_error(make: Make, stand_in: StandIn, path: str) -> None:
    """While every provider fails the answer is an error, because the clients take any 2xx as data."""
    client = make(enable_news=True)
    fail_all(stand_in)
    response = client.get(path, headers=AXIOS)

    assert response.status_code == 503
    assert response.headers["Cache-Control"] == "no-store"
    error = held(ErrorAnswer, response.json)["error"]
    assert error["code"] == "PROVIDER_ERROR"
    assert error["details"]


@pytest.mark.parametrize("path", ABOUT_ITSELF)
def test_calls_without_providers_work_with_every_provider_down(
    client: FlaskClient, stand_in: StandIn, path: str
) -> None:
    """Calls that need no provider work while every provider fails."""
    fail_all(stand_in)
    client.get(TOP)
    stand_in.calls.forget()

    assert client.get(path).status_code == 200
    assert stand_in.calls.list() == []


@pytest.mark.parametrize(("path", "counts"), [(TOP, 300), ("/api/coins/top", 300), ("/api/categories", 1200)])
def test_stale_data_is_marked_until_it_is_outdated(
    client: FlaskClient, stand_in: StandIn, clock: Clock, path: str, counts: int
) -> None:
    """Stale data has its age in headers, and is an error once it is outdated."""
    client.get(path)
    fail_all(stand_in)
    clock.advance(counts - 1)
    old = client.get(path)
    clock.advance(2)
    too_old = client.get(path)

    assert old.status_code == 200
    assert "detail=stale" in old.headers["Cache-Status"]
    assert int(old.headers["Age"]) == counts - 1
    assert too_old.status_code == 503


@pytest.mark.parametrize("path", ABOUT_DATA)
def test_headers_have_the_source_the_age_and_the_freshness(make: Make, path: str) -> None:
    """Headers have the source, the age and the freshness of all data."""
    response = make(enable_news=True).get(path)

    assert response.headers["X-Data-Source"]
    assert response.headers["Age"] == "0"
    assert response.headers["Cache-Control"].startswith("public, max-age=")
    assert "X-Data-Source" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", sorted({*ABOUT_ITSELF, *ABOUT_DATA} - {"/api/providers"}))
def test_unknown_parameters_are_ignored(make: Make, path: str) -> None:
    """Unknown parameters are ignored, except for `/api/providers`, which belongs to the engine."""
    client = make(enable_news=True)
    joint = "&" if "?" in path else "?"

    assert client.get(f"{path}{joint}_t=1&_t=2&page[]=3").status_code == 200


@pytest.mark.parametrize("path", [TOP, "/api/coins/top", "/api/market", "/api/logs"])
@pytest.mark.parametrize("limit", ["0", "-1", "many", "1001", "1&limit=2"])
def test_an_invalid_limit_is_an_error(client: FlaskClient, path: str, limit: str) -> None:
    """An invalid limit is an error and is never replaced."""
    response = client.get(f"{path}?limit={limit}")

    assert response.status_code == 400
    assert held(ErrorAnswer, response.json)["error"]["code"] == "INVALID_PARAMETER"


def test_each_call_has_a_quota_but_health(make: Make) -> None:
    """Each call except health has a quota, and a refusal has the engine's format."""
    client = make(rate_limit_enabled=True, rate_limit_default=1, rate_limit_prices=1, rate_limit_sentiment=1)
    for path in (path for path in ABOUT_ITSELF + ABOUT_DATA if "news" not in path):
        first, second = client.get(path), client.get(path)
        free = path == "/health"
        assert first.status_code == 200, path
        assert ("X-RateLimit-Limit" in first.headers) is not free, path
        assert second.status_code == (200 if free else 429), path
        assert ("Retry-After" in second.headers) is not free, path


def test_open_pages_cost_providers_nothing_while_prices_are_fresh(
    client: FlaskClient, stand_in: StandIn
) -> None:
    """Any number of pages may poll without a call while prices are fresh."""
    client.get(TOP)
    calls = len(stand_in.calls.list())
    for _ in range(10):
        for path in (TOP, f"{TOP}?limit=100", "/api/coins/top", "/health", "/api/providers"):
            assert client.get(path).status_code == 200

    assert len(stand_in.calls.list()) == calls


def test_preflight_requests_are_allowed(client: FlaskClient) -> None:
    """Pages on any site may call, with the headers that they send."""
    asked = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "content-type"
    response = client.options("/api/hf/run-sentiment", headers=asked)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Allow-Headers"] == "content-type"
