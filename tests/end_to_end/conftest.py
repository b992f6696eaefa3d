"""The real server over the stand-in."""

from collections.abc import Iterator

import pytest

from tests.documented import documented, watch
from tests.running import AMPLE, Engine
from tests.untraced import untraced
from tests.upstreams import StandIn

__all__ = ["documented", "watch"]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """All providers, in this process."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module", params=["gevent", "gthread"])
def engine(request: pytest.FixtureRequest, stand_in: StandIn) -> Iterator[Engine]:
    """The server as `make run` starts it, under each kind of worker."""
    settings = {
        **stand_in.base_urls(),
        **AMPLE,
        "WORKER_CLASS": request.param,
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
    }
    with Engine(settings, command=("make", "run")) as engine:
        yield engine


@pytest.fixture(scope="module")
def gevent(stand_in: StandIn) -> Iterator[Engine]:
    """The server as it comes; under gthread a slow client holds one of 256 threads."""
    with Engine(
        {**stand_in.base_urls(), "CACHE_WARMING_ENABLED": "false", "RATE_LIMIT_ENABLED": "false"}
    ) as engine:
        yield engine


@pytest.fixture(autouse=True)
def _untraced() -> Iterator[None]:
    """What is tested here is a server elsewhere, or lines of which each has a test of its own."""
    with untraced():
        yield


@pytest.fixture(autouse=True)
def _well(stand_in: StandIn) -> Iterator[None]:
    """Each test begins with healthy providers and no calls."""
    stand_in.calls.forget()
    yield
    stand_in.heal()
