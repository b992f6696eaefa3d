"""Tickers for Binance's clients, from the exchanges' own tickers."""

import json
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from engine import create_app
from schemas.compat import binance as schemas
from tests.clock import Clock
from tests.documented import own_document
from tests.engine.web.api.answers import held
from tests.engine.web.catalogued import ask_venues
from tests.engine.web.compat.test_dreammaker import fail_all
from tests.engine.web.conftest import settings_for
from tests.upstreams import StandIn

API = "/compat/binance/api/v3"


@pytest.fixture(scope="module")
def venues() -> Iterator[StandIn]:
    """Yield one stand-in for all tests of the module."""
    with StandIn(clock=Clock()) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def listed(venues: StandIn) -> FlaskClient:
    """Return a client of an application that knows the markets of all venues."""
    own_document()  # the limiter, which all applications share, keeps the settings of the last one
    client = create_app(venues.market.clock, **settings_for(venues)).test_client()
    ask_venues(client)
    return client


def test_days_are_the_tickers_of_exchanges(listed: FlaskClient, venues: StandIn) -> None:
    """Several markets have the ticker of one exchange, with high, low, volume, bid and ask."""
    response = listed.get(f'{API}/ticker/24hr?symbols=["BTCUSDT","ETHUSDT"]')
    days = held(schemas.DayTicker, response.json, many=True)

    assert [day["symbol"] for day in days] == ["BTCUSDT", "ETHUSDT"]
    assert response.headers["X-Data-Source"] == "binance"
    for day in days:
        low, high, last = (float(day[f"{name}Price"]) for name in ("low", "high", "last"))
        assert low <= last <= high
        assert float(day["bidPrice"]) < float(day["askPrice"])
        assert float(day["quoteVolume"]) > float(day["volume"]) > 0
        assert day["count"] > 0


def test_the_best_prices(listed: FlaskClient) -> None:
    """Best prices are those of one exchange, for one market, several or all of them."""
    one = listed.get(f"{API}/ticker/bookTicker?symbol=ETHBTC")
    row = held(schemas.BookTicker, one.json)
    every = listed.get(f"{API}/ticker/bookTicker")
    rows = {each["symbol"]: each for each in held(schemas.BookTicker, every.json, many=True)}

    assert float(row["bidPrice"]) < float(row["askPrice"])
    assert len(rows) > 30
    assert "," in every.headers["X-Data-Source"]
    assert "," not in one.headers["X-Data-Source"]


@pytest.mark.parametrize("path", ["ticker/24hr", "ticker/price", "ticker/bookTicker"])
def test_the_list_of_all_is_not_empty_while_exchanges_fail(
    client: FlaskClient, stand_in: StandIn, clock: Clock, path: str
) -> None:
    """While all exchanges fail, a list of all markets is an error, and never empty."""
    ask_venues(client)
    fail_all(stand_in)
    clock.advance(7200)
    response = client.get(f"{API}/{path}")

    assert (response.status_code, held(schemas.Error, response.json)["code"]) == (503, -1001)


def test_one_day_has_the_best_prices_too(listed: FlaskClient) -> None:
    """The day of one market has its candles' figures, and the best prices of an exchange."""
    response = listed.get(f"{API}/ticker/24hr?symbol=BTCUSDT")
    day = held(schemas.DayTicker, response.json)

    assert float(day["bidPrice"]) < float(day["askPrice"])
    assert "prevClosePrice" in day
    assert response.headers["X-Data-Missing"] == "lastQty, firstId, lastId"


@pytest.mark.parametrize(("window", "step"), [("15m", 60_000), ("1d", 300_000), ("7d", 900_000)])
def test_a_rolling_window(listed: FlaskClient, window: str, step: int) -> None:
    """A window of any length is worked out from the finest candles that one call can fetch."""
    response = listed.get(f"{API}/ticker?symbol=BTCUSDT&windowSize={window}")
    row = held(schemas.WindowTicker, response.json)
    length = int(window[:-1]) * {"m": 60_000, "d": 86_400_000}[window[-1]]

    assert row["openTime"] % step == 0
    assert length - step <= row["closeTime"] - row["openTime"] <= length
    assert float(row["lowPrice"]) <= float(row["openPrice"]) <= float(row["highPrice"])
    assert row["count"] > 0


def test_windows_of_several_markets(listed: FlaskClient) -> None:
    """Several markets are in the order of the request, without the changes if they are MINI."""
    answer = listed.get(f'{API}/ticker?symbols=["ETHBTC","BTCUSDT"]&type=MINI')
    rows = held(schemas.WindowTicker, answer.json, many=True)

    assert [row["symbol"] for row in rows] == ["ETHBTC", "BTCUSDT"]
    assert "priceChange" not in rows[0]


def test_the_trading_day_of_a_time_zone(listed: FlaskClient) -> None:
    """A trading day begins at midnight of its time zone, and its close time is its end."""
    row = held(schemas.WindowTicker, listed.get(f"{API}/ticker/tradingDay?symbol=BTCUSDT&timeZone=5:45").json)

    assert (row["openTime"] + 20_700_000) % 86_400_000 == 0
    assert row["closeTime"] == row["openTime"] + 86_400_000 - 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("ticker", -1128),
        ("ticker/tradingDay?timeZone=8", -1128),
        ("ticker?symbol=BTCUSDT&windowSize=60m", -1130),
        (f"ticker?symbols={json.dumps([f'A{n}' for n in range(101)], separators=(',', ':'))}", -1101),
        ("klines?symbol=BTCUSDT&interval=1s", -1120),
    ],
)
def test_invalid_windows_have_binances_errors(listed: FlaskClient, query: str, code: int) -> None:
    """A window without a market, of another length or of too many markets is refused."""
    response = listed.get(f"{API}/{query}")

    assert (response.status_code, held(schemas.Error, response.json)["code"]) == (400, code)


def test_markets_have_the_steps_of_one_exchange(listed: FlaskClient) -> None:
    """A market has the smallest changes of its price and amount, both from the listing of one exchange."""
    (market,) = listed.get(f"{API}/exchangeInfo?symbol=BTCUSDT").json["symbols"]  # type: ignore[index]
    filters = {each.pop("filterType"): each for each in market["filters"]}

    assert set(filters) == {"PRICE_FILTER", "LOT_SIZE"}
    assert float(filters["PRICE_FILTER"]["tickSize"]) > 0
    assert float(filters["LOT_SIZE"]["stepSize"]) > 0
    assert filters["LOT_SIZE"]["minQty"] == filters["PRICE_FILTER"]["minPrice"] == "0.00000000"


def test_a_request_over_the_quota_waits_for_it(venues: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third request waits until the quota has room, and clients read what they have used."""
    now = [1_795_365_655.0]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def sleep(seconds: float) -> None:
        now[0] += seconds

    settings = settings_for(venues) | {"rate_limit_enabled": True, "rate_limit_ohlcv": 2}
    client = create_app(venues.market.clock, sleep=sleep, **settings).test_client()
    answers = [client.get(f"{API}/klines?symbol=BTCUSDT&interval=1h&limit=5") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert 0 < now[0] - 1_795_365_655 <= 10
    assert [answer.headers["X-MBX-USED-WEIGHT-1M"] for answer in answers] == ["1", "2", "2"]
