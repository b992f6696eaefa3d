"""Binance's stream dialect: names, requests, payloads and connections, over the hub of an application."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
from flask import Flask
from msgspec.structs import replace
from wsproto.events import CloseConnection, Ping, Pong, TextMessage

from engine.errors import ApiError
from engine.streaming.publishing import LocalPublisher
from engine.web.compat import _use_cases
from engine.web.compat.binance.root import AtRoot
from engine.web.compat.binance.streams._client import BinanceClient
from engine.web.compat.binance.streams._conversation import Conversation
from engine.web.compat.binance.streams._directory import BinanceStreams
from engine.web.compat.binance.streams._names import Declined, read_name
from engine.web.compat.binance.streams._requests import Refusal, read_request
from engine.web.compat.binance.streams._stream import Options
from engine.web.services import services_of
from providers import ASSETS, INTERVALS, StreamedAggregate, StreamedBook, StreamedTrade
from tests.engine.streaming.test_clients import Peer
from tests.engine.web.conftest import Make

MINUTE = 1_790_274_180_000
KLINE = "btcusdt@kline_1m"


class Stage:
    """An application whose hub a test feeds, and clients of the dialect."""

    def __init__(self, app: Flask) -> None:
        services = services_of(app)
        assert services.streaming is not None
        self.streaming = services.streaming
        self.streams = BinanceStreams(self.streaming, services.catalogue, app.app_context)
        self.peers: list[socket.socket] = []
        self.clients: list[BinanceClient] = []

    def join(
        self, *names: str, combined: bool = False, channels: int = 2000, options: Options | None = None
    ) -> Peer:
        """Return the other end of a new connection to an address with these names."""
        ours, theirs = socket.socketpair()
        self.peers.append(theirs)
        client = BinanceClient(ours, "an address", None, lambda gone: None, combined=combined)
        conversation = Conversation(self.streams, client, channels, options or Options())
        client.conversation = conversation
        self.clients.append(client)
        conversation.begin(names)
        return Peer(theirs)

    def candle(self, *, closed: bool, close: float = 2.0, kind: str = "candle", opened: int = MINUTE) -> None:
        """Publish a candle of Bitcoin."""
        row = {"timestamp": opened, "open": 1.5, "high": 2.5, "low": 1.25, "close": close, "volume": 3.0}
        body = {"type": kind, "data": row, "closed": closed, "source": "kraken", "quote": "USDT"}
        known = {"quoteVolume": 6.0, "trades": 7}
        figures = {"sourceTime": None, "receivedAt": opened + 50_000, "meta": known}
        publisher = LocalPublisher(self.streaming.hub, lambda: MINUTE)
        publisher.publish("candles:BTCUSDT:1m", body | figures, conflated=not closed)


@pytest.fixture
def stage(make: Make) -> Iterator[Stage]:
    """Return a stage, whose connections are ended afterwards."""
    one = Stage(make().application)
    yield one
    for client in one.clients:
        client.end(1000, "")
    for peer in one.peers:
        peer.close()
    gevent.sleep(0)


@pytest.mark.parametrize(
    ("text", "kind", "symbol", "interval"),
    [
        (KLINE, "kline", "BTCUSDT", "1m"),
        ("ETHBTC@kline_1M", "kline", "ETHBTC", "1M"),
        ("btcusdt@kline_4h@+08:00", "kline", "BTCUSDT", "4h"),
        ("btcusdt@bookTicker", "bookTicker", "BTCUSDT", None),
        ("!miniTicker@arr@3000ms", "!miniTicker", "", None),
    ],
)
def test_a_name_says_what_it_is(text: str, kind: str, symbol: str, interval: str | None) -> None:
    """A name is parsed and kept as sent, because clients find their handlers by its text."""
    name = read_name(text)

    assert (name.text, name.kind, name.symbol) == (text, kind, symbol)
    assert (name.interval and name.interval.code) == interval


@pytest.mark.parametrize(
    "text",
    [
        "btcusdt@kline_1s",
        "btcusdt@kline_7m",
        "btcusdt@kline_1m@+09:00",
        "btcusdt@kline_1d@+08:00",
        "btcusdt@depth20@100ms",
        "btcusdt@ticker_1h",
        "btcusdt",
        "!x@arr",
        "!miniTicker@arr@1ms",
        "@",
        "a" * 99,
    ],
)
def test_a_name_that_is_not_served_is_declined(text: str) -> None:
    """An unserved name is an error, because a client would otherwise wait for its payloads."""
    with pytest.raises(Declined):
        read_name(text)


@pytest.mark.parametrize(
    ("text", "code", "id_"),
    [
        ("{", 3, None),
        ("[]", 2, None),
        ('{"method": "HELLO", "id": 1}', 2, 1),
        ('{"method": "SUBSCRIBE", "params": [], "id": "a"}', 2, "a"),
        ('{"method": "SUBSCRIBE", "params": [1], "id": null}', 2, None),
        ('{"method": "SUBSCRIBE", "params": "x", "id": 2}', 2, 2),
        ('{"method": "SUBSCRIBE", "params": ["x"], "id": 1.5}', 2, None),
        (json.dumps({"method": "SUBSCRIBE", "params": ["x"], "id": "a" * 37}), 2, None),
        ('{"method": "SET_PROPERTY", "params": ["x", true], "id": 3}', 0, 3),
        ('{"method": "SET_PROPERTY", "params": ["combined", 1], "id": 4}', 1, 4),
        ('{"method": "GET_PROPERTY", "params": [], "id": 5}', 2, 5),
    ],
)
def test_a_wrong_request_gets_the_code_of_binance(text: str, code: int, id_: object) -> None:
    """An invalid request gets Binance's code in a nested error, beside the id of the request."""
    with pytest.raises(Refusal) as refused:
        read_request(text.encode())

    body: Any = refused.value.body()
    assert (body["error"]["code"], body["id"]) == (code, id_)


