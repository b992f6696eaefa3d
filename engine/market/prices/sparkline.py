"""Sparklines: the last hourly closes of a coin, from cached or kept candles."""

from engine.analysis.candles import closed
from engine.market.candles.series import Series
from providers import INTERVALS, Window

HOURS = 24
HOUR = INTERVALS["1h"]


def last_day(now: int) -> Window:
    """Return the window of the last 24 hours that ended by `now` (Unix milliseconds)."""
    newest = HOUR.open_time(now) - HOUR.length
    return Window(HOURS, newest - (HOURS - 1) * HOUR.length, newest)


def hourly_closes(series: Series | None, quote: str, now: int, then: int) -> tuple[float, ...] | None:
    """Return the closes of the last 24 hours that ended by `now`, the oldest first.

    Returns `None` if the series, which was fetched at `then`, lacks some of them, or is not in the currency
    `quote`. Times are Unix milliseconds: a candle that was forming `then` has no close.
    """
    if series is None or series.market.quote != quote:
        return None
    newest = HOUR.open_time(now) - HOUR.length
    wanted = range(newest - (HOURS - 1) * HOUR.length, newest + 1, HOUR.length)
    closes = {
        candle.open_time: candle.close
        for candle in series.candles[-HOURS - 2 :]
        if closed(candle, HOUR, min(now, then))
    }
    return tuple(closes[time] for time in wanted) if all(time in closes for time in wanted) else None
