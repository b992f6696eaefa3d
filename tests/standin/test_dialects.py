"""Every provider's format: a valid answer's structure, order and units, and the errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.recorded import FOLDER
from tests.upstreams import StandIn
from tests.upstreams.dialects import DIALECTS
from tests.upstreams.feed import Feed
from tests.upstreams.intervals import DAY, HOUR, MINUTE, WEEK
from tests.upstreams.market import Market
from tests.upstreams.wire import Answer, Request

NOW_MS = 1_763_829_137_412
MARKET = Market(seed=7, clock=lambda: NOW_MS / 1000)
CALLER = {"user-agent": "test"}


def ask(provider: str, path: str, headers: Mapping[str, str] = CALLER, **query: Any) -> Answer:
    """Return a provider's answer. A trailing underscore allows a parameter with the name of a keyword."""
    plain = {name.rstrip("_"): str(value) for name, value in query.items()}
    return DIALECTS[provider](Request(path, plain, headers), Feed(MARKET, provider, NOW_MS))


def body_of(provider: str, path: str, headers: Mapping[str, str] = CALLER, **query: Any) -> Any:
    """Return the body of a valid answer."""
    answer = ask(provider, path, headers, **query)
    assert answer.status == 200
    return answer.body


def refused(provider: str, path: str, **query: Any) -> tuple[int, Any]:
    """Return the status and the body of an answer."""
    answer = ask(provider, path, **query)
    return answer.status, answer.body


def close_at(open_ms: int, size_ms: int, code: str = "BTC") -> float:
    """Return the true closing price of a closed candle."""
    return MARKET.price(code, open_ms + size_ms)


