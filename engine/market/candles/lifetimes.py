"""How long candles are fresh. Pure functions."""

from collections.abc import Sequence

from engine.analysis.candles import closed
from engine.market.candles.request import CandleRequest
from providers import INTERVALS, Candle, Interval

SHORTEST = 5
"""The minimum seconds that candles are fresh."""
FINAL = 86_400.0
"""Seconds that a window of the past is fresh: its candles no longer change."""
EMPTY = 60.0
"""Seconds that a window without a candle is fresh: its provider may have answered too little."""
SETTLED = 60_000
"""Milliseconds after which everything that was known at a time is written."""


def lifetime(interval: Interval, ceiling: float) -> float:
    """Return the seconds that the newest candles are fresh: a twelfth of the interval, within bounds."""
    most = ceiling if interval.length <= INTERVALS["1h"].length else 3 * ceiling
    return min(max(interval.length / 12_000, SHORTEST), most)


def lifetime_of(request: CandleRequest, candles: Sequence[Candle], now: int, ceiling: float) -> float:
    """Return the seconds that a series is fresh: at most until the forming candle closes."""
    if is_final(request, candles, now):
        return FINAL
    if not candles:
        return min(EMPTY, lifetime(request.interval, ceiling))
    next_open = request.interval.after(request.interval.open_time(now))
    return min(lifetime(request.interval, ceiling), (next_open - now) / 1000)


def is_final(request: CandleRequest, candles: Sequence[Candle], now: int) -> bool:
    """Return whether there are candles, and all are closed, so that later requests get the same ones."""
    end, start = request.window.end, request.window.start
    past = end is not None and request.interval.after(end) <= now
    finished = bool(candles) and closed(candles[-1], request.interval, now)
    return finished and (past or (start is not None and len(candles) == request.window.limit))


def lifetime_known(as_of: int, now: int) -> float:
    """Return the seconds for which candles are fresh that were known at `as_of` (Unix milliseconds).

    Shortly after, candles that had been received may still be written.
    """
    return FINAL if as_of + SETTLED <= now else SHORTEST
