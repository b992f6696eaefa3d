"""CoinGecko's API for the coins of the engine: its formats, parameters and errors."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.analysis.candles import resample
from engine.market.prices.lists import PriceList
from engine.web.compat.coingecko import _index
from engine.web.compat.coingecko import prices as views
from engine.web.compat.coingecko._index import CoinIndex
from providers import ASSETS, INTERVALS, Asset, Candle, Interval
from schemas.compat.coingecko import (
    CoinRow,
    FailureAnswer,
    GlobalAnswer,
    MarketRow,
)
from tests.clock import Clock
from tests.documented import own_document
from tests.engine.web.api.answers import Json, held, overview, prices
from tests.engine.web.catalogued import ask_venues, give_catalogue
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

BASE = "/compat/coingecko/api/v3"
NOW = 1_795_365_630_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def ask(client: FlaskClient, path: str, **query: Any) -> TestResponse:
    """Send a request."""
    return client.get(f"{BASE}/{path}", query_string=query)


def get(client: FlaskClient, path: str, **query: Any) -> Json:
    """Return the body of an answer with status 200."""
    response = ask(client, path, **query)
    assert response.status_code == 200, response.text
    return response.json


def failure(client: FlaskClient, path: str, status: int, **query: Any) -> Json:
    """Return the body of a failure, which must not be cached."""
    response = ask(client, path, **query)
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return held(FailureAnswer, response.json)


def all_down(stand_in: StandIn) -> None:
    """Let every provider fail."""
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))


def test_ping(client: FlaskClient) -> None:
    """Ping answers with and without a slash at the end."""
    assert get(client, "ping") == get(client, "ping/") == {"gecko_says": "(V3) To the Moon!"}


def test_the_coins_and_currencies(client: FlaskClient, stand_in: StandIn) -> None:
    """Coins and currencies have CoinGecko's ids and need no provider."""
    rows = held(CoinRow, get(client, "coins/list"), many=True)

    assert rows[0] == {"id": "bitcoin", "symbol": "btc", "name": "Bitcoin"}
    assert {"id": "polygon-ecosystem-token", "symbol": "pol", "name": "POL (ex-MATIC)"} in rows
    assert len(rows) == len(ASSETS)
    assert get(client, "simple/supported_vs_currencies")[:3] == ["usd", "usdt", "eur"]
    assert len(get(client, "simple/supported_vs_currencies")) == 13
    assert stand_in.calls.count() == 0


def test_coins_of_the_catalogue_are_listed(client: FlaskClient) -> None:
    """Proved coins that CoinGecko knows are listed, with their contracts on request."""
    give_catalogue(client)
    rows = {row["id"]: row for row in held(CoinRow, get(client, "coins/list"), many=True)}
    whole = {row["id"]: row for row in get(client, "coins/list", include_platform="true")}

    assert len(rows) > len(ASSETS)
    assert rows["mana-id"] == {"id": "mana-id", "symbol": "mana", "name": "Decentraland"}
    assert whole["mana-id"]["platforms"] == {"eip155": "1/mana"}
    assert whole["bitcoin"]["platforms"] == {}
    query = {"contract_addresses": "1/mana", "vs_currencies": "usd"}
    assert failure(client, "simple/token_price/eip155", 503, **query)["status"]["error_code"] == 503
    assert get(client, "simple/token_price/eip155", **query | {"contract_addresses": "1/other"}) == {}
    assert failure(client, "simple/token_price/nowhere", 404, **query) == {"error": "invalid platform"}
    assert "foo-id" not in rows
    assert get(client, "coins/list", status="inactive") == []


