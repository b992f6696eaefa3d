"""Two kinds of clients: of an application in this process with a fixed clock, and of the real server."""

from collections.abc import Iterator

import pytest

from tests.documented import documented, watch
from tests.engine.web.conftest import client, clock, make, stand_in
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn

__all__ = ["client", "clock", "documented", "engine", "make", "stand_in", "watch"]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Return the real server over its own stand-ins, without quotas and with long timeouts."""
    with StandIn() as providers:
        settings = {
            **providers.base_urls(),
            **AMPLE,  # figures are null where a busy machine is late
            "RATE_LIMIT_ENABLED": "false",
            "CACHE_WARMING_ENABLED": "false",
            "ENABLE_NEWS": "true",
        }
        with Engine(settings) as engine:
            yield engine
