"""What somebody else has written into Redis under the engine's keys is as good as nothing."""

import itertools
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis
from cachelib import RedisCache
from flask.testing import FlaskClient
from limits.storage import storage_from_string

from engine.cache.answers import Answer
from engine.cache.decision import Failed
from engine.cache.entries import Entry
from engine.market.candles.bad_markets import Rest
from engine.store import Store
from engine.store.memory import Shelf
from engine.store.shared_counters import SCHEME
from engine.telemetry.event_log import Event, ProviderFailed
from engine.upstream import OpenState, Statistics
from engine.version import VERSION
from engine.web.services import services_of
from providers import Candle
from tests.clock import Clock
from tests.engine.web.conftest import Make
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import Fault, StandIn

pytestmark = needs_redis

PREFIX = f"engine:{VERSION}:"
PATHS = (
    "/api/prices",
    "/api/prices?symbols=BTC,ETH",
    "/api/ohlcv?symbol=BTC",
    "/api/ohlcv?symbol=ETH&interval=1d&limit=60&startTime=1700000000&endTime=1710000000",
    "/api/sentiment",
    "/api/news",
    "/api/market/overview",
    "/api/categories",
    "/api/symbols",
    "/api/providers",
    "/api/health",
    "/api/health/ready",
    "/metrics",
    "/api/status",
    "/api/alerts",
    "/api/logs",
    "/api/rate-limits",
    "/api/nothing",
)
ALWAYS = (
    "circuit:binance",
    "circuit:binance:trial",
    "circuit:market:binance:BTCUSDT:1h",
    "statistics:kraken",
    "failed:quotes:BTC",
    "failed:series:BTCUSDT:1h",
    "flight:quotes:BTC",
    "flight:series:BTCUSDT:1h",
    "flight:fear_greed",
    "warming",
    "events:count",
    "events:1",
    "refresh:turn",
    "refresh:renewed",
    "secret",
)
"""Keys that there are not all the time."""
KINDS = ("answer", "quotes", "series", "window", "overview", "categories", "fear_greed", "news", "statistics")
"""Those that there are after some traffic."""

Connection = Any
Write = Callable[[Connection, bytes], object]


def pickled(value: object) -> Write:
    """A value as the engine writes it, if it were one of its own."""
    return lambda client, key: client.set(key, b"!" + pickle.dumps(value), ex=3600)


def text(data: bytes) -> Write:
    """Plain bytes."""
    return lambda client, key: client.set(key, data, ex=3600)


