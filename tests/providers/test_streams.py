"""Each venue's WebSocket requests have its format, and its frames are read with exact numbers."""

import json
from contextlib import suppress
from typing import Any

import pytest
import responses

from providers import (
    INTERVALS,
    Accepted,
    Alive,
    BadData,
    Candle,
    Ending,
    Event,
    Http,
    LastTrade,
    Refused,
    Respond,
    StreamedAggregate,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    StreamSource,
    Topic,
    Welcome,
    discover,
)
from tests.providers.stream_contract import event

NOW = 1_787_423_113.0
LATER = 1_800_000_000_000
SOURCES = {kind.name: kind for kind in discover() if issubclass(kind, StreamSource)}
NATIVES = {
    "binance": "BTCUSDT",
    "kraken": "XBTUSDT",
    "bybit": "BTCUSDT",
    "okx": "BTC-USDT",
    "coinbase": "BTC-USDT",
    "kucoin": "BTC-USDT",
    "gate": "BTC_USDT",
}


def source(name: str) -> Any:
    """Return a venue, which is a `StreamSource`."""
    return SOURCES[name](Http(), clock=lambda: NOW)


def topic(venue: str, channel: Any, interval: str | None = None) -> Topic:
    """Return a topic of Bitcoin against USDT."""
    length = None if interval is None else INTERVALS[interval]
    return Topic(channel, NATIVES[venue], "BTC", "USDT", length)


def test_seven_venues_send() -> None:
    """Seven venues have streams, and a new or removed one changes this list."""
    assert sorted(SOURCES) == sorted(NATIVES)


@pytest.mark.parametrize(
    ("venue", "channel", "interval", "name"),
    [
        ("binance", "candles", "1m", "btcusdt@kline_1m"),
        ("binance", "tickers", None, "btcusdt@miniTicker"),
        ("binance", "trades", None, "btcusdt@trade"),
        ("binance", "aggregates", None, "btcusdt@aggTrade"),
        ("binance", "books", None, "btcusdt@bookTicker"),
        ("kraken", "candles", "1h", "60 BTC/USDT"),
        ("kraken", "tickers", None, "ticker BTC/USDT"),
        ("kraken", "trades", None, "trade BTC/USDT"),
        ("kraken", "books", None, "book BTC/USDT"),
        ("bybit", "candles", "1d", "kline.D.BTCUSDT"),
        ("bybit", "tickers", None, "tickers.BTCUSDT"),
        ("bybit", "books", None, "orderbook.1.BTCUSDT"),
        ("okx", "candles", "1d", "candle1Dutc BTC-USDT"),
        ("okx", "tickers", None, "tickers BTC-USDT"),
        ("okx", "trades", None, "trades-all BTC-USDT"),
        ("okx", "books", None, "bbo-tbt BTC-USDT"),
        ("coinbase", "trades", None, "matches BTC-USDT"),
        ("coinbase", "tickers", None, "ticker BTC-USDT"),
        ("kucoin", "candles", "1m", "/market/candles:BTC-USDT_1min"),
        ("kucoin", "tickers", None, "/market/ticker:BTC-USDT"),
        ("gate", "candles", "4h", "4h_BTC_USDT"),
        ("gate", "tickers", None, "spot.tickers BTC_USDT"),
        ("gate", "trades", None, "spot.trades BTC_USDT"),
        ("gate", "books", None, "spot.book_ticker BTC_USDT"),
    ],
)
def test_a_topic_has_the_name_of_its_venue(venue: str, channel: str, interval: str | None, name: str) -> None:
    """A topic has the venue's name: Binance writes lower case, and Kraken writes BTC instead of XBT."""
    assert source(venue).topic_name(topic(venue, channel, interval)) == name


@pytest.mark.parametrize(
    ("venue", "channel", "interval"),
    [("kucoin", "trades", None), ("coinbase", "candles", "1m"), ("coinbase", "candles", "1w")],
)
def test_a_topic_that_a_venue_lacks_has_no_name(venue: str, channel: str, interval: str | None) -> None:
    """A topic that a venue lacks has no name, such as candles of Coinbase."""
    assert source(venue).topic_name(topic(venue, channel, interval)) is None


def asked(venue: str, *topics: Topic) -> list[Any]:
    """Return the requests that subscribe to topics, as JSON."""
    one = source(venue)
    return [json.loads(text) for _, text, _ in one.subscribe([one.topic_name(each) for each in topics])]


