"""Binance's market streams: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams.

`timeUnit` is never sent: with it every time would be in microseconds.
"""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any, ClassVar

from providers._base import StreamSource
from providers._models import RateLimit
from providers._reading import candle, figure, instant, member, price, text
from providers._streamed import (
    Accepted,
    Alive,
    Channel,
    Ending,
    Event,
    Refused,
    StreamedAggregate,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    Topic,
)

SUFFIXES: dict[Channel, str] = {
    "tickers": "miniTicker",
    "trades": "trade",
    "aggregates": "aggTrade",
    "books": "bookTicker",
}


class BinanceStream(StreamSource):
    """Keyless. An unknown topic is accepted and stays silent: a topic is live after its first data only."""

    stream_urls = ("wss://data-stream.binance.vision", "wss://stream.binance.com:9443")
    channels: ClassVar[frozenset[Channel]] = frozenset(("candles", *SUFFIXES))
    says_closed = True
    topics_per_request = 200
    topics_per_connection = 1024
    silence = 25.0
    """The server pings every 20 seconds."""
    connections = RateLimit(300, 300)
    messages = RateLimit(5, 1)
    lifetime = 86_400.0
    _ids = count(1)

    def stream_path(self, channel: Channel) -> str:
        """Return the path of combined streams, whose frames name their topic."""
        return "/stream"

    def name_of(self, topic: Topic) -> str:
        """Return a name in lower case: in upper case it would be accepted and stay silent."""
        if topic.interval is None:
            return f"{topic.native.lower()}@{SUFFIXES[topic.channel]}"
        return f"{topic.native.lower()}@kline_{self.intervals[topic.interval.code]}"

    def request_id(self) -> str:
        """Return an integer."""
        return str(next(self._ids))

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return a request with the names of the streams."""
        return json.dumps({"method": action.upper(), "params": list(names), "id": int(id_)})

    def read_message(self, message: Any) -> list[Event]:
        """Parse an event with its stream, an acknowledgement, or an error in either of its two forms."""
        error = message.get("error", message if "code" in message else None)
        if error is not None:
            return [Refused(str(member(error, "msg")), _id(message))]
        if "result" in message:
            return [Accepted(_id(message))]
        data = message.get("data", message)
        match data.get("e"):
            case "kline":
                return [_candle(text(message["stream"]), data)]
            case "24hrMiniTicker":
                return [StreamedTicker(text(message["stream"]), price(data["c"]), instant(data["E"]))]
            case "trade":
                return [_trade(text(message["stream"]), data)]
            case "aggTrade":
                return [_aggregate(text(message["stream"]), data)]
            case None if "b" in data and "a" in data:
                return [_book(text(message["stream"]), data)]
            case "serverShutdown":
                return [Ending("serverShutdown")]
        return [Alive()]


def _id(message: Any) -> str | None:
    id_ = message.get("id")
    return None if id_ is None else str(id_)


def _candle(name: str, data: Any) -> StreamedCandle:
    row = data["k"]
    figures = (row["o"], row["h"], row["l"], row["c"], row["v"])
    one = candle(instant(row["t"]), *figures, row.get("q"), row.get("n"))
    return StreamedCandle(name, one, row["x"] is True, instant(data["E"]))


def _trade(name: str, data: Any) -> StreamedTrade:
    maker = data.get("m")
    return StreamedTrade(
        name,
        int(data["t"]),
        price(data["p"]),
        figure(data["q"]),
        instant(data["T"]),
        buyer_is_maker=maker if isinstance(maker, bool) else None,
    )


def _aggregate(name: str, data: Any) -> StreamedAggregate:
    return StreamedAggregate(
        name,
        int(data["a"]),
        price(data["p"]),
        figure(data["q"]),
        int(data["f"]),
        int(data["l"]),
        instant(data["T"]),
        data["m"] is True,
    )


def _book(name: str, data: Any) -> StreamedBook:
    """Parse the best prices, which have neither a type nor a time."""
    figures = (price(data["b"]), figure(data["B"]), price(data["a"]), figure(data["A"]))
    return StreamedBook(name, *figures, int(data["u"]))