class Calling:
    """A value that does something when it is read."""

    def __init__(self, call: Callable[..., object], *arguments: object) -> None:
        self._call = (call, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call


def earlier(kind: type, *fields: object) -> Write:
    """A value of a release whose class had other fields, as pickle's own words say it."""
    made = f"c{kind.__module__}\n{kind.__name__}\n".encode() + b")\x81"
    return text(b"!\x80\x02" + made + pickle.dumps([*fields], 0)[:-1] + b"b.")


@dataclass
class Foreign:
    """A value of a class that is none of the engine's."""

    made: float = 0.0
    until: float = 0.0


WRONG: dict[str, Write] = {
    "a list": lambda client, key: client.rpush(key, "a", "b"),
    "a hash": lambda client, key: client.hset(key, "a", "b"),
    "a set": lambda client, key: client.sadd(key, "a"),
    "a sorted set": lambda client, key: client.zadd(key, {"a": 1.0}),
    "a stream": lambda client, key: client.xadd(key, {"a": "b"}),
    "nothing": text(b""),
    "garbage": text(b"\x80\x04garbage"),
    "a mark alone": text(b"!"),
    "a pickle that is garbage": text(b"!\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\x7f"),
    "half a pickle": text(b"!" + pickle.dumps(Statistics())[:-20]),
    "JSON": text(b'{"made": 1, "value": null}'),
    "a number": text(b"7"),
    "a long number": text(b"9" * 5000),
    "a number of 30 digits": text(b"9" * 30),
    "a negative number": text(b"-5"),
    "a fraction": text(b"1.5"),
    "for ever": lambda client, key: client.set(key, b"!" + pickle.dumps("somebody")),
    "None": pickled(None),
    "True": pickled(True),
    "a float": pickled(1.5),
    "no number": pickled(float("nan")),
    "a text": pickled("text"),
    "bytes": pickled(b"bytes"),
    "a tuple": pickled((1, "a")),
    "an ordinary dict": pickled({"made": 1.0}),
    "an ordered dict": pickled(OrderedDict(a=1)),
    "a class of the library": pickled(Decimal(1)),
    "another class of ours": pickled(Candle(0, 1.0, 1.0, 1.0, 1.0, None)),
    "a class of another place": text(b"!cengine.elsewhere\nEntry\n."),
    "a class of a later release": text(b"!cengine.entries\nLaterEntry\n."),
    "a class itself": text(b"!cengine.entries\nEntry\n."),
    "a class of somebody else": pickled(Foreign()),
    "a call": pickled(Calling(os.getpid)),
    "an error": pickled(ValueError("x")),
    "a lock": text(b"!cthreading\nLock\n(tR."),
    "an entry of a number": pickled(Entry(7, 1_795_365_000.0, 300.0)),
    "an entry of nothing": pickled(Entry(None, 1_795_365_000.0, 300.0)),
    "an entry without a time": pickled(Entry({}, None, 300.0)),  # type: ignore[arg-type]
    "an entry of a text's time": pickled(Entry({}, "now", "long")),  # type: ignore[arg-type]
    "an entry of an earlier release": earlier(Entry, 7, 1_795_365_000.0),
    "an answer of an earlier release": earlier(Answer, "{", 1_795_365_000.0, 300.0),
    "statistics of texts": pickled(Statistics(succeeded="now", latencies=["long"])),  # type: ignore[arg-type, list-item]
    "statistics of the far future": pickled(Statistics(succeeded=1e30)),
    "a door of nothing": pickled(OpenState(None, None)),  # type: ignore[arg-type]
    "a door of the far future": pickled(OpenState(1e30, "Rate limited")),
    "an event of texts": pickled(ProviderFailed("now", 7, reason=None)),  # type: ignore[arg-type]
    "an event before all time": pickled(ProviderFailed(-1e30, "kraken", reason="Timeout")),
}


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis for all tests of this file."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def client(server: RedisServer) -> Iterator["redis.Redis"]:
    """A connection to it; it is empty."""
    with server.client() as client:
        client.flushall()
        yield client


@pytest.fixture
def worker(make: Make, server: RedisServer) -> Callable[[], FlaskClient]:
    """Makes one worker more, which knows nothing but what is in Redis."""
    settings = {
        "rate_limit_enabled": True,
        "cache_warming_symbols": ("BTC",),
        "enable_news": True,
        **{f"rate_limit_{name}": 1000 for name in ("default", "ohlcv", "prices", "sentiment")},
    }
    return lambda: make(cache_type="redis", redis_url=server.url, **settings)


def keys(client: Connection) -> list[bytes]:
    """All that there are after everything was asked, and those that there may be."""
    known: list[bytes] = client.keys()
    kinds = {key.decode().removeprefix(PREFIX).partition(":")[0] for key in known}
    assert kinds >= {*KINDS, "LIMITS"}
    return sorted({*known, *(f"{PREFIX}{key}".encode() for key in ALWAYS)})


def overwrite(client: Connection, *writes: Write) -> None:
    """Put something wrong under each key: one after the other of `writes`, and again from the first."""
    for key, write in zip(keys(client), itertools.cycle(writes), strict=False):
        client.delete(key)
        write(client, key)


def statuses(client: FlaskClient) -> dict[str, int]:
    """What is answered to all requests."""
    return {path: client.get(path).status_code for path in PATHS}


@pytest.mark.parametrize("first", range(0, len(WRONG), 5))
def test_no_request_fails(
    worker: Callable[[], FlaskClient], client: Connection, stand_in: StandIn, first: int
) -> None:
    """Each answers as if there were nothing, and what is written then is used by the next worker."""
    right = statuses(worker())
    assert set(right.values()) == {200, 404}
    writes = [*WRONG.values()]
    overwrite(client, *writes[first:], *writes[:first])

    one = worker()
    assert statuses(one) == right
    assert one.post("/api/hf/refresh", json={}).status_code == 200
    assert services_of(one.application).warming.tick() != []
    assert one.get("/api/health").get_json()["status"] == "healthy"
    calls = stand_in.calls.count()
    assert statuses(worker()) == right
    assert stand_in.calls.count() == calls


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    "kind", [Answer, Entry, OpenState, Statistics, Failed, Rest, Event, str, float, bytes]
)
def test_a_store_gives_nothing_but_what_it_was_asked_for(
    client: Connection, kind: type[Any], wrong: str
) -> None:
    """A whole value of that kind, or nothing; and where there is nothing, something can be put."""
    store = Store(Shelf(), RedisCache(client, key_prefix=PREFIX))
    WRONG[wrong](client, f"{PREFIX}circuit:x".encode())
    found = store.get("circuit:x", kind)

    assert found is None or type(found) in (kind, *kind.__subclasses__(), int)
    assert found is not None or store.add("circuit:x", True, 60)
    assert not store.is_degraded


