"""The real server over the stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented import documented, watch
from tests.running import AMPLE, Engine
from tests.untraced import untraced
from tests.upstreams import StandIn

__all__ = ["documented", "watch"]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield a stand-in for all providers, in this process."""
    with StandIn() as stand_in:
        yield stand_in


def settings_of(stand_in: StandIn, kind: str) -> dict[str, str]:
    """Return the settings of a server without limits, under a kind of worker."""
    return {
        **stand_in.base_urls(),
        **AMPLE,
        "WORKER_CLASS": kind,
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
    }


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file to which `engine` writes its log."""
    return tmp_path_factory.mktemp("engine") / "log"


@pytest.fixture(scope="module", params=["gevent", "gthread"])
def engine(request: pytest.FixtureRequest, stand_in: StandIn, log: Path) -> Iterator[Engine]:
    """Yield a server under each kind of worker."""
    with log.open("ab") as file, Engine(settings_of(stand_in, request.param), log=file) as engine:
        yield engine


@pytest.fixture(scope="module")
def gevent(stand_in: StandIn) -> Iterator[Engine]:
    """Yield a server with default settings, under gevent: gthread has a thread per slow client."""
    with Engine(
        {**stand_in.base_urls(), "CACHE_WARMING_ENABLED": "false", "RATE_LIMIT_ENABLED": "false"}, fresh=True
    ) as engine:
        yield engine


@pytest.fixture(autouse=True)
def _untraced() -> Iterator[None]:
    """Disable the tracer, because the tested code runs in another process or has tests of its own."""
    with untraced():
        yield


@pytest.fixture(autouse=True)
def _well(stand_in: StandIn) -> Iterator[None]:
    """Begin each test with healthy providers and no recorded calls."""
    stand_in.calls.forget()
    yield
    stand_in.heal()
