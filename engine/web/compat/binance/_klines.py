"""Candles as Binance's arrays of twelve."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import AllProvidersFailed
from engine.web.compat import _asking
from engine.web.compat._retelling import Heard
from engine.web.compat.binance._failures import Unpriced
from engine.web.compat.binance._figures import NOTHING, written
from providers import INTERVALS, Interval
from schemas import NamedPair

NEUTRAL = ["quoteVolume", "trades", "takerBuyVolume", "takerBuyQuoteVolume"]
"""What no candle of the engine has."""
STEPS = [INTERVALS[code] for code in ("1w", "1d", "1h")]
"""From the coarsest to the finest: in the first candle of each lies the first of the next."""
MANY = 1000
"""Candles of each that are looked through: as many weeks reach back beyond any market."""


def heard(
    coin: NamedPair, interval: Interval, limit: int, start: int | None, end: int | None, now: int
) -> list[Heard]:
    """At most `limit` candles, in one part or more. Raises an `ApiError`.

    Who asks since a time takes fewer than `limit` for all there is. So where a provider gives less at a
    time, or candles are missing, it goes on from there.
    """
    parts = [_part(coin, interval, limit, start, end, now)]
    left = limit - len(parts[0].data)
    while start is not None and left and (after := _next(parts[-1], interval, end)):
        part = _part(coin, interval, left, after, end, now)
        if not part.data:
            break
        if (opened := part.data[0]["timestamp"]) > after:
            parts[-1].meta["gaps"].append([after, opened - interval.length])
        parts.append(part)
        left -= len(part.data)
    return parts


def _next(part: Heard, interval: Interval, end: int | None) -> int | None:
    """When the candle after the last one opened; `None` where it had not closed yet, or nobody wants it."""
    if not part.data:
        return None
    after: int = part.data[-1]["timestamp"] + interval.length
    closed = after + interval.length <= part.made * 1000
    return after if closed and (end is None or after <= end) else None


def _part(
    coin: NamedPair, interval: Interval, limit: int, start: int | None, end: int | None, now: int
) -> Heard:
    """As many of them as can be had at a time.

    `start` may lie before there was a market, which clients ask to find out when that began. Some
    providers have nothing to say to that; then the first candle is looked for in ever finer intervals.
    """
    until = now if end is None else min(end, now)
    last = None if end is None else until
    wide = start is not None and start + limit * interval.length <= until
    try:
        told = _asking.candles(coin, interval, limit, start, last)
        if start is None or told.data or not wide:
            return told
    except AllProvidersFailed:  # who failed may be the only one that knows what was so long ago
        if start is None or not wide:
            raise
    told = _asking.candles(coin, interval, limit, _first(coin, interval, start, until), last)
    if not told.data and until > now - STEPS[0].length:  # it is traded now, so there is a first candle
        raise Unpriced.of(coin.symbol)
    return told


def _first(coin: NamedPair, interval: Interval, start: int, until: int) -> int:
    """The open time of the first candle from `start` on."""
    first = max(start, until - (MANY - 1) * STEPS[0].length)
    for step in (*(step for step in STEPS if step.length > interval.length), interval):
        told = _asking.candles(coin, step, MANY, step.open_time(first), until).data
        first = max(first, told[0]["timestamp"]) if told else first
    return first


def rows(told: Sequence[Mapping[str, Any]], interval: Interval, unit: int) -> list[list[object]]:
    """The arrays; `unit` is what a millisecond counts."""
    return [
        [
            row["timestamp"] * unit,
            written(row["open"]),
            written(row["high"]),
            written(row["low"]),
            written(row["close"]),
            NOTHING if row["volume"] is None else written(row["volume"]),
            (row["timestamp"] + interval.length) * unit - 1,
            NOTHING,
            0,
            NOTHING,
            NOTHING,
            "0",
        ]
        for row in told
    ]


def neutral(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """What stands there for want of a figure."""
    return (["volume"] if any(row["volume"] is None for row in told) else []) + NEUTRAL
