"""Order books and trades of each venue, in the venue's own format."""

from collections.abc import Mapping
from typing import Any

import pytest
import responses

from providers import (
    AggregateSource,
    BadData,
    BadMarket,
    BookSource,
    Http,
    Market,
    MarketTrade,
    OrderBook,
    TradeSource,
    Unsupported,
    Window,
    discover,
)
from tests.everybody import MARKETS
from tests.providers import contract
from tests.providers.payloads import NOW
from tests.providers.test_contract import ANYWHERE, sent

SOURCES = {kind.name: kind for kind in discover() if issubclass(kind, BookSource)}
MS = 1_767_324_599_000
NATIVE = {"binance": "ETHBTC", "bybit": "ETHBTC", "kraken": "ETHXBT", "bitstamp": "ethbtc", "gate": "ETH_BTC"}
SIDES = {"bids": [["0.029", "1.5"], ["0.028", "0"]], "asks": [["0.031", "2.5"]]}
BIDS, ASKS = ((0.029, 1.5),), ((0.031, 2.5),)

BOOKS: Mapping[str, tuple[object, str, int | None]] = {
    "binance": ({**SIDES, "lastUpdateId": 7}, "/api/v3/depth?symbol=ETHBTC&limit=5", 7),
    "kraken": (
        {
            "error": [],
            "result": {"XETHXXBT": {"bids": [["0.029", "1.5", 1]], "asks": [["0.031", "2.5", 1]]}},
        },
        "/0/public/Depth?pair=ETHXBT&count=5",
        None,
    ),
    "bybit": (
        {"retCode": 0, "result": {"s": "ETHBTC", "b": SIDES["bids"], "a": SIDES["asks"], "u": 7}},
        "/v5/market/orderbook?category=spot&symbol=ETHBTC&limit=5",
        7,
    ),
    "okx": (
        {
            "code": "0",
            "data": [
                {"bids": [["0.029", "1.5", "0", "2"]], "asks": [["0.031", "2.5", "0", "1"]], "seqId": 7}
            ],
        },
        "/api/v5/market/books?instId=ETH-BTC&sz=5",
        7,
    ),
    "coinbase": (
        {"bids": [["0.029", "1.5", 3]], "asks": [["0.031", "2.5", 1]], "sequence": 7},
        "/products/ETH-BTC/book?level=2",
        7,
    ),
    "kucoin": (
        {"code": "200000", "data": {**SIDES, "sequence": "7", "time": MS}},
        "/api/v1/market/orderbook/level2_20?symbol=ETH-BTC",
        7,
    ),
    "gate": (
        {**SIDES, "id": 7, "current": MS},
        "/api/v4/spot/order_book?currency_pair=ETH_BTC&limit=5&with_id=true",
        7,
    ),
    "bitstamp": ({**SIDES, "microtimestamp": "7"}, "/api/v2/order_book/ethbtc/", 7),
}
"""A body, the path that asks for it, and the id of the book."""


def trade(id_: int, maker: bool, **more: Any) -> MarketTrade:
    """Return the trade that all bodies have."""
    return MarketTrade(id_, 0.03, 2.0, MS, maker, **more)


def binance(id_: int, maker: bool) -> dict[str, object]:
    """Return a row of Binance."""
    row = {"id": id_, "price": "0.03", "qty": "2", "quoteQty": "0.06", "time": MS}
    return {**row, "isBuyerMaker": maker, "isBestMatch": True}


def rows(name: str, sides: tuple[str, str], **fields: object) -> list[dict[str, object]]:
    """Return two rows, the newest first, with the ids 12 and 11."""
    return [{**fields, name: f"{id_}", "side": side} for id_, side in zip((12, 11), sides, strict=True)]


TRADES: Mapping[str, tuple[object, str]] = {
    "binance": ([binance(11, True), binance(12, False)], "/api/v3/trades?symbol=ETHBTC&limit=5"),
    "kraken": (
        {
            "error": [],
            "result": {
                "XETHXXBT": [
                    ["0.03", "2", MS / 1000, "s", "l", "", 11],
                    ["0.03", "2", MS / 1000, "b", "m", "", 12],
                ],
                "last": "1",
            },
        },
        "/0/public/Trades?pair=ETHXBT&count=5",
    ),
    "bybit": (
        {
            "retCode": 0,
            "result": {"list": rows("execId", ("Buy", "Sell"), price="0.03", size="2", time=f"{MS}")},
        },
        "/v5/market/recent-trade?category=spot&symbol=ETHBTC&limit=5",
    ),
    "okx": (
        {"code": "0", "data": rows("tradeId", ("buy", "sell"), px="0.03", sz="2", ts=f"{MS}")},
        "/api/v5/market/trades?instId=ETH-BTC&limit=5",
    ),
    "coinbase": (
        rows("trade_id", ("sell", "buy"), price="0.03", size="2", time="2026-01-02T03:29:59Z"),
        "/products/ETH-BTC/trades?limit=5",
    ),
    "kucoin": (
        {
            "code": "200000",
            "data": rows("sequence", ("buy", "sell"), price="0.03", size="2", time=MS * 1_000_000),
        },
        "/api/v1/market/histories?symbol=ETH-BTC",
    ),
    "gate": (
        rows("id", ("buy", "sell"), price="0.03", amount="2", create_time_ms=f"{MS}.123"),
        "/api/v4/spot/trades?currency_pair=ETH_BTC&limit=5",
    ),
    "bitstamp": (
        [
            {"tid": f"{id_}", "type": kind, "price": "0.03", "amount": "2", "date": f"{MS // 1000}"}
            for id_, kind in ((12, "0"), (11, "1"))
        ],
        "/api/v2/transactions/ethbtc/?time=hour",
    ),
}
each_venue = pytest.mark.parametrize("venue", list(SOURCES))


