"""Binance's public interface at /compat/binance."""

import gzip
import json
import logging
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema
from msgspec.structs import replace
from werkzeug.test import TestResponse

from engine.web import packed
from engine.web.compat.binance import _days, _exchange
from engine.web.compat.binance._figures import written
from providers import ASSETS, INTERVALS, Candle
from schemas.compat import binance as schemas
from tests.clock import Clock
from tests.documented import own_document
from tests.engine.web.api.answers import held
from tests.engine.web.catalogued import ask_venues, give_catalogue
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES
from tests.upstreams import Fault, Market, StandIn

ROOT = "/compat/binance"
API = f"{ROOT}/api/v3"
NOW = 1_795_365_630_000
HOUR = 3_600_000
DAY = 24 * HOUR
STEP = 300_000
NEWEST = NOW // HOUR * HOUR
UNKNOWN_OF_A_DAY = "lastQty, bidPrice, bidQty, askPrice, askQty, firstId, lastId"


def ask(client: FlaskClient, path: str, **options: Any) -> TestResponse:
    """Return an answer with status 200."""
    response = client.get(f"{API}/{path}", **options)
    assert response.status_code == 200, response.text
    return response


def content(response: TestResponse) -> Any:
    """Return the content of an answer."""
    return response.json


def get(client: FlaskClient, path: str, **options: Any) -> Any:
    """Return the content of an answer with status 200."""
    return content(ask(client, path, **options))


def rows_of(schema: type[Schema], response: TestResponse) -> Any:
    """Return the objects in the answer, after a check against the schema."""
    return held(schema, response.json, many=isinstance(response.json, list))


def refused(client: FlaskClient, path: str, status: int = 400, method: str = "GET") -> tuple[int, str]:
    """Return the code and the message of an answer with Binance's error."""
    response = client.open(f"{API}/{path}", method=method)
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    error = held(schemas.Error, response.json)
    return error["code"], error["msg"]


def kline(candle: Any, length: int) -> list[object]:
    """Return a candle of the market as Binance's array."""
    return [
        candle.open_ms,
        *(f"{figure:.8f}" for figure in (candle.open, candle.high, candle.low, candle.close, candle.volume)),
        candle.open_ms + length - 1,
        f"{Decimal(str(candle.quote_volume)):.8f}",
        candle.trades,
        "0.00000000",
        "0.00000000",
        "0",
    ]


def test_figures_that_a_provider_lacks_are_neutral(make: Make) -> None:
    """Unknown figures are neutral, such as Coinbase's volumes in the quote currency and trades."""
    answer = ask(make(providers_candles=("coinbase",)), f"{HOURS}&limit=1")

    assert content(answer)[0][7:9] == ["0.00000000", 0]
    assert answer.headers["X-Data-Missing"] == "quoteVolume, trades, takerBuyVolume, takerBuyQuoteVolume"


def test_ping_and_time(client: FlaskClient) -> None:
    """Ping and time are served, which clients call first."""
    assert get(client, "ping") == {}
    assert get(client, "time") == {"serverTime": NOW}
    assert client.head(f"{API}/ping").status_code == 200


@pytest.mark.parametrize("path", ["klines", "uiKlines"])
def test_candles_are_arrays_of_twelve(client: FlaskClient, stand_in: StandIn, path: str) -> None:
    """The default is 500 candles, arrays of twelve with texts of eight decimals and neutral fields."""
    response = ask(client, f"{path}?symbol=BTCUSDT&interval=1h")
    candles = stand_in.market.candles("BTC", "1h", NEWEST - 499 * HOUR, NEWEST)

    assert response.json == [kline(candle, HOUR) for candle in candles]
    assert response.headers["X-Data-Source"] == "binance"
    assert response.headers["X-Data-Quote"] == "USDT"
    assert response.headers["X-Data-Missing"] == "takerBuyVolume, takerBuyQuoteVolume"
    assert response.headers["Age"] == "0"


@pytest.mark.parametrize("interval", list(INTERVALS))
def test_every_interval_has_single_candles(client: FlaskClient, interval: str) -> None:
    """Every interval serves single candles, below the limit of `/api/ohlcv`."""
    (only,) = get(client, f"klines?symbol=ETHUSDT&interval={interval}&limit=1")

    assert only[0] == INTERVALS[interval].open_time(NOW)
    assert only[6] == INTERVALS[interval].after(only[0]) - 1


def test_a_window_of_time(client: FlaskClient) -> None:
    """A window includes both ends, and begins with the oldest candle if it has a start."""
    start = NEWEST - 100 * HOUR
    window = f"klines?symbol=BTCUSDT&interval=1h&startTime={start}"

    def times(query: str) -> list[int]:
        return [row[0] for row in get(client, query)]

    assert times(f"{window}&endTime={start + 2 * HOUR}") == [start, start + HOUR, start + 2 * HOUR]
    assert times(f"{window}&endTime={start}") == [start]
    assert times(f"{window}&limit=2") == [start, start + HOUR]
    assert times(f"klines?symbol=BTCUSDT&interval=1h&endTime={start}&limit=2") == [start - HOUR, start]
    assert times(f"{window}&endTime={'9' * 18}&limit=1000")[-1] == NEWEST
    assert times(f"{window}&endTime={start - 1}") == []
    assert times(f"klines?symbol=BTCUSDT&interval=1h&startTime={NOW + 1}") == []