def test_addresses_that_mean_their_case_keep_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case-sensitive addresses, as on Solana, keep their case, and hexadecimal ones match in any case."""
    monkeypatch.setattr(
        _index, "contracts", lambda: {"solana:DezXAZ8z": "solana", "ethereum:0xab": "bitcoin"}
    )
    monkeypatch.setattr(views, "contracts", _index.contracts)
    for platform, asked, answered in (("solana", "DezXAZ8z", "DezXAZ8z"), ("ethereum", "0xAB", "0xab")):
        found = get(client, f"simple/token_price/{platform}", contract_addresses=asked, vs_currencies="usd")
        assert list(found) == [answered]
    assert get(client, "simple/token_price/solana", contract_addresses="dezxaz8z", vs_currencies="usd") == {}
    assert get(client, "coins/solana")["platforms"] == {"solana": "DezXAZ8z"}


def test_a_price_in_each_currency(client: FlaskClient) -> None:
    """Prices are numbers, equal to those of `/api/prices`."""
    (usd,) = prices(client, "symbols=BTC&convert=USD")["data"]
    (usdt,) = prices(client, "symbols=BTC&convert=USDT")["data"]

    assert usd["price"] != usdt["price"]
    assert get(client, "simple/price", ids="bitcoin", vs_currencies="usd,usdt") == {
        "bitcoin": {"usd": usd["price"], "usdt": usdt["price"]}
    }


def test_further_figures_of_a_coin(client: FlaskClient, clock: Clock) -> None:
    """Further figures are served on request, and dollars are converted to tether by the observed rate."""
    expected = prices(client, "symbols=ETH&convert=USD")
    (row,), rate = expected["data"], expected["meta"]["usdtUsd"]
    answer = get(
        client,
        "simple/price",
        ids="ethereum",
        vs_currencies="usd,usdt",
        include_market_cap="true",
        include_24hr_vol="true",
        include_24hr_change="True",
        include_last_updated_at="true",
    )["ethereum"]

    assert list(answer) == [
        "usd",
        "usd_market_cap",
        "usd_24h_vol",
        "usd_24h_change",
        "last_updated_at",
        "usdt",
        "usdt_market_cap",
        "usdt_24h_vol",
        "usdt_24h_change",
    ]
    assert answer["usd_market_cap"] == row["marketCap"]
    assert answer["usd_24h_vol"] == row["volume24h"]
    assert answer["usd_24h_change"] == row["change24h"]
    assert answer["usdt_market_cap"] == pytest.approx(row["marketCap"] / rate)
    assert 0 <= clock() - answer["last_updated_at"] < 60


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"ids": "bitcoin,ethereum,bitcoin"}, ["bitcoin", "ethereum"]),
        ({"ids": "bitcoin, ethereum"}, ["bitcoin", "ethereum"]),
        ({"ids": "ethereum,no-such-coin"}, ["ethereum"]),
        ({"ids": "no-such-coin"}, []),
        ({"names": "Bitcoin"}, ["Bitcoin"]),
        ({"symbols": "btc,ETH"}, ["btc", "eth"]),
        ({"symbols": "matic"}, ["matic"]),
        ({"symbols": "btc,xbt"}, ["btc", "xbt"]),
        ({"ids": "solana", "names": "Bitcoin", "symbols": "eth"}, ["solana"]),
    ],
)
def test_coins_are_chosen_by_id_name_or_symbol(
    client: FlaskClient, query: dict[str, str], keys: list[str]
) -> None:
    """Coins are chosen by id, name or symbol, in this order of precedence, and unknown ones are omitted."""
    answer = get(client, "simple/price", vs_currencies="usd", **query)

    assert list(answer) == keys
    assert all(isinstance(price["usd"], float) for price in answer.values())


def test_any_proved_coin_has_a_price(client: FlaskClient) -> None:
    """Any proved coin has a price by its id or its code, in every list."""
    ask_venues(client)
    codes = {row["id"]: row["symbol"] for row in get(client, "coins/list")}
    found = get(client, "simple/price", ids="usd-coin,bitcoin", vs_currencies="usd")
    (row,) = held(MarketRow, get(client, "coins/markets", ids="usd-coin", vs_currency="usd"), many=True)

    assert codes["usd-coin"] == "usdc"
    assert set(found) == {"usd-coin", "bitcoin"}
    assert found["usd-coin"]["usd"] == pytest.approx(1.0, rel=0.01)
    assert (row["id"], row["current_price"]) == ("usd-coin", found["usd-coin"]["usd"])
    by_code = get(client, "simple/price", symbols="usdc", vs_currencies="usd")
    assert by_code == {"usdc": found["usd-coin"]}


def test_pages_of_many_coins_need_their_own_prices_only(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of many coins needs only their prices, and the largest come first by known ranks."""
    many = [replace(ASSETS[0], id=f"c{number}", coingecko=f"g{number}") for number in range(400)]
    index = CoinIndex({it.coingecko: it for it in many}, {}, {})
    asked: list[list[Asset]] = []
    real = views.prices_of

    def prices_of(assets: Sequence[Asset], currency: str) -> PriceList:
        asked.append(list(assets))
        return real(ASSETS[:1], currency)

    monkeypatch.setattr(views, "prices_of", prices_of)
    monkeypatch.setattr(views, "current_index", lambda: index)
    monkeypatch.setattr(views, "every_coin", lambda order: index.every(order, {"c7": 1}, {}))
    pages = [get(client, "coins/markets", vs_currency="usd", per_page="100", page=page) for page in "123"]

    assert [len(page) for page in asked] == [100, 100, 100]
    assert asked[0][0].id == "c7"
    assert len({row["id"] for page in pages for row in page}) == 300


