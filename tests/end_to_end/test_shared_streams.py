"""Two servers that share a Redis stream as one."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from hashlib import sha256
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.end_to_end.stream_client import LONG, Client, opened
from tests.redis_server import RedisServer, needs_redis
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

pytestmark = needs_redis

KEY = "0123456789abcdef"
CANDLES, PRICES = "candles:BTCUSDT:1m", "prices:BTC"
MOVED_WITHIN = 5
"""Seconds in which another worker has the connections to venues."""


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """Yield a Redis for both servers."""
    with RedisServer() as redis:
        yield redis


@pytest.fixture(scope="module")
def world() -> Iterator[StandIn]:
    """Yield a stand-in that streams."""
    with StandIn() as stand_in:
        stand_in.open_streams()
        yield stand_in


@pytest.fixture(scope="module")
def settings(world: StandIn, redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the settings of a server with a key and one worker."""
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text(f"alice:pro:{sha256(KEY.encode()).hexdigest()}\n")
    return {
        **world.base_urls(),
        **world.open_streams().urls(),
        **AMPLE,
        "API_KEYS_FILE": str(keys),
        "CACHE_TYPE": "redis",
        "REDIS_URL": redis.url,
        "REDIS_TIMEOUT_SECONDS": "2",
        "WORKERS": "1",
        "CACHE_WARMING_ENABLED": "false",
        "RATE_LIMIT_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture(scope="module")
def pair(settings: dict[str, str]) -> Iterator[tuple[Engine, Engine]]:
    """Yield two servers."""
    with Engine(settings) as one, Engine(settings) as other:
        yield one, other


def subscribed(stack: ExitStack, engine: Engine, *channels: str, after: str | None = None) -> Client:
    """Return a client of channels."""
    client = Client(stack.enter_context(opened(engine)))
    client.ask(op="subscribe", channels=channels or (CANDLES,), after=after)
    client.next("subscribed")
    return client


def test_both_servers_share_the_connections_to_venues(pair: tuple[Engine, Engine], world: StandIn) -> None:
    """Clients of both servers get the same messages and cursors, over the connections of one of them."""
    with ExitStack() as stack:
        client = subscribed(stack, pair[0], CANDLES, PRICES)
        while len(client.next("price")["data"]["sources"]) < 5:
            pass
        opened_before = world.open_streams().opened.copy()
        clients = [client, subscribed(stack, pair[1], CANDLES, PRICES)]
        seen: list[dict[str, Any]] = [{}, {}]
        while not seen[0].keys() & seen[1].keys():
            for one, messages in zip(clients, seen, strict=True):
                message = one.next("candle", "price")
                messages[message["cursor"]] = message
        both = seen[0].keys() & seen[1].keys()

    assert all(seen[0][cursor] == seen[1][cursor] for cursor in both)
    assert world.open_streams().opened == opened_before


def test_a_client_goes_on_at_another_server(pair: tuple[Engine, Engine]) -> None:
    """The cursor of one server is good at the other one at once, over the replay as well."""
    for here, there in (pair, pair[::-1]):
        with ExitStack() as stack:
            cursor = subscribed(stack, here).next("candle")["cursor"]
        replay = requests.get(
            f"{there.url}/api/stream/since", {"cursor": cursor, "channels": CANDLES}, timeout=LONG
        ).json()
        with ExitStack() as stack:
            following = subscribed(stack, there, after=cursor).next("candle", "reset")

        assert following["type"] == "candle"
        assert following["cursor"] > cursor
        assert all(message["cursor"] > cursor for message in replay["data"])


def test_a_ticket_is_good_at_any_server_once(pair: tuple[Engine, Engine]) -> None:
    """A ticket of one server opens one stream at any server, and is unknown after that."""
    key = {"Authorization": f"Bearer {KEY}"}
    here, there = pair
    ticket = requests.post(f"{here.url}/api/stream/ticket", headers=key, timeout=LONG).json()["data"]
    addresses = [
        f"{engine.url.replace('http', 'ws')}/api/stream?ticket={ticket['ticket']}" for engine in (there, here)
    ]

    with connect(addresses[0]) as connection:
        assert Client(connection).next("welcome")["limits"]["channels"] == 2000
    for address in addresses:
        with pytest.raises(InvalidStatus, match="401"), connect(address):
            pass


def test_an_address_has_twenty_streams_at_both_together(pair: tuple[Engine, Engine]) -> None:
    """An address has twenty streams at both servers together, and one that ends makes room at either."""
    with ExitStack() as streams:
        for number in range(20):
            Client(streams.enter_context(opened(pair[number % 2]))).next("welcome")
        for engine in pair:
            with opened(engine) as connection:
                assert Client(connection).closed() == 1013
            events = requests.get(f"{engine.url}/api/stream/sse", {"channels": PRICES}, timeout=LONG)
            assert (events.status_code, events.json()["error"]["code"]) == (503, "STREAM_FULL")

    def is_welcome() -> bool:
        with opened(pair[1]) as connection, suppress(ConnectionClosed):
            return bool(Client(connection).next("welcome"))
        return False

    eventually(is_welcome)


def test_clients_go_on_while_redis_is_away_and_after_it(
    pair: tuple[Engine, Engine], redis: RedisServer
) -> None:
    """While Redis is away each server feeds its own clients, who get a `reset` before and after."""
    with ExitStack() as stack:
        clients = [subscribed(stack, engine) for engine in pair]
        epochs = [client.next("candle")["cursor"].split("-")[0] for client in clients]
        redis.kill()
        try:
            for client in clients:
                client.next("reset")
            alone = [client.next("candle")["cursor"].split("-")[0] for client in clients]
        finally:
            redis.start()
        for client in clients:
            client.next("reset")
        together = [client.next("candle")["cursor"].split("-")[0] for client in clients]

    assert epochs[0] == epochs[1]
    assert len({*epochs, *alone}) == 3
    assert together[0] == together[1] not in {*epochs, *alone}


def test_a_stopped_server_hands_its_clients_over(
    settings: dict[str, str], pair: tuple[Engine, Engine]
) -> None:
    """Clients of a stopped server get code 1012, and go on at another one where they were."""
    with ExitStack() as stack:
        with Engine(settings) as stopping:
            client = subscribed(stack, stopping)
            cursor = client.next("candle")["cursor"]
            os.kill(stopping.process.pid, signal.SIGTERM)
            assert client.closed() == 1012
        following = subscribed(stack, pair[0], after=cursor).next("candle", "reset")

    assert following["type"] == "candle"
    assert following["cursor"] > cursor


def test_connections_to_venues_move_when_the_leader_is_killed(
    settings: dict[str, str], redis: RedisServer, world: StandIn
) -> None:
    """Another server takes the connections of a killed leader over, and its clients go on without a reset."""
    settings = {**settings, "REDIS_URL": f"{redis.url}/1"}
    with Engine(settings) as leader, ExitStack() as stack:
        subscribed(stack, leader).next("candle")
        other = stack.enter_context(Engine(settings))
        client = subscribed(stack, other)
        client.next("candle")
        opened_before = world.open_streams().opened.total()
        os.killpg(leader.process.pid, signal.SIGKILL)
        killed = time.monotonic()
        eventually(lambda: world.open_streams().opened.total() > opened_before)
        moved, now = time.monotonic() - killed, int(time.time() * 1000)
        message = client.next("candle", "reset")
        while message["type"] == "candle" and message["receivedAt"] < now:
            message = client.next("candle", "reset")

    assert message["type"] == "candle"
    assert moved < MOVED_WITHIN
