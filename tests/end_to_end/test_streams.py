"""Streams through the real server, fed by venues' WebSockets."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from engine.commands.key._rewriting import rewrite
from providers import INTERVALS
from tests.counted import labels_of, number, read
from tests.end_to_end.stream_client import LONG, Client, opened
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn
from tests.upstreams.streams import StreamFault, StreamServer
from tests.waiting import eventually

KEY, OLD, NEW = "0123456789abcdef", "bob's old key", "bob's new key"
CANDLES, PRICES = "candles:BTCUSDT:1m", "prices:BTC"
THREE = {"binance", "kraken", "okx"}


@pytest.fixture(scope="module")
def world() -> Iterator[StandIn]:
    """A stand-in that streams."""
    with StandIn() as stand_in:
        stand_in.open_streams()
        yield stand_in


@pytest.fixture
def venues(world: StandIn) -> Iterator[StreamServer]:
    """The venues' streams, without faults."""
    server = world.open_streams()
    server.heal()
    yield server
    server.heal()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of keys."""
    keys = tmp_path_factory.mktemp("keys") / "keys"
    owners = (("alice:pro", KEY), ("bob:free", OLD), ("bob:free", NEW))
    lines = [f"{owner}:{sha256(secret.encode()).hexdigest()}\n" for owner, secret in owners]
    keys.write_text("".join(lines))
    return keys


@pytest.fixture(scope="module")
def engine(world: StandIn, keys: Path) -> Iterator[Engine]:
    """One server for all tests, with a key."""
    settings = {
        **world.base_urls(),
        **world.open_streams().urls(),
        **AMPLE,
        "API_KEYS_FILE": str(keys),
        "CACHE_WARMING_ENABLED": "false",
        "RATE_LIMIT_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
        "CORS_ORIGINS": "https://example.org",
        "ENABLE_NEWS": "true",
        "STREAM_MAX_SERIES": "12",
    }
    with Engine(settings) as engine:
        yield engine


@pytest.fixture
def client(engine: Engine, venues: StreamServer) -> Iterator[Client]:
    """A client that is connected."""
    with opened(engine) as connection:
        yield Client(connection)


def test_a_client_is_welcomed_and_gets_what_it_subscribes_to(client: Client, engine: Engine) -> None:
    """A candle is a row as requests give it, and names its venue and its times."""
    welcome = client.next("welcome")
    client.ask(op="subscribe", id=1, channels=["candles:btc-usdt:1m"])
    answer, candle = client.next("subscribed"), client.next("candle")
    while candle["closed"]:  # the minute may just end
        candle = client.next("candle")
    row = requests.get(f"{engine.url}/api/ohlcv?symbol=BTC&interval=1m&limit=50", timeout=LONG).json()[
        "data"
    ][-1]

    assert welcome["heartbeatSeconds"] == 15
    assert answer == {"type": "subscribed", "id": 1, "channels": [CANDLES]}
    assert candle["channel"] == CANDLES
    assert (candle["source"], candle["quote"], candle["closed"], candle["revision"]) == (
        "binance",
        "USDT",
        False,
        0,
    )
    assert candle["data"].keys() == row.keys()
    assert abs(candle["data"]["close"] / row["close"] - 1) < 0.02
    while candle["sourceTime"] is None:  # the first one may come from a request
        candle = client.next("candle")
    assert candle["receivedAt"] >= candle["sourceTime"]


def test_a_price_is_the_consensus_of_live_tickers(client: Client) -> None:
    """A streamed price is a row as requests give it, and is verified by at least three venues."""
    client.ask(op="subscribe", channels=[PRICES])
    sources: set[str] = set()
    for _ in range(100):
        price = client.next("price")
        sources = {source["provider"] for source in price["data"]["sources"]}
        if len(sources) >= 5 and sources >= THREE and price["data"]["verified"]:
            break

    assert price["data"]["symbol"] == "BTC"
    assert sources >= THREE
    assert len(sources) >= 5
    assert price["data"]["verified"]


@pytest.mark.parametrize(
    ("channel", "kind", "path"),
    [
        ("sentiment", "sentiment", "/api/sentiment"),
        ("news", "news", "/api/news?limit=20"),
        (
            "indicators:BTCUSDT:1h:macd:12:26:9",
            "indicator",
            "/api/indicators?symbol=BTC&interval=1h&limit=1&indicators=macd:12:26:9&closedOnly=true",
        ),
    ],
)
def test_what_requests_know_is_streamed_too(
    client: Client, engine: Engine, channel: str, kind: str, path: str
) -> None:
    """A message of indicators, sentiment or news has the data of the same request."""
    client.ask(op="subscribe", channels=[channel])
    message = client.next(kind)
    data = requests.get(f"{engine.url}{path}", timeout=LONG).json()["data"]

    assert message["channel"] == channel
    assert message["data"] == (data[0] if kind == "indicator" else data)


def test_a_silent_venue_is_replaced_by_its_standby(client: Client, venues: StreamServer) -> None:
    """A client is told that a silent venue was replaced, and gets the running candle of the other one."""
    client.ask(op="subscribe", channels=["candles:ETHUSDT:1m"])
    assert client.next("candle")["source"] == "binance"
    venues.fault("binance", StreamFault("silent"))
    change = client.next("source")
    candle = client.next("candle")

    assert (change["from"], change["reason"]) == ("binance", "silent")
    assert candle["source"] == change["to"] != "binance"


def test_a_venue_that_refuses_the_region_is_passed_over(client: Client, venues: StreamServer) -> None:
    """A venue that refuses the region is passed over, and another one streams in its place."""
    client.ask(op="subscribe", channels=["candles:SOLUSDT:5m"])
    candle = client.next("candle")
    while candle["source"] != "binance" or candle["sourceTime"] is None:
        candle = client.next("candle")  # others may come first: from a request, or while binance was silent
    for venue in ("binance", "bybit"):
        venues.fault(venue, StreamFault("refuse", status=451))
        venues.fault(venue, StreamFault("drop"))

    change = client.next("source")
    assert (change["from"], change["reason"]) == ("binance", "disconnected")
    while change["to"] in ("binance", "bybit"):
        change = client.next("source")
    assert client.next("candle")["source"] not in ("binance", "bybit")


def test_a_client_goes_on_where_it_was(engine: Engine, venues: StreamServer) -> None:
    """A client gets nothing twice after its cursor, over another connection and over the replay alike."""
    with opened(engine) as connection:
        client = Client(connection)
        client.ask(op="subscribe", channels=[CANDLES])
        cursor = client.next("candle")["cursor"]
    with opened(engine) as connection:
        client = Client(connection)
        client.ask(op="subscribe", channels=[CANDLES], after=cursor)
        following = client.next("candle")
    replay = requests.get(
        f"{engine.url}/api/stream/since", {"cursor": cursor, "channels": CANDLES}, timeout=LONG
    )

    assert following["cursor"] > cursor
    assert replay.headers["Cache-Control"] == "no-store"
    assert replay.json()["success"] is True
    assert all(message["cursor"] > cursor for message in replay.json()["data"])


def test_a_cursor_from_before_a_restart_is_told_the_closed_candles(
    engine: Engine, venues: StreamServer
) -> None:
    """A cursor from before a restart gets a reset, each closed candle once, then the state, everywhere."""
    minute = int(time.time()) // 60 * 60_000
    cursor = f"abcd-{minute - 270_000}-0"
    expected = [minute - count * 60_000 for count in (5, 4, 3, 2)]
    with opened(engine) as connection:
        client = Client(connection)
        client.ask(op="subscribe", channels=[CANDLES])
        client.next("candle")
        client.ask(op="subscribe", channels=[CANDLES], after=cursor)
        told = [client.next("reset", "candle", "snapshot", "gap")]
        while told[-1]["type"] != "snapshot":
            told.append(client.next("reset", "candle", "snapshot", "gap"))
    query = {"cursor": cursor, "channels": CANDLES}
    replay = requests.get(f"{engine.url}/api/stream/since", query, timeout=LONG).json()["data"]
    address = f"{engine.url}/api/stream/sse?channels={CANDLES}"
    with requests.get(address, headers={"Last-Event-ID": cursor}, stream=True, timeout=LONG) as response:
        lines = (line for line in response.iter_lines(decode_unicode=True) if line)
        events = [next(lines).removeprefix("data: ") for _ in range(2 + 2 * len(expected))]

    for messages in (told[told.index(next(one for one in told if one["type"] == "reset")) :], replay):
        assert messages[0]["type"] == "reset"
        assert [one["data"]["timestamp"] for one in messages if one["type"] == "candle" and one["closed"]][
            :4
        ] == expected
        assert messages[-1]["type"] == "snapshot"
    assert [json.loads(one)["type"] for one in events if one.startswith("{")][:3] == [
        "subscribed",
        "reset",
        "candle",
    ]
    ids = [one.removeprefix("id: ") for one in events if one.startswith("id: ")]
    assert all(one.startswith("0-") for one in ids)


def test_events_carry_the_same_messages(engine: Engine, venues: StreamServer) -> None:
    """Server-sent events have the messages of a WebSocket, with the cursor as the id."""
    with requests.get(
        f"{engine.url}/api/stream/sse",
        {"channels": f"{CANDLES},{PRICES}"},
        headers={"Accept": "text/event-stream", "Origin": "https://example.org"},
        stream=True,
        timeout=LONG,
    ) as response:
        lines = response.iter_lines(decode_unicode=True)
        subscribed = next(lines)
        events: list[str] = []
        while len(events) < 4:
            if line := next(lines):
                events.append(line)

    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert json.loads(subscribed.removeprefix("data: "))["type"] == "subscribed"
    ids = [line.removeprefix("id: ") for line in events if line.startswith("id: ")]
    told = [json.loads(line.removeprefix("data: ")) for line in events if line.startswith("data: ")]
    assert ids == [message["cursor"] for message in told]
    assert {message["channel"] for message in told} <= {CANDLES, PRICES}


@pytest.mark.parametrize("channel", ["candles:NOSUCHCOIN:1m", "candles:BTCUSDT:7m", "trades:BTC", "prices"])
def test_a_channel_that_does_not_exist_is_refused(client: Client, engine: Engine, channel: str) -> None:
    """A channel that does not exist is an error message over WebSockets, and a status over events."""
    client.ask(op="subscribe", id="x", channels=[CANDLES, channel])
    refused = client.next("error")
    events = requests.get(f"{engine.url}/api/stream/sse", {"channels": channel}, timeout=LONG)

    assert (refused["id"], refused["error"]["code"]) == ("x", "INVALID_CHANNEL")
    assert events.status_code == 400
    assert events.json()["error"]["code"] == "INVALID_CHANNEL"


def test_an_event_stream_has_as_many_channels_as_its_tier(engine: Engine, venues: StreamServer) -> None:
    """Events and replays have the tier's number of channels, and errors name each wrong parameter."""
    many = ",".join(f"indicators:BTCUSDT:1h:ema:{period}" for period in range(2, 203))
    replay = {"cursor": "7f3a-1042-1", "channels": many}
    key = {"Authorization": f"Bearer {KEY}"}

    def error(path: str, query: dict[str, str], **headers: str) -> tuple[str, object]:
        answer = requests.get(f"{engine.url}/api/stream/{path}", query, headers=headers, timeout=LONG)
        failed = answer.json()["error"]
        return failed["code"], failed["details"]

    assert error("sse", {"channels": many}) == ("TOO_MANY_CHANNELS", {"limit": 200})
    assert error("since", replay) == ("TOO_MANY_CHANNELS", {"limit": 200})
    assert error("since", replay | {"cursor": "x"}) == ("INVALID_PARAMETER", {"cursor": ["is no cursor"]})
    assert error("sse", {"channels": PRICES}, **{"Last-Event-ID": "x"}) == (
        "INVALID_PARAMETER",
        {"Last-Event-ID": ["is no cursor"]},
    )
    assert requests.get(f"{engine.url}/api/stream/since", replay, headers=key, timeout=LONG).ok


