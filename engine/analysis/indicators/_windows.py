"""Figures of the last values. Sums are added anew for each window: running sums keep a rest of what has left.

Such a rest would make a number out of 0/0.
"""

from collections.abc import Callable
from functools import partial

from engine.analysis.indicators._libraries import Array, np, talib
from engine.analysis.indicators._runs import over_runs

BLOCK = 512
"""Windows that are computed at once, which bounds the memory."""


def highest(values: Array, period: int) -> Array:
    """Return the highest of the last `period` values."""
    return values if period == 1 else over_runs(partial(talib.MAX, timeperiod=period), values)


def lowest(values: Array, period: int) -> Array:
    """Return the lowest of the last `period` values."""
    return values if period == 1 else over_runs(partial(talib.MIN, timeperiod=period), values)


def total(values: Array, period: int) -> Array:
    """Return the sum of the last `period` values."""
    return over_runs(partial(_windowed, lambda windows: windows.sum(axis=1), period), values)


def mean(values: Array, period: int) -> Array:
    """Return the mean of the last `period` values."""
    return total(values, period) / period


def weighted_mean(values: Array, period: int) -> Array:
    """Return the mean of the last `period` values, weighted 1, 2, 3… up to the newest."""

    def weighted(windows: Array) -> Array:
        weights = np.arange(1.0, period + 1)
        figures: Array = (windows * weights).sum(axis=1) / weights.sum()
        return figures

    return over_runs(partial(_windowed, weighted, period), values)


def deviation(values: Array, period: int) -> Array:
    """Return the standard deviation of the last `period` values, of the population; 0 if all are equal."""
    spread = over_runs(partial(_windowed, lambda windows: windows.std(axis=1), period), values)
    return np.where(flat(values, period), 0.0, spread)


def flat(values: Array, period: int) -> Array:
    """Return whether the last `period` values are all equal."""
    same: Array = highest(values, period) == lowest(values, period)
    return same


def _windowed(function: Callable[[Array], Array], period: int, values: Array) -> Array:
    figures = np.full(len(values), np.nan)
    if len(values) >= period:
        windows = np.lib.stride_tricks.sliding_window_view(values, period)
        for first in range(0, len(windows), BLOCK):
            part = windows[first : first + BLOCK]
            figures[period - 1 + first : period - 1 + first + len(part)] = function(part)
    return figures