def test_a_candle_closes_once_and_after_its_end(stage: Stage) -> None:
    """A candle closes once in Binance's fields, and later corrections are not sent."""
    peer = stage.join(KLINE)
    stage.candle(closed=False, close=1.75)
    stage.candle(closed=True)
    stage.candle(closed=True, kind="correction")
    stage.candle(closed=False, opened=MINUTE + 60_000)
    forming, closed, following = peer.texts(3)

    assert (forming["k"]["x"], forming["k"]["c"], forming["E"]) == (False, "1.75000000", MINUTE + 50_000)
    assert closed == {
        "e": "kline",
        "E": MINUTE + 60_000,
        "s": "BTCUSDT",
        "k": {"t": MINUTE, "T": MINUTE + 59_999, "s": "BTCUSDT", "i": "1m", "f": -1, "L": -1}
        | {"o": "1.50000000", "c": "2.00000000", "h": "2.50000000", "l": "1.25000000", "v": "3.00000000"}
        | {"n": 7, "x": True, "q": "6.00000000", "V": "0.00000000", "Q": "0.00000000", "B": "0"},
    }
    assert (following["k"]["t"], following["k"]["x"]) == (MINUTE + 60_000, False)


def test_requests_are_answered_in_order_and_unwrapped(stage: Stage) -> None:
    """Answers come in order and unwrapped, and payloads are wrapped once the client wants it."""
    stage.join(KLINE)  # so that the candle is fed
    stage.candle(closed=False)
    peer = stage.join("0")
    for request in (
        {"method": "SET_PROPERTY", "params": ["combined", True], "id": 1},
        {"method": "GET_PROPERTY", "params": ["combined"], "id": "two"},
        {"method": "SUBSCRIBE", "params": [KLINE, KLINE], "id": None},
        {"method": "LIST_SUBSCRIPTIONS", "id": 3},
        {"method": "UNSUBSCRIBE", "params": [KLINE, "never@trade"], "id": 4},
    ):
        peer.send(TextMessage(json.dumps(request)))
    answers = peer.texts(6)

    assert [(one["result"], one["id"]) for one in answers[:3]] == [(None, 1), (True, "two"), (None, None)]
    assert (answers[3]["stream"], answers[3]["data"]["e"]) == (KLINE, "kline")
    assert answers[4:] == [{"result": [KLINE], "id": 3}, {"result": None, "id": 4}]


