"""Candles as Binance's arrays of twelve."""

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import AllProvidersFailed
from engine.market.candles.slices import CandleSlice
from engine.web.compat import _asking
from engine.web.compat._translation import received
from engine.web.compat.binance._failures import Unpriced
from engine.web.compat.binance._figures import NOTHING, written
from providers import INTERVALS, Candle, Interval
from schemas import RequestedPair

NEUTRAL = ["quoteVolume", "trades", "takerBuyVolume", "takerBuyQuoteVolume"]
"""What no candle of the engine has."""
STEPS = [INTERVALS[code] for code in ("1w", "1d", "1h")]
"""From the coarsest to the finest: in the first candle of each lies the first of the next."""
MANY = 1000
"""Candles of each that are looked through: as many weeks reach back beyond any market."""


def parts_of(
    coin: RequestedPair, interval: Interval, limit: int, start: int | None, end: int | None, now: int
) -> list[CandleSlice]:
    """At most `limit` candles, in one part or more. Raises an `ApiError`.

    Who asks since a time takes fewer than `limit` for all there is. So where a provider gives less at a
    time, or candles are missing, it goes on from there.
    """
    parts = [_part(coin, interval, limit, start, end, now)]
    left = limit - len(parts[0].candles)
    while start is not None and left and (after := _next(parts[-1], interval, end)):
        part = _part(coin, interval, left, after, end, now)
        if not part.candles:
            break
        if (opened := part.candles[0].open_time) > after:
            gap = (after, opened - interval.length)
            parts[-1] = replace(parts[-1], gaps=(*parts[-1].gaps, gap))
        parts.append(part)
        left -= len(part.candles)
    return parts


def _next(part: CandleSlice, interval: Interval, end: int | None) -> int | None:
    """When the candle after the last one opened; `None` where it had not closed yet, or nobody wants it."""
    if not part.candles:
        return None
    after = part.candles[-1].open_time + interval.length
    closed = after + interval.length <= received(part) * 1000
    return after if closed and (end is None or after <= end) else None


def _part(
    coin: RequestedPair, interval: Interval, limit: int, start: int | None, end: int | None, now: int
) -> CandleSlice:
    """As many of them as can be had at a time.

    `start` may lie before there was a market, which clients ask to find out when that began. Some
    providers have nothing to say to that; then the first candle is looked for in ever finer intervals.
    """
    until = now if end is None else min(end, now)
    last = None if end is None else until
    wide = start is not None and start + limit * interval.length <= until
    try:
        found = _asking.candles(coin, interval, limit, start, last)
        if start is None or found.candles or not wide:
            return found
    except AllProvidersFailed:  # who failed may be the only one that knows what was so long ago
        if start is None or not wide:
            raise
    found = _asking.candles(coin, interval, limit, _first(coin, interval, start, until), last)
    if not found.candles and until > now - STEPS[0].length:  # it is traded now, so there is a first candle
        raise Unpriced.of(coin.symbol)
    return found


def _first(coin: RequestedPair, interval: Interval, start: int, until: int) -> int:
    """The open time of the first candle from `start` on."""
    first = max(start, until - (MANY - 1) * STEPS[0].length)
    for step in (*(step for step in STEPS if step.length > interval.length), interval):
        found = _asking.candles(coin, step, MANY, step.open_time(first), until).candles
        first = max(first, found[0].open_time) if found else first
    return first


def rows(candles: Sequence[Candle], interval: Interval, unit: int) -> list[list[object]]:
    """The arrays; `unit` is what a millisecond counts."""
    return [
        [
            it.open_time * unit,
            written(it.open),
            written(it.high),
            written(it.low),
            written(it.close),
            NOTHING if it.volume is None else written(it.volume),
            (it.open_time + interval.length) * unit - 1,
            NOTHING,
            0,
            NOTHING,
            NOTHING,
            "0",
        ]
        for it in candles
    ]


def neutral(candles: Sequence[Candle]) -> list[str]:
    """What stands there for want of a figure."""
    return (["volume"] if any(it.volume is None for it in candles) else []) + NEUTRAL