SHAPES: list[tuple[str, str, dict[str, Any], str, str]] = [
    (
        "binance",
        "/api/v3/klines",
        {"symbol": "BTCUSDT", "interval": "1d"},
        "binance/klines_BTCUSDT_5m_limit24",
        "0",
    ),
    ("binance", "/api/v3/ticker/24hr", {"symbol": "BTCUSDT"}, "binance/ticker24hr_BTCUSDT", ""),
    ("binance", "/api/v3/ticker/price", {"symbol": "BTCUSDT"}, "binance/ticker_price_BTCUSDT", ""),
    (
        "binance",
        "/api/v3/klines",
        {"symbol": "NOPEUSDT", "interval": "1d"},
        "binance/error_invalid_symbol",
        "",
    ),
    ("kraken", "/0/public/Ticker", {"pair": "XBTUSDT"}, "kraken/ticker_BTCUSDT_ccxt", "result.XBTUSDT"),
    (
        "kraken",
        "/0/public/Ticker",
        {"assetVersion": "1"},
        "kraken/ticker_all_assetVersion1_trimmed",
        "result.BTC/USD",
    ),
    ("kraken", "/0/public/OHLC", {"pair": "NOPEUSD"}, "kraken/error_unknown_asset_pair", ""),
    ("kraken", "/0/public/Time", {}, "kraken/time", "result"),
    ("kraken", "/0/public/SystemStatus", {}, "kraken/systemstatus", "result"),
    (
        "bybit",
        "/v5/market/kline",
        {"symbol": "BTCUSDT", "interval": "60"},
        "bybit/kline_inverse_BTCUSD_60_docs",
        "result.list.0",
    ),
    (
        "bybit",
        "/v5/market/tickers",
        {"category": "spot", "symbol": "BTCUSDT"},
        "bybit/tickers_spot_BTCUSDT_docs",
        "result.list.0",
    ),
    ("bybit", "/v5/market/kline", {"symbol": "NO"}, "bybit/error_10001_symbol", ""),
    ("bybit", "/v5/market/time", {}, "bybit/time_docs", "result"),
    ("okx", "/api/v5/market/candles", {"instId": "BTC-USDT"}, "okx/candles_BTC-USDT-SWAP_1m", "data.0"),
    ("okx", "/api/v5/market/ticker", {"instId": "BTC-USDT"}, "okx/ticker_BTC-USDT", "data.0"),
    ("okx", "/api/v5/market/tickers", {"instType": "SPOT"}, "okx/tickers_SPOT", "data.0"),
    ("okx", "/api/v5/market/ticker", {"instId": "NO"}, "okx/error_51001_instrument", ""),
    ("coinbase", "/products/BTC-USD/candles", {}, "coinbase_exchange/candles_BTC-USDT_3600_limit1", "0"),
    ("coinbase", "/products/BTC-USD/ticker", {}, "coinbase_exchange/ticker_BTC-USDT", ""),
    ("coinbase", "/products/BTC-USD/stats", {}, "coinbase_exchange/stats_ETH-USDT", ""),
    (
        "kucoin",
        "/api/v1/market/candles",
        {"symbol": "BTC-USDT", "type": "1min"},
        "kucoin/candles_BTC-USDT_1min",
        "data.0",
    ),
    ("kucoin", "/api/v1/market/stats", {"symbol": "BTC-USDT"}, "kucoin/stats_24h_BTC-USDT", "data"),
    ("kucoin", "/api/v1/market/allTickers", {}, "kucoin/allTickers_trimmed", "data.ticker.0"),
    ("kucoin", "/api/v1/market/orderbook/level1", {"symbol": "BTC-USDT"}, "kucoin/level1_BTC-USDT", "data"),
    ("gate", "/api/v4/spot/candlesticks", {"currency_pair": "BTC_USDT"}, "gate/candlesticks_docs", "0"),
    ("gate", "/api/v4/spot/tickers", {"currency_pair": "BTC_USDT"}, "gate/tickers_BTC_USDT", "0"),
    ("coingecko", "/api/v3/ping", {}, "coingecko/oas_ping", ""),
    ("coingecko", "/api/v3/coins/markets", {"vs_currency": "usd"}, "coingecko/markets_ids_bitcoin_usd", "0"),
    (
        "coingecko",
        "/api/v3/coins/bitcoin/ohlc",
        {"vs_currency": "usd", "days": "1"},
        "coingecko/oas_ohlc",
        "0",
    ),
    (
        "coingecko",
        "/api/v3/simple/price",
        {
            "ids": "bitcoin",
            "vs_currencies": "usd",
            "include_market_cap": "true",
            "include_24hr_vol": "true",
            "include_24hr_change": "true",
            "include_last_updated_at": "true",
        },
        "coingecko/oas_simple_price",
        "bitcoin",
    ),
    ("coingecko", "/api/v3/simple/price", {"vs_currencies": "usd"}, "coingecko/error_missing_ids_422", ""),
    ("coingecko", "/api/v3/global", {}, "coingecko/oas_global", "data"),
    ("coingecko", "/api/v3/coins/categories", {}, "coingecko/oas_categories", "0"),
    ("alternative_me", "/fng/", {"limit": "2"}, "alternative_me/fng_limit2_2022-09-12", ""),
    ("alternative_me", "/fng/", {"limit": "2"}, "alternative_me/fng_limit2_2022-09-12", "data.0"),
    ("alternative_me", "/fng/", {"limit": "2"}, "alternative_me/fng_limit2_2022-09-12", "data.1"),
    ("newsapi", "/v2/everything", {"q": "btc", "apiKey": "k"}, "newsapi/everything_2020_trimmed", ""),
    (
        "newsapi",
        "/v2/everything",
        {"q": "btc", "apiKey": "k"},
        "newsapi/everything_2020_trimmed",
        "articles.0",
    ),
    ("newsapi", "/v2/everything", {"q": "btc"}, "newsapi/error_401_apiKeyInvalid", ""),
    (
        "bitstamp",
        "/api/v2/ohlc/btcusd/",
        {"step": "3600", "limit": "1"},
        "bitstamp/ohlc_btcusdt_3600_limit1",
        "data.ohlc.0",
    ),
    ("bitstamp", "/api/v2/ticker/btcusd/", {}, "bitstamp/ticker_btcusdt_2024", ""),
    ("coinlore", "/api/tickers/", {}, "coinlore/tickers_limit50_2026", "data.0"),
    ("coincap", "/v3/assets/bitcoin", {"apiKey": "k"}, "coincap/v3_asset_bitcoin_2025-08-11", "data"),
    (
        "cryptocompare",
        "/data/histohour",
        {"fsym": "BTC", "tsym": "USD", "api_key": "k"},
        "cryptocompare/histohour_limit1",
        "",
    ),
    (
        "cryptocompare",
        "/data/histohour",
        {"fsym": "BTC", "tsym": "USD", "api_key": "k"},
        "cryptocompare/histohour_limit1",
        "Data.0",
    ),
    (
        "cryptocompare",
        "/data/pricemultifull",
        {"fsyms": "BTC", "tsyms": "USD", "api_key": "k"},
        "cryptocompare/pricemultifull_BTC_USD_2017",
        "RAW.BTC.USD",
    ),
    (
        "coinmarketcap",
        "/public-api/v1/cryptocurrency/listings/latest",
        {},
        "coinmarketcap/listings_latest_trimmed_2022",
        "data.0",
    ),
]


