"""The last prices of all markets of a venue, in one call, in the venue's own format."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import responses
from msgspec import structs

from providers import BadData, BadMarket, Day, Http, RateLimited, Ticker, TickerSource, discover
from tests.everybody import MARKETS
from tests.providers import contract
from tests.providers.payloads import NOW
from tests.providers.test_contract import ANYWHERE, sent
from tests.recorded import FOLDER, LISTINGS

SOURCES = {kind.name: kind for kind in discover() if issubclass(kind, TickerSource)}
WITHOUT = ("coinbase",)
"""Venues that have no call for all tickers."""
WEIGHTS = {"binance": 80, "kucoin": 15}
"""What the call takes of a rate limit, where it is more than 1."""
MS = 1_767_324_599_000


def binance(symbol: str, last: str, volume: str, **more: object) -> dict[str, object]:
    """Return a row of `type=MINI`, or with `more` of one of all fields."""
    row = {"symbol": symbol, "openPrice": "0.02", "lastPrice": last, "volume": "9", "quoteVolume": volume}
    return {**row, "openTime": 1767238199000, "closeTime": MS, "count": 3, **more}


BOOK = {"b": ["2.5", "7", "7.25"], "a": ["2.75", "8", "8.5"], "p": ["2", "3.5"]}
KRAKEN_DAY = Day(
    None, 6.0, 2.0, 100.0, bid=2.5, bid_amount=7.25, ask=2.75, ask_amount=8.5, mean=3.5, trades=8
)


def kraken(last: str, volume: str) -> dict[str, object]:
    """Return a ticker: the last trade with its size, and the volumes of today and of 24 hours."""
    return {
        "c": [last, "0.1"],
        "v": ["1", volume],
        "o": "3",
        "h": ["5", "6"],
        "l": ["1", "2"],
        "t": [4, 8],
        **BOOK,
    }


def bybit(symbol: str, last: str, turnover: str, change: str | None = "0.05") -> dict[str, object]:
    """Return a row whose change is a fraction."""
    row = {"symbol": symbol, "lastPrice": last, "turnover24h": turnover, "volume24h": "9"}
    book = {"bid1Price": "0.9", "bid1Size": "3", "ask1Price": "1.1", "ask1Size": "4"}
    day = {"prevPrice24h": "1", "highPrice24h": "2", "lowPrice24h": "0.5", "usdIndexPrice": ""}
    return {**row, **book, **day, "price24hPcnt": change}


BYBIT_DAY = Day(1.0, 2.0, 0.5, 9.0, 0.9, 3.0, 1.1, 4.0)


def okx(native: str, last: str, volume: str, before: str = "0.02") -> dict[str, object]:
    """Return a row of texts."""
    row = {"instType": "SPOT", "instId": native, "last": last, "open24h": before, "ts": str(MS)}
    row |= {"bidPx": "0.9", "bidSz": "", "askPx": "1.1", "askSz": "4", "high24h": "1", "low24h": "2"}
    return {**row, "vol24h": "9", "volCcy24h": volume, "sodUtc0": "7"}


OKX_DAY = Day(0.02, volume=9.0, bid=0.9, ask=1.1, ask_amount=4.0)
"""A low above the high says nothing."""


def kucoin(symbol: str, name: str, last: str | None, volume: str) -> dict[str, object]:
    """Return a row with an old and a new name."""
    row = {"symbol": symbol, "symbolName": name, "last": last, "changeRate": "0.05", "vol": "9"}
    book = {"buy": "0.9", "bestBidSize": "3", "sell": "1.1", "bestAskSize": "4"}
    return {**row, **book, "high": "2", "low": "1", "volValue": volume, "changePrice": "1"}


KUCOIN_DAY = Day(None, 2.0, 1.0, 9.0, 0.9, 3.0, 1.1, 4.0)


def gate(pair: str, last: str, volume: str) -> dict[str, object]:
    """Return a row whose change is in per cent."""
    row = {"currency_pair": pair, "last": last, "change_percentage": "5", "base_volume": "9"}
    row |= {"lowest_ask": "2", "highest_bid": "1", "highest_size": "3", "lowest_size": "4"}
    return {**row, "quote_volume": volume, "high_24h": "5", "low_24h": "0.5"}


GATE_DAY = Day(None, 5.0, 0.5, 9.0, 1.0, 3.0, 2.0, 4.0)


def bitstamp(pair: str, last: str, volume: str) -> dict[str, object]:
    """Return a row whose volume is in the coin."""
    row = {"pair": pair, "last": last, "volume": volume, "timestamp": str(MS // 1000), "open": "7"}
    row |= {"high": "8", "low": "5", "vwap": "6.5", "bid": "6.9", "ask": "7.1"}
    return {**row, "percent_change_24": "5", "open_24": "6"}


BITSTAMP_DAY = Day(6.0, 8.0, 5.0, None, 6.9, None, 7.1, None, mean=6.5)


def with_turnover(day: Day, turnover: float) -> Day:
    """Return a day with what was traded in the quote."""
    return structs.replace(day, turnover=turnover)


FULL = {"highPrice": "0.04", "lowPrice": "0.01", "weightedAvgPrice": "0.025"}
FULL |= {"bidPrice": "0.029", "bidQty": "1.5", "askPrice": "0.031", "askQty": "2.5"}
BODIES: Mapping[str, object] = {
    "binance": [
        binance("ETHBTC", "0.03", "2500.5", **FULL),
        binance("币安人生USDT", "0.12", "10", openPrice="0"),
        binance("OLDUSDT", "3", "0"),
        binance("NEWUSDT", "0", "7"),
    ],
    "kraken": {
        "error": [],
        "result": {
            "ETH/BTC": kraken("0.03", "100"),
            "BTC/USD": kraken("80000", "2"),
            "XDG/USD": kraken("0.2", "10"),
            "BTC/USD:BTNL": kraken("81000", "2"),
            "AI16Z/USD": kraken("0.0000", "0"),
            "AIR/USD": kraken("0.5", "0.0"),
        },
    },
    "bybit": {
        "retCode": 0,
        "time": MS,
        "result": {
            "category": "spot",
            "list": [
                bybit("ETHBTC", "0.03", "2500.5"),
                bybit("NEIROUSDT", "0.03", "7", None),
                bybit("DEADUSDT", "1", "0"),
            ],
        },
    },
    "okx": {
        "code": "0",
        "data": [
            okx("ETH-BTC", "0.03", "2500.5"),
            okx("BTC-TRY", "3600000", "100", ""),
            okx("NEW-USDT", "", "0"),
            okx("DEAD-USDT", "0", "0"),
        ],
    },
    "kucoin": {
        "code": "200000",
        "data": {
            "time": MS,
            "ticker": [
                kucoin("ETH-BTC", "ETH-BTC", "0.03", "2500.5"),
                kucoin("BCHSV-USDT", "BSV-USDT", "26", "10"),
                kucoin("SOON-USDT", "SOON-USDT", None, "0"),
            ],
        },
    },
    "gate": [
        gate("ETH_BTC", "0.03", "2500.5"),
        gate("BTC3L_USDT", "2.4", "10"),
        gate("QUIET_USDT", "5", "0"),
    ],
    "bitstamp": [
        bitstamp("ETH/BTC", "0.02", "100"),
        bitstamp("BTC/USD-PERP", "80000", "1"),
        bitstamp("UST/USD", "0.01", "0"),
    ],
}
TICKERS: Mapping[str, list[Ticker]] = {
    "binance": [
        Ticker(
            *("ETHBTC", 0.03, 2500.5, MS, 50.0),
            Day(0.02, 0.04, 0.01, 9.0, 0.029, 1.5, 0.031, 2.5, mean=0.025, trades=3, turnover=2500.5),
        ),
        Ticker("币安人生USDT", 0.12, 10.0, MS, day=Day(volume=9.0, trades=3, turnover=10.0)),
    ],
    "kraken": [
        Ticker("ETHXBT", 0.03, 3.0, day=KRAKEN_DAY),
        Ticker("XBTUSD", 80_000.0, 160_000.0, day=structs.replace(KRAKEN_DAY, volume=2.0)),
        Ticker("XDGUSD", 0.2, 2.0, day=structs.replace(KRAKEN_DAY, volume=10.0)),
    ],
    "bybit": [
        Ticker("ETHBTC", 0.03, 2500.5, MS, 5.0, with_turnover(BYBIT_DAY, 2500.5)),
        Ticker("NEIROUSDT", 0.03, 7.0, MS, day=with_turnover(BYBIT_DAY, 7.0)),
    ],
    "okx": [
        Ticker("ETH-BTC", 0.03, 2500.5, MS, 50.0, with_turnover(OKX_DAY, 2500.5)),
        Ticker("BTC-TRY", 3_600_000.0, 100.0, MS, day=structs.replace(OKX_DAY, open=None, turnover=100.0)),
    ],
    "kucoin": [
        Ticker("ETH-BTC", 0.03, 2500.5, MS, 5.0, with_turnover(KUCOIN_DAY, 2500.5)),
        Ticker("BCHSV-USDT", 26.0, 10.0, MS, 5.0, with_turnover(KUCOIN_DAY, 10.0)),
    ],
    "gate": [
        Ticker("ETH_BTC", 0.03, 2500.5, change=5.0, day=with_turnover(GATE_DAY, 2500.5)),
        Ticker("BTC3L_USDT", 2.4, 10.0, change=5.0, day=with_turnover(GATE_DAY, 10.0)),
    ],
    "bitstamp": [
        Ticker("ethbtc", 0.02, 2.0, MS, 5.0, structs.replace(BITSTAMP_DAY, volume=100.0)),
        Ticker("btcusd-perp", 80_000.0, 80_000.0, MS, 5.0, structs.replace(BITSTAMP_DAY, volume=1.0)),
    ],
}
REQUESTS = {
    "binance": "/api/v3/ticker/24hr?symbolStatus=TRADING",
    "kraken": "/0/public/Ticker?assetVersion=1",
    "bybit": "/v5/market/tickers?category=spot",
    "okx": "/api/v5/market/tickers?instType=SPOT",
    "kucoin": "/api/v1/market/allTickers",
    "gate": "/api/v4/spot/tickers",
    "bitstamp": "/api/v2/ticker/",
}
NOTHING: Mapping[str, object] = {
    "binance": [],
    "kraken": {"error": [], "result": {}},
    "bybit": {"retCode": 0, "time": MS, "result": {"category": "spot", "list": []}},
    "okx": {"code": "0", "data": []},
    "kucoin": {"code": "200000", "data": {"time": MS, "ticker": []}},
    "gate": [],
    "bitstamp": [],
}
each_venue = pytest.mark.parametrize("venue", list(SOURCES))


def tickers(venue: str, body: object, status: int = 200) -> tuple[list[Ticker], list[str]]:
    """Return the tickers that a venue's provider reads from a body, and the paths that it requests."""
    with responses.RequestsMock() as wire:
        wire.get(ANYWHERE, body=sent(body), status=status)
        one = SOURCES[venue](Http(), clock=lambda: NOW)
        found = one.tickers()
        assert [*contract.tickers(found, one)] == []
        return found, [str(call.request.path_url) for call in wire.calls]