def test_an_unserved_currency_is_left_out(client: FlaskClient) -> None:
    """An unserved currency is omitted beside served ones, and alone it is an error instead of no price."""
    assert list(get(client, "simple/price", ids="bitcoin", vs_currencies="XDR,USD")["bitcoin"]) == ["usd"]
    alone = failure(client, "simple/price", 400, ids="bitcoin", vs_currencies="xdr")
    assert alone == {"error": "invalid vs_currency"}
    without_a_rate = failure(client, "simple/price", 503, ids="bitcoin", vs_currencies="eur")
    assert without_a_rate["status"]["error_code"] == 503


@pytest.mark.parametrize(("precision", "digits"), [("0", 0), ("2", 2), ("full", None)])
def test_prices_are_rounded_on_request(client: FlaskClient, precision: str, digits: int | None) -> None:
    """The precision on request rounds prices and no other figures."""
    price = prices(client, "symbols=BTC&convert=USD")["data"][0]["price"]
    answer = get(client, "simple/price", ids="bitcoin", vs_currencies="usd", precision=precision)

    assert answer["bitcoin"]["usd"] == (price if digits is None else round(price, digits))


def test_a_coin_without_a_price_is_null(make: Make, stand_in: StandIn) -> None:
    """A known coin without a price is null, and neither zero nor omitted."""
    client = make(providers_quotes=("binance",))
    stand_in.fault("binance", Fault("empty", coins=("SUI",)))
    answer = get(
        client,
        "simple/price",
        ids="bitcoin,sui",
        vs_currencies="usdt",
        include_market_cap="true",
        include_last_updated_at="true",
    )

    assert answer["bitcoin"]["usdt"] > 0
    assert answer["bitcoin"]["usdt_market_cap"] is None
    assert answer["sui"] == {"usdt": None, "usdt_market_cap": None, "last_updated_at": None}


