"""Candles as Binance's arrays of twelve fields."""

from collections.abc import Sequence

from msgspec.structs import replace

from engine.errors import AllProvidersFailed
from engine.market.candles.slices import CandleSlice
from engine.web.compat import _use_cases
from engine.web.compat._translation import received
from engine.web.compat.binance._failures import Unpriced
from engine.web.compat.binance._figures import NOTHING, written
from providers import INTERVALS, Candle, Interval
from schemas import RequestedPair

NEUTRAL = ["takerBuyVolume", "takerBuyQuoteVolume"]
"""Fields that the engine has no figures for."""
FIGURES = {"volume": "volume", "quoteVolume": "quote_volume", "trades": "trades"}
"""Fields that some providers have no figures for."""
STEPS = [INTERVALS[code] for code in ("1w", "1d", "1h")]
"""From the longest to the shortest: the first candle of each contains the first one of the next."""
MANY = 1000
"""Candles of each interval to search: so many weeks are more than any market has."""


def parts_of(
    coin: RequestedPair, interval: Interval, limit: int, start: int | None, end: int | None, now: int
) -> list[CandleSlice]:
    """Return at most `limit` candles, in one part or more. Raises an `ApiError`.

    For requests with a start, clients take fewer rows than `limit` as the end of the data. So where a
    provider has a lower limit, or candles are missing, further parts follow.
    """
    parts = [_part(coin, interval, limit, start, end, now)]
    left = limit - len(parts[0].candles)
    while start is not None and left and (after := _next(parts[-1], interval, end)):
        part = _part(coin, interval, left, after, end, now)
        if not part.candles:
            break
        if (opened := part.candles[0].open_time) > after:
            gap = (after, interval.after(opened, -1))
            parts[-1] = replace(parts[-1], gaps=(*parts[-1].gaps, gap))
        parts.append(part)
        left -= len(part.candles)
    return parts


def _next(part: CandleSlice, interval: Interval, end: int | None) -> int | None:
    """Return the open time of the candle after the last one, if it has closed and is requested."""
    if not part.candles:
        return None
    after = interval.after(part.candles[-1].open_time)
    closed = interval.after(after) <= received(part) * 1000
    return after if closed and (end is None or after <= end) else None


def _part(
    coin: RequestedPair, interval: Interval, limit: int, start: int | None, end: int | None, now: int
) -> CandleSlice:
    """Return as many of the candles as one call can fetch.

    Clients find the beginning of a market with a `start` before it. Some providers return no candles for
    that. Then the first candle is searched in ever shorter intervals.
    """
    until = now if end is None else min(end, now)
    last = None if end is None else until
    wide = start is not None and interval.after(interval.first_open(start), limit) <= until
    try:
        found = _use_cases.candles(coin, interval, limit, start, last)
        if start is None or found.candles or not wide:
            return found
    except AllProvidersFailed:  # a provider that failed may be the only one with such old candles
        if start is None or not wide:
            raise
    found = _use_cases.candles(coin, interval, limit, _first(coin, interval, start, until), last)
    if (
        not found.candles and until > now - STEPS[0].length
    ):  # it is traded now, so it must have a first candle
        raise Unpriced.of(coin.symbol)
    return found


def _first(coin: RequestedPair, interval: Interval, start: int, until: int) -> int:
    """Return the open time of the first candle from `start` on."""
    first = max(start, until - (MANY - 1) * STEPS[0].length)
    for step in (*(step for step in STEPS if step.length > interval.length), interval):
        found = _use_cases.candles(coin, step, MANY, step.open_time(first), until).candles
        first = max(first, found[0].open_time) if found else first
    return first


def rows(candles: Sequence[Candle], interval: Interval, unit: int) -> list[list[object]]:
    """Return the arrays, with times in units of which a millisecond has `unit`."""
    return [
        [
            it.open_time * unit,
            written(it.open),
            written(it.high),
            written(it.low),
            written(it.close),
            NOTHING if it.volume is None else written(it.volume),
            interval.after(it.open_time) * unit - 1,
            NOTHING if it.quote_volume is None else written(it.quote_volume),
            it.trades or 0,
            NOTHING,
            NOTHING,
            "0",
        ]
        for it in candles
    ]


def neutral(candles: Sequence[Candle]) -> list[str]:
    """Return the names of the fields with a placeholder."""
    unknown = (name for name, of in FIGURES.items() if any(getattr(it, of) is None for it in candles))
    return [*unknown, *NEUTRAL]
