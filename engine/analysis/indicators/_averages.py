"""Recursive averages, seeded with the mean of the first values: https://ta-lib.org/functions/."""

from functools import partial

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._libraries import Array, np, talib
from engine.analysis.indicators._runs import before, over_runs


def ema(values: Array, period: int) -> Array:
    """Return the exponential average, whose newest value has the weight 2 / (period + 1)."""
    return over_runs(partial(talib.EMA, timeperiod=period), values)


def rma(values: Array, period: int) -> Array:
    """Return Wilder's average, whose newest value has the weight 1 / period."""
    return over_runs(partial(talib.RMA, timeperiod=period), values)


def true_range(bars: Bars) -> Array:
    """Return the distance that each candle covers, from the close before it; unknown for the first one."""
    earlier = before(bars.close)
    return np.maximum(bars.high, earlier) - np.minimum(bars.low, earlier)


def atr(bars: Bars, period: int) -> Array:
    """Return Wilder's average of the true range."""
    return rma(true_range(bars), period)
