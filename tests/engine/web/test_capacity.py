"""Limits on the bytes that are held at once, in total and per client."""

from engine.web.capacity import Capacity


def test_all_have_so_much_together() -> None:
    """The total is limited, and released bytes are available to others."""
    room = Capacity(10, 10)

    assert room.acquire(6, "a")
    assert room.acquire(4, "b")
    assert not room.acquire(1, "c")
    assert not room.is_for_others(1, "c")
    room.release(4, "b")
    assert room.acquire(4, "c")


def test_one_has_a_part_only() -> None:
    """Each client has a part of the total, and the rest is for others."""
    room = Capacity(10, 5)

    assert room.acquire(5, "a")
    assert not room.acquire(1, "a")
    assert room.is_for_others(1, "a")
    assert room.acquire(5, "b")
    room.release(5, "a")
    assert room.acquire(5, "a")