@pytest.mark.parametrize(
    ("provider", "holes_after"),
    [("coinbase", 9999), ("bybit", 500), ("bybit", 990)],
    ids=["300 at a time", "a hole inside", "a hole at the end"],
)
def test_a_page_is_short_only_at_the_end(
    make: Make, monkeypatch: pytest.MonkeyPatch, provider: str, holes_after: int
) -> None:
    """A page is short only at the end, where clients stop: neither gaps nor lower limits shorten it."""
    start = NEWEST - 2000 * HOUR
    hole = range(start + holes_after * HOUR, start + (holes_after + 30) * HOUR, HOUR)
    every = Market.candles

    def holed(market: Market, *bounds: Any) -> list[Any]:
        return [row for row in every(market, *bounds) if row.open_ms not in hole]

    monkeypatch.setattr(Market, "candles", holed)
    client = make(providers_candles=(provider,))
    answer = ask(client, f"klines?symbol=BTCUSDT&interval=1h&startTime={start}&limit=1000")
    times = [time for time in range(start, start + 1100 * HOUR, HOUR) if time not in hole][:1000]

    assert [row[0] for row in content(answer)] == times
    assert answer.headers.get("X-Data-Gaps") == (f"{hole[0]}-{hole[-1]}" if hole[0] < times[-1] else None)


def test_times_are_never_in_seconds(client: FlaskClient) -> None:
    """A small number as a time is in January 1970, as at Binance, and never in seconds."""
    rows = get(client, f"klines?symbol=BTCUSDT&interval=1d&startTime={NEWEST // 1000}&limit=1")

    assert rows[0][0] < NEWEST - 1000 * DAY


@pytest.mark.parametrize("interval", ["1m", "15m", "1h", "1d", "1w"])
@pytest.mark.parametrize("blocked", [False, True])
def test_the_beginning_of_a_market_is_found(
    client: FlaskClient, stand_in: StandIn, interval: str, blocked: bool
) -> None:
    """A request for one candle since 1970 finds the beginning of a market, also while Binance is blocked."""
    if blocked:
        stand_in.fault("binance", Fault("status", status=451))
    answer = ask(client, f"klines?symbol=ETHUSDT&interval={interval}&startTime=0&limit=1")

    ((first, *_),) = content(answer)
    assert first == INTERVALS[interval].open_time(1_420_416_000_000)
    assert (answer.headers["X-Data-Source"] == "binance") == (not blocked)


@pytest.mark.parametrize("interval", list(INTERVALS))
def test_a_market_may_begin_at_any_moment(
    client: FlaskClient, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, interval: str
) -> None:
    """The first candle of a market may be incomplete, unless it is built from smaller ones."""
    begun = 1_502_943_780_000  # a Thursday, 04:23
    every = Market.candles

    def since(market: Market, *bounds: Any) -> list[Any]:
        return [row for row in every(market, *bounds) if row.open_ms + row.size_ms > begun]

    monkeypatch.setattr(Market, "candles", since)
    stand_in.fault("binance", Fault("status", status=451))
    rows = get(client, f"klines?symbol=ETHUSDT&interval={interval}&startTime=0&limit=2")
    length = INTERVALS[interval]
    first = length.open_time(begun)
    if interval in ("8h", "3d"):  # Bybit has none, and the first one would lack a part
        first = length.after(first)

    assert [row[0] for row in rows] == [first, length.after(first)]


def test_a_beginning_that_no_provider_finds_is_an_error(make: Make) -> None:
    """A beginning that no provider finds is an error, because an empty list would deny the market."""
    client = make(providers_candles=("coinbase",))
    code, _ = refused(client, f"klines?symbol=BTCUSDT&interval=1h&startTime=0&endTime={NOW - 5}&limit=1", 503)

    assert code == -1001


@pytest.mark.parametrize("window", ["startTime=0&endTime=1", "endTime=0", "endTime=1230940799999"])
def test_times_before_the_first_coin_need_no_call(
    client: FlaskClient, stand_in: StandIn, window: str
) -> None:
    """The list for times before the first coin is empty, without a call."""
    assert get(client, f"klines?symbol=BTCUSDT&interval=1h&{window}") == []
    assert stand_in.calls.count() == 0


def test_more_than_a_thousand_means_a_thousand(client: FlaskClient) -> None:
    """A limit above a thousand counts as a thousand, as at Binance."""
    assert len(get(client, "klines?symbol=BTCUSDT&interval=1h&limit=5000")) == 1000


