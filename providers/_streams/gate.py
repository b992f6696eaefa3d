"""Gate's v4 streams: https://www.gate.com/docs/developers/apiv4/ws/en/#candlesticks-channel.

`v` of a candle is the volume in the quote, `a` the one in coins. One bad pair refuses its whole request, with
the event of an acknowledgement: an error is looked for first.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar

from providers._base import StreamSource
from providers._intervals import SECOND
from providers._models import RateLimit
from providers._reading import candle, figure, instant, optional_instant, price, text
from providers._streamed import (
    Accepted,
    Alive,
    Channel,
    Ending,
    Event,
    Refused,
    Respond,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    Topic,
)

CANDLES = "spot.candlesticks"
CHANNELS: dict[Channel, str] = {
    "tickers": "spot.tickers",
    "trades": "spot.trades",
    "books": "spot.book_ticker",
}
"""Those whose requests have a list of pairs. A venue's connection has one of them."""


class GateStream(StreamSource):
    """Keyless. A request for candles has one pair, and one for tickers a list of them."""

    stream_urls = ("wss://api.gateio.ws",)
    channels: ClassVar[frozenset[Channel]] = frozenset(("candles", *CHANNELS))
    says_closed = True
    topics_per_connection = 300
    silence = 25.0
    """Pings of the client are answered every 15 seconds."""
    keep_alive = 15.0
    connections = RateLimit(300, 300)
    messages = RateLimit(10, 1)

    def stream_path(self, channel: Channel) -> str:
        """Return the path of version 4."""
        return "/ws/v4/"

    def name_of(self, topic: Topic) -> str:
        """Return the interval and the pair as frames name them, or the channel and the pair."""
        if topic.interval is None:
            return f"{CHANNELS[topic.channel]} {topic.native}"
        return f"{self.intervals[topic.interval.code]}_{topic.native}"

    def groups(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield each series of candles by itself, and the pairs of each other channel together."""
        listed = sorted(name for name in names if " " in name)
        yield from ([name] for name in names if " " not in name)
        for _, same in groupby(listed, key=lambda name: name.partition(" ")[0]):
            yield from super().groups(list(same))

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return a request. A nested list for candles would be accepted and stay silent."""
        if " " in names[0]:
            channel, payload = names[0].partition(" ")[0], [name.partition(" ")[2] for name in names]
        else:
            interval, _, pair = names[0].partition("_")
            channel, payload = CANDLES, [interval, pair]
        message = {"time": self.now() // SECOND, "id": int(id_, 16) % 2**31, "channel": channel}
        return json.dumps({**message, "event": action, "payload": payload})

    def ping(self) -> str:
        """Return a ping with the time."""
        return json.dumps({"time": self.now() // SECOND, "channel": "spot.ping"})

    def read_message(self, message: Any) -> list[Event]:
        """Parse an update, the answer to a request, a ping, or the notice of an upgrade."""
        names = tuple(_asked(message))
        if message.get("error"):
            return [Refused(str(message["error"].get("message")), names=names)]
        match message.get("channel"), message.get("event"):
            case _, "subscribe" | "unsubscribe":
                return [Accepted(names=names)]
            case str(channel), "update" if channel == CANDLES:
                return [_candle(message["result"], optional_instant(message.get("time_ms")))]
            case str(channel), "update" if channel in CHANNELS.values():
                return [_other(channel, message["result"], optional_instant(message.get("time_ms")))]
            case "spot.ping", _:
                pong = json.dumps({"time": self.now() // SECOND, "channel": "spot.pong"})
                return [Respond(pong)]
        if message.get("type") == "upgrade":
            return [Ending("upgrade")]
        return [Alive()]


def _asked(message: Any) -> Iterator[str]:
    """Yield the topics that an answer repeats."""
    payload = message.get("payload")
    if not isinstance(payload, list):
        return
    if message.get("channel") == CANDLES:
        yield "_".join(map(str, payload))
    elif (channel := message.get("channel")) in CHANNELS.values():
        yield from (f"{channel} {pair}" for pair in payload)


def _other(channel: str, row: Any, sent: int | None) -> Event:
    """Parse a last price, a trade, or the best prices."""
    if channel == CHANNELS["trades"]:
        figures = (price(row["price"]), figure(row["amount"]), int(float(row["create_time_ms"])))
        name = f"{channel} {text(row['currency_pair'])}"
        return StreamedTrade(name, int(row["id"]), *figures, buyer_is_maker=row["side"] == "sell")
    if channel == CHANNELS["books"]:
        best = (price(row["b"]), figure(row["B"]), price(row["a"]), figure(row["A"]))
        return StreamedBook(f"{channel} {text(row['s'])}", *best, int(row["u"]))
    return StreamedTicker(f"{channel} {text(row['currency_pair'])}", price(row["last"]), sent)


def _candle(row: Any, sent: int | None) -> StreamedCandle:
    """Parse a row. Before 2023 it had no `w`, which says that the window is closed."""
    one = candle(instant(row["t"], SECOND), row["o"], row["h"], row["l"], row["c"], row["a"], row["v"])
    return StreamedCandle(text(row["n"]), one, row["w"] is True if "w" in row else None, sent)
