"""What is forgotten first: what can be made again, before what was received, and of who takes most."""

from collections.abc import Iterator
from contextvars import Context, copy_context

import pytest

from engine.store import Store
from engine.store.eviction import GROUPS, on_account_of
from engine.store.memory import ENTRY_BYTES, MemoryCache

RECEIVED = ("quotes:BTC", "series:BTCUSDT:1h", "news", "index", "overview:totals")
ONE, TWO = "0001", "0002"
"""Buckets of two clients, of different groups."""


def asked(memory: MemoryCache, bucket: str, keys: Iterator[str]) -> None:
    """A client causes values under `keys`."""

    def put() -> None:
        on_account_of(bucket)
        for key in keys:
            memory.set(key, "x")

    copy_context().run(put)


def names(kind: str, client: str, count: int) -> Iterator[str]:
    """Keys of a kind."""
    return (f"{kind}:{client}:{number}" for number in range(count))


@pytest.mark.parametrize("kind", ["answer", "window"])
def test_what_was_received_stays_however_much_is_asked(kind: str) -> None:
    """A day of different answers and windows takes nothing from what is there for an outage."""
    memory = MemoryCache(entries=100)
    for key in RECEIVED:
        memory.set(key, "received")
    asked(memory, ONE, names(kind, "one", 5000))

    assert len(memory) == 100
    assert all(memory.get(key) == "received" for key in RECEIVED)


@pytest.mark.parametrize("kind", ["answer", "window"])
def test_so_it_is_with_bytes(kind: str) -> None:
    """However few entries they are in."""
    memory = MemoryCache(size=100_000)
    for key in RECEIVED:
        memory.set(key, b"x" * 1000)
    for number in range(100):
        memory.set(f"{kind}:{number}", b"x" * 5000)

    assert memory.bytes <= 100_000
    assert all(memory.get(key) for key in RECEIVED)


def test_one_value_larger_than_everything_takes_nothing_received() -> None:
    """It is not kept itself."""
    memory = MemoryCache(size=10_000)
    memory.set("quotes:BTC", "received")
    memory.set("answer:all", b"x" * 20_000)

    assert memory.get("quotes:BTC") == "received"
    assert memory.bytes < 10_000


def test_windows_leave_answers_their_share() -> None:
    """And the other way round: a quarter of the room is theirs."""
    memory = MemoryCache(entries=100)
    asked(memory, ONE, names("answer", "one", 25))
    asked(memory, TWO, names("window", "two", 5000))
    assert all(memory.get(key) for key in names("answer", "one", 25))

    asked(memory, ONE, names("answer", "one", 5000))
    assert sum(key.startswith("window") for key, _, _ in memory.snapshot()) == 75, "it was free"


def test_what_was_received_takes_no_more_than_there_is() -> None:
    """Answers keep their share, and of what was received the least used goes."""
    memory = MemoryCache(entries=100)
    asked(memory, ONE, names("answer", "one", 25))
    memory.set("quotes:BTC", "often")
    for number in range(1000):
        memory.set(f"series:{number}", "x")
        memory.get("quotes:BTC")

    assert len(memory) == 100
    assert memory.get("quotes:BTC") == "often"
    assert sum(key.startswith("answer") for key, _, _ in memory.snapshot()) == 25


@pytest.mark.parametrize("kind", ["answer", "window", "series"])
def test_who_takes_most_loses_first(kind: str) -> None:
    """However often one client asks for something else, what others asked for stays."""
    memory = MemoryCache(entries=100)
    asked(memory, ONE, names(kind, "one", 10))
    asked(memory, TWO, names(kind, "two", 5000))

    assert all(memory.get(key) for key in names(kind, "one", 10))


def test_what_the_engine_keeps_by_itself_goes_after_what_clients_caused() -> None:
    """Many clients together hold more than it does, each less."""
    memory = MemoryCache(entries=100)
    for number in range(40):
        Context().run(memory.set, f"quotes:{number}", "own")  # no request is at hand there
    for client in range(GROUPS):
        asked(memory, f"{client:04x}", names("series", str(client), 20))

    assert all(memory.get(f"quotes:{number}") for number in range(40))


def test_nothing_tells_which_client_caused_a_value() -> None:
    """One of 64 groups is all that is known."""
    memory = MemoryCache()
    asked(memory, "5eed" + "0123456789abcdef0123", names("answer", "one", 1))

    assert "0123456789abcdef" not in str(vars(memory))
    assert GROUPS <= 64


def test_doors_stay_however_many_failures_are_remembered() -> None:
    """A failure of each window that a client made up is state as well, and goes first."""
    store = Store(MemoryCache())
    store.set("circuit:binance", "shut", 3600)
    for number in range(11_000):
        store.set(f"failed:window:{number}", number, 3600)

    assert store.get("circuit:binance", str) == "shut"


def test_a_replaced_value_counts_once() -> None:
    """Its weight and its place are the new one's."""
    memory = MemoryCache(entries=2)
    memory.set("answer:a", b"x" * 100)
    memory.set("answer:b", b"x")
    memory.set("answer:a", b"x")
    memory.set("answer:c", b"x")

    assert memory.get("answer:b") is None
    assert len(memory) == 2
    assert memory.bytes == 2 * (ENTRY_BYTES + len("answer:a") + len(b"x") + 33)
