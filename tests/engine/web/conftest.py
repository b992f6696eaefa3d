"""The whole application in this process, over the stand-in, with a clock that tests advance."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import create_app
from engine.config import ProviderSettings
from tests import running
from tests.clock import Clock
from tests.documented import documented, watch
from tests.untraced import unmeasured
from tests.upstreams import StandIn

__all__ = ["documented", "watch"]
KEYED = ("cryptocompare", "coincap")


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance, for the engine and its providers."""
    return Clock()


@pytest.fixture
def stand_in(clock: Clock) -> Iterator[StandIn]:
    """Yield a stand-in for all providers."""
    with StandIn(clock=clock) as stand_in:
        yield stand_in


Make = Callable[..., FlaskClient]
MADE: set[frozenset[str]] = set()
"""The settings of measured applications: another one with the same settings runs the same lines."""
AMPLE = {name.lower(): float(seconds) for name, seconds in running.AMPLE.items()}
"""No provider is given up because a machine is busy."""


def settings_for(stand_in: StandIn) -> dict[str, Any]:
    """Return settings for an application over the stand-in, without quotas and background work."""
    providers = {
        name.removesuffix("_BASE_URL").lower(): ProviderSettings(base_url=url)
        for name, url in stand_in.base_urls().items()
    }
    return {
        "rate_limit_enabled": False,
        "cache_warming_enabled": False,
        **AMPLE,
        "providers": providers,
    }


@pytest.fixture
def make(stand_in: StandIn, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a maker of clients, each of an application with its own settings, however busy the machine is.

    Hedging waits a minute, no minute ends while quotas are counted, and waiting for them takes no time.
    """
    within_a_minute = time.time() // 60 * 60 + 7.5

    def make(**settings: Any) -> FlaskClient:
        if settings.get("rate_limit_enabled"):
            monkeypatch.setattr(time, "time", lambda: within_a_minute)
        every = {**settings_for(stand_in), **settings}
        given = frozenset(f"{name}={value!r}" for name, value in settings.items())
        with unmeasured() if given in MADE else nullcontext():
            if sys.gettrace() is not None:
                MADE.add(given)
            return create_app(clock, sleep=lambda seconds: None, **every).test_client()

    return make


@pytest.fixture
def client(make: Make) -> FlaskClient:
    """Return a client of the application with default settings, without quotas."""
    return make()