def test_event_streams_beyond_the_quota_are_told_to_come_again(world: StandIn) -> None:
    """A browser never tries again after an error status, so that the refusal is an event."""
    settings = {**world.base_urls(), "RATE_LIMIT_DEFAULT": "2", "LOG_LEVEL": "ERROR"}
    events = {"Accept": "text/event-stream"}
    with Engine({**settings, "CACHE_WARMING_ENABLED": "false", "STREAM_ENABLED": "true"}) as engine:
        path = f"{engine.url}/api/stream/sse?channels=status"
        for _ in range(8):  # a minute of the quota may end meanwhile
            refused = requests.get(path, headers=events, stream=True, timeout=LONG)
            if "Content-Length" in refused.headers:
                break
            refused.close()
        told, plain = refused.text, requests.get(path, stream=True, timeout=LONG)

    message = json.loads(told.partition("data: ")[2])
    assert refused.status_code == 200
    assert told.startswith(f"retry: {message['error']['retryAfter'] * 1000}\n")
    assert (message["type"], message["error"]["code"]) == ("error", "RATE_LIMITED")
    assert (plain.status_code, plain.json()["error"]["code"]) == (429, "RATE_LIMITED")


def test_a_wrong_indicator_is_explained_in_words(client: Client) -> None:
    """The error for a channel with a wrong indicator says what is wrong with it."""
    client.ask(op="subscribe", id=1, channels=["indicators:BTCUSDT:1h:rsi:1"])
    details = client.next("error")["error"]["details"]

    assert details == {
        "indicators:BTCUSDT:1h:rsi:1": ["has no indicator: rsi:1: period must be an integer from 2 to 500"]
    }