def test_time_zones_with_equal_candles_are_accepted(client: FlaskClient) -> None:
    """Time zones are accepted where they leave the candles equal, as for hours, and are refused for days."""
    hours = "klines?symbol=BTCUSDT&interval=1h&limit=3"
    utc = get(client, hours)
    for zone in ("0", "8", "-1:00", "%2B14:00"):
        assert get(client, f"{hours}&timeZone={zone}") == utc
    message = "Data sent for parameter 'timeZone' is not valid."
    for wrong in ("05:45", "14:01", "-13", "UTC", "1:60"):
        assert refused(client, f"{hours}&timeZone={wrong}") == (-1130, message)
    assert refused(client, "klines?symbol=BTCUSDT&interval=1d&timeZone=8") == (-1130, message)


def test_times_may_be_in_microseconds(client: FlaskClient) -> None:
    """With microseconds, all times of the request and of the answer are in that unit."""
    unit = {"headers": {"X-MBX-TIME-UNIT": "MICROSECOND"}}
    start = NEWEST * 1000
    (row,) = get(client, f"klines?symbol=BTCUSDT&interval=1h&startTime={start}", **unit)

    assert (row[0], row[6]) == (start, start + HOUR * 1000 - 1)
    assert get(client, "time", **unit)["serverTime"] == NOW * 1000
    assert get(client, "avgPrice?symbol=BTCUSDT", **unit)["closeTime"] == NOW * 1000
    assert get(client, "ticker/24hr?symbol=BTCUSDT", **unit)["closeTime"] == NOW * 1000
    wrong = client.get(f"{API}/time", headers={"X-MBX-TIME-UNIT": "FORTNIGHT"})
    assert (wrong.status_code, content(wrong)["code"]) == (400, -1194)


def test_candles_are_served_while_binance_is_blocked(client: FlaskClient, stand_in: StandIn) -> None:
    """While Binance is blocked, another provider's candles are served, with its name in a header."""
    stand_in.fault("binance", Fault("status", status=451))
    response = ask(client, "klines?symbol=BTCUSDT&interval=1h&limit=60")
    candles = stand_in.market.candles("BTC", "1h", NEWEST - 59 * HOUR, NEWEST)

    assert response.headers["X-Data-Source"] == "kraken"
    assert [row[:5] for row in content(response)] == [kline(candle, HOUR)[:5] for candle in candles]


def test_a_dollar_market_is_named_in_a_header(make: Make) -> None:
    """A dollar market is used where no other provider has the candles, and a header names it."""
    response = ask(make(providers_candles=("coinbase",)), "klines?symbol=BTCUSDT&interval=1h&limit=5")

    assert response.headers["X-Data-Quote"] == "USD"


def test_few_candles_are_served(make: Make) -> None:
    """A market with fewer candles than `/api/ohlcv` needs is served, as at Binance."""
    rows = get(make(providers_candles=("coinbase",)), "klines?symbol=BTCUSDT&interval=1w")

    assert len(rows) == 42


def test_headers_list_the_gaps_of_the_answer(make: Make, stand_in: StandIn) -> None:
    """Headers list the gaps inside the answer, and the providers of its filled candles only."""
    stand_in.fault("binance", Fault("gap", count=2))
    for names, gaps, sources in (
        (("binance",), True, "binance"),
        (("binance", "kraken"), False, "binance, kraken"),
    ):
        client = make(providers_candles=names)
        long = ask(client, "klines?symbol=BTCUSDT&interval=1h&limit=100").headers
        short = ask(client, "klines?symbol=BTCUSDT&interval=1h&limit=3").headers
        assert ("X-Data-Gaps" in long) == gaps
        assert long["X-Data-Source"] == sources
        assert "X-Data-Gaps" not in short
        assert short["X-Data-Source"] == "binance"