def within(body: Any, place: str) -> Any:
    """Return the part of a body at a dotted path."""
    for step in place.split(".") if place else ():
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no recorded answers here")
@pytest.mark.parametrize(("provider", "path", "query", "recorded", "place"), SHAPES)
def test_shapes_are_those_of_recorded_answers(
    provider: str, path: str, query: dict[str, Any], recorded: str, place: str
) -> None:
    """An answer has every key of a recorded one, rows of the same length, and values of the same types."""
    file = FOLDER / f"{recorded}.json"
    if not file.exists():
        pytest.skip("not recorded")
    real = within(json.loads(file.read_text())["body"], place)
    ours = within(ask(provider, path, **query).body, place)

    if isinstance(real, list):
        assert [_kind(value) for value in ours] == [_kind(value) for value in real]
        return
    optional = {"fundingRate", "volume24_native", "percent_change_60d"}
    assert set(real) - optional <= set(ours)
    quoted_by_the_recorder = {"trade_id", "LASTTRADEID"}
    for name in set(real) & set(ours) - quoted_by_the_recorder:
        if real[name] is not None and ours[name] is not None:
            assert _kind(ours[name]) == _kind(real[name]), name


def _kind(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


@pytest.mark.parametrize(
    ("provider", "path", "query", "order"),
    [
        (
            "binance",
            "/api/v3/klines",
            {"symbol": "BTCUSDT", "interval": "1h", "limit": 9},
            (0, 1, 2, 3, 4, 5),
        ),
        ("kraken", "/0/public/OHLC", {"pair": "XBTUSDT", "interval": 60}, (0, 1, 2, 3, 4, 6)),
        ("bybit", "/v5/market/kline", {"symbol": "BTCUSDT", "interval": "60"}, (0, 1, 2, 3, 4, 5)),
        ("okx", "/api/v5/market/candles", {"instId": "BTC-USDT", "bar": "1H"}, (0, 1, 2, 3, 4, 5)),
        ("kucoin", "/api/v1/market/candles", {"symbol": "BTC-USDT", "type": "1hour"}, (0, 1, 3, 4, 2, 5)),
        (
            "gate",
            "/api/v4/spot/candlesticks",
            {"currency_pair": "BTC_USDT", "interval": "1h"},
            (0, 5, 3, 4, 2, 6),
        ),
    ],
)
def test_all_exchanges_tell_the_same_candles(
    provider: str, path: str, query: dict[str, Any], order: tuple[int, ...]
) -> None:
    """The hourly candles against USDT are equal at every exchange after sorting."""
    body = body_of(provider, path, **query)
    found = {
        "kraken": lambda: body["result"]["XBTUSDT"],
        "bybit": lambda: body["result"]["list"],
        "okx": lambda: body["data"],
        "kucoin": lambda: body["data"],
    }.get(provider, lambda: body)()
    rows = sorted([float(row[place]) for place in order] for row in found)[-9:]
    true = MARKET.candles("BTC", "1h", NOW_MS - 9 * HOUR, NOW_MS)

    assert [row[1:] for row in rows] == [[row.open, row.high, row.low, row.close, row.volume] for row in true]


def test_binance_ranges() -> None:
    """A start gives the oldest rows from it on, bounds include both ends, and without a start the newest."""
    start = NOW_MS - NOW_MS % HOUR - 50 * HOUR
    klines: dict[str, Any] = {"symbol": "BTCUSDT", "interval": "1h"}

    def opens(**query: Any) -> list[int]:
        return [row[0] for row in body_of("binance", "/api/v3/klines", **klines, **query)]

    assert opens(startTime=start, limit=3) == [start, start + HOUR, start + 2 * HOUR]
    assert opens(startTime=start + 1, limit=1) == [start + HOUR]
    assert opens(startTime=start, endTime=start) == [start]
    assert opens(endTime=start, limit=2) == [start - HOUR, start]
    assert opens(limit=1) == [NOW_MS - NOW_MS % HOUR]
    assert len(opens()) == 500
    assert len(opens(limit=5000)) == 1000
    assert opens(startTime=NOW_MS + HOUR) == []


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("klines", {"symbol": "NOPE", "interval": "1h"}, -1121),
        ("klines", {"symbol": "BTCUSDT", "interval": "7h"}, -1120),
        ("klines", {"symbol": "BTC USDT", "interval": "1h"}, -1100),
        ("klines", {"symbol": "BTCUSDT"}, -1102),
        ("ticker/24hr", {"symbols": '["BTCUSDT","NOPEUSDT"]'}, -1121),
        ("ticker/24hr", {"symbols": '["BTCUSDT", "ETHUSDT"]'}, -1100),
        ("ticker/24hr", {"symbols": '["BTCUSDT","BTCUSDT"]'}, -1151),
    ],
)
def test_binance_refusals(path: str, query: dict[str, Any], code: int) -> None:
    """Binance refuses the whole call with status 400 and a code."""
    status, body = refused("binance", f"/api/v3/{path}", **query)

    assert status == 400
    assert body["code"] == code