def test_no_more_series_than_allowed_are_opened(engine: Engine, client: Client) -> None:
    """A channel beyond `STREAM_MAX_SERIES` is refused, and those that are fed already are not."""
    client.ask(op="subscribe", id=1, channels=[CANDLES])
    client.next("subscribed")
    many = [f"candles:BTCUSDT:{interval}" for interval in INTERVALS]
    client.ask(op="subscribe", id=2, channels=many)

    assert client.next("error")["error"]["code"] == "STREAM_FULL"
    client.ask(op="subscribe", id=3, channels=[CANDLES])
    assert client.next("subscribed")["id"] == 3


def test_streams_are_counted(engine: Engine, client: Client) -> None:
    """The metrics have the open streams, the series that are fed and the connections to exchanges."""
    client.ask(op="subscribe", id=1, channels=[CANDLES])
    client.next("candle")

    def counted() -> bool:
        numbers = read(requests.get(f"{engine.url}/metrics", timeout=LONG).text)
        found = [number(numbers, name) or 0 for name in ("engine_streams", "engine_stream_series")]
        return min(found) >= 1 and "binance" in labels_of(numbers, "engine_stream_connections", "venue")

    eventually(counted)


def test_a_ticket_opens_one_stream(engine: Engine, venues: StreamServer) -> None:
    """A ticket opens one stream, for browsers, which cannot send a key with it."""
    asked = f"{engine.url}/api/stream/ticket"
    ticket = requests.post(asked, headers={"Authorization": f"Bearer {KEY}"}, timeout=LONG).json()["data"]
    address = f"{engine.url.replace('http', 'ws')}/api/stream?ticket={ticket['ticket']}"

    assert requests.post(asked, timeout=LONG).status_code == 401
    assert ticket["expiresIn"] == 30
    with connect(address) as connection:
        assert Client(connection).next("welcome")["limits"]["channels"] == 2000
    with pytest.raises(InvalidStatus, match="401"), connect(address):
        pass


