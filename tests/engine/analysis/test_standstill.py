"""A quote that stands still while the others move is found."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.standstill import STILL, Standstill, follow

MINUTE = 60.0


def frozen(looks: Iterable[Mapping[str, float]], every: float = 5 * MINUTE) -> set[str]:
    """Return the providers that are frozen at the last of several observations of all quotes."""
    known: dict[str, Standstill] = {}
    now = 1e9
    for quotes in looks:
        now += every
        known = follow(known, quotes, quotes, now)
    return {name for name, standstill in known.items() if standstill.frozen(now)}


def moving(count: int, step: float = 0.0002, start: float = 82_731.91) -> list[dict[str, float]]:
    """Return quotes of three venues that rise by `step` each time, and of one that stays."""
    prices = [round(start * (1 + step * number), 8) for number in range(count)]
    return [{"a": price, "b": price * 1.0001, "c": price * 0.9999, "still": start} for price in prices]


def test_a_quote_that_stands_still_for_an_hour_while_others_move_is_frozen() -> None:
    """A quote is frozen if it stays the same in 13 observations within an hour while others move."""
    assert frozen(moving(13)) == {"still"}


def test_less_than_an_hour_is_not_enough() -> None:
    """A quote that stays for less than an hour is not frozen, because a quiet market may have no trade."""
    assert frozen(moving(12)) == set()


def test_others_that_moved_and_came_back_have_moved() -> None:
    """The range of the other quotes counts, so that they have moved even if they return."""
    looks = moving(8)

    assert frozen([*looks, *reversed(looks)]) == {"still"}


def test_for_a_coin_that_does_not_move_no_quote_is_frozen() -> None:
    """No quote is frozen while all are equal for a day, or while all but one change a little."""
    assert frozen([dict.fromkeys("abcd", 1.0003)] * 300) == set()
    flickering = [{"a": 1.0 + bit, "b": 1.0001 + bit, "c": 0.9999 + bit, "d": 1.0} for bit in (0, 0.0004)]
    assert frozen(flickering * 20) == set()


def test_a_step_larger_than_the_movement_is_not_frozen() -> None:
    """A venue with three digits is not frozen by movements in the fourth digit."""
    looks = [look | {"still": 0.12, "coarse": 0.123} for look in moving(13, 0.0002, start=0.123)]

    assert frozen(looks) == set()


def test_a_round_price_does_not_hide_a_standstill() -> None:
    """A venue's smallest unit is remembered, so that 100.0 does not count as a large step."""
    looks = moving(14, 0.0003, start=100.0)
    looks[0]["still"] = 100.01

    assert frozen(looks) == {"still"}


def test_one_new_price_ends_a_standstill() -> None:
    """A new price ends a standstill, and the hour begins again."""
    looks = moving(40)

    looks[39]["still"] = 82_731.92
    assert frozen(looks) == set()
    assert frozen([*looks, *[look | {"still": 82_731.92} for look in moving(13)]]) == {"still"}


def test_a_standstill_continues_after_a_failure() -> None:
    """An hour of the same price counts, also with failures in between."""
    looks = moving(20)
    for look in looks[5:15]:
        del look["still"]

    assert frozen(looks) == {"still"}


@pytest.mark.parametrize("others", [("a",), ()])
def test_two_other_quotes_are_needed(others: tuple[str, ...]) -> None:
    """A quote is frozen against at least two others, because one other does not show which is right."""
    looks = [{name: look[name] for name in (*others, "still")} for look in moving(30)]

    assert frozen(looks) == set()


def test_two_observations_an_hour_apart_are_enough() -> None:
    """Two observations an hour apart are enough, because an honest venue follows the others."""
    first, *_, last = moving(13)

    assert frozen([first, last], every=STILL) == {"still"}


@given(
    st.lists(st.floats(-0.002, 0.002), min_size=13, max_size=40),
    st.lists(st.floats(0.9997, 1.0003), min_size=3, max_size=8),
)
def test_venues_that_follow_the_market_are_never_frozen(moves: list[float], leans: list[float]) -> None:
    """A venue whose quotes follow the market with the same digits is never frozen."""
    price, looks = 3_012.34, []
    for move in moves:
        price *= 1 + move
        looks.append({str(number): round(price * lean, 2) for number, lean in enumerate(leans)})

    assert frozen(looks) == set()