def test_binance_weights_are_added() -> None:
    """The header has what the calls of a minute have weighed in all, each its own weight."""
    with StandIn() as stand_in:
        weighed = [stand_in.spend("binance", weight) for weight in (80, 2)]

    assert weighed in ([80, 82], [80, 2]), "a minute may end between them"


def test_binance_weight_and_mini() -> None:
    """The used weight is in a header, and a MINI ticker has no percentage."""
    answer = ask("binance", "/api/v3/ticker/24hr", symbol="BTCUSDT", type_="MINI")

    assert answer.headers["X-MBX-USED-WEIGHT-1M"] == "2"
    assert isinstance(answer.body, dict)
    assert "priceChangePercent" not in answer.body
    assert "openPrice" in answer.body


def test_kraken_rows() -> None:
    """Kraken has 720 closed rows and the open one, and `since` excludes its row but never the open one."""
    body = body_of("kraken", "/0/public/OHLC", pair="XBTUSD", interval=60)["result"]
    rows, last = body["XXBTZUSD"], body["last"]
    after = body_of("kraken", "/0/public/OHLC", pair="XBTUSD", interval=60, since=last)["result"]["XXBTZUSD"]

    assert len(rows) == 721
    assert last == rows[-2][0]
    assert [row[0] for row in after] == [rows[-1][0]]
    assert (
        datetime.fromtimestamp(
            body_of("kraken", "/0/public/OHLC", pair="XBTUSD", interval=10080)["result"]["XXBTZUSD"][0][0],
            UTC,
        ).strftime("%A")
        == "Thursday"
    )


