"""When a cost grows faster than linearly."""

from collections.abc import Callable

import pytest

from benchmarks.growth.linearity import is_linear, steepest

COUNTS = (1, 10, 100, 1000)
NOISE = 1.0


@pytest.mark.parametrize(
    "cost",
    [
        lambda count: 80.0,
        lambda count: 80 + 0.05 * count,
        lambda count: 5.0 * count,
        lambda count: 40 * count**0.5,
        lambda count: min(5.0 * count, 600),
        lambda count: 80 - 0.01 * count,
    ],
    ids=["constant", "with a fixed part", "proportional", "a root", "limited", "less and less"],
)
def test_what_grows_no_faster_is_linear(cost: Callable[[int], float]) -> None:
    """A fixed part, proportional growth and slower growth are linear."""
    assert is_linear(COUNTS, [cost(count) for count in COUNTS], NOISE)


@pytest.mark.parametrize(
    "cost",
    [lambda count: 80 + 0.001 * count**2, lambda count: 3.0 * count**1.3],
    ids=["a square behind a fixed part", "a power"],
)
def test_what_grows_faster_is_found(cost: Callable[[int], float]) -> None:
    """Faster growth is found although a fixed part is larger than all of it at first."""
    assert not is_linear(COUNTS, [cost(count) for count in COUNTS], NOISE)


def test_noise_decides_nothing() -> None:
    """A difference within the noise lets no growth look faster."""
    assert is_linear(COUNTS, [80.3, 80.0, 80.2, 81.0], NOISE)


def test_a_proportional_cost_has_the_ratio_one() -> None:
    """The ratio compares a step with the step before it, each for its width."""
    assert steepest(COUNTS, [1.0, 10.0, 100.0, 1000.0], 0.0) == pytest.approx(1)


def test_two_sizes_decide_nothing() -> None:
    """One step has nothing before it to be compared with."""
    assert steepest((30, 300), (1.0, 900.0), NOISE) == 0