def asked(venue: str, body: object, ask: Any, status: int = 200) -> tuple[Any, str]:
    """Return what a venue's provider reads from a body, and the path that it requests."""
    market = Market(venue, "ETH", "BTC", NATIVE.get(venue, "ETH-BTC"))
    with responses.RequestsMock() as wire:
        wire.get(ANYWHERE, body=sent(body), status=status)
        one = SOURCES[venue](Http(), clock=lambda: NOW)
        found = ask(one, market)
        check = contract.book if isinstance(found, OrderBook) else contract.trades
        assert [*check(found, one)] == []
        return found, str(wire.calls[0].request.path_url)


def test_every_venue_has_books_and_trades() -> None:
    """Each venue that lists its markets sends their books and trades."""
    assert tuple(SOURCES) == MARKETS
    assert all(issubclass(kind, TradeSource) for kind in SOURCES.values())
    assert SOURCES.keys() == BOOKS.keys() == TRADES.keys()


@each_venue
def test_books_have_the_best_price_first(venue: str) -> None:
    """A book has prices and amounts without those of nothing, and the venue's id of its state."""
    body, path, id_ = BOOKS[venue]

    assert asked(venue, body, lambda one, market: one.book(market, 5)) == (OrderBook(BIDS, ASKS, id_), path)


@each_venue
def test_trades_are_the_oldest_first(venue: str) -> None:
    """Trades ascend, and say whether the buyer's order was in the book."""
    body, path = TRADES[venue]
    more = {"spent": 0.06, "best": True} if venue == "binance" else {}
    found = asked(venue, body, lambda one, market: one.trades(market, 5))

    assert found == ([trade(11, True, **more), trade(12, False, **more)], path)


@each_venue
@pytest.mark.parametrize("odd", [{}, [], "text", {"result": 5, "data": 5, "code": "0", "retCode": 0}])
def test_an_answer_of_another_form_is_no_book(venue: str, odd: object) -> None:
    """A body without a book is a failure of the provider."""
    with pytest.raises((BadData, BadMarket, Unsupported)):
        asked(venue, odd, lambda one, market: one.book(market, 5))


def test_a_crossed_book_is_refused() -> None:
    """A book whose best bid is above its best ask is none."""
    body = {"bids": [["2", "1"]], "asks": [["1", "1"]], "lastUpdateId": 7}
    with pytest.raises(BadMarket):
        asked("binance", body, lambda one, market: one.book(market, 5))


@pytest.mark.parametrize(("limit", "weight"), [(5, 5), (100, 5), (101, 25), (1000, 50), (5000, 250)])
def test_large_books_of_binance_weigh_more(limit: int, weight: int) -> None:
    """The weight of a book grows with its size."""
    binance = SOURCES["binance"](Http(), clock=lambda: NOW)

    assert isinstance(binance, BookSource)
    assert binance.book_weight(limit) == weight


@pytest.mark.parametrize(
    ("window", "since", "query"),
    [
        (Window(5), None, "limit=5"),
        (Window(5, MS, MS + 1), None, f"limit=5&startTime={MS}&endTime={MS + 1}"),
        (Window(5), 3, "limit=5&fromId=3"),
    ],
)
def test_sums_of_binance(window: Window, since: int | None, query: str) -> None:
    """Sums have the ids of their trades, and begin at a time or an id."""
    row = {"a": 3, "p": "0.03", "q": "2", "f": 11, "l": 12, "T": MS, "m": True, "M": True}

    def ask(one: Any, market: Market) -> list[MarketTrade]:
        assert isinstance(one, AggregateSource)
        return one.aggregates(market, window, since)

    expected = [trade(3, True, best=True, first=11, last=12)]
    assert asked("binance", [row], ask) == (expected, f"/api/v3/aggTrades?symbol=ETHBTC&{query}")