@pytest.mark.parametrize("wrong", WRONG)
def test_a_counter_counts_from_the_start_where_there_was_none(client: Connection, wrong: str) -> None:
    """Of events, of budgets and of quotas."""
    store = Store(Shelf(), RedisCache(client, key_prefix=PREFIX))
    limits: Any = storage_from_string(SCHEME + server_url(client), wrap_exceptions=True)
    WRONG[wrong](client, f"{PREFIX}events:count".encode())
    for name in ("budget", "{quota}", "{quota}/-1"):
        WRONG[wrong](client, f"LIMITS:{name}".encode())
    one_more = 8 if wrong == "a number" else 1

    assert store.count("events:count") == one_more
    assert limits.several(["budget"]) == [one_more - 1]
    assert limits.get("budget") == one_more - 1
    assert limits.incr("budget", 60) == one_more
    limits.acquire_sliding_window_entry("quota", 100, 60)
    limits.get_sliding_window("quota", 60)
    assert limits.acquire_sliding_window_entry("quota", 100, 60)
    assert limits.get_sliding_window("quota", 60)[2] in (1, 2)


def server_url(client: Connection) -> str:
    """Where a client's Redis is."""
    return f"redis://127.0.0.1:{client.connection_pool.connection_kwargs['port']}"


def test_nothing_is_done_that_a_value_wants(
    worker: Callable[[], FlaskClient], client: Connection, tmp_path: Path
) -> None:
    """What is read makes nothing but values of the engine's own."""
    statuses(worker())
    made = tmp_path / "made by a value"
    overwrite(client, pickled(Calling(os.mkdir, f"{made}")))
    statuses(worker())

    assert not made.exists()


def test_it_is_logged_once_for_each_kind_of_key(
    worker: Callable[[], FlaskClient], client: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """With the key, and without what is in it."""
    statuses(worker())
    overwrite(client, pickled("secret words"))
    statuses(worker())
    said = [message for message in caplog.messages if "cannot be read" in message]

    assert 3 < len(said) < 20
    assert "secret words" not in caplog.text
    assert caplog.text.count("Traceback") == 0


def test_a_lease_that_never_ends_holds_nobody_up(
    worker: Callable[[], FlaskClient], client: Connection, stand_in: StandIn
) -> None:
    """Whoever has written it, and whatever for: whoever is to make something makes it."""
    for key in ("flight:series:BTCUSDT:1h", "flight:quotes:BTC", "circuit:binance:trial", "warming"):
        client.set(f"{PREFIX}{key}", b"!" + pickle.dumps("somebody"))
        client.set(f"{PREFIX}{key}", b"!" + pickle.dumps("somebody"), ex=10**8)
    one = worker()

    assert one.get("/api/ohlcv?symbol=BTC").status_code == 200
    assert one.get("/api/prices?symbols=BTC").status_code == 200
    assert services_of(one.application).warming.tick() != []


def test_a_provider_that_fails_is_left_alone_as_ever(
    worker: Callable[[], FlaskClient], client: Connection, stand_in: StandIn, clock: Clock
) -> None:
    """Doors, failures and budgets are written over what was wrong there."""
    statuses(worker())
    overwrite(client, WRONG["a list"])
    stand_in.fault("binance", Fault("status", status=451))
    assert worker().get("/api/ohlcv?symbol=BTC").get_json()["source"] == "kraken"
    calls = stand_in.calls.count("binance")

    assert worker().get("/api/ohlcv?symbol=ETH").get_json()["source"] == "kraken"
    assert stand_in.calls.count("binance") == calls