def test_one_bad_name_refuses_a_request_and_not_an_address(stage: Stage) -> None:
    """A bad name or too many refuse a request, but an address keeps its other names."""
    peer = stage.join(KLINE, "nosuch@trade", "0", channels=3)
    for names in ([f"ethusdt@kline_{code}" for code in ("1m", "3m", "5m")], ["ethusdt@trade", "x@y"]):
        peer.send(TextMessage(json.dumps({"method": "SUBSCRIBE", "params": names, "id": 1})))
    peer.send(TextMessage('{"method": "LIST_SUBSCRIPTIONS", "id": 2}'))
    *errors, listed = peer.texts(4)

    assert [error["error"]["code"] for error in errors] == [2, 2, 2]
    assert "at most 3" in errors[1]["error"]["msg"]
    assert listed["result"] == [KLINE]


def test_a_request_has_1024_names(stage: Stage) -> None:
    """A connection has at most 1024 streams, whatever its tier allows."""
    peer = stage.join(KLINE)
    served = [f"{asset.code.lower()}usdt@kline_{code}" for asset in ASSETS for code in INTERVALS]
    for names in (served, [f"a{number}@trade" for number in range(1024)]):
        peer.send(TextMessage(json.dumps({"method": "SUBSCRIBE", "params": names, "id": 1})))
    accepted, refused = peer.texts(2)

    assert len(served) > 400
    assert accepted == {"result": None, "id": 1}
    assert "at most 1024" in refused["error"]["msg"]


def test_a_flood_and_a_long_message_end_the_connection(stage: Stage) -> None:
    """A flood ends the connection with Binance's code, and a long message with WebSocket's."""
    peer, other = stage.join(), stage.join()
    for _ in range(12):
        peer.send(TextMessage('{"method": "LIST_SUBSCRIPTIONS", "id": 1}'))
    other.send(TextMessage("x" * 70_000))

    assert peer.closed() == 1008
    assert other.closed() == 1009


def test_the_server_pings_and_answers_pings(stage: Stage) -> None:
    """The server pings and answers pings, and disconnects after a minute without a pong."""
    peer = stage.join()
    (client,) = stage.clients
    peer.send(Ping(b"mine"))
    peer.until(lambda: any(isinstance(one, Pong) and one.payload == b"mine" for one in peer.frames))
    begun = time.monotonic()
    client.tend(begun + 21)
    peer.until(lambda: any(isinstance(one, Ping) for one in peer.frames))
    client.answered()
    client.tend(begun + 50)
    assert client.open
    client.tend(begun + 90)

    assert peer.closed() == 1008


def test_a_restart_is_announced(stage: Stage) -> None:
    """A restart is announced in Binance's format, wrapped or raw like other payloads."""
    raw, wrapped = stage.join(), stage.join(combined=True)
    for client in stage.clients:
        client.restart()
    (first,), (second,) = raw.texts(1), wrapped.texts(1)

    assert first["e"] == "serverShutdown"
    assert (second["stream"], second["data"]["e"]) == ("!serverShutdown", "serverShutdown")
    assert raw.closed() == wrapped.closed() == 1012


