"""Values that other programs wrote into Redis under the engine's keys count as missing."""

import hashlib
import itertools
import os
import pickle
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_origin

import pytest
from cachelib import RedisCache
from flask.testing import FlaskClient

from engine.cache.answers import Answer
from engine.cache.entries import Entry
from engine.catalogue.current import VERSION as CATALOGUE
from engine.catalogue.current import CurrentCatalogue, VenueState
from engine.catalogue.identity import Binding, Identities
from engine.catalogue.listings import EndedMarket, Listing
from engine.catalogue.pacing import never
from engine.catalogue.reporting import report
from engine.config.tiers import Tiers
from engine.errors import ApiError
from engine.market.candles.corrections import Corrected
from engine.market.candles.series import Series
from engine.market.contents import CONTENTS
from engine.market.parts import Part, Parts
from engine.market.prices.quotes import CoinQuotes
from engine.store import Store
from engine.store._codec import encode
from engine.store.key_prefix import KEY_PREFIX, name_of
from engine.store.memory import MemoryCache
from engine.store.shared_counters import Counters
from engine.telemetry.event_log import ProviderFailed
from engine.timestamps import can_be
from engine.upstream import OpenState, Statistics
from engine.version import VERSION
from engine.web.access.callers import Callers
from engine.web.access.keys import Keys
from engine.web.api._export_slots import AT_ONCE, ExportSlot
from engine.web.services import services_of
from engine.web.streaming._caller import Ticket, Unauthorized, caller_of
from providers import ASSET_BY_NAME, Candle, Overview, Pair, Quote
from tests.clock import Clock
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.listing_of import market
from tests.engine.store.stored import STORED
from tests.engine.web.catalogued import give_catalogue
from tests.engine.web.conftest import Make
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import Fault, StandIn
from tests.waiting import at_leisure

pytestmark = needs_redis

MOMENTARY = (
    "/compat/binance/api/v3/aggTrades?symbol=BTCUSDT",
    "/compat/binance/api/v3/depth?symbol=BTCUSDT",
    "/compat/binance/api/v3/trades?symbol=BTCUSDT",
)
"""Paths whose values Redis deletes after a second by its own clock."""
LASTING = (
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
    "/api/markets",
    "/api/prices?symbols=BTC:binance",
    "/compat/binance/api/v3/ticker/24hr?symbol=BTCUSDT",
    "/api/nothing",
)
PATHS = (*LASTING, *MOMENTARY)
TICKET = "ab"
TICKET_KEY = f"ticket:{hashlib.sha256(TICKET.encode()).hexdigest()}"
ALWAYS = (
    "catalogue:coins:coingecko",
    "catalogue:identities",
    "catalogue:looked",
    "catalogue:prices",
    "catalogue:undone",
    "catalogue:venue:binance",
    "catalogue:venue:kraken",
    "catalogue:version",
    "catalogue:volumes",
    "cataloguing",
    "circuit:binance",
    "circuit:binance:trial",
    "circuit:market:binance:btc/USDT:1h",
    "corrected:btc/USDT 1h",
    "corrected:eth/USDT 1d",
    "export:client:0",
    "export:client:1",
    "statistics:kraken",
    "failed:quotes:BTC",
    "failed:series:btc/USDT:1h",
    "flight:quotes:BTC",
    "flight:series:btc/USDT:1h",
    "figures:coingecko",
    "flight:fear_greed",
    "warming",
    "events:count",
    "events:1",
    "refresh:turn",
    "refresh:renewed",
    "secret",
    TICKET_KEY,
    f"{TICKET_KEY}:used",
    "tickers:binance",
    "tickers:kraken",
)
"""Keys that exist at times."""
KINDS = (
    *("aggregates", "answer", "book", "categories", "fear_greed", "news", "overview"),
    *("quotes", "series", "statistics", "trades", "window"),
)
"""Prefixes of keys that exist after some traffic."""

FORMER = f"engine:{VERSION}:"
"""The prefix of keys with pickles."""

Connection = Any
Write = Callable[[Connection, bytes], object]


def text(data: bytes) -> Write:
    """Write plain bytes."""
    return lambda client, key: client.set(key, data, ex=3600)


def encoded(value: object) -> Write:
    """Write a value as the engine encodes it."""
    return text(encode(value))


def pickled(value: object, mark: bytes = b"") -> Write:
    """Write a pickle, with the `mark` that former releases put before theirs."""
    return text(mark + pickle.dumps(value))


