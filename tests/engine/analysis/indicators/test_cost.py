"""The cost of indicators."""

import pytest

from benchmarks.indicators import ROWS, candles, columns, milliseconds
from tests.costs import TRIES
from tests.untraced import untraced


@pytest.mark.timed
def test_six_indicators_over_a_thousand_candles_cost_at_most_five_milliseconds() -> None:
    """Six indicators over 1000 candles take 5 ms of processor time, with the warm-up of EMA-200."""
    rows = candles()
    found = columns(rows)

    assert all(len(column) == ROWS for each in found for column in each.values.outputs.values())
    with untraced():
        best = min(milliseconds(lambda: columns(rows)) for _ in range(TRIES))
    assert best <= 5
