"""Storages in SQLite and in PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.history.database import Database
from engine.history.storage import Storage
from tests.postgres_server import PostgresServer

PLENTY = 1 << 30


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Yield a PostgreSQL for all tests of this process."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Yield the URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database()


Open = Callable[..., Storage]


@pytest.fixture
def opened(url: str) -> Iterator[Open]:
    """Return a function that opens storages on the same database."""
    made: list[Storage] = []

    def make(most_bytes: int = PLENTY) -> Storage:
        made.append(Storage(Database(url), most_bytes))
        return made[-1]

    yield make
    for storage in made:
        storage.close()


@pytest.fixture
def storage(opened: Open) -> Storage:
    """Return a storage with room for everything."""
    return opened()