def test_every_venue_but_those_without_such_a_call_has_tickers() -> None:
    """A venue that lists its markets prices all of them in one call, for a known part of its limit."""
    assert (*SOURCES, *WITHOUT) == (*(name for name in MARKETS if name not in WITHOUT), *WITHOUT)
    assert {name: kind.tickers_weight for name, kind in SOURCES.items()} == dict.fromkeys(
        SOURCES, 1
    ) | WEIGHTS
    assert SOURCES.keys() == BODIES.keys() == TICKERS.keys() == REQUESTS.keys() == NOTHING.keys()


@each_venue
def test_all_markets_are_priced_in_one_call(venue: str) -> None:
    """Markets without a trade in 24 hours are omitted, volumes are in the quote, and changes per cent."""
    found, paths = tickers(venue, BODIES[venue])

    assert found == TICKERS[venue]
    assert paths == [REQUESTS[venue]]


@each_venue
def test_an_unreadable_row_costs_no_other(venue: str) -> None:
    """A row in another format is omitted, and all others stay."""
    spoilt = json.loads(json.dumps(BODIES[venue]))
    rows: Any = spoilt
    for step in ("result", "data"):
        rows = rows.get(step, rows) if isinstance(rows, dict) else rows
    rows = rows.get("list", rows.get("ticker", rows)) if isinstance(rows, dict) else rows
    if isinstance(rows, dict):
        rows["ODD/USD"] = {"c": "soon"}
    else:
        rows.insert(0, {"odd": 1})

    assert tickers(venue, spoilt)[0] == TICKERS[venue]


