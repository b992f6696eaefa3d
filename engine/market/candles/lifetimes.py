"""How long candles are fresh. Pure functions."""

from collections.abc import Iterable, Sequence

from engine.analysis.candles import closed
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import EXPLAINED, LISTED, Series
from engine.market.candles.sufficiency import answered
from providers import INTERVALS, Candle, Interval

SHORTEST = 5
"""The minimum seconds that candles are fresh."""
FINAL = 86_400.0
"""Seconds that a past window is fresh, whose candles no longer change."""
DOUBTFUL = 3600.0
"""Seconds that a past window is fresh if candles are missing for an unknown reason."""
EMPTY = 60.0
"""Seconds that a window without candles is fresh if only one provider has answered."""
SETTLED = 60_000
"""Milliseconds after which the archive has all candles that were known at a time."""


def lifetime(interval: Interval, ceiling: float) -> float:
    """Return the seconds that the newest candles are fresh: a twelfth of the interval, within bounds."""
    most = ceiling if interval.length <= INTERVALS["1h"].length else 3 * ceiling
    return min(max(interval.length / 12_000, SHORTEST), most)


def lifetime_of(request: CandleRequest, series: Series, now: int, ceiling: float) -> float:
    """Return the seconds that a series is fresh: at most until the forming candle closes.

    If several providers answered without a candle, none will have one later.
    """
    if is_final(request, series.candles, now):
        gaps = series.explained(request.within(now), request.interval, now)
        return final_lifetime(reason for _, _, reason in gaps)
    interval = request.interval
    _, last = request.within(now).bounds(interval, now)
    if not series.candles and interval.after(last) + LISTED <= now:
        return FINAL if len(answered(series.attempts)) > 1 else EMPTY
    next_open = interval.after(interval.open_time(now))
    return min(lifetime(interval, ceiling), (next_open - now) / 1000)


def final_lifetime(reasons: Iterable[str]) -> float:
    """Return the seconds that closed candles are fresh, by the reasons of their gaps."""
    return FINAL if EXPLAINED.issuperset(reasons) else DOUBTFUL


def is_final(request: CandleRequest, candles: Sequence[Candle], now: int) -> bool:
    """Return whether there are candles and all are closed, so that later requests get the same ones."""
    end, start = request.window.end, request.window.start
    past = end is not None and request.interval.after(end) <= now
    finished = bool(candles) and closed(candles[-1], request.interval, now)
    return finished and (past or (start is not None and len(candles) == request.window.limit))


def lifetime_known(as_of: int, now: int) -> float:
    """Return the seconds that candles as known at `as_of` (Unix milliseconds) are fresh.

    Shortly after that time, received candles may still wait to be written.
    """
    return FINAL if as_of + SETTLED <= now else SHORTEST