def test_a_page_of_the_server_needs_no_permission(engine: Engine, venues: StreamServer) -> None:
    """A page of the server's own origin may open a stream, whatever `CORS_ORIGINS` allows to others."""
    with opened(engine, origin=engine.url) as connection:
        assert Client(connection).next("welcome")


def test_an_unknown_key_and_a_foreign_page_are_refused(engine: Engine) -> None:
    """An unknown key and a page of another origin are refused before the stream begins."""
    for headers, status in (({"Authorization": "Bearer x"}, 401), ({"Origin": "https://evil.example"}, 403)):
        with pytest.raises(InvalidStatus, match=str(status)), opened(engine, additional_headers=headers):
            pass


def test_an_address_has_twenty_streams(engine: Engine, venues: StreamServer) -> None:
    """A twenty-first stream of an address ends with 1013, and over events says when to try again."""
    with ExitStack() as streams:
        for _ in range(20):
            Client(streams.enter_context(opened(engine))).next("welcome")
        with opened(engine) as connection:
            assert Client(connection).closed() == 1013
        told = requests.get(
            f"{engine.url}/api/stream/sse",
            {"channels": PRICES},
            headers={"Accept": "text/event-stream"},
            timeout=LONG,
        )
        plain = requests.get(f"{engine.url}/api/stream/sse", {"channels": PRICES}, timeout=LONG)
        health = requests.get(f"{engine.url}/api/health", timeout=LONG)

    assert told.status_code == 200
    assert told.text.startswith("retry: 3000\ndata: ")
    assert (plain.status_code, plain.json()["error"]["code"]) == (503, "STREAM_FULL")
    assert health.status_code == 200


