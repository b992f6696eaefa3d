"""How each venue hears requests and writes frames. Nothing of the engine is used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..wire import iso
from .candles import Row


class Topic(NamedTuple):
    """A series: candles of an interval in the venue's words, or tickers (and trades) where that is empty."""

    channel: str
    native: str
    word: str


class Trade(NamedTuple):
    """A trade. `time` is Unix milliseconds."""

    id: int
    price: str
    size: str
    time: int


class Heard(NamedTuple):
    """What a request asks for, and how it is answered."""

    replies: list[str]
    add: list[Topic]
    drop: list[Topic]


NOTHING = Heard([], [], [])


class Venue:
    """A venue. `flags` says whether it tells that a candle has closed."""

    flags = True
    explains = False
    """Whether its trades are all that became of a candle, which it does not tell otherwise."""
    first_words: tuple[str, ...] = ()
    """What it says when a connection opens."""

    def heard(self, text: str) -> Heard:
        """Return what a client's text asks for."""
        raise NotImplementedError

    def candle(self, topic: Topic, row: Row, *, closed: bool, now: int) -> str:
        """Return the frame of a candle."""
        raise NotImplementedError

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return the frames that tell the last price."""
        raise NotImplementedError

    def trades(self, topic: Topic, trades: Iterable[Trade], *, first: bool) -> list[str]:
        """Return the frames of trades; the `first` ones are older than the subscription."""
        return []

    def beats(self, topics: Mapping[Topic, int], now: int) -> list[str]:
        """Return what is sent each second, given the last trade of each topic of trades."""
        return []

    def refusal(self, text: str) -> str | None:
        """Return the answer to a request with a bad topic, `None` where a venue never refuses the whole."""
        return None


def both(action: str, topics: Iterable[Topic], replies: list[str]) -> Heard:
    """Return what a request adds or drops."""
    adds = action.lower().startswith("sub")
    return Heard(replies, [*topics] if adds else [], [] if adds else [*topics])


BINANCE = {"miniTicker": "tickers", "trade": "trades", "aggTrade": "aggregates", "bookTicker": "books"}
"""Binance's words for what has no interval."""


