"""The pages of a real server over the stand-in, in a real browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.documented import documented, watch
from tests.engine.web.pages.browser import Visit
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn

__all__ = ["documented", "watch"]
SETTINGS = {
    "DEMO": "true",
    "STREAM_ENABLED": "false",
    "ENABLE_NEWS": "true",
    "CACHE_WARMING_ENABLED": "false",
    "RATE_LIMIT_OHLCV": "100000",
    "COINCAP_API_KEY": "demo",
    "CRYPTOCOMPARE_API_KEY": "demo",
    "CRYPTOPANIC_API_KEY": "demo",
    "NEWSAPI_API_KEY": "demo",
}
"""All tests come from one address; what quotas do to the page is tested by their headers."""

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield a stand-in for all providers, in this process."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """Return the settings of a module's server that differ from the usual ones."""
    return {}


@pytest.fixture(scope="module")
def engine(stand_in: StandIn, settings: dict[str, str]) -> Iterator[Engine]:
    """Yield one server for all tests of a module."""
    with Engine({**stand_in.base_urls(), **AMPLE, **SETTINGS, **settings}) as engine:
        yield engine


@pytest.fixture
def visit(browser: Browser, engine: Engine) -> Iterator[Open]:
    """Open the pages in a new browser context. No request may leave the server."""
    visits: list[Visit] = []

    def visit(**options: Any) -> Visit:
        visits.append(Visit(browser, engine.url, **options))
        return visits[-1]

    yield visit
    for each in visits:
        each.close()
        assert not each.asked_elsewhere()