def test_a_plain_request_is_told_to_upgrade(engine: Engine) -> None:
    """A plain request for a WebSocket is 426, and the message names the address for plain HTTP."""
    answer = requests.get(f"{engine.url}/api/stream", timeout=LONG)

    assert answer.status_code == 426
    assert "/api/stream/sse" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("version", "more"), [("1.0", ""), ("1.1", "Content-Length: 2"), ("1.1", "Transfer-Encoding: chunked")]
)
@pytest.mark.parametrize("path", ["/api/stream", "/compat/binance/ws"])
def test_a_request_that_no_client_sends_opens_no_stream(
    engine: Engine, path: str, version: str, more: str
) -> None:
    """An upgrade with a body or of HTTP/1.0 is 426: a proxy could take what follows for another request."""
    lines = [f"GET {path} HTTP/{version}", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket"]
    lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", *more.split("\n")]
    with socket.create_connection(("127.0.0.1", engine.port), timeout=LONG) as sock:
        sock.sendall("\r\n".join([*(line for line in lines if line), "", ""]).encode())

        assert sock.recv(100).split()[1] == b"426"


def test_a_venue_is_left_without_listeners(engine: Engine, venues: StreamServer, world: StandIn) -> None:
    """No connection is opened for a coin without a listener."""
    assert set(venues.opened) <= {"binance", "kraken", "bybit", "okx", "coinbase", "kucoin", "gate"}
    assert all(count < 20 for count in venues.opened.values())


def test_a_restart_is_told_to_every_client(world: StandIn, tmp_path: Path) -> None:
    """Code 1012 says that the cursor serves after the restart, without a reset.

    Until then full streams leave the few connections of a worker to requests.
    """
    settings = {
        **world.base_urls(),
        **world.open_streams().urls(),
        "CACHE_WARMING_ENABLED": "false",
        "GUNICORN_CMD_ARGS": "--worker-connections 2",
        "STREAM_MAX_CONNECTIONS": "10",
        "LOG_LEVEL": "ERROR",
        "DATA_DIR": str(tmp_path),
    }
    with Engine(settings) as engine, ExitStack() as streams:
        clients = [Client(streams.enter_context(opened(engine))) for _ in range(10)]
        for client in clients:
            client.next("welcome")
        clients[0].ask(op="subscribe", channels=[CANDLES])
        cursor = clients[0].next("candle")["cursor"]
        with opened(engine) as connection:
            assert Client(connection).closed() == 1013
        for path in ("/api/health", "/api/symbols"):
            assert requests.get(engine.url + path, timeout=LONG).status_code == 200
        os.kill(engine.process.pid, signal.SIGTERM)

        assert [client.closed() for client in clients] == [1012] * 10
        eventually(lambda: engine.process.poll() is not None)
    with Engine(settings) as engine, opened(engine) as connection:
        client = Client(connection)
        client.ask(op="subscribe", channels=[CANDLES], after=cursor)
        following = client.next("reset", "candle")

    assert following["type"] == "candle"
    assert following["cursor"].split("-")[0] == cursor.split("-")[0]


def test_threads_have_no_streams(world: StandIn) -> None:
    """The server with threads has no streams, since each would take a thread."""
    with Engine({**world.base_urls(), "WORKER_CLASS": "gthread", "CACHE_WARMING_ENABLED": "false"}) as engine:
        answer = requests.get(f"{engine.url}/api/stream/sse", {"channels": PRICES}, timeout=LONG)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "FEATURE_DISABLED"


def test_a_revoked_key_ends_its_streams_within_two_seconds(engine: Engine, keys: Path) -> None:
    """A line that leaves the file ends the streams of its key, and those of no other key of its owner."""
    with (
        opened(engine, additional_headers={"X-API-Key": OLD}) as first,
        opened(engine, additional_headers={"X-API-Key": NEW}) as second,
    ):
        Client(first).next("welcome")
        Client(second).next("welcome")
        rewrite(f"{keys}", lambda lines: [lines[0], lines[2]])
        began = time.monotonic()
        assert Client(first).closed() == 4001
        assert time.monotonic() - began < 2.5, "two seconds, and what a busy machine takes"
        Client(second).ask(op="ping", id=7)
        assert Client(second).next("pong")["id"] == 7
