"""Bybit's v5 public spot streams: https://bybit-exchange.github.io/docs/v5/ws/connect.

One bad topic refuses all topics of its request, and the connection then stays open and silent.
"""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from providers._base import StreamSource
from providers._models import RateLimit
from providers._reading import candle, figure, instant, price, rows_of, text
from providers._streamed import (
    Accepted,
    Alive,
    Channel,
    Event,
    Refused,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    Topic,
    in_order,
)

WORDS: dict[Channel, str] = {"tickers": "tickers", "books": "orderbook.1"}


class BybitStream(StreamSource):
    """Keyless. A request has at most ten topics, and its answer names none of them."""

    stream_urls = ("wss://stream.bybit.com",)
    channels: ClassVar[frozenset[Channel]] = frozenset(("candles", *WORDS))
    says_closed = True
    topics_per_request = 10
    topics_per_connection = 500
    silence = 30.0
    """Pings of the client are answered every 20 seconds."""
    keep_alive = 20.0
    connections = RateLimit(500, 300)
    messages = RateLimit(10, 1)

    def stream_path(self, channel: Channel) -> str:
        """Return the path of the spot market."""
        return "/v5/public/spot"

    def name_of(self, topic: Topic) -> str:
        """Return the topic."""
        if topic.interval is None:
            return f"{WORDS[topic.channel]}.{topic.native}"
        return f"kline.{self.intervals[topic.interval.code]}.{topic.native}"

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return a request with the topics."""
        return json.dumps({"req_id": id_, "op": action, "args": list(names)})

    def ping(self) -> str:
        """Return a ping, whose answer on spot has the same `op`."""
        return '{"op": "ping"}'

    def read_message(self, message: Any) -> list[Event]:
        """Parse a topic's data, of which a frame may have two rows, or the answer to a request."""
        topic = message.get("topic")
        if isinstance(topic, str) and topic.startswith("kline."):
            sent = instant(message["ts"])
            return in_order(_candle(topic, row, sent) for row in rows_of(message["data"]))
        if isinstance(topic, str) and topic.startswith("tickers."):
            return [StreamedTicker(topic, price(message["data"]["lastPrice"]), instant(message["ts"]))]
        if isinstance(topic, str) and topic.startswith("orderbook.1."):
            return [_book(topic, message["data"])]
        request = message.get("req_id")
        if message.get("success") is False:
            return [Refused(text(message["ret_msg"]), request)]
        if message.get("op") in ("subscribe", "unsubscribe"):
            return [Accepted(request)]
        return [Alive()]


def _book(topic: str, data: Any) -> StreamedBook:
    """Parse the best level of each side. With a depth of one, each message is whole."""
    (bid, bid_amount), (ask, ask_amount) = rows_of(data["b"])[0], rows_of(data["a"])[0]
    figures = (price(bid), figure(bid_amount), price(ask), figure(ask_amount))
    return StreamedBook(topic, *figures, int(data["u"]))


def _candle(topic: str, row: Any, sent: int) -> StreamedCandle:
    figures = (row["open"], row["high"], row["low"], row["close"], row["volume"])
    one = candle(instant(row["start"]), *figures, row.get("turnover"))
    return StreamedCandle(topic, one, row["confirm"] is True, sent)
