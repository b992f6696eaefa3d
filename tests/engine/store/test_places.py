"""Owners' places are counted over all workers that share a Redis."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from redis import Redis

from engine.store.sequence.places import SharedPlaces
from tests.redis_server import RedisServer, needs_redis

pytestmark = needs_redis


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Yield a Redis for all tests of this file."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def connection(server: RedisServer) -> Iterator[Redis]:
    """Yield a connection to an empty Redis."""
    with server.client() as client:
        client.flushall()
        yield client


Begin = Callable[[], SharedPlaces]


@pytest.fixture
def begun(server: RedisServer) -> Iterator[Begin]:
    """Yield what returns the places of another worker that lives."""
    with ExitStack() as stack:

        def begin() -> SharedPlaces:
            places = SharedPlaces(server.url, "test:", seconds=5)
            stack.callback(places.close)
            places.beat()
            return places

        yield begin


def test_a_limit_holds_over_workers(connection: Redis, begun: Begin) -> None:
    """An owner's limit counts places at all workers, and a place given back can be taken at another one."""
    first, second = begun(), begun()
    taken = [places.take("alice", 3) for places in (first, second, first, second)]
    first.release("alice")

    assert taken == [True, True, True, False]
    assert second.taken("alice") == 2
    assert second.take("alice", 3)
    assert first.taken("bob") == 0


def test_places_of_a_worker_that_ends_are_free(connection: Redis, begun: Begin) -> None:
    """Places of a stopped or dead worker are free, so that its clients can move to another worker."""
    stopped, dead, living = (begun() for _ in range(3))
    assert stopped.take("alice", 2)
    assert dead.take("alice", 2)
    assert not living.take("alice", 2)
    stopped.end()
    assert living.taken("alice") == 1
    connection.zadd("test:{places}:workers", {dead._worker: 1})
    living.beat()

    assert living.taken("alice") == 0


def test_places_are_counted_again_after_redis_was_away(
    server: RedisServer, connection: Redis, begun: Begin
) -> None:
    """While Redis is unavailable each worker counts its own places, and afterwards all are counted."""
    first, second = begun(), begun()
    assert first.take("alice", 2)
    server.kill()
    first.beat()
    second.beat()
    assert second.take("alice", 1)
    server.start()
    first.beat()
    second.beat()

    assert first.taken("alice") == second.taken("alice") == 2


def test_foreign_values_are_removed(connection: Redis, begun: Begin) -> None:
    """A key with a foreign type is deleted, and places are counted again."""
    places = begun()
    assert places.take("alice", 1)
    connection.set("test:{places}:alice", "foreign")
    places.take("alice", 1)
    places.beat()

    assert places.taken("alice") == 1
