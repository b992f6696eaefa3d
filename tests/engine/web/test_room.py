"""Bytes that are held together, by all and by each."""

from engine.web.room import Room


def test_all_have_so_much_together() -> None:
    """What one gives back another may take."""
    room = Room(10, 10)

    assert room.take(6, "a")
    assert room.take(4, "b")
    assert not room.take(1, "c")
    assert not room.is_for_others(1, "c")
    room.give_back(4, "b")
    assert room.take(4, "c")


def test_one_has_a_part_only() -> None:
    """The rest is for others."""
    room = Room(10, 5)

    assert room.take(5, "a")
    assert not room.take(1, "a")
    assert room.is_for_others(1, "a")
    assert room.take(5, "b")
    room.give_back(5, "a")
    assert room.take(5, "a")
