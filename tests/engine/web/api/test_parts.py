"""Cached data with many parts."""

import pytest
from flask.testing import FlaskClient

from engine.cache import Entry
from engine.market.contents import CONTENTS
from engine.store._codec import decode, encode
from engine.store.memory import weigh
from engine.web.services import services_of
from tests.engine.web.api.answers import news, overview, sentiment
from tests.engine.web.conftest import Make


@pytest.fixture
def client(make: Make) -> FlaskClient:
    """Return a client with all features enabled, after requests for all of them."""
    client = make(enable_news=True)
    news(client)
    overview(client)
    sentiment(client)
    return client


@pytest.mark.parametrize("key", ["news", "overview", "fear_greed"])
def test_cached_data_can_be_encoded_and_weighed(client: FlaskClient, key: str) -> None:
    """Cached data can be encoded for Redis and weighed for the memory cache."""
    market = services_of(client.application).market
    entry: Entry | None = market.data.entry(key)

    assert entry is not None
    data = encode(entry)
    assert decode(data, CONTENTS[key]) == entry
    assert len(data) / 3 < weigh(entry) < 20 * len(data)