def test_markets_are_listed_by_size(client: FlaskClient) -> None:
    """Markets are listed by size with all known figures, and null for the others."""
    rows = held(MarketRow, get(client, "coins/markets", vs_currency="usd"), many=True)
    expected = {row["symbol"]: row for row in prices(client, "convert=USD")["data"]}
    (bitcoin, *_), caps = rows, [row["market_cap"] for row in rows]

    assert len(rows) == len(ASSETS)
    assert caps == sorted(caps, reverse=True)
    assert bitcoin["current_price"] == expected["BTC"]["price"]
    assert bitcoin["market_cap_rank"] == expected["BTC"]["rank"] == 1
    assert bitcoin["total_volume"] == expected["BTC"]["volume24h"]
    assert bitcoin["price_change_percentage_24h"] == expected["BTC"]["change24h"]
    before = bitcoin["current_price"] - bitcoin["price_change_24h"]
    assert bitcoin["price_change_24h"] / before * 100 == pytest.approx(expected["BTC"]["change24h"])
    assert bitcoin["last_updated"] == expected["BTC"]["lastUpdate"]
    unknown = (
        "image",
        "high_24h",
        "circulating_supply",
        "ath",
        "roi",
        "market_cap_rank_with_rehypothecated",
    )
    assert {bitcoin[name] for name in unknown} == {None}


@pytest.mark.parametrize(
    ("order", "field", "down"),
    [
        ("market_cap_asc", "market_cap", False),
        ("volume_desc", "total_volume", True),
        ("volume_asc", "total_volume", False),
        ("id_asc", "id", False),
        ("id_desc", "id", True),
    ],
)
def test_other_orders(client: FlaskClient, order: str, field: str, down: bool) -> None:
    """Each order sorts by its field."""
    values = [row[field] for row in get(client, "coins/markets", vs_currency="usd", order=order)]

    assert values == sorted(values, reverse=down)


def test_pages(client: FlaskClient) -> None:
    """All pages together have each coin once, and later pages are empty."""
    pages = [
        [row["id"] for row in get(client, "coins/markets", vs_currency="usd", per_page=12, page=page)]
        for page in (1, 2, 3, 4)
    ]

    assert [len(page) for page in pages] == [12, 12, 6, 0]
    assert {name for page in pages for name in page} == {asset.coingecko for asset in ASSETS}
    assert len(get(client, "coins/markets", vs_currency="usd", per_page=1000)) == len(ASSETS)


def test_markets_are_selected(client: FlaskClient) -> None:
    """Markets are selected by id or symbol, and the list without a known one is empty."""
    assert [row["id"] for row in get(client, "coins/markets", vs_currency="usdt", ids="solana,bitcoin")] == [
        "bitcoin",
        "solana",
    ]
    assert [row["symbol"] for row in get(client, "coins/markets", vs_currency="usd", symbols="eth")] == [
        "eth"
    ]
    assert get(client, "coins/markets", vs_currency="usd", ids="no-such-coin") == []


def test_changes_over_other_spans(client: FlaskClient) -> None:
    """Changes over known spans are served, and the others and the sparkline are null."""
    (row,) = get(
        client,
        "coins/markets",
        vs_currency="usd",
        ids="bitcoin",
        sparkline="true",
        price_change_percentage="1h,24h,7d,30d,forever",
    )
    held(MarketRow, row)
    (expected,) = prices(client, "symbols=BTC&convert=USD")["data"]

    assert row["price_change_percentage_1h_in_currency"] == expected["change1h"]
    assert row["price_change_percentage_24h_in_currency"] == expected["change24h"]
    assert row["price_change_percentage_7d_in_currency"] == expected["change7d"]
    assert row["price_change_percentage_30d_in_currency"] is None
    assert row["sparkline_in_7d"] is None


@pytest.mark.parametrize(
    ("days", "size", "made_from"),
    [
        ("1", 30 * MINUTE, "15m"),
        ("7", 4 * HOUR, "4h"),
        ("14", 4 * HOUR, "4h"),
        ("30", 4 * HOUR, "4h"),
        ("90", 4 * DAY, "1d"),
        ("180", 4 * DAY, "1d"),
        ("365", 4 * DAY, "1d"),
        ("max", 4 * DAY, "1d"),
    ],
)
def test_candles_have_coingeckos_lengths(
    client: FlaskClient, stand_in: StandIn, days: str, size: int, made_from: str
) -> None:
    """Candles have CoinGecko's lengths and close times, and are resampled if the engine lacks a length."""
    rows = get(client, "coins/bitcoin/ohlc", vs_currency="usdt", days=days)
    closes = [row[0] for row in rows]
    count = 1000 * DAY // size - 1 if days == "max" else int(days) * DAY // size
    market = stand_in.market.candles("BTC", made_from, closes[0] - size, NOW)
    small = [Candle(it.open_ms, it.open, it.high, it.low, it.close, it.volume) for it in market]
    expected = resample(small, INTERVALS[made_from], Interval("", size), NOW)

    assert len(rows) in (count, count + 1)
    assert closes[-1] == NOW // size * size + size
    assert rows == [[it.open_time + size, it.open, it.high, it.low, it.close] for it in expected]