def test_kraken_names() -> None:
    """Results have Kraken's own keys, or new names on request, and few coins have USDT pairs."""
    assert set(body_of("kraken", "/0/public/Ticker", pair="USDTUSD,XDGUSD")["result"]) == {
        "USDTZUSD",
        "XDGUSD",
    }
    assert "DOGE/USD" in body_of("kraken", "/0/public/Ticker", assetVersion=1)["result"]
    assert len(body_of("kraken", "/0/public/AssetPairs")["result"]) == 33 + 16 + 1
    unknown = {"error": ["EQuery:Unknown asset pair"]}
    for missing in ("POLUSDT", "MATICUSD", "XBTUSD,NOPE"):
        assert refused("kraken", "/0/public/Ticker", pair=missing) == (200, unknown)


def test_bybit_rows() -> None:
    """Rows are the newest first and include the candle of `start`, and the default category is linear."""
    hours: dict[str, Any] = {"symbol": "BTCUSDT", "interval": "60"}
    result = body_of("bybit", "/v5/market/kline", start=NOW_MS - 2 * HOUR, **hours)["result"]
    opens = [int(row[0]) for row in result["list"]]

    assert result["category"] == "linear"
    assert opens == sorted(opens, reverse=True)
    assert opens[-1] < NOW_MS - 2 * HOUR
    assert len(body_of("bybit", "/v5/market/kline", **hours)["result"]["list"]) == 200
    assert body_of("bybit", "/v5/market/kline", symbol="NOPE", interval="60")["retCode"] == 10001


def test_okx_rows() -> None:
    """`after` means older and `before` newer, both exclusive, and /candles has the last 1440 rows."""
    edge = NOW_MS - NOW_MS % MINUTE - 10 * MINUTE

    def opens(page: str = "candles", **query: Any) -> list[int]:
        rows = body_of("okx", f"/api/v5/market/{page}", instId="BTC-USDT", bar="1m", **query)["data"]
        return [int(row[0]) for row in rows]

    assert opens(after=edge, limit=2) == [edge - MINUTE, edge - 2 * MINUTE]
    assert opens(before=edge)[-1] == edge + MINUTE
    assert len(opens(limit=900)) == 300
    assert opens(after=NOW_MS - 2 * DAY) == []
    assert len(opens("history-candles", after=NOW_MS - 2 * DAY)) == 100
    days = body_of("okx", "/api/v5/market/candles", instId="BTC-USDT", bar="1D")["data"]
    assert int(days[0][0]) % DAY == 16 * HOUR
    assert body_of("okx", "/api/v5/market/ticker", instId="NO-USDT")["code"] == "51001"


def test_coinbase_rows_and_refusals() -> None:
    """Rows have low, high, open and close; long ranges, unknown names and missing parameters are refused."""
    newest, second, *_ = body_of("coinbase", "/products/BTC-USD/candles", granularity=3600)
    year: dict[str, Any] = {"granularity": 3600, "start": "2025-01-01", "end": "2025-06-01T00:00:00Z"}

    assert newest[0] - second[0] == 3600
    assert second[1] <= min(second[3:5]) <= max(second[3:5]) <= second[2]
    assert second[4] == pytest.approx(close_at(second[0] * 1000, HOUR) * 1.0003, rel=1e-6)
    assert refused("coinbase", "/products/BTC-USD/candles", **year)[0] == 400
    assert refused("coinbase", "/products/TRX-USD/ticker") == (404, {"message": "NotFound"})
    assert ask("coinbase", "/products/BTC-USD/ticker", headers={}).status == 400


