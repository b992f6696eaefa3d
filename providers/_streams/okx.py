"""OKX's v5 streams: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-candlesticks-channel.

Candles and trades are served at `business`, the rest at `public`. A connection without data for 30 seconds is
ended, so that the four characters `ping` are sent in silence; they are no JSON, nor is the answer.
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

UPGRADE = "64008"
"""The code of the notice that the connection ends in about a minute."""
CHANNELS: dict[Channel, str] = {"tickers": "tickers", "trades": "trades-all", "books": "bbo-tbt"}
COLUMNS = 9
"""Columns of a candle, of which the last one says whether it is closed. In 2021 there were seven."""


class OkxStream(StreamSource):
    """Keyless. Each topic of a request is answered by itself."""

    stream_urls = ("wss://ws.okx.com:8443",)
    channels: ClassVar[frozenset[Channel]] = frozenset(("candles", *CHANNELS))
    says_closed = True
    topics_per_request = 100
    topics_per_connection = 500
    silence = 30.0
    keep_alive = 20.0
    harmless_codes = frozenset((4004, 4006))
    """No data in 30 seconds, and an abnormal end. 4005 is about a reader that is too slow."""
    connections = RateLimit(3, 1)
    messages = RateLimit(480, 3600)

    def stream_path(self, channel: Channel) -> str:
        """Return the path that serves a channel."""
        return "/ws/v5/business" if channel in ("candles", "trades") else "/ws/v5/public"

    def name_of(self, topic: Topic) -> str:
        """Return the channel and the instrument."""
        if topic.interval is None:
            return f"{CHANNELS[topic.channel]} {topic.native}"
        return f"candle{self.intervals[topic.interval.code]} {topic.native}"

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return a request with one argument for each topic. Answers have no id."""
        parts = [name.partition(" ") for name in names]
        arguments = [{"channel": channel, "instId": native} for channel, _, native in parts]
        return json.dumps({"op": action, "args": arguments})

    def ping(self) -> str:
        """Return four characters."""
        return "ping"

    def read_events(self, text: str) -> list[Event]:
        """Parse a frame, which is no JSON if it is an answer to a ping."""
        return [Alive()] if text == "pong" else self.read_message(self.parse(text))

    def read_message(self, message: Any) -> list[Event]:
        """Parse rows of a channel, a notice, or the answer about one topic."""
        match message.get("event"):
            case "subscribe":
                return [Accepted(names=(_name(message["arg"]),))]
            case "error":
                arg = message.get("arg")
                names = () if arg is None else (_name(arg),)
                return [Refused(f"{message.get('code')}: {message.get('msg')}", names=names)]
            case "notice":
                return [
                    Ending(f"notice {message.get('code')}") if message.get("code") == UPGRADE else Alive()
                ]
        if "data" not in message:
            return [Alive()]
        name = _name(message["arg"])
        if name.startswith("tickers "):
            return [
                StreamedTicker(name, price(row["last"]), instant(row["ts"]))
                for row in rows_of(message["data"])
            ]
        if name.startswith("trades-all "):
            return [_trade(name, row) for row in rows_of(message["data"])]
        if name.startswith("bbo-tbt "):
            return [_book(name, row) for row in rows_of(message["data"])]
        return in_order(_candle(name, row) for row in rows_of(message["data"]))


def _name(arg: Any) -> str:
    return f"{text(arg['channel'])} {text(arg['instId'])}"


def _trade(name: str, row: Any) -> StreamedTrade:
    """Parse a trade, whose side is that of the order that took another one from the book."""
    figures = (price(row["px"]), figure(row["sz"]), instant(row["ts"]))
    return StreamedTrade(name, int(row["tradeId"]), *figures, buyer_is_maker=row["side"] == "sell")


def _book(name: str, row: Any) -> StreamedBook:
    """Parse the best level of each side: a price, an amount, and a count of orders."""
    (bid, bid_amount, *_), (ask, ask_amount, *_) = rows_of(row["bids"])[0], rows_of(row["asks"])[0]
    figures = (price(bid), figure(bid_amount), price(ask), figure(ask_amount))
    return StreamedBook(name, *figures, int(row["seqId"]) if "seqId" in row else None)


def _candle(name: str, row: Any) -> StreamedCandle:
    """Parse a row. Its first volume is in coins."""
    time, open_, high, low, close, volume, *_ = rows_of(row)
    closed = row[COLUMNS - 1] == "1" if len(row) >= COLUMNS else None
    one = candle(instant(time), open_, high, low, close, volume, row[7] if len(row) >= COLUMNS else None)
    return StreamedCandle(name, one, closed)
