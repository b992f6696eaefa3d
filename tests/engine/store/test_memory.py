"""The cache in memory."""

from dataclasses import dataclass

import pytest

from engine.store import Store
from engine.store.memory import ENTRY_BYTES, MemoryCache
from tests.clock import Clock


@dataclass(frozen=True)
class Heavy:
    """A value with a weight."""

    weight: int


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


def test_a_value_expires_after_its_timeout(clock: Clock) -> None:
    """A value expires after its timeout, and a value without a timeout stays."""
    memory = MemoryCache(clock=clock)
    memory.set("a", 1, 10)
    memory.set("b", 2)
    clock.advance(9.9)
    assert memory.get("a") == 1
    assert memory.has("a")
    clock.advance(0.1)

    assert memory.get("a") is None
    assert memory.get("b") == 2
    assert len(memory) == 1


def test_the_same_object_is_returned() -> None:
    """The cache makes no copies."""
    memory, value = MemoryCache(), Heavy(1)
    memory.set("a", value)

    assert memory.get("a") is value


def test_only_the_first_add_stores(clock: Clock) -> None:
    """`add` stores nothing while the key has a value."""
    memory = MemoryCache(clock=clock)
    assert memory.add("a", 1, 10)
    assert not memory.add("a", 2, 10)
    clock.advance(10)

    assert memory.add("a", 3, 10)
    assert memory.get("a") == 3


def test_the_least_recently_used_value_is_dropped_first() -> None:
    """Many new keys leave a value in place that is read often."""
    memory = MemoryCache(entries=10)
    memory.set("often", 1)
    for number in range(10_000):
        memory.set(str(number), number)
        memory.get("often")

    assert len(memory) == 10
    assert memory.get("often") == 1


def test_bytes_are_limited() -> None:
    """The limit on bytes also holds for few large entries."""
    memory = MemoryCache(size=10_000)
    for number in range(100):
        memory.set(str(number), Heavy(1000))

    assert memory.bytes <= 10_000
    assert len(memory) == 10_000 // (1000 + ENTRY_BYTES + 2)


def test_removed_values_have_no_weight() -> None:
    """Replaced, deleted and cleared values have no weight."""
    memory = MemoryCache()
    memory.set("a", Heavy(1000))
    memory.set("a", Heavy(10))
    memory.set("b", Heavy(10))
    assert memory.delete("b")
    assert not memory.delete("b")
    assert memory.bytes == 10 + ENTRY_BYTES + 1

    memory.clear()
    assert memory.bytes == len(memory) == 0


def test_answers_never_displace_open_circuits() -> None:
    """The state of providers stays in memory with any number of answers."""
    store = Store(MemoryCache(entries=10))
    store.set("circuit:binance", "open", 3600)
    for number in range(1000):
        store.set(f"answer:{number}", number, 3600)

    assert store.get("circuit:binance", str) == "open"
    assert store.size == 10
