"""Storages of alerts in SQLite and in PostgreSQL."""

from collections.abc import Callable, Iterator

import pytest

from engine.alerts.keeping.storage import AlertStorage
from engine.history.database import Database
from tests.clock import Clock
from tests.engine.history.conftest import hurried, url

__all__ = ["hurried", "url"]
Open = Callable[[], AlertStorage]


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


@pytest.fixture
def opened(url: str, clock: Clock) -> Iterator[Open]:
    """Return a function that opens storages on the same database, each as another process would."""
    made: list[AlertStorage] = []

    def make() -> AlertStorage:
        made.append(AlertStorage(Database(url), clock))
        return made[-1]

    yield make
    for storage in made:
        storage.close()
