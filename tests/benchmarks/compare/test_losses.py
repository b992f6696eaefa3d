"""What is a loss of speed."""

import pytest

from benchmarks.compare.losses import Compared
from tests.benchmarks.compare.taken import compared


@pytest.mark.parametrize(("cost", "lost"), [(100, False), (114.9, False), (115, False), (115.1, True)])
def test_a_loss_is_more_than_15_per_cent(cost: float, lost: bool) -> None:
    """A cost of 15 % more is allowed, and any more than that is a loss."""
    one = compared(cost / 100)

    assert (one.has_lost, one.is_clear) == (lost, True)


def test_the_median_decides() -> None:
    """Two rounds that another program has slowed down are no loss."""
    assert not compared(1.0, 1.9, 1.01, 1.8, 1.02).has_lost
    assert compared(1.2, 0.5, 1.21, 1.22, 1.19).has_lost


@pytest.mark.parametrize(
    ("ratios", "clear"),
    [
        ((0.9, 1.0, 1.1, 1.14, 1.5), True),
        ((1.15, 1.15, 1.15), True),
        ((0.8, 1.0, 1.1, 1.24, 1.28), False),
        ((1.0, 1.1, 1.2, 1.3, 1.4), False),
        ((0.9, 1.16, 1.2, 1.3, 1.4), True),
    ],
)
def test_a_clear_result_has_its_middle_half_on_one_side(ratios: tuple[float, ...], clear: bool) -> None:
    """A result is clear if the middle half of its ratios is on one side of the limit."""
    assert compared(*ratios).is_clear is clear


def test_what_the_base_does_not_have_is_no_loss() -> None:
    """A benchmark that was skipped is no loss."""
    assert not Compared("streams", missing=True).has_lost
