"""Order books and trades in each exchange's format."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..coins import TRADED, new_name
from ..feed import Feed
from ..market import Ticker
from ..wire import Answer, Request, iso, text

OFTEN_TRADED = 20
"""Trades of the last seconds."""
QUOTES = ("USDT", "USD")
CODES = {new_name(code): code for code in TRADED} | {"XBT": "BTC", "XDG": "DOGE"}

Level = tuple[str, str]
Sold = tuple[int, str, str, int, bool]
"""A trade: its id, price, amount, time in milliseconds, and whether the buyer's order was in the book."""


Answers = Callable[[Request, Feed], Answer]


def with_order_flow(venue: str, answer: Answers) -> Answers:
    """Return an exchange's answers together with those about orders and trades."""
    book_path, trades_path, parameter, read_book, read_trades = VENUES[venue]

    def answer_all(request: Request, feed: Feed) -> Answer:
        for path, make in ((book_path, read_book), (trades_path, read_trades)):
            if match := re.fullmatch(path, request.path):
                native = request.query.get(parameter) or (match.groups() or ("",))[0]
                ticker = _ticker(native, feed)
                if ticker is not None:
                    return Answer(make(ticker, native, request))
        return answer(request, feed)

    return answer_all


def _ticker(native: str, feed: Feed) -> Ticker | None:
    plain = re.sub("[-_/]", "", native.upper())
    for quote in QUOTES:
        code = CODES.get(plain.removesuffix(quote))
        if code and plain.endswith(quote):
            return feed.ticker(code, dollars=quote == "USD")
    found = (ticker for row, ticker in feed.quoted() if f"{row.code}{row.quote}" == plain)
    return next(found, None)


def _sides(ticker: Ticker, count: int) -> tuple[list[Level], list[Level]]:
    """Return bids and asks around the best prices of a ticker."""
    steps = range(count)
    bids = [(text(ticker.bid * (1 - step / 10_000)), text(1 + step)) for step in steps]
    asks = [(text(ticker.ask * (1 + step / 10_000)), text(1 + step)) for step in steps]
    return bids, asks


def _book(ticker: Ticker, count: int, **more: Any) -> dict[str, Any]:
    bids, asks = _sides(ticker, count)
    return {"bids": bids, "asks": asks, **more}


