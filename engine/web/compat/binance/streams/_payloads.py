"""Payloads of Binance's streams, with figures as texts. Pure functions.

Times are Unix milliseconds. A payload has them in units of which a millisecond has `unit`.
"""

from collections.abc import Mapping

from engine.web.compat.binance._figures import NOTHING, known, written
from engine.web.compat.binance.streams._messages import CandleMessage
from providers import Interval, StreamedAggregate, StreamedBook, StreamedTrade

Body = dict[str, object]
NO_TRADE = -1
"""Binance's id for no trade. The engine has no ids of a candle's trades."""
MINI = {
    "c": "lastPrice",
    "o": "openPrice",
    "h": "highPrice",
    "l": "lowPrice",
    "v": "volume",
    "q": "quoteVolume",
}
FULL = {
    "p": "priceChange",
    "P": "priceChangePercent",
    "w": "weightedAvgPrice",
    "x": "prevClosePrice",
    "c": "lastPrice",
    "o": "openPrice",
    "h": "highPrice",
    "l": "lowPrice",
    "v": "volume",
    "q": "quoteVolume",
    "O": "openTime",
    "C": "closeTime",
    "n": "count",
}
TIMES = ("O", "C")


def kline(symbol: str, interval: Interval, message: CandleMessage, unit: int) -> Body:
    """Return a candle. The event time of a closed one is never before its end, as at Binance."""
    row, ends = message.data, interval.after(message.data.timestamp)
    event = max(message.received_at, ends) if message.closed else message.received_at
    return {
        "e": "kline",
        "E": event * unit,
        "s": symbol,
        "k": {
            "t": row.timestamp * unit,
            "T": ends * unit - 1,
            "s": symbol,
            "i": interval.code,
            "f": NO_TRADE,
            "L": NO_TRADE,
            "o": written(row.open),
            "c": written(row.close),
            "h": written(row.high),
            "l": written(row.low),
            "v": NOTHING if row.volume is None else written(row.volume),
            "n": message.meta.trades or 0,
            "x": message.closed,
            "q": NOTHING if message.meta.quote_volume is None else written(message.meta.quote_volume),
            "V": NOTHING,
            "Q": NOTHING,
            "B": "0",
        },
    }


def day(kind: str, symbol: str, figures: Mapping[str, object], now: int, unit: int) -> Body:
    """Return the last 24 hours as a `ticker` or a `miniTicker`, without unknown figures."""
    event, names = ("24hrTicker", FULL) if kind.endswith("ticker") else ("24hrMiniTicker", MINI)
    shown = known({letter: figures.get(name) for letter, name in names.items()})
    times = {letter: int(str(shown[letter])) * unit for letter in TIMES if letter in shown}
    return {"e": event, "E": now * unit, "s": symbol, **shown, **times}


def average(symbol: str, price: float, traded: int, now: int, unit: int) -> Body:
    """Return the average price of five minutes."""
    head: Body = {"e": "avgPrice", "E": now * unit, "s": symbol, "i": "5m"}
    return head | {"w": written(price), "T": traded * unit}


def passthrough(
    symbol: str, data: StreamedTrade | StreamedAggregate | StreamedBook, now: int, unit: int
) -> Body:
    """Return a trade, an aggregate or the best prices of a venue."""
    match data:
        case StreamedTrade():
            ids: Body = {"t": data.id}
            head: Body = {"e": "trade", "E": now * unit, "s": symbol}
        case StreamedAggregate():
            ids = {"a": data.id, "f": data.first, "l": data.last}
            head = {"e": "aggTrade", "E": now * unit, "s": symbol}
        case StreamedBook():
            return _book(symbol, data)
    maker: Body = {} if data.buyer_is_maker is None else {"m": data.buyer_is_maker}
    figures: Body = {"p": written(data.price), "q": written(data.amount)}
    return head | ids | figures | {"T": data.time * unit} | maker | {"M": True}


def _book(symbol: str, data: StreamedBook) -> Body:
    """Return the best prices, without a type and a time, and with an id if the venue sends one."""
    number: Body = {} if data.id is None else {"u": data.id}
    return {
        **number,
        "s": symbol,
        "b": written(data.bid),
        "B": written(data.bid_amount),
        "a": written(data.ask),
        "A": written(data.ask_amount),
    }
