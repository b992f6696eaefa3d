"""Derived data is dropped before received data, and the data of the largest group first."""

from collections.abc import Iterator
from contextvars import Context, copy_context

import pytest

from engine.store import Store
from engine.store.eviction import GROUPS, attribute_to
from engine.store.memory import ENTRY_BYTES, MemoryCache

RECEIVED = ("quotes:BTC", "series:btc/USDT:1h", "news", "index", "overview:totals")
ONE, TWO = "0001", "0002"
"""Buckets of two clients in different groups."""


def store_for(memory: MemoryCache, bucket: str, keys: Iterator[str]) -> None:
    """Store a value under each of `keys` in a request of a client."""

    def put() -> None:
        attribute_to(bucket)
        for key in keys:
            memory.set(key, "x")

    copy_context().run(put)


def keys_of(kind: str, client: str, count: int) -> Iterator[str]:
    """Yield `count` keys of a kind for a client."""
    return (f"{kind}:{client}:{number}" for number in range(count))


@pytest.mark.parametrize("kind", ["answer", "window"])
def test_derived_data_never_displaces_received_data(kind: str) -> None:
    """Thousands of answers or windows leave the data for an outage in place."""
    memory = MemoryCache(entries=100)
    for key in RECEIVED:
        memory.set(key, "received")
    store_for(memory, ONE, keys_of(kind, "one", 5000))

    assert len(memory) == 100
    assert all(memory.get(key) == "received" for key in RECEIVED)


@pytest.mark.parametrize("kind", ["answer", "window"])
def test_derived_bytes_never_displace_received_data(kind: str) -> None:
    """The limit on bytes also holds for few large derived entries, and leaves received data in place."""
    memory = MemoryCache(size=100_000)
    for key in RECEIVED:
        memory.set(key, b"x" * 1000)
    for number in range(100):
        memory.set(f"{kind}:{number}", b"x" * 5000)

    assert memory.bytes <= 100_000
    assert all(memory.get(key) for key in RECEIVED)


def test_a_value_beyond_the_limit_displaces_no_received_data() -> None:
    """A value beyond the limit is not stored and displaces nothing."""
    memory = MemoryCache(size=10_000)
    memory.set("quotes:BTC", "received")
    memory.set("answer:all", b"x" * 20_000)

    assert memory.get("quotes:BTC") == "received"
    assert memory.bytes < 10_000


def test_windows_leave_answers_their_share() -> None:
    """Answers and windows each keep a quarter of the entries."""
    memory = MemoryCache(entries=100)
    store_for(memory, ONE, keys_of("answer", "one", 25))
    store_for(memory, TWO, keys_of("window", "two", 5000))
    assert all(memory.get(key) for key in keys_of("answer", "one", 25))

    store_for(memory, ONE, keys_of("answer", "one", 5000))
    assert sum(key.startswith("window") for key, _, _ in memory.snapshot()) == 75, "free entries are used"


def test_received_data_stays_within_the_limit() -> None:
    """Answers keep their share, and the least recently used received data is dropped."""
    memory = MemoryCache(entries=100)
    store_for(memory, ONE, keys_of("answer", "one", 25))
    memory.set("quotes:BTC", "often")
    for number in range(1000):
        memory.set(f"series:{number}", "x")
        memory.get("quotes:BTC")

    assert len(memory) == 100
    assert memory.get("quotes:BTC") == "often"
    assert sum(key.startswith("answer") for key, _, _ in memory.snapshot()) == 25


@pytest.mark.parametrize("kind", ["answer", "window", "series"])
def test_the_largest_group_loses_first(kind: str) -> None:
    """Many requests of one client leave the values of other clients in place."""
    memory = MemoryCache(entries=100)
    store_for(memory, ONE, keys_of(kind, "one", 10))
    store_for(memory, TWO, keys_of(kind, "two", 5000))

    assert all(memory.get(key) for key in keys_of(kind, "one", 10))


def test_values_of_the_engine_are_dropped_after_those_of_clients() -> None:
    """The values of clients are dropped before the engine's, even if each client stores less."""
    memory = MemoryCache(entries=100)
    for number in range(40):
        Context().run(memory.set, f"quotes:{number}", "x")  # outside of any request
    for client in range(GROUPS):
        store_for(memory, f"{client:04x}", keys_of("series", str(client), 20))

    assert all(memory.get(f"quotes:{number}") for number in range(40))


def test_no_identity_of_a_client_is_stored() -> None:
    """The cache knows only which of 64 groups a client belongs to."""
    memory = MemoryCache()
    store_for(memory, "5eed" + "0123456789abcdef0123", keys_of("answer", "one", 1))

    assert "0123456789abcdef" not in str(vars(memory))
    assert GROUPS <= 64


def test_failures_never_displace_open_circuits() -> None:
    """Failures of windows that clients request are dropped before open circuits."""
    store = Store(MemoryCache())
    store.set("circuit:binance", "open", 3600)
    for number in range(11_000):
        store.set(f"failed:window:{number}", number, 3600)

    assert store.get("circuit:binance", str) == "open"


def test_a_replaced_value_counts_once() -> None:
    """The cache counts the new weight, and the key becomes the most recently used."""
    memory = MemoryCache(entries=2)
    memory.set("answer:a", b"x" * 100)
    memory.set("answer:b", b"x")
    memory.set("answer:a", b"x")
    memory.set("answer:c", b"x")

    assert memory.get("answer:b") is None
    assert len(memory) == 2
    assert memory.bytes == 2 * (ENTRY_BYTES + len("answer:a") + len(b"x") + 33)
