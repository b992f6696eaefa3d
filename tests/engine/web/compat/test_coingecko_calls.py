"""CoinGecko's calls about one coin, and about what there is, over a catalogue of all exchanges."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import create_app
from tests.clock import Clock
from tests.documented import own_document
from tests.engine.web.catalogued import ask_venues
from tests.engine.web.compat.test_dreammaker import fail_all
from tests.engine.web.conftest import Make, settings_for
from tests.upstreams import Fault, StandIn

BASE = "/compat/coingecko/api/v3"
DAY = 86_400_000
NOW = 1_795_365_630_000


@pytest.fixture(scope="module")
def listed() -> Iterator[FlaskClient]:
    """Yield a client of one application for all tests, which knows the markets of all exchanges."""
    own_document()  # the limiter, which all applications share, keeps the settings of the last one
    with StandIn(clock=Clock()) as stand_in:
        client = create_app(stand_in.market.clock, **settings_for(stand_in)).test_client()
        ask_venues(client)
        yield client


def get(client: FlaskClient, path: str, **query: str) -> Any:
    """Return the content of an answer with status 200."""
    response = client.get(f"{BASE}/{path}", query_string=query)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_prices_in_every_currency(listed: FlaskClient) -> None:
    """Prices, market caps and volumes are in each currency, converted with the same rate."""
    currencies = get(listed, "simple/supported_vs_currencies")
    found = get(
        listed, "simple/price", ids="bitcoin", vs_currencies=",".join(currencies), include_market_cap="true"
    )["bitcoin"]

    priced = {name for name in currencies if found[name] is not None}
    assert {"usd", "usdt", "eur", "btc", "eth"} <= priced
    for name in priced:
        assert found[f"{name}_market_cap"] / found["usd_market_cap"] == pytest.approx(
            found[name] / found["usd"]
        )


def test_changes_in_every_currency(listed: FlaskClient) -> None:
    """A change is that of the price in its own currency: a coin in itself never changes."""
    query = {"ids": "bitcoin,ethereum", "vs_currencies": "usd,btc,jpy", "include_24hr_change": "true"}
    found = get(listed, "simple/price", **query)
    bitcoin, ether = found["bitcoin"], found["ethereum"]
    ratio = (1 + ether["usd_24h_change"] / 100) / (1 + bitcoin["usd_24h_change"] / 100)
    (row,) = get(listed, "coins/markets", vs_currency="btc", ids="bitcoin")

    assert bitcoin["usd_24h_change"] != 0
    assert bitcoin["btc_24h_change"] == 0
    assert ether["btc_24h_change"] == pytest.approx(100 * (ratio - 1))
    assert bitcoin["jpy_24h_change"] is None
    assert (row["price_change_24h"], row["price_change_percentage_24h"]) == (0, 0)


def test_a_coin(listed: FlaskClient) -> None:
    """A coin has its names, its figures in the currencies, and its markets."""
    coin = get(listed, "coins/ethereum")

    assert (coin["id"], coin["symbol"], coin["name"]) == ("ethereum", "eth", "Ethereum")
    assert coin["market_cap_rank"] == 2
    assert coin["market_data"]["current_price"]["btc"] == pytest.approx(0.04, rel=0.3)
    assert coin["market_data"]["market_cap"]["usd"] > 1e11
    changes = coin["market_data"]["price_change_percentage_24h_in_currency"]
    assert changes["usd"] == coin["market_data"]["price_change_percentage_24h"]
    assert changes["eth"] == 0 != changes["btc"] != changes["usd"]
    assert coin["tickers"]
    assert "market_data" not in get(listed, "coins/ethereum", market_data="false", tickers="false")


def test_the_markets_of_a_coin(listed: FlaskClient) -> None:
    """Tickers are the engine's exchanges, the most traded first, and can be chosen."""
    rows = get(listed, "coins/bitcoin/tickers")["tickers"]
    some = get(listed, "coins/bitcoin/tickers", exchange_ids="kraken")["tickers"]
    volumes = [row["converted_volume"]["usd"] for row in rows if row["converted_volume"]]

    assert {"binance", "kraken", "okx"} <= {row["market"]["identifier"] for row in rows}
    assert volumes == sorted(volumes, reverse=True)
    assert {row["market"]["identifier"] for row in some} == {"kraken"}
    assert all(row["bid_ask_spread_percentage"] > 0 for row in some)


@pytest.mark.parametrize(
    ("days", "step"), [("1", 300_000), ("30", 3_600_000), ("90", 3_600_000), ("365", DAY)]
)
def test_a_chart(listed: FlaskClient, days: str, step: int) -> None:
    """A chart has points as close as CoinGecko's, and says that it has no caps and volumes."""
    response = listed.get(f"{BASE}/coins/bitcoin/market_chart?vs_currency=usd&days={days}")
    body = response.get_json()
    times = [time for time, _ in body["prices"]]

    assert times[-1] == NOW
    assert {later - sooner for sooner, later in pairwise(times[:-1])} == {step}
    assert times[0] - (NOW - int(days) * DAY) <= step
    assert (body["market_caps"], body["total_volumes"]) == ([], [])
    assert response.headers["X-Data-Missing"] == "market_caps, total_volumes"


