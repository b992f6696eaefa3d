"""Kraken's WebSocket v2: https://docs.kraken.com/api/docs/websocket-v2/ohlc.

A row's `timestamp` is the end of its interval; `interval_begin` is its open time. An interval without trades
has no row, and no row says that it is closed.
"""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any, ClassVar

from providers._base import StreamSource
from providers._models import RateLimit
from providers._reading import candle, figure, instant, member, milliseconds, price, rows_of, text
from providers._streamed import (
    Accepted,
    Alive,
    Channel,
    Ending,
    Event,
    Refused,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    Topic,
    in_order,
)

WORDS: dict[Channel, str] = {"tickers": "ticker", "trades": "trade", "books": "book"}
"""How names begin. Books are read from tickers, which come with each change of the best prices."""


class KrakenStream(StreamSource):
    """Keyless. A request has one topic, since a refusal does not say which channel it is about."""

    stream_urls = ("wss://ws.kraken.com",)
    channels: ClassVar[frozenset[Channel]] = frozenset(("candles", *WORDS))
    topics_per_request = 1
    topics_per_connection = 500
    silence = 5.0
    """A heartbeat comes each second in which nothing else is sent."""
    keep_alive = 30.0
    connections = RateLimit(150, 600)
    messages = RateLimit(20, 1)
    _ids = count(1)

    def stream_path(self, channel: Channel) -> str:
        """Return the path of version 2."""
        return "/v2"

    def name_of(self, topic: Topic) -> str:
        """Return the channel and the symbol in the codes of version 2: BTC, not XBT."""
        symbol = f"{topic.base}/{topic.quote}"
        begin = WORDS[topic.channel] if topic.interval is None else str(self._minutes(topic))
        return f"{begin} {symbol}"

    def request_id(self) -> str:
        """Return an integer."""
        return str(next(self._ids))

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return a request for one symbol. Tickers come with each change of the best prices."""
        channel, _, symbol = names[0].partition(" ")
        params: dict[str, object] = {"symbol": [symbol]}
        match channel:
            case "ticker" | "book":
                params |= {"channel": "ticker", "event_trigger": "bbo"}
            case "trade":
                params |= {"channel": "trade"}
            case _:
                params |= {"channel": "ohlc", "interval": int(channel)}
        if action == "subscribe":
            params["snapshot"] = True
        return json.dumps({"method": action, "params": params, "req_id": int(id_)})

    def ping(self) -> str:
        """Return an application ping."""
        return json.dumps({"method": "ping", "req_id": int(self.request_id())})

    def read_message(self, message: Any) -> list[Event]:
        """Parse data, a status, or the answer to a request about one symbol."""
        if message.get("method") in ("subscribe", "unsubscribe"):
            return [_answer(message)]
        seed = message.get("type") == "snapshot"
        match message.get("channel"):
            case "ohlc":
                sent = milliseconds(message["timestamp"]) if "timestamp" in message else None
                return in_order(_candle(row, sent, seed) for row in rows_of(message["data"]))
            case "ticker":
                return [event for row in rows_of(message["data"]) for event in _ticker(row, seed)]
            case "trade":
                return [_trade(row, seed) for row in rows_of(message["data"])]
            case "status":
                system = member(rows_of(message["data"])[0], "system")
                return [Ending("maintenance") if system == "maintenance" else Alive()]
        return [Alive()]

    def _minutes(self, topic: Topic) -> int:
        assert topic.interval is not None  # noqa: S101 - `topic_name` has checked it
        minutes: int = self.intervals[topic.interval.code]
        return minutes


def _answer(message: Any) -> Event:
    number = message.get("req_id")
    request = None if number is None else str(number)
    if message.get("success") is not True:
        return Refused(str(message.get("error")), request)
    result = message["result"]
    channel = result["interval"] if result["channel"] == "ohlc" else result["channel"]
    return Accepted(request, (f"{channel} {text(result['symbol'])}",))


def _candle(row: Any, sent: int | None, seed: bool) -> StreamedCandle:
    time = milliseconds(row["interval_begin"])
    one = candle(
        instant(time),
        row["open"],
        row["high"],
        row["low"],
        row["close"],
        row["volume"],
        trades=row.get("trades"),
    )
    return StreamedCandle(f"{int(row['interval'])} {text(row['symbol'])}", one, None, sent, seed)


def _ticker(row: Any, seed: bool) -> list[Event]:
    """Parse the last price, and the best prices where they are sent."""
    symbol = text(row["symbol"])
    time = milliseconds(row["timestamp"]) if "timestamp" in row else None
    found: list[Event] = [StreamedTicker(f"ticker {symbol}", price(row["last"]), time, seed)]
    if all(row.get(key) for key in ("bid", "ask")):
        figures = (price(row["bid"]), figure(row["bid_qty"]), price(row["ask"]), figure(row["ask_qty"]))
        found.append(StreamedBook(f"book {symbol}", *figures))
    return found


def _trade(row: Any, seed: bool) -> StreamedTrade:
    """Parse a trade, whose side is that of the order that took another one from the book."""
    return StreamedTrade(
        f"trade {text(row['symbol'])}",
        int(row["trade_id"]),
        price(row["price"]),
        figure(row["qty"]),
        milliseconds(row["timestamp"]),
        seed,
        row["side"] == "sell",
    )
