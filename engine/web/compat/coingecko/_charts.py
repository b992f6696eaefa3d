"""Prices over time, from the closes of candles."""

from engine.market import MAXIMUM
from engine.market.candles.slices import CandleSlice
from engine.web.compat import _use_cases
from engine.web.compat.coingecko._candles import BY_NAME, DAY
from engine.web.compat.coingecko._coins import rounded
from engine.web.services import current_services
from providers import INTERVALS, Interval
from schemas import RequestedPair

MOST_PAGES = 4
"""Requests for candles behind one answer: 90 days have 2160 hours."""

Point = list[float | int | None]


def step_of(length: int, interval: str) -> Interval:
    """Return the distance of points within `length` milliseconds, as CoinGecko chooses it."""
    if interval in BY_NAME:
        return BY_NAME[interval]
    if length <= DAY or interval == "5m":
        return INTERVALS["5m"]
    return INTERVALS["1h"] if length <= 90 * DAY else INTERVALS["1d"]


def chart(
    coin: RequestedPair, start: int, end: int, interval: str, precision: int | None
) -> tuple[list[Point], list[CandleSlice]]:
    """Return points `[time, price]` from `start` to `end` (Unix milliseconds), and the candles behind them.

    A point is the close of a candle at its close time, that of a forming candle at the time when it was
    received. Raises an `ApiError`.
    """
    step, now = step_of(end - start, interval), current_services().market.milliseconds()
    first = step.after(step.open_time(start), -1)
    newest = end >= step.open_time(now)
    left, until = step.count(first, step.open_time(end)), None if newest else step.open_time(end)
    parts: list[CandleSlice] = []
    for _ in range(MOST_PAGES):
        part = _use_cases.candles(coin, step, min(left, MAXIMUM), end=until)
        parts.insert(0, part)
        left -= len(part.candles)
        if left <= 0 or not part.candles or part.candles[0].open_time <= first:
            break
        until = step.after(part.candles[0].open_time, -1)
    points: list[Point] = [
        [min(step.after(candle.open_time), now), rounded(candle.close, precision)]
        for part in parts
        for candle in part.candles
    ]
    return [point for point in points if start <= (point[0] or 0) <= max(end, start)], parts
