"""Resample candles to a larger interval. Pure functions on columns.

The figures equal those of `engine.analysis.candles.resample` exactly: sums are added from left to right.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.history import columns
from engine.history.columns import UNKNOWN_COUNT, Columns
from engine.history.ranges import Range, union, within, without
from engine.history.series import Gap, Reason
from providers import INTERVALS, Interval

LASTING: tuple[Reason, ...] = ("before_listing", "no_trades", "venue_outage")
"""Reasons that a larger candle inherits if all of its parts are missing for this reason."""


def sources(large: Interval) -> list[Interval]:
    """Return the smaller intervals whose candles make up those of `large`, the largest first."""
    found = [
        it
        for it in INTERVALS.values()
        if it.length < large.length
        and large.length % it.length == 0
        and (large.origin - it.origin) % it.length == 0
    ]
    return sorted(found, key=lambda it: -it.length)


def resample(small: Columns, source: Interval, large: Interval) -> Columns:
    """Return the `large` candles whose parts are all among the `small` ones.

    A candle of parts from several providers is marked as `filled`. It has the provider of the first part that
    the usual one did not give.
    """
    times = small["open_time"]
    if not len(times):
        return columns.empty()
    first, last = large.open_time(int(times[0])), large.open_time(int(times[-1]))
    opens = np.array([large.after(first, place) for place in range(large.count(first, last) + 1)], np.int64)
    counts = np.diff(np.searchsorted(times, opens))
    complete = (counts == np.diff(opens) // source.length) & (counts > 0)
    parts = columns.take(small, np.repeat(complete, counts))
    return _merged(parts, opens[:-1][complete], counts[complete])


def _merged(parts: Columns, opens: NDArray[Any], counts: NDArray[Any]) -> Columns:
    """Return a candle for each of the groups, which have `counts` parts one after the other."""
    if not len(opens):
        return columns.empty()
    ends = np.cumsum(counts)
    starts = ends - counts
    groups = np.repeat(np.arange(len(counts)), counts)
    provider, mixed = _providers(parts["provider"], starts, counts)
    trades = np.add.reduceat(parts["trades"], starts)
    uncounted = np.logical_or.reduceat(parts["trades"] == UNKNOWN_COUNT, starts)
    return {
        "open_time": opens,
        "open": parts["open"][starts],
        "high": np.maximum.reduceat(parts["high"], starts),
        "low": np.minimum.reduceat(parts["low"], starts),
        "close": parts["close"][ends - 1],
        # `bincount` adds one weight after the other; `add.reduceat` adds in pairs, and rounds differently
        "volume": np.bincount(groups, weights=parts["volume"]),
        "quote_volume": np.bincount(groups, weights=parts["quote_volume"]),
        "trades": np.where(uncounted, UNKNOWN_COUNT, trades),
        "provider": provider,
        "filled": np.maximum.reduceat(parts["filled"], starts) | mixed,
        "revision": np.maximum.reduceat(parts["revision"], starts),
        "known": np.maximum.reduceat(parts["known"], starts),
    }


def _providers(
    provider: NDArray[Any], starts: NDArray[Any], counts: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the provider of each group, and 1 for those of several providers."""
    found = provider[starts]
    if (provider == provider[0]).all():
        return found, np.zeros(len(starts), provider.dtype)
    numbers, totals = np.unique(provider, return_counts=True)
    other = np.where(provider == numbers[np.argmax(totals)], len(provider), np.arange(len(provider)))
    place = np.minimum.reduceat(other, starts)
    found = provider[np.where(place < starts + counts, place, starts)]
    lowest, highest = np.minimum.reduceat(provider, starts), np.maximum.reduceat(provider, starts)
    return found, (lowest != highest).astype(provider.dtype)


def resampled_gaps(missing: Iterable[Range], parts: Sequence[Gap], large: Interval) -> list[Gap]:
    """Return the `missing` ranges of larger candles, with reasons derived from those of the parts.

    A candle that lacks only some of its parts is missing for an `unknown` reason.
    """
    left = union(missing)
    found: list[Gap] = []
    unfetched = union(
        (large.open_time(gap.first), large.first_open(gap.until))
        for gap in parts
        if gap.reason == "not_fetched"
    )
    explained: list[tuple[Reason, list[Range]]] = [("not_fetched", unfetched)]
    for reason in LASTING:
        ranges = union((gap.first, gap.until) for gap in parts if gap.reason == reason)
        explained.append((reason, [(large.first_open(begin), large.open_time(end)) for begin, end in ranges]))
    for reason, ranges in explained:
        for begin, end in union(ranges):
            inside = [part for it in left for part in within([it], begin, end)]
            found += [Gap(*part, reason) for part in inside]
        left = without(left, ranges)
    found += [Gap(*it, "unknown") for it in left]
    return sorted(found, key=lambda gap: gap.first)