class Binance(Venue):
    """Combined streams."""

    def heard(self, text: str) -> Heard:
        """Acknowledge, whatever is asked for."""
        asked = json.loads(text)
        topics = []
        for name in asked["params"]:
            symbol, _, kind = name.partition("@")
            channel = BINANCE.get(kind, "candles")
            word = kind.removeprefix("kline_") if channel == "candles" else ""
            if symbol.islower():
                topics.append(Topic(channel, symbol.upper(), word))
        return both(asked["method"], topics, [json.dumps({"result": None, "id": asked["id"]})])

    def candle(self, topic: Topic, row: Row, *, closed: bool, now: int) -> str:
        """Return a kline."""
        figures = {"t": row.open_ms, "s": topic.native, "i": topic.word, "o": row.open, "c": row.close}
        figures |= {"h": row.high, "l": row.low, "v": row.volume, "x": closed}
        data = {"e": "kline", "E": now, "s": topic.native, "k": figures}
        return json.dumps({"stream": f"{topic.native.lower()}@kline_{topic.word}", "data": data})

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return a mini ticker, a trade at this price, or the prices beside it."""
        kind = {channel: word for word, channel in BINANCE.items()}[topic.channel]
        price, amount = {"p": row.close, "q": "0.50000000"}, "1.00000000"
        data: dict[str, Any] = {"E": now, "s": topic.native}
        match kind:
            case "trade":
                data |= {"e": "trade", "t": now, "T": now, "m": True, "M": True, **price}
            case "aggTrade":
                data |= {"e": "aggTrade", "a": now, "f": now, "l": now + 2, "T": now, "m": False, **price}
            case "bookTicker":
                best = {"b": row.close, "B": amount, "a": row.close, "A": amount}
                data = {"u": now, "s": topic.native, **best}
            case _:
                data |= {"e": "24hrMiniTicker", "c": row.close}
        return [json.dumps({"stream": f"{topic.native.lower()}@{kind}", "data": data})]


class Kraken(Venue):
    """Version 2, which never says that a candle has closed."""

    flags = False
    first_words = (json.dumps({"channel": "status", "type": "update", "data": [{"system": "online"}]}),)

    def heard(self, text: str) -> Heard:
        """Answer each symbol by itself."""
        asked = json.loads(text)
        if asked["method"] == "ping":
            return Heard([json.dumps({"method": "pong", "req_id": asked["req_id"]})], [], [])
        params = asked["params"]
        replies, topics = [], []
        for symbol in params["symbol"]:
            word = str(params.get("interval", ""))
            other = {"ticker": "tickers", "trade": "trades"}.get(params["channel"], "candles")
            answer = {"method": asked["method"], "req_id": asked["req_id"]}
            if symbol.startswith(("XBT/", "XDG/")):
                wrong = {"success": False, "error": f"Currency pair not supported {symbol}", "symbol": symbol}
                replies.append(json.dumps(answer | wrong))
                continue
            topics.append(Topic(other, symbol, word))
            result = {"channel": params["channel"], "symbol": symbol}
            result |= {"interval": int(word)} if word else {}
            replies.append(json.dumps(answer | {"success": True, "result": result}))
        return both(asked["method"], topics, replies)

    def candle(self, topic: Topic, row: Row, *, closed: bool, now: int) -> str:
        """Return an update, whose row names the end of its interval too."""
        figures = {name: float(value) for name, value in row._asdict().items() if name != "open_ms"}
        names = {"symbol": topic.native, "interval": int(topic.word), "interval_begin": iso(row.open_ms)}
        told = {"channel": "ohlc", "type": "update", "timestamp": iso(now), "data": [figures | names]}
        return json.dumps(told)

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return an update of the best prices, or a trade."""
        if topic.channel == "trades":
            trade = {"symbol": topic.native, "side": "buy", "price": float(row.close), "qty": 0.5}
            data = [trade | {"ord_type": "limit", "trade_id": now, "timestamp": iso(now)}]
            return [json.dumps({"channel": "trade", "type": "update", "data": data})]
        best = {"bid": float(row.close), "bid_qty": 1.0, "ask": float(row.close), "ask_qty": 1.0}
        data = [{"symbol": topic.native, "last": float(row.close), "timestamp": iso(now), **best}]
        return [json.dumps({"channel": "ticker", "type": "update", "data": data})]

    def beats(self, topics: Mapping[Topic, int], now: int) -> list[str]:
        """Return a heartbeat."""
        return [json.dumps({"channel": "heartbeat"})]


