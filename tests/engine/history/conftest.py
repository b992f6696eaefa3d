"""Storages in SQLite and in PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.history.database import LIMITS, Database
from engine.history.storage import Storage
from tests.postgres_server import PostgresServer

PLENTY = 1 << 30


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Yield the URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no writer wait for another one."""
    monkeypatch.setattr("engine.history.database.BUSY_SECONDS", 0.01)
    monkeypatch.setitem(LIMITS, "lock_timeout", 0.01)
    for module in ("archive", "threads"):
        monkeypatch.setattr(f"engine.history.{module}.PATIENCE", 0)


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