def _sold(ticker: Ticker) -> list[Sold]:
    """Return trades between the best prices, the oldest first."""
    time, last = ticker.time_ms - 100 * OFTEN_TRADED, text(ticker.last)
    ids = enumerate(range(OFTEN_TRADED), ticker.time_ms // 1000)
    return [(id_, last, "0.5", time + 100 * place, place % 2 == 0) for id_, place in ids]


def _side(maker: bool) -> str:
    """Return the side of the order that was matched with the book."""
    return "sell" if maker else "buy"


def _binance_trade(trade: Sold) -> dict[str, object]:
    id_, price, amount, time, maker = trade
    row = {"id": id_, "price": price, "qty": amount, "quoteQty": text(float(price) * float(amount))}
    return {**row, "time": time, "isBuyerMaker": maker, "isBestMatch": True}


def _binance_trades(ticker: Ticker, native: str, request: Request) -> object:
    if request.path.endswith("aggTrades"):
        return [
            {"a": id_, "p": price, "q": amount, "f": id_, "l": id_ + 1, "T": time, "m": maker, "M": True}
            for id_, price, amount, time, maker in _sold(ticker)
            if id_ >= request.whole("fromId", 0)
        ]
    return [_binance_trade(trade) for trade in _sold(ticker)][-request.whole("limit", 500) :]


def _kraken_book(ticker: Ticker, native: str, request: Request) -> object:
    bids, asks = ([(*level, 1) for level in side] for side in _sides(ticker, request.whole("count", 100)))
    return {"error": [], "result": {native: {"bids": bids, "asks": asks}}}


def _kraken_trades(ticker: Ticker, native: str, request: Request) -> object:
    rows = [
        [price, amount, time / 1000, _side(maker)[0], "l", "", id_]
        for id_, price, amount, time, maker in _sold(ticker)
    ]
    return {"error": [], "result": {native: rows, "last": "1"}}


def _bybit_book(ticker: Ticker, native: str, request: Request) -> object:
    bids, asks = _sides(ticker, request.whole("limit", 1))
    return {"retCode": 0, "time": ticker.time_ms, "result": {"s": native, "b": bids, "a": asks, "u": 7}}


def _bybit_trades(ticker: Ticker, native: str, request: Request) -> object:
    rows = [
        {
            "execId": f"{id_}",
            "price": price,
            "size": amount,
            "side": _side(maker).title(),
            "time": f"{time}",
        }
        for id_, price, amount, time, maker in _sold(ticker)
    ]
    return {"retCode": 0, "time": ticker.time_ms, "result": {"category": "spot", "list": rows[::-1]}}


def _okx_book(ticker: Ticker, native: str, request: Request) -> object:
    return {"code": "0", "data": [_book(ticker, request.whole("sz", 1), seqId=7)]}


def _okx_trades(ticker: Ticker, native: str, request: Request) -> object:
    rows = [
        {"tradeId": f"{id_}", "px": price, "sz": amount, "side": _side(maker), "ts": f"{time}"}
        for id_, price, amount, time, maker in _sold(ticker)
    ]
    return {"code": "0", "data": rows[::-1]}


def _coinbase_trades(ticker: Ticker, native: str, request: Request) -> object:
    return [
        {"trade_id": id_, "price": price, "size": amount, "side": _side(not maker), "time": iso(time)}
        for id_, price, amount, time, maker in _sold(ticker)
    ][::-1]


def _kucoin_trades(ticker: Ticker, native: str, request: Request) -> object:
    rows = [
        {
            "sequence": f"{id_}",
            "price": price,
            "size": amount,
            "side": _side(maker),
            "time": time * 1_000_000,
        }
        for id_, price, amount, time, maker in _sold(ticker)
    ]
    return {"code": "200000", "data": rows}


def _gate_trades(ticker: Ticker, native: str, request: Request) -> object:
    return [
        {
            "id": f"{id_}",
            "price": price,
            "amount": amount,
            "side": _side(maker),
            "create_time_ms": f"{time}.5",
        }
        for id_, price, amount, time, maker in _sold(ticker)
    ][::-1]


def _bitstamp_trades(ticker: Ticker, native: str, request: Request) -> object:
    return [
        {
            "tid": f"{id_}",
            "price": price,
            "amount": amount,
            "type": f"{int(maker)}",
            "date": f"{time // 1000}",
        }
        for id_, price, amount, time, maker in _sold(ticker)
    ][::-1]


Make = Callable[[Ticker, str, Request], object]
VENUES: dict[str, tuple[str, str, str, Make, Make]] = {
    "binance": (
        "/api/v3/depth",
        "/api/v3/(?:trades|aggTrades)",
        "symbol",
        lambda ticker, native, request: _book(ticker, request.whole("limit", 100), lastUpdateId=7),
        _binance_trades,
    ),
    "kraken": ("/0/public/Depth", "/0/public/Trades", "pair", _kraken_book, _kraken_trades),
    "bybit": ("/v5/market/orderbook", "/v5/market/recent-trade", "symbol", _bybit_book, _bybit_trades),
    "okx": ("/api/v5/market/books", "/api/v5/market/trades", "instId", _okx_book, _okx_trades),
    "coinbase": (
        "/products/([^/]+)/book",
        "/products/([^/]+)/trades",
        "product",
        lambda ticker, native, request: _book(ticker, 50, sequence=7),
        _coinbase_trades,
    ),
    "kucoin": (
        "/api/v1/market/orderbook/level2_(?:20|100)",
        "/api/v1/market/histories",
        "symbol",
        lambda ticker, native, request: {"code": "200000", "data": _book(ticker, 20, sequence="7")},
        _kucoin_trades,
    ),
    "gate": (
        "/api/v4/spot/order_book",
        "/api/v4/spot/trades",
        "currency_pair",
        lambda ticker, native, request: _book(ticker, request.whole("limit", 10), id=7),
        _gate_trades,
    ),
    "bitstamp": (
        "/api/v2/order_book/([^/]+)/",
        "/api/v2/transactions/([^/]+)/",
        "pair",
        lambda ticker, native, request: _book(ticker, 50, microtimestamp=f"{ticker.time_ms}000"),
        _bitstamp_trades,
    ),
}
"""The paths of books and of trades, the parameter that names the market, and what both say."""