def test_kucoin_and_gate_rows() -> None:
    """KuCoin has 100 rows by default, newest first, and Gate refuses a limit together with a range."""
    rows = body_of("kucoin", "/api/v1/market/candles", symbol="BTC-USDT", type_="1hour")["data"]
    weeks = body_of("gate", "/api/v4/spot/candlesticks", currency_pair="BTC_USDT", interval="7d")

    assert len(rows) == 100
    assert int(rows[0][0]) > int(rows[1][0])
    assert float(rows[1][2]) == close_at(int(rows[1][0]) * 1000, HOUR)
    assert int(weeks[0][0]) % (WEEK // 1000) == 0
    assert weeks[-1][7] == "false"
    status, body = refused("gate", "/api/v4/spot/candlesticks", currency_pair="BTC_USDT", limit=2, from_=1)
    assert (status, body["label"]) == (400, "INVALID_PARAM_VALUE")
    assert refused("gate", "/api/v4/spot/tickers", currency_pair="NO_USDT")[0] == 400


@pytest.mark.parametrize(("days", "size"), [(1, HOUR // 2), (7, 4 * HOUR), (30, 4 * HOUR), (90, 4 * DAY)])
def test_coingecko_candles(days: int, size: int) -> None:
    """The size of candles follows the days, and times are closing times, the last one in the future."""
    rows = body_of("coingecko", "/api/v3/coins/bitcoin/ohlc", vs_currency="usd", days=days)

    assert rows[-1][0] - rows[-2][0] == size
    assert rows[-1][0] > NOW_MS
    assert rows[-2][4] == pytest.approx(MARKET.price("BTC", rows[-2][0]) * 1.0003, rel=1e-6)


def test_coingecko_quirks() -> None:
    """A space in `ids` drops coins, and an unknown currency empties them, without an error."""
    price = "/api/v3/simple/price"

    assert list(body_of("coingecko", price, ids="bitcoin, ethereum", vs_currencies="usd")) == ["bitcoin"]
    assert body_of("coingecko", price, ids="bitcoin", vs_currencies="xxx") == {"bitcoin": {}}
    assert refused("coingecko", price, ids="bitcoin")[0] == 422
    assert refused("coingecko", "/api/v3/coins/bitcoin/ohlc", vs_currency="usd", days="max")[0] == 401
    assert body_of("coingecko", "/api/v3/coins/markets", vs_currency="usd", page=9) == []


def test_coinpaprika_redirect() -> None:
    """A trailing slash is redirected to the path without it."""
    answer = ask("coinpaprika", "/v1/tickers/btc-bitcoin/")

    assert (answer.status, answer.headers["Location"]) == (301, "/v1/tickers/btc-bitcoin")
    assert body_of("coinpaprika", "/v1/tickers/btc-bitcoin")["quotes"]["USD"]["price"] > 0


def test_bitstamp_ranges() -> None:
    """An end gives the newest rows up to it, and a start beside it has no effect."""
    start = NOW_MS // HOUR * HOUR - 50 * HOUR
    ohlc: dict[str, Any] = {"step": 3600, "limit": 3}

    def opens(**query: Any) -> list[int]:
        body = body_of("bitstamp", "/api/v2/ohlc/btcusd/", **ohlc, **query)
        return [int(row["timestamp"]) * 1000 for row in body["data"]["ohlc"]]

    assert opens(end=start // 1000) == [start - 2 * HOUR, start - HOUR, start]
    assert opens(end=start // 1000 - 1) == [start - 3 * HOUR, start - 2 * HOUR, start - HOUR]
    assert opens(end=start // 1000, start=0) == opens(end=start // 1000)
    assert opens(start=start // 1000) == [start, start + HOUR, start + 2 * HOUR]
    assert opens()[-1] == NOW_MS // HOUR * HOUR


def test_bitstamp_markets() -> None:
    """All markets are in one list with USDT against dollars, and steps and limits are required."""
    pairs = [row["pair"] for row in body_of("bitstamp", "/api/v2/ticker/")]

    assert {"BTC/USD", "USDT/USD"} <= set(pairs)
    assert not {"BNB/USD", "TRX/USD"} & set(pairs)
    assert ask("bitstamp", "/api/v2/ohlc/bnbusd/", step=60, limit=1).status == 404
    assert ask("bitstamp", "/api/v2/ticker").status == 404
    for wrong in ({"step": 61, "limit": 1}, {"step": 60}, {"step": 60, "limit": 1001}):
        assert refused("bitstamp", "/api/v2/ohlc/btcusd/", **wrong)[0] == 400


def test_coinlore_volume() -> None:
    """The volume is a number in the list and text for single coins."""
    assert isinstance(body_of("coinlore", "/api/tickers/", limit=1)["data"][0]["volume24"], float)
    assert [row["id"] for row in body_of("coinlore", "/api/ticker/", id_="90,80")] == ["90", "80"]
    assert isinstance(body_of("coinlore", "/api/ticker/", id_="90")[0]["volume24"], str)


def test_keys() -> None:
    """CoinCap, CryptoCompare and CoinMarketCap need a key, each in its own form."""
    listings = "/cryptocurrency/listings/latest"

    assert refused("coincap", "/v3/assets")[0] == 401
    assert body_of("coincap", "/v3/assets", {"authorization": "Bearer k"}, ids="bitcoin,tether")["data"][1][
        "id"
    ]
    assert body_of("cryptocompare", "/data/price", fsym="BTC", tsyms="USD")["Response"] == "Error"
    assert body_of("cryptocompare", "/data/price", {"authorization": "Apikey k"}, fsym="BTC", tsyms="USD")[
        "USD"
    ]
    status, body = refused("coinmarketcap", f"/v1{listings}")
    assert (status, body["status"]["error_code"]) == (401, 1002)
    assert body_of("coinmarketcap", f"/v3{listings}", {"x-cmc_pro_api_key": "k"})["data"]
    assert body_of("coinmarketcap", f"/public-api/v3{listings}")["data"][0]["quote"][0]["symbol"] == "USD"


def test_all_totals_are_those_of_one_market() -> None:
    """All providers' totals are near each other, like their prices."""
    caps = [
        body_of("coingecko", "/api/v3/global")["data"]["total_market_cap"]["usd"],
        body_of("coinpaprika", "/v1/global")["market_cap_usd"],
        body_of("coinlore", "/api/global/")[0]["total_mcap"],
        body_of("coinmarketcap", "/public-api/v1/global-metrics/quotes/latest")["data"]["quote"]["USD"][
            "total_market_cap"
        ],
    ]

    assert max(caps) == pytest.approx(min(caps), rel=1e-3)


def test_all_tell_the_same_stories() -> None:
    """CryptoPanic has votes, NewsAPI every other story, feeds RSS or Atom, and keys are required."""
    posts = body_of("cryptopanic", "/api/developer/v2/posts/", auth_token="k")["results"]
    articles = body_of("newsapi", "/v2/everything", q="btc", apiKey="k")["articles"]
    feed = body_of("rss", "/decrypt.co/feed").decode()
    atom = body_of("rss", "/www.theblock.co/rss.xml").decode()

    assert articles[0]["title"] == posts[0]["title"]
    assert articles[1]["title"] == posts[2]["title"]
    assert all(post["title"] in feed and post["title"] in atom for post in posts)
    assert "<pubDate>" in feed
    assert "<updated>" in atom
    assert refused("cryptopanic", "/api/developer/v2/posts/")[0] == 401
    assert ask("cryptopanic", "/api/v1/posts/", auth_token="k").headers["Location"].endswith("auth_token=k")
    assert refused("newsapi", "/v2/everything", apiKey="k")[0] == 400
    assert refused("rss", "/decrypt.co")[0] == 404


def test_fear_follows_the_market() -> None:
    """Both indices are within one range, and the index differs by day."""
    rows = body_of("alternative_me", "/fng/", limit=30)["data"]
    latest = body_of("coinmarketcap", "/public-api/v3/fear-and-greed/latest")["data"]

    assert len({row["timestamp"] for row in rows}) == 30
    assert len({row["value"] for row in rows}) > 5
    assert 0 <= latest["value"] <= 100


def test_cryptocompare_rows() -> None:
    """A limit of N gives N + 1 rows, also for aggregated hours."""
    query: dict[str, Any] = {"fsym": "BTC", "tsym": "USD", "api_key": "k"}
    body = body_of("cryptocompare", "/data/v2/histohour", limit=3, aggregate=4, **query)
    times = [row["time"] for row in body["Data"]["Data"]]

    assert len(times) == 4
    assert times[1] - times[0] == 4 * 3600
