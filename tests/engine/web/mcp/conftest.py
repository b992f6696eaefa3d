"""One application for all tests of the protocol, since none of them changes it."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from engine import create_app
from tests.clock import Clock
from tests.engine.web.conftest import settings_for
from tests.engine.web.mcp.agent import Agent
from tests.upstreams import StandIn


@pytest.fixture(scope="module")
def shared() -> Iterator[FlaskClient]:
    """Yield a client of an application with news, without quotas."""
    clock = Clock()
    with StandIn(clock=clock) as stand_in:
        yield create_app(clock, **settings_for(stand_in), enable_news=True).test_client()


@pytest.fixture(scope="module")
def agent(shared: FlaskClient) -> Agent:
    """Return an agent that speaks the revision of today."""
    return Agent(shared)