def test_outdated_candles_are_an_error(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Outdated candles are an error, and up to two intervals they are served with their age."""
    path = "klines?symbol=BTCUSDT&interval=1m&limit=5"
    first = ask(client, path)
    before = content(first)
    for name in CANDLES:
        stand_in.fault(name, Fault("reset"))
    clock.advance(119)
    aged = ask(client, path)
    assert aged.json == before
    assert "X-Data-Unfinished" not in first.headers
    assert aged.headers["X-Data-Unfinished"] == f"{before[-1][0]}"
    assert aged.headers["Age"] == "119"
    assert aged.headers["Cache-Status"].endswith("detail=stale")
    assert "stale-if-error" not in aged.headers["Cache-Control"]

    clock.advance(2)
    code, message = refused(client, path, 503)
    assert code == -1001
    assert message == "All data providers are currently unavailable; the cached data is 121 seconds old"


@pytest.mark.parametrize("window", ["&limit=3", f"&startTime={NEWEST - 2 * HOUR}"])
def test_a_closed_candle_has_its_final_figures(
    client: FlaskClient, stand_in: StandIn, clock: Clock, window: str
) -> None:
    """A closed candle has its final figures, because programs act on them at the end of an hour."""
    path = f"klines?symbol=BTCUSDT&interval=1h{window}"
    clock.advance(NEWEST / 1000 + 3595 - clock())
    forming = get(client, path)[-1]
    clock.advance(6)
    answer = ask(client, path)
    rows = content(answer)[-2:]

    assert rows == [kline(one, HOUR) for one in stand_in.market.candles("BTC", "1h", NEWEST, NEWEST + HOUR)]
    assert rows[0][4] != forming[4]
    assert answer.headers["Age"] == "0"


def test_stale_candles_are_served_at_once(client: FlaskClient, clock: Clock) -> None:
    """Stale candles are served at once until the interval ends."""
    path = "klines?symbol=BTCUSDT&interval=1h&limit=3"
    get(client, path)
    clock.advance(310)

    assert ask(client, path).headers["Cache-Status"].endswith("detail=stale")


def test_stale_candles_since_a_time_are_served_as_well(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """Stale candles since a time are served with their age, without a call for later candles."""
    path = f"klines?symbol=BTCUSDT&interval=1m&startTime={NOW - HOUR}&limit=1000"
    before = get(client, path)
    for name in CANDLES:
        stand_in.fault(name, Fault("reset"))
    clock.advance(119)

    assert ask(client, path).json == before


def test_all_providers_down(client: FlaskClient, stand_in: StandIn) -> None:
    """If all providers fail, the error is Binance's internal one, with all reasons and the time to wait."""
    for name in CANDLES:
        stand_in.fault(name, Fault("status", status=500))
    code, message = refused(client, "klines?symbol=BTCUSDT&interval=1h", 503)

    assert code == -1001
    assert "binance: HTTP 500, kraken: HTTP 500" in message
    assert "Retry-After" in client.get(f"{API}/klines?symbol=BTCUSDT&interval=1h").headers


MANDATORY = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."
ILLEGAL = "Illegal characters found in parameter '{}'; legal range is '{}'."
UNREAD = "Not all sent parameters were read; read '2' parameter(s) but was sent '3'."
COMBINED = "Combination of optional parameters invalid."
TWICE = "Symbol is present multiple times in the list."
STATUS = "The symbol's status does not match the requested symbolStatus."
HOURS = "klines?symbol=BTCUSDT&interval=1h"
WRONG = [
    ("klines?interval=1h", -1102, MANDATORY.format("symbol")),
    ("klines?symbol=BTCUSDT", -1102, MANDATORY.format("interval")),
    ("avgPrice", -1102, MANDATORY.format("symbol")),
    ("klines?symbol=&interval=1h", -1105, "Parameter 'symbol' was empty."),
    ("ticker/price?symbols=[]", -1105, "Parameter 'symbols' was empty."),
    *[
        (f"{path}={symbol}", -1121, "Invalid symbol.")
        for path in ("klines?interval=1h&symbol", "ticker/price?symbol", "exchangeInfo?symbol")
        for symbol in ("FOOUSDT", "BTCUSD", "XBTUSDT", "BTC", "USDTUSDT", "BTCUSDTUSDT")
    ],
    ('ticker/price?symbols=["BTCUSDT","FOOUSDT"]', -1121, "Invalid symbol."),
    *[
        (f"klines?symbol=BTCUSDT&interval={interval}", -1120, "Invalid interval.")
        for interval in ("1s", "7h", "1H", "x")
    ],
    (f"{HOURS}&endTime={'9' * 20}", -1130, "Data sent for parameter 'endTime' is not valid."),
    (f"{HOURS}&limit=0", -1130, "Data sent for parameter 'limit' is not valid."),
    ("klines?symbol=btcusdt&interval=1h", -1100, ILLEGAL.format("symbol", r"^([^\Wa-z]|[.-]){1,50}$")),
    (f"{HOURS}&limit=1e2", -1100, ILLEGAL.format("limit", "^[0-9]{1,20}$")),
    (f"{HOURS}&startTime=-1", -1100, ILLEGAL.format("startTime", "^[0-9]{1,20}$")),
    ("ticker/24hr?type=HUGE", -1100, ILLEGAL.format("type", "FULL, MINI")),
    (f"{HOURS}&symbol=ETHUSDT", -1101, "Duplicate values for a parameter detected."),
    (f"{HOURS}&start_time=0", -1104, UNREAD),
    ('ticker/24hr?symbol=BTCUSDT&symbols=["ETHUSDT"]', -1128, COMBINED),
    ("exchangeInfo?symbol=BTCUSDT&permissions=SPOT", -1128, COMBINED),
    ('ticker/price?symbols=["BTCUSDT","BTCUSDT"]', -1151, TWICE),
    ("ticker/price?symbol=BTCUSDT&symbolStatus=BREAK", -1220, STATUS),
]


@pytest.mark.parametrize(("path", "code", "message"), WRONG, ids=lambda value: str(value)[:60])
def test_invalid_requests_have_binances_errors(
    client: FlaskClient, stand_in: StandIn, path: str, code: int, message: str
) -> None:
    """An invalid request has Binance's error and calls no provider."""
    assert refused(client, path) == (code, message)
    assert stand_in.calls.count() == 0


@pytest.mark.parametrize("symbols", ['["BTCUSDT", "ETHUSDT"]', "BTCUSDT", '["btcusdt"]', "{}", '["BTCUSDT"'])
def test_a_list_is_compact_json(client: FlaskClient, symbols: str) -> None:
    """A list is JSON without spaces, and any other has illegal characters."""
    response = client.get(f"{API}/ticker/price", query_string={"symbols": symbols})

    assert (response.status_code, content(response)["code"]) == (400, -1100)


@pytest.mark.parametrize("path", ["historicalTrades", "order", "account", "", "../../sapi/v1/x"])
def test_unserved_paths_are_refused(client: FlaskClient, path: str) -> None:
    """Orders and accounts have Binance's error instead of an empty answer."""
    assert refused(client, path, 404) == (-1020, "This operation is not supported.")


def test_other_methods_are_refused(client: FlaskClient) -> None:
    """Other methods are refused, and browsers may request the allowed ones."""
    answer = client.post(f"{API}/klines")
    preflight = client.options(
        f"{API}/klines", headers={"Origin": "http://page.test", "Access-Control-Request-Method": "GET"}
    )

    assert refused(client, "order", 405, "POST")[0] == refused(client, "klines", 405, "DELETE")[0] == -1020
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert preflight.status_code == 200
    assert preflight.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert client.head(f"{API}/klines?symbol=BTCUSDT&interval=1h").headers["X-Data-Source"] == "binance"


def test_an_internal_error_has_binances_format(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An internal error has Binance's format without details, and is logged."""

    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("engine.web.compat.binance._klines.rows", broken)
    with caplog.at_level(logging.ERROR):
        code, message = refused(make(), "klines?symbol=BTCUSDT&interval=1h", 500)

    assert code == -1000
    assert "secret" not in message
    assert "secret" in caplog.text


def test_all_markets_are_listed(client: FlaskClient) -> None:
    """Each coin has a USDT market under its code, without invented trading rules."""
    info = held(schemas.Exchange, get(client, "exchangeInfo"))

    assert [row["symbol"] for row in info["symbols"]] == [f"{asset.code}USDT" for asset in ASSETS]
    assert info["serverTime"] == NOW
    assert info["rateLimits"] == []
    for row in info["symbols"]:
        assert (row["status"], row["quoteAsset"]) == ("TRADING", "USDT")
        assert row["filters"] == row["orderTypes"] == []
        assert row["permissionSets"] == [["SPOT"]]
        assert {name for name, allowed in row.items() if allowed is True} == {"isSpotTradingAllowed"}


def test_a_market_has_all_fields_of_binance(client: FlaskClient) -> None:
    """A market has all of Binance's fields, because clients with strict types read them."""
    (row,) = get(client, "exchangeInfo?symbol=BTCUSDT")["symbols"]

    assert set(row) == set(
        "symbol status baseAsset baseAssetPrecision quoteAsset quotePrecision quoteAssetPrecision "
        "baseCommissionPrecision quoteCommissionPrecision orderTypes icebergAllowed ocoAllowed otoAllowed "
        "opoAllowed quoteOrderQtyMarketAllowed allowTrailingStop cancelReplaceAllowed amendAllowed "
        "pegInstructionsAllowed isSpotTradingAllowed isMarginTradingAllowed filters permissions "
        "permissionSets defaultSelfTradePreventionMode allowedSelfTradePreventionModes".split()
    )


@pytest.mark.parametrize(
    ("query", "symbols"),
    [
        ("symbol=BTCUSDT", ["BTCUSDT"]),
        ("symbol=MATICUSDT", ["MATICUSDT"]),
        ('symbols=["ETHUSDT","BTCUSDT"]', ["ETHUSDT", "BTCUSDT"]),
        ('permissions=["MARGIN","LEVERAGED"]', []),
        ("permissions=MARGIN", []),
        ("symbolStatus=BREAK", []),
    ],
)
def test_markets_are_selected(client: FlaskClient, query: str, symbols: list[str]) -> None:
    """Markets are selected by name, by permission or by status."""
    assert [row["symbol"] for row in get(client, f"exchangeInfo?{query}")["symbols"]] == symbols


def test_all_markets_are_selected(client: FlaskClient) -> None:
    """Every market is a spot market and is trading."""
    for query in ("permissions=SPOT", 'permissions=["SPOT","MARGIN"]', "symbolStatus=TRADING"):
        assert len(get(client, f"exchangeInfo?{query}")["symbols"]) == len(ASSETS)
    sparse = get(client, "exchangeInfo?symbol=BTCUSDT&showPermissionSets=false")
    assert "permissionSets" not in sparse["symbols"][0]


def test_markets_of_the_catalogue_are_listed(client: FlaskClient) -> None:
    """The catalogue's markets of all quotes with known coins are listed once each, with their price step."""
    give_catalogue(client)
    info = held(schemas.Exchange, get(client, "exchangeInfo"))
    listed = {row["symbol"]: row for row in info["symbols"]}

    assert len(listed) == len(info["symbols"]) > len(ASSETS)
    assert {"ETHBTC", "BTCEUR", "TUSD", "币安人生USDT"} <= set(listed)
    assert "FOOUSDT" not in listed
    assert all(row["symbol"] == row["baseAsset"] + row["quoteAsset"] for row in info["symbols"])
    named = get(client, 'exchangeInfo?symbols=["ETHBTC","币安人生USDT"]')["symbols"]
    assert named == [listed["ETHBTC"], listed["币安人生USDT"]]


def test_candles_of_a_market_of_the_catalogue(client: FlaskClient) -> None:
    """A pair against another coin has its own candles, and the quote is in a header."""
    ask_venues(client)
    candles = ask(client, "klines?symbol=ETHBTC&interval=1h&limit=3")
    day = get(client, "ticker/24hr?symbol=ETHBTC")

    assert candles.headers["X-Data-Quote"] == "BTC"
    assert content(candles)[-1][4] == day["lastPrice"]
    assert day["symbol"] == "ETHBTC"


def test_a_list_of_all_markets_is_rendered_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of all markets is rendered once and kept compressed, and its time is always current."""
    give_catalogue(client)
    packed = ask(client, "exchangeInfo", headers={"Accept-Encoding": "gzip"})
    monkeypatch.setattr(_exchange, "row", lambda *_, **__: pytest.fail("rendered again"))
    plain = ask(client, "exchangeInfo", headers={"Accept-Encoding": "identity"})
    later = ask(client, "exchangeInfo", headers={"X-MBX-TIME-UNIT": "MICROSECOND"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert int(plain.headers["Content-Length"]) == len(plain.data)
    assert later.json is not None
    assert later.json["serverTime"] == NOW * 1000


def test_prices_of_all_markets(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs against other coins and currencies have the price of their own markets, rendered once."""
    ask_venues(client)
    listed = {row["symbol"] for row in get(client, "exchangeInfo")["symbols"]}
    prices = {
        row["symbol"]: float(row["price"])
        for row in rows_of(schemas.PriceTicker, ask(client, "ticker/price"))
    }
    days = {row["symbol"]: row for row in rows_of(schemas.DayTicker, ask(client, "ticker/24hr"))}

    assert len(ASSETS) < len(prices) == len(days)
    assert set(prices) <= listed
    assert prices["ETHBTC"] == pytest.approx(prices["ETHUSDT"] / prices["BTCUSDT"], rel=0.01)
    assert get(client, "ticker/price?symbol=ETHBTC")["price"] == written(prices["ETHBTC"])
    assert float(days["ETHBTC"]["quoteVolume"]) > 0
    monkeypatch.setattr(packed, "rows", lambda *_: pytest.fail("rendered again"))
    assert len(get(client, "ticker/price", headers={"Accept-Encoding": "identity"})) == len(prices)


def test_prices_are_those_of_the_engine(client: FlaskClient) -> None:
    """Prices are the median of all providers, for one, several and all markets."""
    expected = {row["symbol"]: row["price"] for row in content(client.get("/api/prices"))["data"]}
    one = ask(client, "ticker/price?symbol=BTCUSDT")
    some = rows_of(schemas.PriceTicker, ask(client, 'ticker/price?symbols=["ETHUSDT","POLUSDT"]'))
    everything = rows_of(schemas.PriceTicker, ask(client, "ticker/price"))

    assert one.json == {"symbol": "BTCUSDT", "price": written(expected["BTC"])}
    assert one.headers["X-Data-Source"] == "multi-provider"
    assert [row["symbol"] for row in some] == ["ETHUSDT", "POLUSDT"]
    assert float(some[1]["price"]) == expected["MATIC"]
    assert [row["symbol"] for row in everything] == [f"{asset.code}USDT" for asset in ASSETS]
    assert get(client, "ticker/price?symbolStatus=HALT") == []


def test_a_market_without_a_price_is_left_out_and_named(make: Make, stand_in: StandIn) -> None:
    """A market without a price is omitted and named, and alone it is an error."""
    stand_in.fault("kraken", Fault("price", factor=0.0, coins=["ETH"]))
    client = make(providers_quotes=("kraken",))
    response = ask(client, 'ticker/price?symbols=["BTCUSDT","ETHUSDT"]')

    assert [row["symbol"] for row in content(response)] == ["BTCUSDT"]
    assert response.headers["X-Data-Missing"] == "ETHUSDT"
    assert refused(client, "ticker/price?symbol=ETHUSDT", 503)[0] == -1001


def test_a_day_of_one_market(client: FlaskClient, stand_in: StandIn) -> None:
    """The figures of a day follow from the candles of the last 24 hours, and unknown ones are omitted."""
    response = ask(client, "ticker/24hr?symbol=BTCUSDT")
    day = rows_of(schemas.DayTicker, response)
    newest = NOW // STEP * STEP
    candles = stand_in.market.candles("BTC", "5m", newest - 287 * STEP, newest)
    volume = sum(candle.volume for candle in candles)
    spent = sum(candle.quote_volume for candle in candles)
    before = stand_in.market.candles("BTC", "5m", newest - 288 * STEP, newest - 288 * STEP)[0]

    assert (day["openTime"], day["closeTime"]) == (newest - 287 * STEP, NOW)
    assert day["closeTime"] - day["openTime"] <= DAY
    assert float(day["openPrice"]) == candles[0].open
    assert float(day["prevClosePrice"]) == before.close
    assert float(day["lastPrice"]) == candles[-1].close
    assert float(day["highPrice"]) == max(candle.high for candle in candles)
    assert float(day["lowPrice"]) == min(candle.low for candle in candles)
    assert float(day["volume"]) == pytest.approx(volume)
    assert float(day["quoteVolume"]) == pytest.approx(spent)
    assert float(day["weightedAvgPrice"]) == pytest.approx(spent / volume)
    assert float(day["priceChange"]) == pytest.approx(candles[-1].close - candles[0].open)
    assert day["priceChangePercent"] == f"{(candles[-1].close / candles[0].open - 1) * 100:.3f}"
    assert response.headers["X-Data-Source"] == "binance"
    assert response.headers["X-Data-Missing"] == UNKNOWN_OF_A_DAY
    assert day["count"] == sum(candle.trades for candle in candles)
    assert "X-Data-Estimated" not in response.headers


def test_a_day_without_quote_volumes_is_estimated(make: Make, stand_in: StandIn) -> None:
    """Coinbase sends volumes in coins only, so the prices of its candles say what was spent."""
    response = ask(make(providers_candles=("coinbase",)), "ticker/24hr?symbol=BTCUSDT")
    day = rows_of(schemas.DayTicker, response)

    assert float(day["weightedAvgPrice"]) == pytest.approx(float(day["quoteVolume"]) / float(day["volume"]))
    assert response.headers["X-Data-Estimated"] == "weightedAvgPrice, quoteVolume"
    assert response.headers["X-Data-Missing"] == f"{UNKNOWN_OF_A_DAY}, count"


def test_a_mini_ticker_has_fewer_fields(client: FlaskClient) -> None:
    """`type=MINI` has fewer fields, with the same values."""
    full = get(client, "ticker/24hr?symbol=BTCUSDT&type=FULL")
    mini = get(client, "ticker/24hr?symbol=BTCUSDT&type=MINI")
    dropped = {"priceChange", "priceChangePercent", "weightedAvgPrice", "prevClosePrice"}

    assert mini == {name: value for name, value in full.items() if name not in dropped}


def test_a_day_of_all_markets_needs_no_candles(client: FlaskClient, stand_in: StandIn) -> None:
    """For all markets the change comes from providers and the open follows from it, without candles."""
    client.get("/api/prices")
    stand_in.calls.forget()
    response = ask(client, "ticker/24hr")
    days = {row["symbol"]: row for row in rows_of(schemas.DayTicker, response)}
    expected = {row["symbol"]: row for row in content(client.get("/api/prices"))["data"]}
    day, row = days["BTCUSDT"], expected["BTC"]

    assert stand_in.calls.count() == 0
    assert len(days) == len(ASSETS)
    assert float(day["lastPrice"]) == row["price"]
    assert day["priceChangePercent"] == f"{row['change24h']:.3f}"
    assert float(day["openPrice"]) * (1 + row["change24h"] / 100) == pytest.approx(row["price"])
    assert float(day["priceChange"]) == pytest.approx(row["price"] - float(day["openPrice"]))
    assert day["closeTime"] - day["openTime"] == DAY
    assert "volume, quoteVolume" in response.headers["X-Data-Missing"]
    assert not {"highPrice", "volume", "bidPrice"} & day.keys()


def test_days_of_several_markets(client: FlaskClient) -> None:
    """The days of several markets are in the order of the request."""
    days = get(client, 'ticker/24hr?symbols=["ETHUSDT","BTCUSDT"]&type=MINI')

    assert [set(day) for day in days] == [{"symbol", "openPrice", "lastPrice", "openTime", "closeTime"}] * 2
    assert [day["symbol"] for day in days] == ["ETHUSDT", "BTCUSDT"]


def test_outdated_prices_are_an_error(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A ticker older than five minutes is an error."""
    paths = ("ticker/price?symbol=BTCUSDT", "ticker/24hr", "ticker/24hr?symbol=BTCUSDT")
    for path in paths:
        ask(client, path)
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("reset"))
    clock.advance(299)
    for path in paths:
        assert ask(client, path).headers["Age"] == "299"

    clock.advance(2)
    for path in paths:
        assert refused(client, path, 503)[0] == -1001


def test_the_average_of_five_minutes(client: FlaskClient, stand_in: StandIn) -> None:
    """The average is weighted by volume over the one-minute candles of the last five minutes."""
    response = ask(client, "avgPrice?symbol=BTCUSDT")
    average = held(schemas.Average, response.json)
    newest = NOW // 60_000 * 60_000
    candles = stand_in.market.candles("BTC", "1m", newest - 4 * 60_000, newest)
    spent = sum(candle.quote_volume for candle in candles)

    assert "X-Data-Estimated" not in response.headers
    assert average["mins"] == 5
    assert average["closeTime"] == NOW
    assert float(average["price"]) == pytest.approx(spent / sum(candle.volume for candle in candles))


def test_an_average_lies_between_low_and_high() -> None:
    """A volume that a provider has rounded too much is not divided by."""
    minute = INTERVALS["1m"]
    opened = NOW // minute.length * minute.length
    fine = Candle(opened, 10.0, 11.0, 9.0, 10.0, 4.0, 40.4)
    rounded = Candle(opened, 10.0, 11.0, 9.0, 10.0, 4.0, 30.0)

    assert _days.average([fine], NOW / 1000, minute) == (10.1, NOW)
    assert _days.average([rounded], NOW / 1000, minute) == (10.0, NOW)


def test_an_average_without_trades_is_the_last_price() -> None:
    """Without trades the average is the last price, as at Binance, and without volumes there is none."""
    candle = Candle(0, 3.0, 9.0, 3.0, 6.0, 0.0)

    assert _days.average([candle], 30.0, INTERVALS["1m"]) == (6.0, 30_000)
    assert _days.average([candle], 500.0, INTERVALS["1m"]) == (6.0, 59_999)
    assert _days.average([replace(candle, volume=None)], 30.0, INTERVALS["1m"]) is None
    assert _days.average([], 30.0, INTERVALS["1m"]) is None


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (83300.27, "83300.27000000"),
        (0.0, "0.00000000"),
        (1.25e-5, "0.00001250"),
        (1.23456789012e-5, "0.0000123456789012"),
        (3892572197.49, "3892572197.49000000"),
        (833222809340.0, "833222809340.00000000"),
        (1e22, "10000000000000000000000.00000000"),
        (-14.07, "-14.07000000"),
    ],
)
def test_figures_keep_their_digits(figure: float, text: str) -> None:
    """Figures have eight decimals, or more if they are known, and no invented ones."""
    assert written(figure) == text


def test_quotas_have_binances_format(make: Make) -> None:
    """A refusal is 429 with the time to wait, never 418, and the listed limits are the real ones."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=2)
    limits = get(client, "exchangeInfo?symbol=BTCUSDT")["rateLimits"]
    answers = [client.get(f"{API}/klines?symbol=BTCUSDT&interval=1h") for _ in range(3)]

    assert [limit["rateLimitType"] for limit in limits] == ["REQUEST_WEIGHT", "RAW_REQUESTS"]
    assert {(limit["interval"], limit["intervalNum"], limit["limit"]) for limit in limits} == {
        ("MINUTE", 1, 2)
    }
    assert [answer.headers["X-MBX-USED-WEIGHT-1M"] for answer in answers] == ["1", "2", "2"]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert held(schemas.Error, answers[-1].json)["code"] == -1003
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0"
    assert ask(client, "ticker/price?symbol=BTCUSDT").headers["X-RateLimit-Limit"] == "120"


def test_unserved_paths_have_a_quota_as_well(make: Make) -> None:
    """Unserved paths spend the quota of unknown paths, in Binance's format."""
    client = make(rate_limit_enabled=True, rate_limit_default=2)
    answers = [client.get(f"{API}/account"), client.post(f"{API}/order"), client.get("/nothing")]
    last = client.get(f"{API}/myTrades")

    assert [answer.status_code for answer in answers] == [404, 405, 429]
    assert (last.status_code, content(last)["code"]) == (429, -1003)
    assert client.get(f"{API}/ping").status_code == 200


def test_a_key_of_binance_is_ignored(make: Make) -> None:
    """A key of Binance is ignored, and an unknown key of the engine is refused."""
    client = make(rate_limit_enabled=True)

    assert client.get(f"{API}/ping", headers={"X-MBX-APIKEY": "theirs"}).status_code == 200
    wrong = client.get(f"{API}/ping", headers={"X-API-Key": "unknown"})
    assert (wrong.status_code, content(wrong)["code"]) == (401, -2015)


def test_it_is_documented() -> None:
    """The OpenAPI document has the parameters, formats and errors of Binance's interface."""
    paths = own_document().paths
    day = paths[f"{API}/ticker/24hr"]["get"]
    klines = paths[f"{API}/klines"]["get"]
    answers = json.dumps(day["responses"])

    assert [each["name"] for each in day["parameters"]] == ["symbol", "symbols", "symbolStatus", "type"]
    assert "#/components/schemas/BinanceDayTicker" in answers
    assert "#/components/schemas/BinanceError" in answers
    assert klines["responses"]["200"]["content"]["application/json"]["schema"]["items"]["maxItems"] == 12
    assert [each["required"] for each in klines["parameters"][:3]] == [True, True, False]
    assert [each["schema"]["type"] for each in klines["parameters"][1:3]] == ["string", "integer"]
    assert klines["parameters"][1]["schema"]["enum"] == list(INTERVALS)