class Calling:
    """A value that runs a call when it is unpickled."""

    def __init__(self, call: Callable[..., object], *arguments: object) -> None:
        self._call = (call, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call


def nested(opening: bytes, depth: int) -> Write:
    """Write so many nested containers."""
    return text(opening * depth + b"\xc0")


NOW = 1_795_365_000.0
NAN, INFINITE = float("nan"), float("inf")
BITCOIN = ASSET_BY_NAME["BTC"]
ODD_CANDLE = Series("binance", Pair(BITCOIN, "USDT"), (Candle(0, 1.0, NAN, 1.0, 1.0, None),))
ODD_QUOTE = CoinQuotes({"binance": Quote(BITCOIN, INFINITE, "USDT")}, {}, None, {})
FAILURE = {"time": NOW, "message": "a", "code": "PROVIDER_ERROR", "status": 503, "retry_after": None}
STRAY = Binding("binance", "BTC", "nothing", "coin", "proved", NOW, NOW)
ODD_PARTS = Parts({"coingecko": Part(NOW, NAN, Overview(market_cap=-INFINITE))})

WRONG: dict[str, Write] = {
    "a list": lambda client, key: client.rpush(key, "a", "b"),
    "a hash": lambda client, key: client.hset(key, "a", "b"),
    "a set": lambda client, key: client.sadd(key, "a"),
    "a sorted set": lambda client, key: client.zadd(key, {"a": 1.0}),
    "a stream": lambda client, key: client.xadd(key, {"a": "b"}),
    "nothing": text(b""),
    "garbage": text(b"\xc1\x04garbage"),
    "half an answer": text(encode(Answer(head=b"{", tag="a", made=NOW, lifetime=300.0))[:-9]),
    "an entry and more": text(encode(Entry(7, NOW, 300.0)) + b"\xc0"),
    "an array of four thousand million": text(b"\xdd\xff\xff\xff\xff\xc0\xc0"),
    "a map of four thousand million": text(b"\xdf\xff\xff\xff\xff\xa1a\xc0"),
    "a text of four thousand million": text(b"\xdb\xff\xff\xff\xffabc"),
    "bytes of four thousand million": text(b"\xc6\xff\xff\xff\xffabc"),
    "a field of four thousand million": text(b"\x83\xa5value\xdd\xff\xff\xff\xff"),
    "arrays a hundred thousand deep": nested(b"\x91", 100_000),
    "maps a hundred thousand deep": nested(b"\x81\xa1a", 100_000),
    "an entry of deep arrays": text(
        b"\x83\xa4made\x01\xa8lifetime\x01\xa5value" + b"\x91" * 100_000 + b"\xc0"
    ),
    "an entry of less deep arrays": text(
        b"\x83\xa4made\x01\xa8lifetime\x01\xa5value" + b"\x91" * 900 + b"\xc0"
    ),
    "no UTF-8": text(b"\xa2\xff\xfe"),
    "a key of no UTF-8": text(b"\x81\xa2\xff\xfe\xc0"),
    "an extension": text(b"\xc7\x05\x01abcde"),
    "a moment": encoded(datetime.fromtimestamp(NOW, UTC)),
    "a moment before all time": text(b"\xc7\x0c\xff" + b"\xff" * 12),
    "JSON": text(b'{"made": 1, "value": null}'),
    "a number": text(b"7"),
    "a long number": text(b"9" * 5000),
    "a number of 30 digits": text(b"9" * 30),
    "a negative number": text(b"-5"),
    "a fraction": text(b"1.5"),
    "for ever": lambda client, key: client.set(key, encode("another worker")),
    "None": encoded(None),
    "True": encoded(True),
    "a float": encoded(1.5),
    "no number": encoded(NAN),
    "more than any number": encoded(INFINITE),
    "a text": encoded("text"),
    "bytes": encoded(b"bytes"),
    "a tuple": encoded((1, "a")),
    "a dict": encoded({"made": 1.0}),
    "an empty dict": encoded({}),
    "a decimal": encoded(Decimal(1)),
    "another class of ours": encoded(Candle(0, 1.0, 1.0, 1.0, 1.0, None)),
    "a pickled text": pickled("text"),
    "a pickle of a former release": pickled(Entry({}, NOW, 300.0), b"!"),
    "half a pickle": text(b"!" + pickle.dumps(Statistics())[:-20]),
    "a pickle that calls": pickled(Calling(os.getpid)),
    "a former pickle that calls": pickled(Calling(os.getpid), b"!"),
    "a pickle in words": text(b"cposix\nsystem\n(S'true'\ntR."),
    "an entry of a number": encoded(Entry(7, NOW, 300.0)),
    "an entry of nothing": encoded(Entry(None, NOW, 300.0)),
    "an entry of a moment": encoded(Entry(datetime.fromtimestamp(NOW, UTC), NOW, 300.0)),
    "an entry of an odd candle": encoded(Entry(ODD_CANDLE, NOW, 300.0)),
    "an entry of an odd quote": encoded(Entry(ODD_QUOTE, NOW, 300.0)),
    "an entry of odd parts": encoded(Entry(ODD_PARTS, NOW, 300.0)),
    "an entry without a time": encoded(Entry({}, None, 300.0)),  # type: ignore[arg-type]
    "an entry of a text's time": encoded(Entry({}, "now", "long")),  # type: ignore[arg-type]
    "an entry of no time": encoded(Entry({}, NAN, INFINITE)),
    "an entry of an earlier format": encoded({"value": 7, "made": NOW}),
    "an answer of an earlier format": encoded({"head": "{", "made": NOW, "lifetime": 300.0}),
    "an answer of no time": encoded(Answer(head=b"{", tag="a", made=NAN, lifetime=300.0)),
    "statistics of texts": encoded({"succeeded": "now", "latencies": ["long"]}),
    "statistics of the far future": encoded(Statistics(succeeded=1e30)),
    "statistics of no time": encoded(Statistics(latencies=[NAN] * 9)),
    "a circuit of nothing": encoded({"until": None, "reason": None}),
    "a circuit of the far future": encoded(OpenState(1e30, "Rate limited")),
    "a failure of moments": encoded({**FAILURE, "details": {"binance": datetime.fromtimestamp(NOW, UTC)}}),
    "a failure of bytes": encoded({**FAILURE, "details": {"binance": b"bytes"}}),
    "a failure of lists": encoded({**FAILURE, "details": {"binance": [["a"]]}}),
    "an event of texts": encoded({"type": "ProviderFailed", "time": "now", "provider": 7}),
    "an event of another name": encoded({"type": "Event", "time": NOW}),
    "an event before all time": encoded(ProviderFailed(-1e30, "kraken", reason="Timeout")),
    "a version of the catalogue": encoded("0 0 0 binance,kraken,,coingecko"),
    "a listing of the far future": encoded(VenueState(Listing("binance", 1e30, (), "ab"))),
    "a market of the far future": encoded(
        VenueState(Listing("binance", NOW, (market("binance", "BTC", since=10**18),), "ab"))
    ),
    "a market that ended before all time": encoded(
        VenueState(Listing("binance", NOW, (), "ab"), (EndedMarket(market("binance", "BTC"), -1e30),))
    ),
    "a code of no coin": encoded(Identities({"binance:BTC": STRAY})),
    "moments of the far future": encoded({"binance": 1e30}),
    "a moment of the far future": encoded(1e30),
    "a correction of the far future": encoded(Corrected(1e30, -(10**18), 10**18)),
    "a ticket of no tier": encoded(Ticket("ab" * 32, "bot", "none")),
    "a ticket of no key": encoded(Ticket("no digits", "bot", "free")),
}


@pytest.fixture
def worker(make: Make, server: RedisServer) -> Callable[[], FlaskClient]:
    """Return a function that makes a worker without any state but that in Redis."""
    settings = {
        "rate_limit_enabled": True,
        "cache_warming_symbols": ("BTC",),
        "enable_news": True,
        **{f"rate_limit_{name}": 1000 for name in ("default", "ohlcv", "prices", "sentiment")},
    }
    return lambda: make(cache_type="redis", redis_url=server.url, **settings)


def keys(connection: Connection) -> list[bytes]:
    """Return all keys after requests to every path, and those that exist at times."""
    known: list[bytes] = connection.keys()
    kinds = {re.sub("{.*}", "", key.decode().removeprefix(KEY_PREFIX)).partition(":")[0] for key in known}
    assert kinds >= {*KINDS, "LIMITS"}
    assert {*kinds, *CONTENTS} <= {*KINDS, "LIMITS", *(key.partition(":")[0] for key in ALWAYS)}
    return sorted({*known, *(name_of(KEY_PREFIX, key).encode() for key in ALWAYS)})


def overwrite(connection: Connection, *writes: Write) -> None:
    """Write an invalid value under each key, with each of `writes` in turn."""
    for key, write in zip(keys(connection), itertools.cycle(writes), strict=False):
        connection.delete(key)
        write(connection, key)


def statuses(client: FlaskClient, paths: tuple[str, ...] = PATHS) -> dict[str, int]:
    """Return the status of each request."""
    return {path: client.get(path).status_code for path in paths}


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("first", range(0, len(WRONG), 7))
def test_no_request_fails(
    worker: Callable[[], FlaskClient], connection: Connection, stand_in: StandIn, first: int
) -> None:
    """Each request is answered as if the keys were empty, and the next worker uses the new values."""
    before = worker()
    give_catalogue(before)
    right = statuses(before)
    assert set(right.values()) == {200, 404}
    writes = [*WRONG.values()]
    overwrite(connection, *writes[first:], *writes[:first])

    one = worker()
    assert services_of(one.application).cataloguing.tick() != []
    assert statuses(one) == right
    assert one.post("/api/hf/refresh", json={}).status_code == 200
    assert services_of(one.application).warming.tick() != []
    assert one.get("/api/health").get_json()["status"] == "healthy"
    calls = stand_in.calls.count()
    assert statuses(worker(), LASTING) == {path: right[path] for path in LASTING}
    assert stand_in.calls.count() == calls

    def calls_of_the_next() -> int:
        two = worker()
        assert set(statuses(one, MOMENTARY).values()) == {200}
        calls = stand_in.calls.count()
        assert set(statuses(two, MOMENTARY).values()) == {200}
        return stand_in.calls.count() - calls

    assert at_leisure(calls_of_the_next, lambda calls: calls == 0) == 0


def wrongly(connection: Connection, write: Write, *names: str) -> Store:
    """Return a store that has a value of another program under keys."""
    connection.flushall()
    for name in names:
        write(connection, name_of(KEY_PREFIX, name).encode())
    return Store(MemoryCache(), RedisCache(connection, key_prefix=KEY_PREFIX))


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("version", [True, False])
def test_a_catalogue_is_adopted_as_far_as_it_is_sound(
    connection: Connection, wrong: str, version: bool
) -> None:
    """A worker adopts what it can read of a catalogue, and reports on it."""
    names = [key for key in ALWAYS if key.startswith("catalogue:") and (version or key != CATALOGUE)]
    store = wrongly(connection, WRONG[wrong], *names)
    if not version:
        store.set(CATALOGUE, "0 0.0 0.0 binance,kraken,,coingecko", 60)
    current = CurrentCatalogue(store, FACTS)

    adopted = current.adopt(never)
    assert adopted == (not version or wrong == "a version of the catalogue")
    assert not report(current)["refused"]
    listed = [one for it in current.state.listings.values() for one in it.markets]
    ended = [one for markets in current.state.ended.values() for one in markets]
    since = [one.since / 1000 for one in listed if one.since is not None]
    times = (current.state.undone, *current.state.looked.values(), *since, *(one.since for one in ended))
    assert all(map(can_be, times))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_ticket_is_sound_or_unknown(connection: Connection, wrong: str) -> None:
    """A stream is opened by a ticket for a known tier and a possible key, or not at all."""
    store = wrongly(connection, WRONG[wrong], TICKET_KEY, f"{TICKET_KEY}:used")
    callers = Callers(Keys(None), store, Tiers.load(None, 60))

    with pytest.raises(Unauthorized):
        caller_of(callers, store, {}, TICKET)
    store.set(TICKET_KEY, Ticket("ab" * 32, "bot", "free"), 60)
    assert caller_of(callers, store, {}, TICKET).digest == "ab" * 32
    with pytest.raises(Unauthorized, match="used"):
        caller_of(callers, store, {}, TICKET)


@pytest.mark.parametrize("wrong", WRONG)
def test_the_slots_of_a_client_are_given_once(connection: Connection, wrong: str) -> None:
    """A client gets all its slots for files, and renews and returns them, whatever is under their keys."""
    names = [f"export:client:{number}" for number in range(AT_ONCE)]
    store = wrongly(connection, WRONG[wrong], *names)
    slots = [ExportSlot(store, "client", lambda slot: None) for _ in names]

    with pytest.raises(ApiError, match="exports at once"):
        ExportSlot(store, "client", lambda slot: None)
    for slot, name in zip(slots, names, strict=True):
        key = name_of(KEY_PREFIX, name).encode()
        connection.delete(key)
        WRONG[wrong](connection, key)
        slot.renew()
        slot.free()


@pytest.mark.parametrize("kind", STORED, ids=str)
def test_a_store_returns_values_of_the_requested_kind_only(connection: Connection, kind: Any) -> None:
    """A store returns a complete value of the requested type or none, and then accepts a new one."""
    for wrong, write in WRONG.items():
        connection.flushall()
        store = Store(MemoryCache(), RedisCache(connection, key_prefix=KEY_PREFIX))
        write(connection, name_of(KEY_PREFIX, "circuit:x").encode())
        found = store.get("circuit:x", kind)

        assert found is None or isinstance(found, get_origin(kind) or kind), wrong
        assert found is not None or store.add("circuit:x", True, 60), wrong
        assert not store.is_degraded, wrong


@pytest.mark.parametrize("wrong", WRONG)
def test_a_counter_with_an_invalid_value_begins_again(connection: Connection, wrong: str) -> None:
    """Events, budgets and quotas with an invalid value begin again."""
    store = Store(MemoryCache(), RedisCache(connection, key_prefix=KEY_PREFIX))
    limits = Counters(server_url(connection), 20)
    WRONG[wrong](connection, name_of(KEY_PREFIX, "events:count").encode())
    for name in ("budget", "{quota}", "{quota}/-1", "{other}", "{other}/-1"):
        WRONG[wrong](connection, f"LIMITS:{name}".encode())
    one_more = 8 if wrong == "a number" else 1

    assert store.increment("events:count") == one_more
    assert limits.get_many(["budget"]) == [one_more - 1]
    assert limits.get("budget") == one_more - 1
    assert limits.incr("budget", 60) == one_more
    limits.acquire_sliding_window_entry("quota", 100, 60)
    limits.get_sliding_window("quota", 60)
    assert limits.acquire_sliding_window_entry("quota", 100, 60)
    assert limits.get_sliding_window("quota", 60)[2] in (1, 2)
    limits.spend("other", 100, 60)
    allowed, window = limits.spend("other", 100, 60)
    assert allowed
    assert window[2] in (1, 2)


def server_url(connection: Connection) -> str:
    """Return the address of a connection's Redis."""
    return f"redis://127.0.0.1:{connection.connection_pool.connection_kwargs['port']}"


@pytest.mark.usefixtures("untraced")
def test_no_value_runs_code(
    worker: Callable[[], FlaskClient], connection: Connection, tmp_path: Path
) -> None:
    """Decoding creates only the engine's values and runs no code."""
    statuses(worker())
    made = tmp_path / "made by a value"
    call = Calling(os.mkdir, f"{made}")
    names = keys(connection)
    for mark in (b"", b"!", b"\xc4\xff"):
        for key in names:
            former = key.replace(KEY_PREFIX.encode(), FORMER.encode())
            connection.delete(key, former)
            pickled(call, mark)(connection, key)
            pickled(call, mark)(connection, former)
        statuses(worker())

    assert not made.exists()
    assert pickle.loads(pickle.dumps(call)) is None
    assert made.exists(), "the pickle would have called"


def test_an_invalid_value_is_logged_once_for_each_kind_of_key(
    worker: Callable[[], FlaskClient], connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """An invalid value is logged once per kind of key, without the value."""
    statuses(worker())
    overwrite(connection, encoded("secret words"))
    statuses(worker())
    said = [message for message in caplog.messages if "cannot share" in message]

    assert 3 < len(said) < 20
    assert "secret words" not in caplog.text
    assert caplog.text.count("Traceback") == 0


def test_a_lease_that_never_ends_delays_no_client(
    worker: Callable[[], FlaskClient], connection: Connection, stand_in: StandIn
) -> None:
    """A fetch starts in spite of any foreign lease."""
    for key in ("flight:series:btc/USDT:1h", "flight:quotes:BTC", "circuit:binance:trial", "warming"):
        connection.set(name_of(KEY_PREFIX, key), encode("another worker"))
        connection.set(name_of(KEY_PREFIX, key), encode("another worker"), ex=10**8)
    one = worker()

    assert one.get("/api/ohlcv?symbol=BTC").status_code == 200
    assert one.get("/api/prices?symbols=BTC").status_code == 200
    assert services_of(one.application).warming.tick() != []


def test_a_failing_provider_is_still_paused(
    worker: Callable[[], FlaskClient], connection: Connection, stand_in: StandIn, clock: Clock
) -> None:
    """Circuits, failures and budgets replace the invalid values."""
    statuses(worker())
    overwrite(connection, WRONG["a list"])
    stand_in.fault("binance", Fault("status", status=451))
    assert worker().get("/api/ohlcv?symbol=BTC").get_json()["source"] == "kraken"
    calls = stand_in.calls.count("binance")

    assert worker().get("/api/ohlcv?symbol=ETH").get_json()["source"] == "kraken"
    assert stand_in.calls.count("binance") == calls