def without_ids(request: Any) -> Any:
    """Return a request without its variable parts."""
    return {key: value for key, value in request.items() if key not in ("id", "req_id", "time")}


@pytest.mark.parametrize(
    ("venue", "requests"),
    [
        ("binance", [{"method": "SUBSCRIBE", "params": ["btcusdt@kline_1m", "btcusdt@miniTicker"]}]),
        (
            "kraken",
            [
                {
                    "method": "subscribe",
                    "params": {"symbol": ["BTC/USDT"], "channel": "ohlc", "interval": 1, "snapshot": True},
                },
                {
                    "method": "subscribe",
                    "params": {
                        "symbol": ["BTC/USDT"],
                        "channel": "ticker",
                        "event_trigger": "bbo",
                        "snapshot": True,
                    },
                },
            ],
        ),
        ("bybit", [{"op": "subscribe", "args": ["kline.1.BTCUSDT", "tickers.BTCUSDT"]}]),
        (
            "okx",
            [
                {
                    "op": "subscribe",
                    "args": [
                        {"channel": "candle1m", "instId": "BTC-USDT"},
                        {"channel": "tickers", "instId": "BTC-USDT"},
                    ],
                }
            ],
        ),
        (
            "kucoin",
            [
                {
                    "type": "subscribe",
                    "topic": "/market/candles:BTC-USDT_1min",
                    "privateChannel": False,
                    "response": True,
                },
                {
                    "type": "subscribe",
                    "topic": "/market/ticker:BTC-USDT",
                    "privateChannel": False,
                    "response": True,
                },
            ],
        ),
        (
            "gate",
            [
                {"channel": "spot.candlesticks", "event": "subscribe", "payload": ["1m", "BTC_USDT"]},
                {"channel": "spot.tickers", "event": "subscribe", "payload": ["BTC_USDT"]},
            ],
        ),
    ],
)
def test_topics_are_asked_for_as_the_venue_reads_them(venue: str, requests: list[Any]) -> None:
    """Each request has its own id, and the topics that the venue accepts together."""
    sent = asked(venue, topic(venue, "candles", "1m"), topic(venue, "tickers"))

    assert [without_ids(one) for one in sent] == requests


def test_coinbase_is_asked_for_heartbeats_of_every_product() -> None:
    """Heartbeats show a lost trade, and that the connection to a quiet product is alive."""
    (request,) = asked("coinbase", topic("coinbase", "trades"), topic("coinbase", "tickers"))
    (quiet,) = asked("coinbase", topic("coinbase", "tickers"))
    found = source("coinbase")
    ((_, ending, _),) = found.unsubscribe([found.name_of(topic("coinbase", "tickers"))])

    assert quiet["channels"][-1] == {"name": "heartbeat", "product_ids": ["BTC-USDT"]}
    assert [one["name"] for one in json.loads(ending)["channels"]] == ["ticker", "heartbeat"]

    assert request == {
        "type": "subscribe",
        "channels": [
            {"name": "matches", "product_ids": ["BTC-USDT"]},
            {"name": "ticker", "product_ids": ["BTC-USDT"]},
            {"name": "heartbeat", "product_ids": ["BTC-USDT"]},
        ],
    }


@pytest.mark.parametrize("venue", sorted(SOURCES))
def test_a_request_has_no_more_topics_than_the_venue_takes(venue: str) -> None:
    """A request has at most the venue's number of topics, because one bad topic of Bybit refuses all ten."""
    one = source(venue)
    base = topic(venue, "tickers")
    names = [
        one.topic_name(Topic("tickers", f"{base.native}{place}", f"BTC{place}", "USDT"))
        for place in range(450)
    ]
    requests = list(one.subscribe(names))

    assert sorted(name for _, _, group in requests for name in group) == sorted(names)
    assert all(len(group) <= one.topics_per_request for _, _, group in requests)
    assert len({id_ for id_, _, _ in requests}) == len(requests)