@pytest.mark.parametrize(
    ("interval", "days", "size"), [("daily", "90", DAY), ("daily", "max", DAY), ("hourly", "7", HOUR)]
)
def test_the_length_of_candles_may_be_requested(
    client: FlaskClient, interval: str, days: str, size: int
) -> None:
    """A requested length of candles holds for all of them."""
    closes = [
        row[0] for row in get(client, "coins/bitcoin/ohlc", vs_currency="usd", days=days, interval=interval)
    ]

    assert closes == list(range(closes[0], closes[-1] + 1, size))
    assert closes[-1] == NOW // size * size + size
    assert failure(client, "coins/bitcoin/ohlc", 422, vs_currency="usd", days="90", interval="hourly") == {
        "error": "Invalid parameter interval: too short for 90 days"
    }


def test_candles_of_which_a_part_is_missing_are_left_out(make: Make, stand_in: StandIn) -> None:
    """A candle with a missing part is omitted, and a header lists the gap."""
    stand_in.fault("binance", Fault("gap", count=3))
    client = make(providers_candles=("binance",))
    response = ask(client, "coins/bitcoin/ohlc", vs_currency="usdt", days="1")
    closes = {row[0] for row in response.get_json()}
    first, last = (int(time) for time in response.headers["X-Data-Gaps"].split("-"))
    half_hours = range(first // (30 * MINUTE), last // (30 * MINUTE) + 1)

    assert not closes & {(number + 1) * 30 * MINUTE for number in half_hours}


def test_headers_have_the_provider_and_the_currency(make: Make, clock: Clock) -> None:
    """Headers have the provider and the currency, because CoinGecko's format has no fields for these."""
    client = make(providers_candles=("binance",))
    candles = ask(client, "coins/bitcoin/ohlc", vs_currency="usd", days="7").headers
    price = ask(client, "simple/price", ids="bitcoin", vs_currencies="usd").headers
    clock.advance(20)
    kept = ask(client, "simple/price", ids="bitcoin", vs_currencies="usd").headers
    answer = ask(client, "global").headers

    assert (candles["X-Data-Source"], candles["X-Data-Quote"]) == ("binance", "USDT")
    assert price["X-Data-Source"] == "multi-provider"
    assert price["Cache-Status"] == "engine; fwd=miss"
    assert (kept["Age"], kept["Cache-Status"]) == ("20", "engine; hit; ttl=10")
    assert "coinpaprika" in answer["X-Data-Source"]


def test_the_totals_of_the_market(client: FlaskClient, clock: Clock) -> None:
    """The market's totals are in dollars, and unknown figures are null."""
    data = held(GlobalAnswer, get(client, "global"))["data"]
    answer = overview(client)
    expected = answer["data"]

    assert data["markets"] == answer["meta"]["markets"] > 0
    assert data["total_market_cap"] == {"usd": expected["totalMarketCap"]}
    assert data["total_volume"] == {"usd": expected["totalVolume24h"]}
    assert data["market_cap_percentage"] == {"btc": expected["btcDominance"], "eth": expected["ethDominance"]}
    assert data["market_cap_change_percentage_24h_usd"] == expected["marketCapChange24h"]
    assert data["active_cryptocurrencies"] == expected["activeCoins"]
    assert data["upcoming_icos"] is None
    assert data["volume_change_percentage_24h_usd"] is None
    assert data["updated_at"] == int(clock())


@pytest.mark.parametrize(
    ("path", "query", "status", "error"),
    [
        ("simple/price", {"vs_currencies": "usd"}, 422, "Missing parameter ids"),
        ("simple/price", {"vs_currencies": "usd", "ids": ""}, 422, "Missing parameter ids"),
        ("simple/price", {"ids": "bitcoin"}, 422, "Missing parameter vs_currencies"),
        ("simple/price", {"ids": "bitcoin", "vs_currencies": ""}, 422, "Missing parameter vs_currencies"),
        ("coins/markets", {}, 422, "Missing parameter vs_currency"),
        ("coins/markets", {"vs_currency": ""}, 422, "Missing parameter vs_currency"),
        ("coins/markets", {"vs_currency": "xdr"}, 400, "invalid vs_currency"),
        ("coins/markets", {"vs_currency": "usd", "category": "layer-1"}, 404, "category not found"),
        ("coins/bitcoin/ohlc", {"days": "1"}, 422, "Missing parameter vs_currency"),
        ("coins/bitcoin/ohlc", {"vs_currency": "usd"}, 422, "Missing parameter days"),
        ("coins/bitcoin/ohlc", {"vs_currency": "xdr", "days": "1"}, 400, "invalid vs_currency"),
        ("coins/no-such-coin/ohlc", {"vs_currency": "usd", "days": "1"}, 404, "coin not found"),
        ("coins/no-such-coin/tickers", {}, 404, "coin not found"),
        ("coins/bitcoin/market_chart", {"vs_currency": "usd"}, 422, "Missing parameter days"),
        (
            "coins/bitcoin/market_chart/range",
            {"vs_currency": "usd", "from": "1"},
            422,
            "Missing parameter to",
        ),
        ("coins/bitcoin/history", {}, 422, "Missing parameter date"),
        ("coins/bitcoin/community", {}, 404, "Not found"),
    ],
)
def test_invalid_requests_have_coingeckos_errors(
    client: FlaskClient, path: str, query: dict[str, str], status: int, error: str
) -> None:
    """An invalid request has CoinGecko's error, whose `error` is one sentence."""
    assert failure(client, path, status, **query) == {"error": error}


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("coins/markets", {"vs_currency": "usd", "per_page": "0"}, "per_page"),
        ("coins/markets", {"vs_currency": "usd", "page": "x"}, "page"),
        ("coins/markets", {"vs_currency": "usd", "order": "gecko_desc"}, "order"),
        ("coins/bitcoin/ohlc", {"vs_currency": "usd", "days": "3"}, "days"),
        ("coins/bitcoin/ohlc", {"vs_currency": "usd", "days": "7", "interval": "4h"}, "interval"),
        ("simple/price", {"vs_currencies": "usd", "ids": "bitcoin", "precision": "19"}, "precision"),
        ("simple/price", {"vs_currencies": "usd", "ids": ",".join(map(str, range(251)))}, "ids"),
    ],
)
def test_an_invalid_parameter_is_named(
    client: FlaskClient, path: str, query: dict[str, str], name: str
) -> None:
    """An invalid order, size or number is named, and never replaced."""
    assert failure(client, path, 422, **query)["error"].startswith(f"Invalid parameter {name}: ")


