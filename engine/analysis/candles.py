"""Check lists of candles, and derive gaps and larger intervals from them. Pure functions."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import NamedTuple, TypeVar

from providers import BadMarket, Candle, Interval

MINIMUM = 50
"""A signal needs at least so many candles: fewer of the newest ones are an error."""
MAY_BE_SHORT = frozenset({"3d", "1w", "1M"})
"""Intervals of which fewer than `MINIMUM` candles may exist, although a coin has been traded for months."""
RESAMPLED_FROM = {
    "3m": ("1m",),
    "30m": ("15m",),
    "2h": ("1h",),
    "4h": ("2h", "1h"),
    "6h": ("2h", "1h"),
    "8h": ("4h", "2h", "1h"),
    "12h": ("6h", "4h", "2h", "1h"),
    "3d": ("1d",),
    "1w": ("1d",),
    "1M": ("1d",),
}
"""The smaller intervals from which a larger one is built, the best first, for providers that lack it."""
FAR = 0.3
"""Prices of one market at one time differ by less than this fraction."""
CLOCK_SKEW = 60_000
"""Milliseconds that a provider's clock may be ahead of ours."""


N = TypeVar("N", int, float)


class Sound(NamedTuple):
    """Possible candles in ascending order, and the open times of those that were `left_out`."""

    candles: list[Candle]
    left_out: tuple[int, ...] = ()


def check(candles: Sequence[Candle], interval: Interval, now: int, *, newest: bool) -> None:
    """Raise `BadMarket` unless every candle is possible, aligned and in order, and the last one recent.

    `newest` says that the request is for the newest candles: then there must be at least one, and the last
    may be at most two intervals old.
    """
    before = -1
    for candle in candles:
        if wrong := _wrong(candle, interval, now):
            raise BadMarket(wrong)
        if candle.open_time <= before:
            raise BadMarket(f"open time {candle.open_time} follows {before}")
        before = candle.open_time
    if newest and (before < 0 or now > interval.after(before, 2)):
        raise BadMarket(f"the newest candle opened at {before}")


def sound(candles: Sequence[Candle], interval: Interval, now: int) -> Sound:
    """Return the possible ones of `candles`, and the open times of the others.

    Rows that are impossible, misaligned or out of order are left out, and so are rows that contradict each
    other. Raises `BadMarket` if none of several candles remains.
    """
    possible = [candle for candle in candles if _wrong(candle, interval, now) is None]
    by_time: dict[int, set[Candle]] = {}
    for candle in possible:
        by_time.setdefault(candle.open_time, set()).add(candle)
    kept = [candle for candle in ascending(possible) if len(by_time[candle.open_time]) == 1]
    if candles and not kept:
        raise BadMarket(f"none of {len(candles)} candles can be right")
    sent = {interval.open_time(candle.open_time) for candle in candles}
    missing = sent - {candle.open_time for candle in kept}
    return Sound(kept, tuple(sorted(time for time in missing if time <= now)))


def is_possible(candle: Candle, interval: Interval, now: int) -> bool:
    """Return whether a candle can be right by itself: its prices, its open time and that it has begun."""
    return _wrong(candle, interval, now) is None


def ascending(candles: Sequence[Candle]) -> list[Candle]:
    """Return the longest ascending selection of `candles`, each time once."""
    times: list[int] = []  # the earliest last time of an ascending selection of one, two, three… candles
    ends: list[int] = []  # the indices of those last candles
    before: list[int] = []  # the index of the candle before each, in the longest selection that ends with it
    for place, candle in enumerate(candles):
        count = bisect_left(times, candle.open_time)
        before.append(ends[count - 1] if count else -1)
        times[count : count + 1] = [candle.open_time]
        ends[count : count + 1] = [place]
    found: list[Candle] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(candles[place])
        place = before[place]
    return found[::-1]


def _wrong(candle: Candle, interval: Interval, now: int) -> str | None:
    """Return what is wrong with a single candle."""
    if interval.open_time(candle.open_time) != candle.open_time:
        return f"open time {candle.open_time} is no {interval.code} boundary"
    if not _possible(candle):
        return f"impossible candle {candle}"
    if candle.open_time > now + CLOCK_SKEW:
        return f"open time {candle.open_time} lies in the future"
    return None


def _possible(candle: Candle) -> bool:
    """Return whether the figures are possible. Comparisons with NaN are false, so that NaN fails as well."""
    return (
        0 < candle.low <= candle.open <= candle.high < inf
        and candle.low <= candle.close <= candle.high
        and (candle.volume is None or (isfinite(candle.volume) and candle.volume >= 0))
    )


def gaps(
    candles: Sequence[Candle], interval: Interval, left_out: Sequence[int] = ()
) -> list[tuple[int, int]]:
    """Return the first and last missing open time of each gap between the first and the last candle sent.

    `left_out` are the open times of candles that were sent and are not among `candles`.
    """
    if not candles:
        return []
    times = [candle.open_time for candle in candles]
    before_all = interval.after(min([times[0], *left_out]), -1)
    after_all = interval.after(max([times[-1], *left_out]))
    return [
        (interval.after(before), interval.after(after, -1))
        for before, after in pairwise([before_all, *times, after_all])
        if interval.after(before) < after
    ]


def far(price: float, other: float) -> bool:
    """Return whether two prices are too far apart for one market at one time."""
    return abs(price / other - 1) > FAR


def closed(candle: Candle, interval: Interval, now: int) -> bool:
    """Return whether the interval of `candle` is over."""
    return interval.after(candle.open_time) <= now


def resample(candles: Sequence[Candle], small: Interval, large: Interval, now: int) -> list[Candle]:
    """Return the `large` candles that follow exactly from ascending `small` ones.

    A candle with missing parts is left out, because its figures would be wrong. Only the candle that is
    forming at `now` may be incomplete.
    """
    groups: dict[int, list[Candle]] = {}
    for candle in candles:
        groups.setdefault(large.open_time(candle.open_time), []).append(candle)
    forming = large.open_time(now)
    return [
        merge(open_time, parts)
        for open_time, parts in groups.items()
        if parts[0].open_time == open_time
        and not gaps(parts, small)
        and (open_time == forming or small.after(parts[-1].open_time) == large.after(open_time))
    ]


def merge(open_time: int, parts: Sequence[Candle]) -> Candle:
    """Return one candle of consecutive ones."""
    return Candle(
        open_time,
        parts[0].open,
        max(part.high for part in parts),
        min(part.low for part in parts),
        parts[-1].close,
        _total(part.volume for part in parts),
        _total(part.quote_volume for part in parts),
        _total(part.trades for part in parts),
    )


def _total(figures: Iterable[N | None]) -> N | None:
    """Return the sum, `None` if any figure is unknown."""
    total: N | None = None
    for figure in figures:
        if figure is None:
            return None
        total = figure if total is None else total + figure
    return total
