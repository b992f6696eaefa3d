"""The slope of a figure over time."""

import random
from math import inf, sqrt

import pytest

from benchmarks.soak.slope import Slope, slope


def test_points_on_a_line_have_its_slope() -> None:
    """The slope is exact, and its error 0."""
    found = slope([0.0, 1.0, 2.5, 4.0], [5.0, 7.0, 10.0, 13.0])

    assert found.value == pytest.approx(2)
    assert found.error == pytest.approx(0, abs=1e-9)


def test_a_known_example_has_its_known_error() -> None:
    """Five points, worked out by hand: 0.6 with the root of 2.4 / 3 / 10."""
    found = slope([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 4.0, 5.0, 4.0, 5.0])

    assert found.value == pytest.approx(0.6)
    assert found.error == pytest.approx(sqrt(2.4 / 3 / 10))


def test_the_error_is_how_much_slopes_differ() -> None:
    """Of many noisy lines, slopes are as far from the true one as their errors say."""
    chance = random.Random(7)
    times = [float(second) for second in range(50)]
    found = [slope(times, [0.1 * time + chance.gauss(0, 1) for time in times]) for _ in range(400)]
    far = sum(abs(each.value - 0.1) > 2 * each.error for each in found)

    assert 0.02 < far / len(found) < 0.09


def test_two_points_say_nothing_of_their_error() -> None:
    """The error is infinite."""
    assert slope([0.0, 1.0], [1.0, 3.0]) == Slope(2.0, inf)


def test_one_moment_has_no_slope() -> None:
    """Equal times raise."""
    with pytest.raises(ValueError, match="two different times"):
        slope([1.0, 1.0], [1.0, 2.0])


def test_a_limit_is_broken_beyond_chance_alone() -> None:
    """Two standard errors decide; between them nothing is proved."""
    over, near, under = Slope(3.0, 0.5), Slope(1.5, 0.5), Slope(-0.5, 0.5)

    assert [each.is_over(1.0) for each in (over, near, under)] == [True, False, False]
    assert [each.may_be_over(1.0) for each in (over, near, under)] == [True, True, False]


def test_the_error_knows_what_comes_and_goes() -> None:
    """Where each figure is like the one before it, slopes differ as much as their errors say."""
    chance = random.Random(7)
    times = [float(second) for second in range(600)]
    found = [slope(times, wandering(chance, len(times))) for _ in range(200)]
    far = sum(abs(each.value) > 2 * each.error for each in found)

    assert far / len(found) < 0.12


def wandering(chance: random.Random, count: int) -> list[float]:
    """Return figures around 0, each of them near the one before it."""
    figures = [0.0]
    while len(figures) < count:
        figures.append(0.95 * figures[-1] + chance.gauss(0, 1))
    return figures