def test_coingeckos_keys_are_ignored(client: FlaskClient) -> None:
    """CoinGecko's keys, in the query or in a header, are ignored."""
    response = client.get(
        f"{BASE}/simple/price?ids=bitcoin&vs_currencies=usd&x_cg_demo_api_key=CG-0&include_tokens=top",
        headers={"x-cg-demo-api-key": "CG-0"},
    )

    assert response.status_code == 200


def test_all_providers_down(client: FlaskClient, stand_in: StandIn) -> None:
    """If all providers fail, the error under `status` has the HTTP status and the time to wait."""
    all_down(stand_in)
    for path, query in (
        ("simple/price", {"ids": "bitcoin", "vs_currencies": "usd"}),
        ("coins/markets", {"vs_currency": "usd"}),
        ("coins/bitcoin/ohlc", {"vs_currency": "usd", "days": "1"}),
        ("global", {}),
    ):
        status = failure(client, path, 503, **query)["status"]
        assert status == {
            "error_code": 503,
            "error_message": "All data providers are currently unavailable",
        }
    assert "Retry-After" in ask(client, "global").headers


def test_stale_prices_are_served_for_five_minutes(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """Stale prices are served for five minutes with their time and age, and then are an error."""
    asked = {"ids": "bitcoin", "vs_currencies": "usd", "include_last_updated_at": "true"}
    before = get(client, "simple/price", **asked)
    all_down(stand_in)
    clock.advance(290)
    stale = ask(client, "simple/price", **asked)
    clock.advance(60)

    assert stale.json == before
    assert (stale.headers["Age"], stale.headers["Cache-Status"][-12:]) == ("290", "detail=stale")
    for path in ("simple/price", "coins/markets"):
        message = failure(client, path, 503, vs_currency="usd", **asked)["status"]["error_message"]
        assert "the cached data is 35" in message


def test_stale_candles_are_served_for_two_intervals(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """Stale candles are served for two intervals, half hours for one hour."""
    asked = {"vs_currency": "usd", "days": "1"}
    get(client, "coins/bitcoin/ohlc", **asked)
    all_down(stand_in)
    clock.advance(3600)
    stale = ask(client, "coins/bitcoin/ohlc", **asked)
    clock.advance(1)

    assert stale.status_code == 200
    assert stale.headers["Age"] == "3600"
    assert failure(client, "coins/bitcoin/ohlc", 503, **asked)["status"]["error_code"] == 503


@pytest.mark.parametrize(
    ("limit", "path", "query"),
    [
        ("rate_limit_prices", "simple/price", {"ids": "bitcoin", "vs_currencies": "usd"}),
        ("rate_limit_prices", "coins/markets", {"vs_currency": "usd"}),
        ("rate_limit_ohlcv", "coins/bitcoin/ohlc", {"vs_currency": "usd", "days": "1"}),
        ("rate_limit_default", "global", {}),
        ("rate_limit_default", "ping", {}),
    ],
)
def test_quotas(make: Make, limit: str, path: str, query: dict[str, str]) -> None:
    """Each call counts for its quota, and a refusal has CoinGecko's format."""
    client = make(rate_limit_enabled=True, **{limit: 1})
    get(client, path, **query)
    response = ask(client, path, **query)

    assert response.status_code == 429
    assert response.json == {"status": {"error_code": 429, "error_message": "Too many requests"}}
    assert int(response.headers["Retry-After"]) > 0


def test_other_methods_are_refused(client: FlaskClient) -> None:
    """Other methods are refused in CoinGecko's format."""
    response = client.post(f"{BASE}/simple/price")

    assert (response.status_code, set(response.get_json())) == (405, {"error"})


def test_it_is_documented() -> None:
    """The OpenAPI document has CoinGecko's path with a coin's id."""
    paths = own_document().paths
    ohlc = paths[f"{BASE}/coins/{{coin}}/ohlc"]["get"]
    names = [(each["in"], each["name"]) for each in ohlc["parameters"]]

    assert names[0] == ("path", "coin")
    assert ("query", "days") in names
    assert {path.removeprefix(BASE + "/") for path in paths if path.startswith(BASE)} == {
        "ping",
        "simple/price",
        "simple/supported_vs_currencies",
        "coins/list",
        "coins/markets",
        "coins/categories",
        "coins/{coin}",
        "coins/{coin}/history",
        "coins/{coin}/market_chart",
        "coins/{coin}/market_chart/range",
        "coins/{coin}/ohlc",
        "coins/{coin}/tickers",
        "exchange_rates",
        "global",
        "search",
        "search/trending",
        "simple/token_price/{platform}",
    }
