"""What makes a list of candles trustworthy, and what can be derived from it. Pure functions."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import NamedTuple

from providers import BadMarket, Candle, Interval

MINIMUM = 50
"""Fewer candles than this are of no use to a signal: an error where the newest were asked for."""
RESAMPLED_FROM = {"4h": "1h", "1w": "1d"}
"""Which interval is built from which, where a provider has only the smaller one."""
FAR = 0.3
"""A fraction by which prices of one market at one time do not differ."""
CLOCK_SKEW = 60_000
"""Milliseconds that a provider's clock may be ahead of ours."""


class Sound(NamedTuple):
    """Candles that can be right, ascending, and the open times of those that were `left_out`."""

    candles: list[Candle]
    left_out: tuple[int, ...] = ()


def check(candles: Sequence[Candle], interval: Interval, now: int, *, newest: bool) -> None:
    """Raise `BadMarket` unless every candle is possible, in its place, and the last one recent.

    `newest` says that the newest candles were asked for: then there must be some, and the last may
    be at most two intervals old.
    """
    before = -1
    for candle in candles:
        if wrong := _wrong(candle, interval, now):
            raise BadMarket(wrong)
        if candle.open_time <= before:
            raise BadMarket(f"open time {candle.open_time} follows {before}")
        before = candle.open_time
    if newest and now - before > 2 * interval.length:
        raise BadMarket(f"the newest candle opened at {before}")


def sound(candles: Sequence[Candle], interval: Interval, now: int) -> Sound:
    """Return those of `candles` that can be right, and where the others would have stood.

    A row that is impossible, in no place or out of order is left out, and so are rows that contradict
    each other. Raises `BadMarket` where nothing remains of some.
    """
    possible = [candle for candle in candles if _wrong(candle, interval, now) is None]
    told: dict[int, set[Candle]] = {}
    for candle in possible:
        told.setdefault(candle.open_time, set()).add(candle)
    kept = [candle for candle in ascending(possible) if len(told[candle.open_time]) == 1]
    if candles and not kept:
        raise BadMarket(f"none of {len(candles)} candles can be right")
    sent = {interval.open_time(candle.open_time) for candle in candles}
    missing = sent - {candle.open_time for candle in kept}
    return Sound(kept, tuple(sorted(time for time in missing if time <= now)))


def ascending(candles: Sequence[Candle]) -> list[Candle]:
    """The most of `candles` that ascend, each time once: the fewest are taken for misplaced."""
    times: list[int] = []  # the earliest time that an ascending row of one, two, three… candles can end with
    ends: list[int] = []  # the places of those last candles
    before: list[int] = []  # the place of the candle before each, in the longest row that ends with it
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
    """What is wrong with a candle by itself."""
    if interval.open_time(candle.open_time) != candle.open_time:
        return f"open time {candle.open_time} is no {interval.code} boundary"
    if not _possible(candle):
        return f"impossible candle {candle}"
    if candle.open_time > now + CLOCK_SKEW:
        return f"open time {candle.open_time} lies in the future"
    return None


def _possible(candle: Candle) -> bool:
    """Comparisons with NaN are false, so that it fails here as well."""
    return (
        0 < candle.low <= candle.open <= candle.high < inf
        and candle.low <= candle.close <= candle.high
        and (candle.volume is None or (isfinite(candle.volume) and candle.volume >= 0))
    )


def gaps(
    candles: Sequence[Candle], interval: Interval, left_out: Sequence[int] = ()
) -> list[tuple[int, int]]:
    """First and last missing open time of each hole, from the first candle that was sent to the last.

    `left_out` are the open times of candles that were sent and are not among `candles`.
    """
    if not candles:
        return []
    times = [candle.open_time for candle in candles]
    before_all = min([times[0], *left_out]) - interval.length
    after_all = max([times[-1], *left_out]) + interval.length
    return [
        (before + interval.length, after - interval.length)
        for before, after in pairwise([before_all, *times, after_all])
        if after - before > interval.length
    ]


def far(price: float, other: float) -> bool:
    """Whether two prices are too far apart to be of one market at one time."""
    return abs(price / other - 1) > FAR


def closed(candle: Candle, interval: Interval, now: int) -> bool:
    """Whether the interval of `candle` is over."""
    return candle.open_time + interval.length <= now


def resample(candles: Sequence[Candle], small: Interval, large: Interval, now: int) -> list[Candle]:
    """The `large` candles that follow exactly from ascending `small` ones.

    One of whose parts some are missing is left out, since its figures would be wrong; only the one
    that is forming at `now` need not be whole.
    """
    groups: dict[int, list[Candle]] = {}
    for candle in candles:
        groups.setdefault(large.open_time(candle.open_time), []).append(candle)
    forming = large.open_time(now)
    whole = large.length // small.length
    return [
        _merge(open_time, parts)
        for open_time, parts in groups.items()
        if parts[0].open_time == open_time
        and not gaps(parts, small)
        and (len(parts) == whole or open_time == forming)
    ]


def _merge(open_time: int, parts: Sequence[Candle]) -> Candle:
    volumes = [part.volume for part in parts if part.volume is not None]
    return Candle(
        open_time,
        parts[0].open,
        max(part.high for part in parts),
        min(part.low for part in parts),
        parts[-1].close,
        sum(volumes) if len(volumes) == len(parts) else None,
    )
