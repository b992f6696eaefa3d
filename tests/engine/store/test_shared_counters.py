"""Sliding windows in Redis, which are counted and read in one round trip."""

from typing import TYPE_CHECKING

import pytest
from limits.errors import StorageError

from engine.store._outage import PAUSE, Outage
from engine.store.shared_counters import Counters
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis

if TYPE_CHECKING:
    import redis

pytestmark = needs_redis

LIMIT, EXPIRY = 10, 60
STATES = [
    (None, None),
    ((0, 30), (4, 90)),
    ((9, 59), (1, 119)),
    ((9, 30), (6, 90)),
    ((9, 1), (10, 61)),
    (None, (9, 100)),
    (None, (10, 100)),
    ((20, 60), None),
    ((3, 5), (8, 40)),
    (None, (30, 59)),
    ((8, 1), (2, 1)),
]
"""Counts of the previous window and of this one, with the seconds after which Redis forgets them."""


@pytest.fixture
def counters(server: RedisServer, connection: "redis.Redis") -> Counters:
    """Return counters in an empty Redis."""
    return Counters(f"redis://127.0.0.1:{connection.connection_pool.connection_kwargs['port']}", 20)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


@pytest.mark.parametrize("amount", [1, 3, LIMIT, LIMIT + 1])
@pytest.mark.parametrize(("before", "current"), STATES)
def test_it_counts_as_limits_does(
    counters: Counters,
    connection: "redis.Redis",
    before: tuple[int, int] | None,
    current: tuple[int, int] | None,
    amount: int,
) -> None:
    """One call decides and counts as the two calls of `limits` do, in every state of the windows."""
    for name in ("one", "two"):
        for key, state in ((f"LIMITS:{{{name}}}/-1", before), (f"LIMITS:{{{name}}}", current)):
            if state is not None:
                connection.set(key, state[0], ex=state[1])
    allowed, window = counters.spend("one", LIMIT, EXPIRY, amount)

    assert allowed == counters.acquire_sliding_window_entry("two", LIMIT, EXPIRY, amount)
    expected = counters.get_sliding_window("two", EXPIRY)
    assert window[::2] == expected[::2]
    assert window[1::2] == pytest.approx(expected[1::2], abs=5), "both were read a moment apart"
    assert counters.get_sliding_window("one", EXPIRY)[::2] == window[::2]


def test_it_asks_once(counters: Counters, connection: "redis.Redis") -> None:
    """A request that is counted costs one command, once Redis has the script."""
    counters.spend("one", LIMIT, EXPIRY)
    before = connection.info("commandstats")["cmdstat_evalsha"]["calls"]
    assert counters.spend("one", LIMIT, EXPIRY)[0]

    assert connection.info("commandstats")["cmdstat_evalsha"]["calls"] == before + 1
    assert "cmdstat_eval" not in connection.info("commandstats")


def test_a_failure_is_one_of_the_storage() -> None:
    """A Redis that is away raises what lets a worker count alone."""
    with pytest.raises(StorageError):
        Counters("redis://127.0.0.1:1", 1).spend("one", LIMIT, EXPIRY)


def test_reads_end_no_outage_while_writes_are_refused(
    counters: Counters, connection: "redis.Redis", clock: Clock
) -> None:
    """A full Redis answers reads. Nothing is written to find out that it takes writes again."""
    counters.outage = Outage(clock)
    connection.config_set("maxmemory", 1)
    try:
        for _ in range(2):
            with pytest.raises(StorageError):
                counters.spend("one", LIMIT, EXPIRY)
            clock.advance(PAUSE)
            with pytest.raises(StorageError):
                counters.get("one")
            assert counters.outage.lost
    finally:
        connection.config_set("maxmemory", 0)
    clock.advance(PAUSE)
    counters.retry()

    assert not counters.outage.lost
    assert counters.get("one") == connection.dbsize() == 0
