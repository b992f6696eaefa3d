"""Two ways to ask: the application in this process while time stands still, and the real server."""

from collections.abc import Iterator

import pytest

from tests.documented import documented, watch
from tests.engine.web.conftest import client, clock, make, stand_in
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn

__all__ = ["client", "clock", "documented", "engine", "make", "stand_in", "watch"]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The real server over stand-ins of its own, without quotas, and patient."""
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
