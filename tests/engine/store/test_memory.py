"""The engine's own memory."""

from dataclasses import dataclass

import pytest

from engine.store import Store
from engine.store.memory import ENTRY_BYTES, MemoryCache
from tests.clock import Clock


@dataclass(frozen=True)
class Heavy:
    """A value that says how much it weighs."""

    weight: int


@pytest.fixture
def clock() -> Clock:
    """Time that stands still."""
    return Clock()


def test_values_are_kept_for_their_time(clock: Clock) -> None:
    """And not a moment longer."""
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


def test_the_same_value_comes_back() -> None:
    """Nothing is copied."""
    memory, value = MemoryCache(), Heavy(1)
    memory.set("a", value)

    assert memory.get("a") is value


def test_only_one_is_first(clock: Clock) -> None:
    """`add` keeps nothing where there is something, until its time is over."""
    memory = MemoryCache(clock=clock)
    assert memory.add("a", 1, 10)
    assert not memory.add("a", 2, 10)
    clock.advance(10)

    assert memory.add("a", 3, 10)
    assert memory.get("a") == 3


def test_the_least_used_is_forgotten_first() -> None:
    """A million different keys change nothing for what is asked often."""
    memory = MemoryCache(entries=10)
    memory.set("often", 1)
    for number in range(100_000):
        memory.set(str(number), number)
        memory.get("often")

    assert len(memory) == 10
    assert memory.get("often") == 1


def test_bytes_are_bounded_as_well() -> None:
    """However few entries they are in."""
    memory = MemoryCache(size=10_000)
    for number in range(100):
        memory.set(str(number), Heavy(1000))

    assert memory.bytes <= 10_000
    assert len(memory) == 10_000 // (1000 + ENTRY_BYTES + 2)


def test_what_is_forgotten_weighs_nothing() -> None:
    """Replaced, deleted or cleared."""
    memory = MemoryCache()
    memory.set("a", Heavy(1000))
    memory.set("a", Heavy(10))
    memory.set("b", Heavy(10))
    assert memory.delete("b")
    assert not memory.delete("b")
    assert memory.bytes == 10 + ENTRY_BYTES + 1

    memory.clear()
    assert memory.bytes == len(memory) == 0


def test_doors_are_not_forgotten_for_answers() -> None:
    """However many answers come, what is known of providers stays."""
    store = Store(MemoryCache(entries=10))
    store.set("circuit:binance", "shut", 3600)
    for number in range(1000):
        store.set(f"answer:{number}", number, 3600)

    assert store.get("circuit:binance", str) == "shut"
    assert store.size == 10