@each_venue
def test_no_market_may_have_been_traded(venue: str) -> None:
    """An empty list is valid, because no market may have been traded."""
    assert tickers(venue, NOTHING[venue])[0] == []


@each_venue
@pytest.mark.parametrize("odd", [[{}, {"odd": 1}], "text", 7, {"result": 5, "data": 5}])
def test_an_answer_of_another_form_is_bad_data(venue: str, odd: object) -> None:
    """A response without a readable row is a failure of the provider."""
    with pytest.raises((BadData, BadMarket)):
        tickers(venue, odd)


@each_venue
def test_a_refusal_is_passed_on(venue: str) -> None:
    """HTTP 429 is an exceeded rate limit."""
    with pytest.raises(RateLimited):
        tickers(venue, {"retCode": 10006, "code": "429000", "error": ["EAPI:Rate limit exceeded"]}, 429)


def test_contracts_of_bybit_are_refused() -> None:
    """Another category of Bybit is refused, because it has other prices under the same names."""
    body = {"retCode": 0, "time": MS, "result": {"category": "linear", "list": [bybit("A", "1", "2")]}}
    with pytest.raises(BadMarket):
        tickers("bybit", body)


@pytest.mark.skipif(not LISTINGS.is_dir(), reason="no recordings beside the checkout")
def test_dead_rows_and_second_venues_of_kraken() -> None:
    """Kraken's price of 0.0000 is none, and keys with a colon belong to another venue."""
    path = LISTINGS / "kraken" / "ticker_all_assetVersion1_tricky_2026-07.json"
    body = json.loads(path.read_text())["body"]
    found = {ticker.native: ticker for ticker in tickers("kraken", body)[0]}

    assert not [native for native in found if ":" in native]
    assert "AI16ZUSD" not in found
    assert found["LUNAUSD"].price == pytest.approx(0.000054, rel=0.1)
    assert all(ticker.price > 0 and (ticker.volume or 0) > 0 for ticker in found.values())


RECORDED = {
    "kraken": ("kraken", "ticker_all_assetVersion1_trimmed"),
    "kucoin": ("kucoin", "allTickers_trimmed"),
    "okx": ("okx", "tickers_SPOT"),
    "gate": ("gate", "tickers_BTC_USDT"),
    "bybit": ("bybit", "tickers_spot_BTCUSDT_docs"),
    "binance": ("binance", "ticker24hr_all_with_weight_headers_2019"),
}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no recordings beside the checkout")
@pytest.mark.parametrize("venue", list(RECORDED))
def test_recorded_tickers_are_read(venue: str) -> None:
    """Each recorded response has at least one market with a price and a volume."""
    folder, file = RECORDED[venue]
    body = json.loads((FOLDER / folder / f"{file}.json").read_text())["body"]
    found, _ = tickers(venue, body)

    assert found
    assert all(ticker.price > 0 and (ticker.volume or 0) > 0 for ticker in found)
