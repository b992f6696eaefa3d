"""Coinbase Exchange's feed: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels.

It has no candles: they are built from matches. A heartbeat per product and second has the id of the last
trade, which shows lost ones. The server ends a connection without a subscription within five seconds.
"""

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any, ClassVar

from providers._base import StreamSource
from providers._models import RateLimit
from providers._reading import figure, milliseconds, price, rows_of, text
from providers._streamed import (
    Accepted,
    Alive,
    Channel,
    Event,
    LastTrade,
    Refused,
    StreamedTicker,
    StreamedTrade,
    Topic,
)

CHANNELS: dict[Channel, str] = {"tickers": "ticker", "trades": "matches"}


class CoinbaseStream(StreamSource):
    """Keyless. The answer to a request is the list of all subscriptions."""

    stream_urls = ("wss://ws-feed.exchange.coinbase.com",)
    channels: ClassVar[frozenset[Channel]] = frozenset(CHANNELS)
    topics_per_request = 50
    topics_per_connection = 200
    silence = 5.0
    """Heartbeats come each second."""
    connections = RateLimit(8, 1)
    messages = RateLimit(100, 1)

    def name_of(self, topic: Topic) -> str:
        """Return the channel and the product."""
        return f"{CHANNELS[topic.channel]} {topic.native}"

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return a request, with heartbeats of its products: a quiet one sends nothing else."""
        channels: dict[str, list[str]] = {}
        for name in names:
            channel, _, product = name.partition(" ")
            channels.setdefault(channel, []).append(product)
        channels["heartbeat"] = [*dict.fromkeys(chain.from_iterable(channels.values()))]
        listed = [{"name": name, "product_ids": products} for name, products in channels.items()]
        return json.dumps({"type": action, "channels": listed})

    def read_message(self, message: Any) -> list[Event]:
        """Parse a message. Unknown types say that the connection is alive, as documented."""
        match message.get("type"):
            case "match" | "last_match" as kind:
                return [_trade(message, seed=kind == "last_match")]
            case "ticker":
                time = milliseconds(message["time"]) if "time" in message else None
                name = f"ticker {text(message['product_id'])}"
                return [StreamedTicker(name, price(message["price"]), time)]
            case "heartbeat":
                return [_last_trade(message)]
            case "subscriptions":
                return [Accepted(names=tuple(_subscribed(message["channels"])))]
            case "error":
                return [Refused(f"{message.get('message')}: {message.get('reason')}")]
        return [Alive()]


def _subscribed(channels: Any) -> list[str]:
    return [
        f"{text(channel['name'])} {text(product)}"
        for channel in rows_of(channels)
        for product in rows_of(channel["product_ids"])
        if channel["name"] in CHANNELS.values()
    ]


def _last_trade(message: Any) -> LastTrade:
    time = milliseconds(message["time"]) if "time" in message else None
    return LastTrade(f"matches {text(message['product_id'])}", int(message["last_trade_id"]), time)


def _trade(message: Any, *, seed: bool) -> StreamedTrade:
    return StreamedTrade(
        f"matches {text(message['product_id'])}",
        int(message["trade_id"]),
        price(message["price"]),
        figure(message["size"]),
        milliseconds(message["time"]),
        seed,
        _buyer_is_maker(message.get("side")),
    )


def _buyer_is_maker(side: object) -> bool | None:
    """Return whether the buyer's order was in the book: a side is that of the maker's order."""
    return side == "buy" if side in ("buy", "sell") else None
