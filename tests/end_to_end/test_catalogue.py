"""The real server with a catalogue of all markets, over venues that know the true coins."""

import time
from collections.abc import Iterator

import pytest
import requests
from cachelib import RedisCache

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.facts import read_facts
from engine.catalogue.identity import Look
from engine.catalogue.listings import Listing
from engine.catalogue.looks import look
from engine.catalogue.pacing import never
from engine.catalogue.state import State
from engine.store import Store
from engine.store.key_prefix import KEY_PREFIX
from engine.store.memory import MemoryCache
from providers import CoinLister, Http, MarketLister, Provider, TickerSource, discover
from schemas import PricesAnswer
from tests.engine.web.api.answers import Json, held
from tests.everybody import COINS, MARKETS
from tests.redis_server import RedisServer, needs_redis
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

pytestmark = needs_redis
FACTS = read_facts()
LOOKS = (86_500.0, 86_450.0, 86_400.0, 60_000.0, 60.0)
"""How many seconds ago the prices were looked at."""


def known(stand_in: StandIn) -> State:
    """Return the state of a catalogue after a day of observed prices."""
    providers: list[Provider] = [
        kind(Http(), base_url=stand_in.url(kind.name))
        for kind in discover()
        if kind.name in (*MARKETS, *COINS)
    ]
    now, state = time.time(), State()
    for one in providers:
        if isinstance(one, MarketLister):
            state = state.with_listing(Listing.of(one.name, now, one.listing()), FACTS)
        elif isinstance(one, CoinLister):
            state = state.with_candidates(one.name, tuple(one.coins()))
    state, _ = state.bound(FACTS, now, never)
    tickers = {one.name: one.tickers() for one in providers if isinstance(one, TickerSource)}
    seen = look(now, state.listings, tickers)
    for ago in LOOKS:
        state, _ = state.observed(Look(now - ago, seen.prices, seen.references), {}, never)
    return state


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield venues with six hundred markets beside the known coins."""
    with StandIn(markets=600) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def engine(stand_in: StandIn) -> Iterator[Engine]:
    """Yield two workers, which load the catalogue from Redis after a restart."""
    with RedisServer() as server, server.client() as client:
        store = Store(MemoryCache(), RedisCache(client, key_prefix=KEY_PREFIX))
        CurrentCatalogue(store, FACTS).replace(known(stand_in), never)
        settings = {
            **stand_in.base_urls(),
            **AMPLE,
            "CACHE_TYPE": "redis",
            "REDIS_URL": server.url,
            "WORKERS": "2",
            "RATE_LIMIT_ENABLED": "false",
            "CACHE_WARMING_ENABLED": "false",
            "CATALOGUE_ENABLED": "true",
        }
        with Engine(settings) as engine:
            yield engine


def get(engine: Engine, path: str, status: int = 200) -> Json:
    """Return the JSON at a path, over a new connection, so that any worker may answer."""
    with requests.get(engine.url + path, timeout=20) as response:
        assert response.status_code == status, response.text
        return response.json()


def is_known(engine: Engine) -> bool:
    """Return whether both workers have loaded the catalogue: some requests in a row find the coin."""
    return all(requests.get(f"{engine.url}/api/prices/XMR", timeout=20).status_code == 200 for _ in range(8))


def test_any_coin_has_a_price_after_a_restart(engine: Engine, stand_in: StandIn) -> None:
    """Two coins of one code have their own prices, and one call of a venue serves all coins and workers."""
    eventually(lambda: is_known(engine))
    for path in (
        "XMR",
        "@neiro-first",
        "NEIRO:bybit",
        "LUNA/USD:kraken",
        "BTC?convert=EUR",
        "SOL?convert=BTC",
    ):
        answer = held(PricesAnswer, get(engine, f"/api/prices/{path}"))
        (row,) = answer["data"]
        assert row["priceUsd"] > 0, path
    now = int(time.time() * 1000)
    rows = get(engine, "/api/prices?symbols=XMR,@neiro-first,NEIRO:bybit,LUNA/USD:kraken")["data"]
    coins = ("monero", "neiro-3", "neiro-on-eth", "terra-luna")
    for row, coin in zip(rows, coins, strict=True):
        assert row["priceUsd"] == pytest.approx(stand_in.world.dollars(coin, now), rel=5e-3)

    assert get(engine, "/api/prices/NEIRO", 400)["error"]["code"] == "AMBIGUOUS_SYMBOL"
    whole = [
        call for call in stand_in.calls.list("binance", "ticker/24hr") if "symbolStatus=TRADING" in call.query
    ]
    assert 1 <= len(whole) <= 3  # the test may take longer than tickers are fresh
