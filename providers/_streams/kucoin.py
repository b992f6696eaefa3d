"""KuCoin's classic spot streams: https://www.kucoin.com/docs-new/websocket-api/base-info/introduction.

The address comes with a token from a request. Candles are open, close, high, low; `trade.candles.add` begins
the next candle, which closes the one before.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar
from urllib.parse import urlencode

from providers._base import StreamSource
from providers._intervals import SECOND
from providers._models import RateLimit
from providers._reading import candle, instant, price, reading, rows_of, text
from providers._streamed import (
    Accepted,
    Alive,
    Channel,
    Event,
    Refused,
    StreamedCandle,
    StreamedTicker,
    Topic,
    Welcome,
)

CANDLES, TICKERS = "/market/candles:", "/market/ticker:"
NANOSECONDS = 1_000_000
"""Nanoseconds in a millisecond."""


class KucoinStream(StreamSource):
    """Keyless, with a token that is valid for one day. Requests wait for the welcome."""

    stream_urls = ("wss://ws-api-spot.kucoin.com",)
    channels: ClassVar[frozenset[Channel]] = frozenset(("candles", "tickers"))
    topics_per_request = 100
    topics_per_connection = 300
    silence = 28.0
    """Pings of the client are answered every 18 seconds, within ten."""
    keep_alive = 18.0
    connections = RateLimit(30, 60)
    messages = RateLimit(100, 10)
    lifetime = 86_400.0
    greets = True

    def addresses(self, channel: Channel, instead: str | None = None) -> list[str]:
        """Ask for the address and a token, which is for one connection. Raises a `ProviderError`."""
        with reading(self.name):
            data = self.ask_by_post("/api/v1/bullet-public")["data"]
            server = rows_of(data["instanceServers"])[0]
            query = urlencode({"token": text(data["token"]), "connectId": self.request_id()})
            return [f"{instead or text(server['endpoint'])}?{query}"]

    def name_of(self, topic: Topic) -> str:
        """Return the topic of one symbol."""
        if topic.interval is None:
            return f"{TICKERS}{topic.native}"
        return f"{CANDLES}{topic.native}_{self.intervals[topic.interval.code]}"

    def groups(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the topics of each request, which share a channel."""
        for _, same in groupby(sorted(names), key=lambda name: name.partition(":")[0]):
            yield from super().groups(list(same))

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return a request with the symbols of one channel, which asks for an answer."""
        channel = names[0].partition(":")[0]
        symbols = ",".join(name.partition(":")[2] for name in names)
        topic = f"{channel}:{symbols}"
        return json.dumps(
            {"id": id_, "type": action, "topic": topic, "privateChannel": False, "response": True}
        )

    def ping(self) -> str:
        """Return a ping with an id."""
        return json.dumps({"id": self.request_id(), "type": "ping"})

    def read_message(self, message: Any) -> list[Event]:
        """Parse a message of a topic, or an answer."""
        match message.get("type"):
            case "welcome":
                return [Welcome()]
            case "ack":
                return [Accepted(message.get("id"))]
            case "error":
                return [Refused(f"{message.get('code')}: {message.get('data')}", message.get("id"))]
            case "message":
                return _read(text(message["topic"]), message)
        return [Alive()]


def _read(topic: str, message: Any) -> list[Event]:
    data = message["data"]
    if topic.startswith(CANDLES):
        time, open_, close, high, low, volume, turnover, *_ = rows_of(data["candles"])
        one = candle(instant(time, SECOND), open_, high, low, close, volume, turnover)
        return [StreamedCandle(topic, one, None, instant(int(data["time"]) // NANOSECONDS))]
    if topic.startswith(TICKERS):
        return [StreamedTicker(topic, price(data["price"]), instant(data["time"]))]
    return [Alive()]
