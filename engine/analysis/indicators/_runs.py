"""Calculate over each run of known values by itself, so that no NaN reaches TA-Lib.

TA-Lib gives numbers after a NaN that are none: RSI is 0 for fifty candles. A hole restarts the calculation.
"""

from collections.abc import Callable, Iterator

from engine.analysis.indicators._libraries import Array, np


def runs(*arrays: Array) -> Iterator[slice]:
    """Yield the runs of places at which all `arrays` have a number."""
    known = np.isfinite(arrays[0])
    for array in arrays[1:]:
        known &= np.isfinite(array)
    if known.all():
        yield slice(0, len(known))
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False]))))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield slice(first, end)


def over_runs(function: Callable[..., Array], *arrays: Array) -> Array:
    """Return what `function` gives for each run of `arrays`, and NaN elsewhere."""
    complete = np.full(len(arrays[0]), np.nan)
    for run in runs(*arrays):
        complete[run] = function(*(array[run] for array in arrays))
    return complete


def ratio(upper: Array, lower: Array) -> Array:
    """Return the quotient, NaN where the divisor is 0."""
    undefined = np.full(len(upper), np.nan)
    quotient: Array = np.divide(upper, lower, out=undefined, where=lower != 0)
    return quotient


def before(values: Array, count: int = 1) -> Array:
    """Return the value `count` candles before each one."""
    earlier = np.full(len(values), np.nan)
    earlier[count:] = values[: max(0, len(values) - count)]
    return earlier