@pytest.mark.parametrize("path", ["market_chart", "ohlc", "market_chart/range"])
@pytest.mark.parametrize("currency", ["jpy", "xyz"])
def test_candles_in_a_currency_without_a_market_are_refused(
    listed: FlaskClient, path: str, currency: str
) -> None:
    """A chart in a currency in which a coin is not traded has CoinGecko's error."""
    span = "from=1795000000&to=1795100000" if path.endswith("range") else "days=7"
    response = listed.get(f"{BASE}/coins/bitcoin/{path}?vs_currency={currency}&{span}")

    assert (response.status_code, response.get_json()) == (400, {"error": "invalid vs_currency"})


def test_a_part_of_a_chart(listed: FlaskClient) -> None:
    """A range has its points alone, and its distance follows from its length."""
    start, end = NOW // 1000 - 10 * 86_400, NOW // 1000 - 5 * 86_400
    query = {"vs_currency": "eur", "from": f"{start}.5", "to": f"{end}"}
    points = get(listed, "coins/bitcoin/market_chart/range", **query)["prices"]

    assert len(points) == 120
    assert all(start * 1000 <= time <= end * 1000 for time, _ in points)


def test_a_price_at_a_date(listed: FlaskClient) -> None:
    """The price at a date is that of its beginning, in dollars and tether."""
    coin = get(listed, "coins/bitcoin/history", date="01-11-2026")

    assert coin["id"] == "bitcoin"
    assert set(coin["market_data"]["current_price"]) == {"usd", "usdt"}
    assert coin["market_data"]["current_price"]["usd"] > 0
    sources = listed.get(f"{BASE}/coins/bitcoin/history?date=01-11-2026").headers["X-Data-Source"]
    assert len(sources.split(", ")) >= 3


def test_a_date_is_no_date_without_prices_while_providers_fail(
    client: FlaskClient, stand_in: StandIn
) -> None:
    """Failures of all providers are an error, and no coin that had no price at that date."""
    fail_all(stand_in)
    response = client.get(f"{BASE}/coins/bitcoin/history?date=20-11-2026")

    assert response.status_code == 503
    assert "no data provider" in response.get_json()["status"]["error_message"].lower()


def test_markets_are_not_called_none_while_exchanges_fail(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """While all exchanges fail, their markets are an error, and the coin itself is without them."""
    ask_venues(client)
    fail_all(stand_in, "coinpaprika", "coinlore", "coingecko")
    clock.advance(7200)
    tickers = client.get(f"{BASE}/coins/bitcoin/tickers")
    coin = client.get(f"{BASE}/coins/bitcoin")

    assert (tickers.status_code, tickers.get_json()["status"]["error_code"]) == (503, 503)
    assert coin.status_code == 200
    assert "tickers" not in coin.get_json()
    assert coin.headers["X-Data-Missing"] == "tickers"


def test_a_search(listed: FlaskClient) -> None:
    """A text means coins and exchanges."""
    assert get(listed, "search", query="ethereum")["coins"][0]["id"] == "ethereum"
    assert [one["id"] for one in get(listed, "search", query="kra")["exchanges"]] == ["kraken"]
    assert get(listed, "search")["coins"] == []


def test_trending_coins_and_categories(listed: FlaskClient) -> None:
    """Trending coins have ids, and categories are sorted."""
    trending = [row["item"] for row in get(listed, "search/trending")["coins"]]
    rows = get(listed, "coins/categories", order="name_asc")

    assert trending
    assert all(item["id"] and item["score"] == place for place, item in enumerate(trending))
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)


def test_old_trending_coins_are_an_error(make: Make, stand_in: StandIn, clock: Clock) -> None:
    """Outdated trending coins are an error, however often requests for new ones have failed."""
    client = make()
    get(client, "search/trending")
    stand_in.fault("coingecko", Fault("status", status=429))
    clock.advance(36_000)
    client.get(f"{BASE}/search/trending")
    clock.advance(600)

    assert client.get(f"{BASE}/search/trending").status_code == 503


def test_rates_of_exchange(listed: FlaskClient) -> None:
    """Rates are what a bitcoin costs."""
    rates = get(listed, "exchange_rates")["rates"]

    assert rates["btc"]["value"] == 1
    assert rates["usd"]["type"] == "fiat"
    assert rates["eth"]["value"] == pytest.approx(rates["usd"]["value"] / 3_000, rel=0.3)
