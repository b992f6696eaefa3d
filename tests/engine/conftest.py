"""Fixtures for tests of the engine that need a real Redis or PostgreSQL."""

from collections.abc import Iterator

import pytest
import redis

from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Yield a Redis for all tests of a module."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Yield a PostgreSQL for all tests of this process."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def connection(server: RedisServer) -> Iterator["redis.Redis"]:
    """Yield a connection to the emptied Redis."""
    with server.client() as client:
        client.flushall()
        yield client
