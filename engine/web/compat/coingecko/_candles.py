"""Candles of CoinGecko's lengths, which depend on the number of requested days.

https://docs.coingecko.com/reference/coins-id-ohlc
"""

from engine.analysis.candles import resample
from engine.market import MAXIMUM
from engine.market.candles.slices import CandleSlice
from engine.web.compat._use_cases import candles
from engine.web.compat.coingecko._coins import rounded
from providers import INTERVALS, Candle, Interval
from schemas import RequestedPair

DAY = 86_400_000
FOUR_DAYS = Interval("4d", 4 * DAY)
"""Aligned to the beginning of Unix time, as all intervals shorter than a week."""
RESAMPLED_FROM = {"4d": INTERVALS["1d"]}
BY_NAME = {"daily": INTERVALS["1d"], "hourly": INTERVALS["1h"]}


def size(days: int, interval: str) -> Interval:
    """Return the length of a candle: half an hour up to two days, four hours up to thirty, then four days."""
    if interval:
        return BY_NAME[interval]
    if days <= 2:
        return INTERVALS["30m"]
    return INTERVALS["4h"] if days <= 30 else FOUR_DAYS


def fit(days: int, length: Interval) -> bool:
    """Return whether so many days of such candles fit into one answer of the engine."""
    return days * DAY // RESAMPLED_FROM.get(length.code, length).length <= MAXIMUM


def ohlc(
    coin: RequestedPair, days: int, length: Interval, now: int, precision: int | None
) -> tuple[list[list[float | int | None]], CandleSlice]:
    """Return rows `[close time, open, high, low, close]` of so many days, and the candles behind them.

    The last one is still forming, so its close time is in the future. Raises an `ApiError`.
    """
    small = RESAMPLED_FROM.get(length.code, length)
    parts = length.length // small.length
    count = days * DAY // length.length
    found = candles(coin, small, min(count * parts + parts - 1, MAXIMUM))
    merged = list(found.candles)
    if small is not length:
        merged = resample(merged, small, length, now)
    return [_row(candle, length, precision) for candle in merged[-count:]], found


def _row(candle: Candle, length: Interval, precision: int | None) -> list[float | int | None]:
    prices = [rounded(price, precision) for price in (candle.open, candle.high, candle.low, candle.close)]
    return [candle.open_time + length.length, *prices]
