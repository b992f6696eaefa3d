"""What makes a list of candles trustworthy, and what can be derived from it. Pure functions."""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite

from providers import BadData, Candle, Interval

MINIMUM = 50
"""Fewer candles than this are of no use to a signal: an error where the newest were asked for."""
RESAMPLED_FROM = {"4h": "1h", "1w": "1d"}
"""Which interval is built from which, where a provider has only the smaller one."""
CLOCK_SKEW = 60_000
"""Milliseconds that a provider's clock may be ahead of ours."""


def check(candles: Sequence[Candle], interval: Interval, now: int, *, newest: bool) -> None:
    """Raise `BadData` unless every candle is possible, in its place, and the last one recent.

    `newest` says that the newest candles were asked for: then there must be some, and the last may
    be at most two intervals old.
    """
    before = -1
    for candle in candles:
        if candle.open_time <= before:
            raise BadData(f"open time {candle.open_time} follows {before}")
        if interval.open_time(candle.open_time) != candle.open_time:
            raise BadData(f"open time {candle.open_time} is no {interval.code} boundary")
        if not _possible(candle):
            raise BadData(f"impossible candle {candle}")
        before = candle.open_time
    if before > now + CLOCK_SKEW:
        raise BadData(f"open time {before} lies in the future")
    if newest and now - before > 2 * interval.length:
        raise BadData(f"the newest candle opened at {before}")


def _possible(candle: Candle) -> bool:
    """Comparisons with NaN are false, so that it fails here as well."""
    return (
        0 < candle.low <= candle.open <= candle.high < inf
        and candle.low <= candle.close <= candle.high
        and (candle.volume is None or (isfinite(candle.volume) and candle.volume >= 0))
    )


def gaps(candles: Sequence[Candle], interval: Interval) -> list[tuple[int, int]]:
    """First and last missing open time of each hole between the first candle and the last."""
    times = [candle.open_time for candle in candles]
    return [
        (before + interval.length, after - interval.length)
        for before, after in pairwise(times)
        if after - before > interval.length
    ]


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