MINUTE = 1_790_274_180_000
SENT = 1_790_274_283_106
CASES: list[tuple[str, Any, list[Event]]] = [
    (
        "binance",
        {
            "stream": "btcusdt@kline_1m",
            "data": {
                "e": "kline",
                "E": MINUTE + 60_004,
                "k": {"t": MINUTE, "o": "1.5", "h": "2", "l": "1", "c": "1.75", "v": "3", "x": True},
            },
        },
        [StreamedCandle("btcusdt@kline_1m", Candle(MINUTE, 1.5, 2, 1, 1.75, 3), True, MINUTE + 60_004)],
    ),
    (
        "binance",
        {"stream": "btcusdt@trade", "data": {"e": "trade", "t": 7, "p": "2.5", "q": "0.1", "T": MINUTE}},
        [StreamedTrade("btcusdt@trade", 7, 2.5, 0.1, MINUTE)],
    ),
    (
        "binance",
        {
            "stream": "btcusdt@trade",
            "data": {"e": "trade", "t": 8, "p": "2", "q": "1", "T": MINUTE, "m": True},
        },
        [StreamedTrade("btcusdt@trade", 8, 2, 1, MINUTE, buyer_is_maker=True)],
    ),
    (
        "binance",
        {
            "stream": "btcusdt@aggTrade",
            "data": {
                "e": "aggTrade",
                "a": 3,
                "p": "2.5",
                "q": "0.1",
                "f": 7,
                "l": 9,
                "T": MINUTE,
                "m": False,
            },
        },
        [StreamedAggregate("btcusdt@aggTrade", 3, 2.5, 0.1, 7, 9, MINUTE, False)],
    ),
    (
        "binance",
        {"stream": "btcusdt@bookTicker", "data": {"u": 5, "b": "2.5", "B": "1", "a": "2.6", "A": "0"}},
        [StreamedBook("btcusdt@bookTicker", 2.5, 1, 2.6, 0, 5)],
    ),
    ("binance", {"result": None, "id": 4}, [Accepted("4")]),
    ("binance", {"code": 2, "msg": "Invalid"}, [Refused("Invalid")]),
    ("binance", {"error": {"code": 2, "msg": "Invalid"}, "id": 1}, [Refused("Invalid", "1")]),
    ("binance", {"e": "serverShutdown", "E": MINUTE}, [Ending("serverShutdown")]),
    ("binance", {"stream": "!serverShutdown", "data": {"e": "serverShutdown"}}, [Ending("serverShutdown")]),
    ("binance", {"stream": "x@new", "data": {"e": "unheardOf"}}, [Alive()]),
    (
        "kraken",
        {
            "channel": "ohlc",
            "type": "snapshot",
            "timestamp": "2026-09-24T18:24:43.105760475Z",
            "data": [
                {
                    "symbol": "BTC/USDT",
                    "open": 2,
                    "high": 2,
                    "low": 2,
                    "close": 2,
                    "volume": 1,
                    "interval": 1,
                    "interval_begin": "2026-09-24T18:24:00.000000000Z",
                    "timestamp": "2026-09-24T18:25:00.000000Z",
                },
                {
                    "symbol": "BTC/USDT",
                    "open": 1,
                    "high": 2,
                    "low": 1,
                    "close": 2,
                    "volume": 0.10900000,
                    "interval": 1,
                    "interval_begin": "2026-09-24T18:23:00.000000000Z",
                    "timestamp": "2026-09-24T18:24:00.000000Z",
                },
            ],
        },
        [
            StreamedCandle("1 BTC/USDT", Candle(MINUTE, 1, 2, 1, 2, 0.109), None, SENT, seed=True),
            StreamedCandle("1 BTC/USDT", Candle(MINUTE + 60_000, 2, 2, 2, 2, 1), None, SENT, seed=True),
        ],
    ),
    (
        "kraken",
        {"channel": "ticker", "type": "snapshot", "data": [{"symbol": "BTC/USD", "last": 108359.8}]},
        [StreamedTicker("ticker BTC/USD", 108359.8, None, seed=True)],
    ),
    (
        "kraken",
        {
            "channel": "ticker",
            "type": "update",
            "data": [{"symbol": "BTC/USD", "last": 3, "bid": 2, "bid_qty": 5, "ask": 4, "ask_qty": 0.5}],
        },
        [StreamedTicker("ticker BTC/USD", 3), StreamedBook("book BTC/USD", 2, 5, 4, 0.5)],
    ),
    (
        "kraken",
        {
            "channel": "trade",
            "type": "update",
            "data": [
                {"symbol": "BTC/USD", "side": "sell", "price": 2, "qty": 0.5, "trade_id": 4}
                | {"timestamp": "2026-09-24T18:23:00.5Z"}
            ],
        },
        [StreamedTrade("trade BTC/USD", 4, 2, 0.5, MINUTE + 500, buyer_is_maker=True)],
    ),
    ("kraken", {"channel": "heartbeat"}, [Alive()]),
    ("kraken", {"channel": "status", "data": [{"system": "online"}]}, [Alive()]),
    ("kraken", {"channel": "status", "data": [{"system": "maintenance"}]}, [Ending("maintenance")]),
    ("kraken", {"channel": "status", "data": [{"system": "post_only"}]}, [Alive()]),
    (
        "kraken",
        {
            "method": "subscribe",
            "success": True,
            "req_id": 3,
            "result": {"channel": "ohlc", "interval": 5, "symbol": "ETH/USDT"},
        },
        [Accepted("3", ("5 ETH/USDT",))],
    ),
    (
        "kraken",
        {"method": "subscribe", "success": False, "error": "Currency pair not supported", "req_id": 9},
        [Refused("Currency pair not supported", "9")],
    ),
    (
        "bybit",
        {
            "topic": "kline.1.BTCUSDT",
            "ts": MINUTE + 60_003,
            "data": [
                {"start": MINUTE + 60_000, "open": "2", "close": "2", "high": "2", "low": "2", "volume": "0"}
                | {"confirm": False},
                {"start": MINUTE, "open": "1", "close": "2", "high": "2", "low": "1", "volume": "5"}
                | {"confirm": True},
            ],
        },
        [
            StreamedCandle("kline.1.BTCUSDT", Candle(MINUTE, 1, 2, 1, 2, 5), True, MINUTE + 60_003),
            StreamedCandle("kline.1.BTCUSDT", Candle(MINUTE + 60_000, 2, 2, 2, 2, 0), False, MINUTE + 60_003),
        ],
    ),
    (
        "bybit",
        {"topic": "tickers.BTCUSDT", "ts": MINUTE, "data": {"lastPrice": "81000.5", "usdIndexPrice": ""}},
        [StreamedTicker("tickers.BTCUSDT", 81000.5, MINUTE)],
    ),
    (
        "bybit",
        {
            "topic": "orderbook.1.BTCUSDT",
            "ts": MINUTE,
            "data": {"b": [["2", "5"]], "a": [["4", "1"]], "u": 7},
        },
        [StreamedBook("orderbook.1.BTCUSDT", 2, 5, 4, 1, 7)],
    ),
    ("bybit", {"success": True, "ret_msg": "subscribe", "req_id": "a", "op": "subscribe"}, [Accepted("a")]),
    (
        "bybit",
        {"success": False, "ret_msg": "Invalid symbol :[X]", "req_id": "a", "op": "subscribe"},
        [Refused("Invalid symbol :[X]", "a")],
    ),
    ("bybit", {"success": True, "ret_msg": "pong", "op": "ping"}, [Alive()]),
    (
        "okx",
        {
            "arg": {"channel": "candle1m", "instId": "BTC-USDT"},
            "data": [
                [str(MINUTE + 60_000), "2", "2", "2", "2", "1", "2", "2", "0"],
                [str(MINUTE), "1", "3", "1", "2", "4", "8", "8", "1"],
            ],
        },
        [
            StreamedCandle("candle1m BTC-USDT", Candle(MINUTE, 1, 3, 1, 2, 4, 8), True),
            StreamedCandle("candle1m BTC-USDT", Candle(MINUTE + 60_000, 2, 2, 2, 2, 1, 2), False),
        ],
    ),
    (
        "okx",
        {
            "arg": {"channel": "trades-all", "instId": "BTC-USDT"},
            "data": [{"tradeId": "9", "px": "2.5", "sz": "0.1", "side": "buy", "ts": str(MINUTE)}],
        },
        [StreamedTrade("trades-all BTC-USDT", 9, 2.5, 0.1, MINUTE, buyer_is_maker=False)],
    ),
    (
        "okx",
        {
            "arg": {"channel": "bbo-tbt", "instId": "BTC-USDT"},
            "data": [{"bids": [["2", "5", "0", "3"]], "asks": [["4", "1", "0", "1"]], "seqId": 6}],
        },
        [StreamedBook("bbo-tbt BTC-USDT", 2, 5, 4, 1, 6)],
    ),
    (
        "okx",
        {"event": "notice", "code": "64008", "msg": "The connection will soon be closed"},
        [Ending("notice 64008")],
    ),
    (
        "okx",
        {
            "event": "error",
            "code": "60018",
            "msg": "Wrong URL",
            "arg": {"channel": "tickers", "instId": "X-Y"},
        },
        [Refused("60018: Wrong URL", None, ("tickers X-Y",))],
    ),
    (
        "coinbase",
        {
            "type": "last_match",
            "trade_id": 5,
            "price": "4450.09",
            "size": "0.02",
            "product_id": "ETH-USD",
            "time": "2026-09-24T18:23:00.5Z",
        },
        [StreamedTrade("matches ETH-USD", 5, 4450.09, 0.02, MINUTE + 500, seed=True)],
    ),
    (
        "coinbase",
        {"type": "match", "trade_id": 6, "price": "2", "size": "1", "side": "buy", "product_id": "ETH-USD"}
        | {"time": "2026-09-24T18:23:00Z"},
        [StreamedTrade("matches ETH-USD", 6, 2, 1, MINUTE, buyer_is_maker=True)],
    ),
    (
        "coinbase",
        {"type": "heartbeat", "last_trade_id": 9035771, "product_id": "ADA-EUR"},
        [LastTrade("matches ADA-EUR", 9035771)],
    ),
    (
        "coinbase",
        {"type": "subscriptions", "channels": [{"name": "ticker", "product_ids": ["BTC-USD", "ETH-USD"]}]},
        [Accepted(None, ("ticker BTC-USD", "ticker ETH-USD"))],
    ),
    (
        "coinbase",
        {"type": "error", "message": "Failed to subscribe", "reason": "X is not a valid product"},
        [Refused("Failed to subscribe: X is not a valid product")],
    ),
    (
        "kucoin",
        {
            "type": "message",
            "topic": "/market/candles:BTC-USDT_1min",
            "subject": "trade.candles.add",
            "data": {
                "candles": [str(MINUTE // 1000), "10", "9", "12", "8", "0.5", "5"],
                "time": (MINUTE + 46_100) * 1_000_000 + 954_919,
            },
        },
        [
            StreamedCandle(
                "/market/candles:BTC-USDT_1min", Candle(MINUTE, 10, 12, 8, 9, 0.5, 5), None, MINUTE + 46_100
            )
        ],
    ),
    ("kucoin", {"id": "h", "type": "welcome"}, [Welcome()]),
    ("kucoin", {"id": "h", "type": "ack"}, [Accepted("h")]),
    ("kucoin", {"id": "1", "type": "error", "code": 415, "data": "no type"}, [Refused("415: no type", "1")]),
    ("kucoin", {"id": "1", "type": "pong"}, [Alive()]),
    (
        "gate",
        {
            "channel": "spot.candlesticks",
            "event": "update",
            "time_ms": MINUTE + 1_084,
            "result": {"t": str(MINUTE // 1000), "v": "20", "c": "2", "h": "2", "l": "1", "o": "1"}
            | {"n": "1m_BTC_USDT", "a": "10", "w": True},
        },
        [StreamedCandle("1m_BTC_USDT", Candle(MINUTE, 1, 2, 1, 2, 10, 20), True, MINUTE + 1_084)],
    ),
    (
        "gate",
        {
            "channel": "spot.trades",
            "event": "update",
            "result": {
                "id": 3,
                "create_time_ms": f"{MINUTE}.965",
                "side": "sell",
                "amount": "2",
                "price": "4",
            }
            | {"currency_pair": "BTC_USDT"},
        },
        [StreamedTrade("spot.trades BTC_USDT", 3, 4, 2, MINUTE, buyer_is_maker=True)],
    ),
    (
        "gate",
        {
            "channel": "spot.book_ticker",
            "event": "update",
            "result": {"s": "BTC_USDT", "u": 8, "b": "2", "B": "5", "a": "4", "A": "1"},
        },
        [StreamedBook("spot.book_ticker BTC_USDT", 2, 5, 4, 1, 8)],
    ),
    (
        "gate",
        {
            "channel": "spot.tickers",
            "event": "subscribe",
            "payload": ["BAD_USDT", "ETH_USDT"],
            "error": {"code": 2, "message": "unknown currency pair: BAD_USDT"},
            "result": {"status": "fail"},
        },
        [
            Refused(
                "unknown currency pair: BAD_USDT",
                None,
                ("spot.tickers BAD_USDT", "spot.tickers ETH_USDT"),
            )
        ],
    ),
    ("gate", {"channel": "spot.pong", "event": ""}, [Alive()]),
    (
        "gate",
        {"channel": "spot.ping", "event": ""},
        [Respond('{"time": 1787423113, "channel": "spot.pong"}')],
    ),
    ("gate", {"type": "upgrade", "msg": "connection upgrade"}, [Ending("upgrade")]),
]


@pytest.mark.parametrize(("venue", "message", "events"), CASES)
def test_a_frame_is_read_exactly(venue: str, message: Any, events: list[Event]) -> None:
    """Figures keep the digits that were sent, and candles of one frame are in ascending order."""
    assert source(venue).read_frame(json.dumps(message)) == events


@pytest.mark.parametrize(("venue", "message", "events"), CASES)
def test_the_events_of_every_frame_are_possible(venue: str, message: Any, events: list[Event]) -> None:
    """The events of every frame keep the rules for all venues, which `make live` checks too."""
    assert [wrong for one in events for wrong in event(one, LATER, INTERVALS["1m"])] == []


def test_an_answer_to_a_ping_of_okx_is_no_json() -> None:
    """OKX answers a ping with four characters that are no JSON."""
    assert source("okx").ping() == "ping"
    assert source("okx").read_frame("pong") == [Alive()]


@pytest.mark.parametrize("venue", sorted(SOURCES))
@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '{"data": 5, "topic": "kline.1.X", "ts": 1}'])
def test_a_frame_that_cannot_be_read_is_bad_data(venue: str, text: str) -> None:
    """An unreadable frame is bad data, and never raises another error."""
    with suppress(BadData):
        assert all(event == Alive() for event in source(venue).read_frame(text))


@pytest.mark.parametrize("venue", sorted(SOURCES))
def test_a_frame_without_an_end_is_bad_data(venue: str) -> None:
    """A frame has at most a megabyte, and a longer one is bad data."""
    with pytest.raises(BadData, match="1048577 characters"):
        source(venue).read_frame("x" * (1024 * 1024 + 1))


def test_a_time_in_another_unit_is_refused() -> None:
    """A time in microseconds or seconds is refused instead of being read as milliseconds."""
    for time in (MINUTE * 1000, MINUTE // 1000):
        message = {
            "stream": "x@trade",
            "data": {"e": "trade", "t": 7, "p": "1", "q": "1", "T": time, "E": time},
        }
        with pytest.raises(BadData):
            source("binance").read_frame(json.dumps(message))


@responses.activate
def test_kucoin_is_asked_for_its_address() -> None:
    """KuCoin's URL has a token for one connection, whose characters are escaped."""
    responses.post(
        "https://api.kucoin.com/api/v1/bullet-public",
        json={
            "code": "200000",
            "data": {
                "token": "2neA+b=",
                "instanceServers": [{"endpoint": "wss://ws-api-spot.kucoin.com/", "pingInterval": 18000}],
            },
        },
    )
    (address,) = source("kucoin").addresses("candles")
    (other,) = source("kucoin").addresses("candles", "ws://127.0.0.1:9/kucoin")

    assert address.startswith("wss://ws-api-spot.kucoin.com/?token=2neA%2Bb%3D&connectId=")
    assert other.startswith("ws://127.0.0.1:9/kucoin?token=2neA%2Bb%3D&connectId=")


@pytest.mark.parametrize(
    ("venue", "channel", "addresses"),
    [
        (
            "binance",
            "candles",
            ["wss://data-stream.binance.vision/stream", "wss://stream.binance.com:9443/stream"],
        ),
        ("kraken", "tickers", ["wss://ws.kraken.com/v2"]),
        ("bybit", "tickers", ["wss://stream.bybit.com/v5/public/spot"]),
        ("okx", "candles", ["wss://ws.okx.com:8443/ws/v5/business"]),
        ("okx", "tickers", ["wss://ws.okx.com:8443/ws/v5/public"]),
        ("coinbase", "trades", ["wss://ws-feed.exchange.coinbase.com"]),
        ("gate", "candles", ["wss://api.gateio.ws/ws/v4/"]),
    ],
)
def test_a_channel_has_its_addresses(venue: str, channel: Any, addresses: list[str]) -> None:
    """A configured base URL replaces the beginning of a channel's address, and the venue's path stays."""
    path = addresses[0].split("/", 3)[3:]

    assert source(venue).addresses(channel) == addresses
    assert source(venue).addresses(channel, "ws://127.0.0.1:9/x/") == [
        "/".join(["ws://127.0.0.1:9/x", *path])
    ]