class Bybit(Venue):
    """One bad topic refuses a whole request."""

    def heard(self, text: str) -> Heard:
        """Acknowledge without topics."""
        asked = json.loads(text)
        if asked["op"] == "ping":
            return Heard([json.dumps({"success": True, "ret_msg": "pong", "op": "ping"})], [], [])
        topics = []
        for name in asked["args"]:
            kind, _, rest = name.partition(".")
            word, _, native = rest.rpartition(".")
            if kind not in ("kline", "tickers", "orderbook") or len(asked["args"]) > 10:
                wrong = {"success": False, "ret_msg": f"error:handler not found,topic:{name}"}
                return Heard([json.dumps(wrong | {"req_id": asked["req_id"], "op": asked["op"]})], [], [])
            channel = {"kline": "candles", "orderbook": "books"}.get(kind, "tickers")
            topics.append(Topic(channel, native, word if channel == "candles" else ""))
        good = {"success": True, "ret_msg": asked["op"], "req_id": asked["req_id"], "op": asked["op"]}
        return both(asked["op"], topics, [json.dumps(good)])

    def refusal(self, text: str) -> str:
        """Refuse the whole request."""
        asked = json.loads(text)
        wrong = {"success": False, "ret_msg": "Invalid symbol", "req_id": asked["req_id"], "op": asked["op"]}
        return json.dumps(wrong)

    def candle(self, topic: Topic, row: Row, *, closed: bool, now: int) -> str:
        """Return a kline."""
        figures: dict[str, Any] = {name: value for name, value in row._asdict().items() if name != "open_ms"}
        figures |= {"start": row.open_ms, "interval": topic.word, "confirm": closed}
        return json.dumps({"topic": f"kline.{topic.word}.{topic.native}", "ts": now, "data": [figures]})

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return a whole ticker, or a book of one level."""
        if topic.channel == "books":
            level = [[row.close, "1"]]
            data: dict[str, Any] = {"s": topic.native, "b": level, "a": level, "u": now}
            name = f"orderbook.1.{topic.native}"
            return [json.dumps({"topic": name, "ts": now, "type": "snapshot", "data": data})]
        data = {"symbol": topic.native, "lastPrice": row.close}
        return [json.dumps({"topic": f"tickers.{topic.native}", "ts": now, "type": "snapshot", "data": data})]


OKX = {"tickers": "tickers", "trades-all": "trades", "bbo-tbt": "books"}


class Okx(Venue):
    """Each argument is answered by itself."""

    def heard(self, text: str) -> Heard:
        """Answer pings, which are no JSON."""
        if text == "ping":
            return Heard(["pong"], [], [])
        asked = json.loads(text)
        topics, replies = [], []
        for arg in asked["args"]:
            channel = arg["channel"]
            word = channel.removeprefix("candle") if channel.startswith("candle") else ""
            topics.append(Topic(OKX.get(channel, "candles"), arg["instId"], word))
            replies.append(json.dumps({"event": asked["op"], "arg": arg, "connId": "1"}))
        return both(asked["op"], topics, replies)

    def candle(self, topic: Topic, row: Row, *, closed: bool, now: int) -> str:
        """Return a row of nine columns."""
        data = [[str(row.open_ms), *row[1:], "0", "0", "1" if closed else "0"]]
        arg = {"channel": f"candle{topic.word}", "instId": topic.native}
        return json.dumps({"arg": arg, "data": data})

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return a ticker, a trade at this price, or the best prices."""
        data: dict[str, Any] = {"instId": topic.native, "ts": str(now)}
        match topic.channel:
            case "trades":
                data |= {"tradeId": str(now), "px": row.close, "sz": "0.5", "side": "buy"}
            case "books":
                level = [[row.close, "1", "0", "1"]]
                data |= {"bids": level, "asks": level, "seqId": now}
            case _:
                data |= {"last": row.close}
        channel = {ours: word for word, ours in OKX.items()}[topic.channel]
        return [json.dumps({"arg": {"channel": channel, "instId": topic.native}, "data": [data]})]


class Coinbase(Venue):
    """Tickers and matches; heartbeats are sent for each product."""

    explains = True

    flags = False

    def heard(self, text: str) -> Heard:
        """Answer with all subscriptions of this request."""
        asked = json.loads(text)
        kinds = {"ticker": "tickers", "matches": "trades"}
        topics = [
            Topic(kinds[channel["name"]], product, "")
            for channel in asked["channels"]
            if channel["name"] in kinds
            for product in channel["product_ids"]
        ]
        return both(
            asked["type"], topics, [json.dumps({"type": "subscriptions", "channels": asked["channels"]})]
        )

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return a ticker, as one comes with each match."""
        told = {"type": "ticker", "product_id": topic.native, "price": row.close, "time": iso(now)}
        return [json.dumps(told)]

    def trades(self, topic: Topic, trades: Iterable[Trade], *, first: bool) -> list[str]:
        """Return matches."""
        kind = "last_match" if first else "match"
        return [
            json.dumps(
                {
                    "type": kind,
                    "trade_id": one.id,
                    "side": "buy",
                    "size": one.size,
                    "price": one.price,
                    "product_id": topic.native,
                    "time": iso(one.time),
                }
            )
            for one in trades
        ]

    def beats(self, topics: Mapping[Topic, int], now: int) -> list[str]:
        """Return a heartbeat of each product."""
        return [
            json.dumps(
                {
                    "type": "heartbeat",
                    "last_trade_id": last,
                    "product_id": topic.native,
                    "time": iso(now),
                }
            )
            for topic, last in topics.items()
        ]

    def refusal(self, text: str) -> str:
        """Name one of the products."""
        return json.dumps(
            {"type": "error", "message": "Failed to subscribe", "reason": "X is not a valid product"}
        )


class Kucoin(Venue):
    """Candles are open, close, high, low, and their time is in nanoseconds."""

    flags = False
    first_words = (json.dumps({"id": "1", "type": "welcome"}),)

    def heard(self, text: str) -> Heard:
        """Answer pings and requests with their ids."""
        asked = json.loads(text)
        if asked["type"] == "ping":
            return Heard([json.dumps({"id": asked["id"], "type": "pong"})], [], [])
        path, _, names = asked["topic"].partition(":")
        topics = []
        for name in names.split(","):
            native, _, word = name.partition("_")
            topics.append(Topic("candles" if path == "/market/candles" else "tickers", native, word))
        return both(asked["type"], topics, [json.dumps({"id": asked["id"], "type": "ack"})])

    def candle(self, topic: Topic, row: Row, *, closed: bool, now: int) -> str:
        """Return an update of the running candle."""
        figures = [str(row.open_ms // 1000), row.open, row.close, row.high, row.low, row.volume, "0"]
        data = {"symbol": topic.native, "candles": figures, "time": now * 1_000_000}
        name = f"/market/candles:{topic.native}_{topic.word}"
        return json.dumps({"type": "message", "topic": name, "subject": "trade.candles.update", "data": data})

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return a ticker."""
        data = {"price": row.close, "time": now}
        name = f"/market/ticker:{topic.native}"
        return [json.dumps({"type": "message", "topic": name, "subject": "trade.ticker", "data": data})]


