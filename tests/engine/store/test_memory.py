"""The engine's own memory."""

from dataclasses import dataclass

import pytest

from engine.store import Store
from engine.store.memory import ENTRY_BYTES, Shelf
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
    shelf = Shelf(clock=clock)
    shelf.set("a", 1, 10)
    shelf.set("b", 2)
    clock.advance(9.9)
    assert shelf.get("a") == 1
    assert shelf.has("a")
    clock.advance(0.1)

    assert shelf.get("a") is None
    assert shelf.get("b") == 2
    assert len(shelf) == 1


def test_the_same_value_comes_back() -> None:
    """Nothing is copied."""
    shelf, value = Shelf(), Heavy(1)
    shelf.set("a", value)

    assert shelf.get("a") is value


def test_only_one_is_first(clock: Clock) -> None:
    """`add` keeps nothing where there is something, until its time is over."""
    shelf = Shelf(clock=clock)
    assert shelf.add("a", 1, 10)
    assert not shelf.add("a", 2, 10)
    clock.advance(10)

    assert shelf.add("a", 3, 10)
    assert shelf.get("a") == 3


def test_the_least_used_is_forgotten_first() -> None:
    """A million different keys change nothing for what is asked often."""
    shelf = Shelf(entries=10)
    shelf.set("often", 1)
    for number in range(100_000):
        shelf.set(str(number), number)
        shelf.get("often")

    assert len(shelf) == 10
    assert shelf.get("often") == 1


def test_bytes_are_bounded_as_well() -> None:
    """However few entries they are in."""
    shelf = Shelf(size=10_000)
    for number in range(100):
        shelf.set(str(number), Heavy(1000))

    assert shelf.bytes <= 10_000
    assert len(shelf) == 10_000 // (1000 + ENTRY_BYTES + 2)


def test_what_is_forgotten_weighs_nothing() -> None:
    """Replaced, deleted or cleared."""
    shelf = Shelf()
    shelf.set("a", Heavy(1000))
    shelf.set("a", Heavy(10))
    shelf.set("b", Heavy(10))
    assert shelf.delete("b")
    assert not shelf.delete("b")
    assert shelf.bytes == 10 + ENTRY_BYTES + 1

    shelf.clear()
    assert shelf.bytes == len(shelf) == 0


def test_doors_are_not_forgotten_for_answers() -> None:
    """However many answers come, what is known of providers stays."""
    store = Store(Shelf(entries=10))
    store.set("circuit:binance", "shut", 3600)
    for number in range(1000):
        store.set(f"answer:{number}", number, 3600)

    assert store.get("circuit:binance", str) == "shut"
    assert store.size == 10