def test_what_one_venue_sends_is_passed_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trades, aggregates and best prices have Binance's fields, and the venue's name on request."""
    receivers: dict[str, Callable[..., None]] = {}
    passthrough = stage.streaming.passthrough
    monkeypatch.setattr(passthrough, "venue", lambda pair, kind: "okx")
    monkeypatch.setattr(passthrough, "join", lambda pair, kind, receive: receivers.update({kind: receive}))
    peer = stage.join("btcusdt@trade", "btcusdt@aggTrade", "btcusdt@bookTicker", options=Options(1000, True))
    receivers["trades"]("okx", StreamedTrade("x", 7, 2.5, 0.5, MINUTE, buyer_is_maker=False), MINUTE + 1)
    receivers["aggregates"]("okx", StreamedAggregate("x", 3, 2.5, 0.5, 7, 9, MINUTE, True), MINUTE + 1)
    receivers["books"]("okx", StreamedBook("x", 2.5, 1, 2.75, 3), MINUTE + 1)
    receivers["books"]("okx", StreamedTrade("x", 8, 2.5, 0.5, MINUTE), MINUTE + 1)
    trade, aggregate, book = peer.texts(3)

    figures = {"s": "BTCUSDT", "p": "2.50000000", "q": "0.50000000", "source": "okx", "M": True}
    figures |= {"E": (MINUTE + 1) * 1000, "T": MINUTE * 1000}
    assert trade == {"e": "trade", "t": 7, "m": False, **figures}
    assert aggregate == {"e": "aggTrade", "a": 3, "f": 7, "l": 9, "m": True, **figures}
    best = {"b": "2.50000000", "B": "1.00000000", "a": "2.75000000", "A": "3.00000000"}
    assert book == {"s": "BTCUSDT", "source": "okx", **best}


def test_a_stream_that_no_venue_has_is_declined(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that no venue has is an error, also if that is found only when it begins."""
    monkeypatch.setattr(stage.streaming.passthrough, "venue", lambda pair, kind: None)
    peer = stage.join("ethusdt@trade")
    monkeypatch.setattr(stage.streaming.passthrough, "venue", lambda pair, kind: "okx")

    def refuse(*_: object) -> None:
        raise ApiError("Too many streams are open", code="STREAM_FULL", status=503)

    monkeypatch.setattr(stage.streaming.passthrough, "join", refuse)
    peer.send(TextMessage('{"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1}'))
    first, accepted, second = peer.texts(3)

    assert "no exchange streams it" in first["error"]["msg"]
    assert accepted == {"result": None, "id": 1}
    assert "Too many streams" in second["error"]["msg"]


def test_a_stream_without_clients_ends(stage: Stage) -> None:
    """A stream without clients ends, and unsubscribes from the hub."""
    peer = stage.join(KLINE)
    before = stage.streaming.hub.listening
    peer.send(CloseConnection(1000))
    peer.closed()

    assert (before, stage.streaming.hub.listening) == (1, 0)


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/api/v3/ping", "/compat/binance/api/v3/ping"),
        ("/ws", "/compat/binance/ws"),
        ("/stream/", "/compat/binance/stream/"),
        ("/api/v3x", "/api/v3x"),
        ("/api/stream", "/api/stream"),
    ],
)
def test_the_root_has_the_addresses_of_binance(path: str, served: str) -> None:
    """Binance's addresses at the root lead to its interface, and others stay those of the engine."""
    seen: list[str] = []

    def layer(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ["PATH_INFO"])
        return []

    AtRoot(layer)({"PATH_INFO": path}, lambda *_: lambda data: None)

    assert seen == [served]


class Later:
    """Requests that wait for their turn."""

    def __init__(self) -> None:
        self.steps: list[Callable[[], object]] = []

    def submit(self, step: Callable[..., object], *arguments: object) -> None:
        """Keep a request."""
        self.steps.append(partial(step, *arguments))


def test_candles_of_a_stream_that_was_left_are_not_requested(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream without clients requests no candles, so that its requests delay no others."""
    asked: list[object] = []
    later: Any = Later()

    def candles(*arguments: object) -> Any:
        asked.append(arguments)
        return SimpleNamespace(candles=())

    monkeypatch.setattr(stage.streams, "_ways", replace(stage.streams._ways, pool=later))
    monkeypatch.setattr(_use_cases, "candles", candles)
    for leaves in (True, False):
        stage.join("btcusdt@ticker")
        stage.streams.tick()
        if leaves:
            stage.clients[-1].end(1000, "")
    assert len(later.steps) == 2
    for step in later.steps:
        step()

    assert len(asked) == 1