GATE = {"spot.tickers": "tickers", "spot.trades": "trades", "spot.book_ticker": "books"}


class Gate(Venue):
    """One series of candles per request; `v` of a candle is in the quote."""

    def heard(self, text: str) -> Heard:
        """Answer with the payload."""
        asked = json.loads(text)
        if asked["channel"] == "spot.ping":
            return Heard([json.dumps({"channel": "spot.pong", "event": ""})], [], [])
        payload = asked["payload"]
        candles = asked["channel"] == "spot.candlesticks"
        topics = [Topic("candles", payload[1], payload[0])] if candles else []
        topics += [] if candles else [Topic(GATE[asked["channel"]], pair, "") for pair in payload]
        answer = {key: asked[key] for key in ("channel", "event", "payload", "id")}
        return both(asked["event"], topics, [json.dumps(answer | {"result": {"status": "success"}})])

    def refusal(self, text: str) -> str:
        """Repeat the request: the event is still to subscribe."""
        asked = json.loads(text)
        answer = {key: asked[key] for key in ("channel", "event", "payload", "id")}
        wrong = {"error": {"code": 2, "message": "unknown currency pair"}, "result": {"status": "fail"}}
        return json.dumps(answer | wrong)

    def candle(self, topic: Topic, row: Row, *, closed: bool, now: int) -> str:
        """Return an update."""
        figures = {"t": str(row.open_ms // 1000), "o": row.open, "h": row.high, "l": row.low, "c": row.close}
        figures |= {"v": "0", "a": row.volume, "n": f"{topic.word}_{topic.native}"}
        result = figures | {"w": closed}
        told = {"channel": "spot.candlesticks", "event": "update", "time_ms": now, "result": result}
        return json.dumps(told)

    def ticker(self, topic: Topic, row: Row, now: int) -> list[str]:
        """Return a ticker, which has no time inside, a trade at this price, or the best prices."""
        result: dict[str, Any] = {"currency_pair": topic.native}
        match topic.channel:
            case "trades":
                result |= {"id": now, "create_time_ms": f"{now}.0", "side": "buy", "price": row.close}
                result |= {"amount": "0.5"}
            case "books":
                result = {"t": now, "u": now, "s": topic.native}
                result |= {"b": row.close, "B": "1", "a": row.close, "A": "1"}
            case _:
                result |= {"last": row.close}
        channel = {ours: word for word, ours in GATE.items()}[topic.channel]
        told = {"channel": channel, "event": "update", "time_ms": now, "result": result}
        return [json.dumps(told)]


VENUES: dict[str, Venue] = {
    "binance": Binance(),
    "kraken": Kraken(),
    "bybit": Bybit(),
    "okx": Okx(),
    "coinbase": Coinbase(),
    "kucoin": Kucoin(),
    "gate": Gate(),
}
