"""A second implementation of every indicator: talipp, or the definition where talipp lacks it.

It shares no code with the engine.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import log, sqrt
from statistics import fmean, pstdev
from typing import Any

from talipp import indicators as talipp
from talipp.ohlcv import OHLCV

from providers import Candle

Line = list[float | None]
Lines = tuple[Line, ...]
Reference = Callable[..., Lines]
YEAR_HOURS = 365 * 24


def _closes(candles: Sequence[Candle]) -> list[float]:
    return [candle.close for candle in candles]


def _bars(candles: Sequence[Candle]) -> list[OHLCV]:
    return [
        OHLCV(
            one.open,
            one.high,
            one.low,
            one.close,
            one.volume,
            datetime.fromtimestamp(one.open_time / 1000, UTC),
        )
        for one in candles
    ]


def _part(values: Any, *names: str) -> Lines:
    """Return the named parts of values that are tuples, and `None` where there is no value."""
    return tuple([None if one is None else getattr(one, name) for one in values] for name in names)


def _of_closes(kind: Any) -> Reference:
    return lambda candles, period: (list(kind(period, _closes(candles))),)


def _of_bars(kind: Any) -> Reference:
    return lambda candles, period: (list(kind(period, _bars(candles))),)


def _mean(line: Line, period: int) -> Line:
    return _windows(line, period, fmean)


def _windows(line: Sequence[Any], period: int, function: Callable[[Sequence[Any]], float | None]) -> Line:
    """Return the function of each window without an unknown value."""
    parts = [line[max(0, end - period) : end] for end in range(1, len(line) + 1)]
    return [function(part) if len(part) == period and None not in part else None for part in parts]


def stoch(candles: Sequence[Candle], k: int, smooth: int, d: int) -> Lines:
    """Return %K and %D: talipp's d is the smoothed %K, and %D is its mean."""
    (smoothed,) = _part(talipp.Stoch(k, smooth, _bars(candles)), "d")
    return smoothed, _mean(smoothed, d)


def stochrsi(candles: Sequence[Candle], rsi: int, window: int, smooth: int, d: int) -> Lines:
    """Return %K and %D, which talipp smooths in the same way."""
    return _part(talipp.StochRSI(rsi, window, smooth, d, _closes(candles)), "k", "d")


def macd(candles: Sequence[Candle], fast: int, slow: int, signal: int) -> Lines:
    """Return the lines of talipp, which has the same seeds."""
    return _part(talipp.MACD(fast, slow, signal, _closes(candles)), "macd", "signal", "histogram")


def keltner(candles: Sequence[Candle], period: int, factor: float) -> Lines:
    """Return the lines of talipp, which takes a period for the average and one for the range."""
    return _part(talipp.KeltnerChannels(period, period, factor, factor, _bars(candles)), "ub", "cb", "lb")


def adx(candles: Sequence[Candle], period: int) -> Lines:
    """Return the lines of talipp, which seeds the range with one more candle."""
    return _part(talipp.ADX(period, period, _bars(candles)), "adx", "plus_di", "minus_di")


def supertrend(candles: Sequence[Candle], period: int, factor: float) -> Lines:
    """Return the lines, with talipp's name of the direction as 1 or -1."""
    value, trend = _part(talipp.SuperTrend(period, factor, _bars(candles)), "value", "trend")
    return value, [None if one is None else 1.0 if "UP" in str(one) else -1.0 for one in trend]


def psar(candles: Sequence[Candle], step: float, most: float) -> Lines:
    """Return the line of talipp, which takes the first step and the others separately."""
    return _part(talipp.ParabolicSAR(step, step, most, _bars(candles)), "value")


def ichimoku(candles: Sequence[Candle], conversion: int, base: int, span: int, displacement: int) -> Lines:
    """Return the lines, the slow span by definition, because talipp's is a candle late."""
    values = talipp.Ichimoku(base, conversion, 26, span, displacement, _bars(candles))
    fast = _part(values, "conversion_line", "base_line", "cloud_leading_fast_line")
    middle = _windows(candles, span, lambda part: (max(c.high for c in part) + min(c.low for c in part)) / 2)
    return *fast, [*[None] * displacement, *middle][: len(candles)]


def mfi(candles: Sequence[Candle], period: int) -> Lines:
    """Return 100 less 100 / (1 + the money ratio), as defined by StockCharts."""
    typical = [(one.high + one.low + one.close) / 3 for one in candles]
    flows = [
        (price * (one.volume or 0.0), price - before)
        for one, price, before in zip(candles[1:], typical[1:], typical[:-1], strict=True)
    ]

    def index(part: Sequence[tuple[float, float]]) -> float:
        positive = sum(flow for flow, change in part if change > 0)
        negative = sum(flow for flow, change in part if change < 0)
        return 100.0 if negative == 0 else 100 - 100 / (1 + positive / negative)

    return ([None, *_windows(flows, period, index)],)


def vwap(candles: Sequence[Candle]) -> Lines:
    """Return the average of each day by talipp, unknown on the first, incomplete day."""
    found: Line = []
    days: dict[Any, list[OHLCV]] = {}
    for bar in _bars(candles):
        assert bar.time is not None
        days.setdefault(bar.time.date(), []).append(bar)
    for bars in days.values():
        begins = bars[0].time is not None and bars[0].time.hour == 0
        found += list(talipp.VWAP(bars)) if begins else [None] * len(bars)
    return (found,)


def zscore(candles: Sequence[Candle], period: int) -> Lines:
    """Return the distance from the mean in standard deviations."""
    return (_windows(_closes(candles), period, lambda part: (part[-1] - fmean(part)) / pstdev(part)),)


def volatility(candles: Sequence[Candle], period: int) -> Lines:
    """Return the root of the mean squared return, per year."""
    returns = [log(close / before) for before, close in pairwise(_closes(candles))]
    per_year = _windows(
        returns, period, lambda part: 100 * sqrt(sum(one * one for one in part) / period * YEAR_HOURS)
    )
    return ([None, *per_year],)


def mom(candles: Sequence[Candle], period: int) -> Lines:
    """Return the change of the close."""
    closes = _closes(candles)
    return ([*[None] * period, *(new - old for old, new in zip(closes, closes[period:], strict=False))],)


REFERENCES: dict[str, Reference] = {
    "adx": adx,
    "atr": _of_bars(talipp.ATR),
    "bbands": lambda candles, period, deviations: _part(
        talipp.BB(period, deviations, _closes(candles)), "ub", "cb", "lb"
    ),
    "cci": _of_bars(talipp.CCI),
    "donchian": lambda candles, period: _part(
        talipp.DonchianChannels(period, _bars(candles)), "ub", "cb", "lb"
    ),
    "ema": _of_closes(talipp.EMA),
    "hma": _of_closes(talipp.HMA),
    "ichimoku": ichimoku,
    "keltner": keltner,
    "macd": macd,
    "mfi": mfi,
    "mom": mom,
    "natr": _of_bars(talipp.NATR),
    "obv": lambda candles: (list(talipp.OBV(_bars(candles))),),
    "psar": psar,
    "roc": _of_closes(talipp.ROC),
    "rsi": _of_closes(talipp.RSI),
    "sma": _of_closes(talipp.SMA),
    "stoch": stoch,
    "stochrsi": stochrsi,
    "supertrend": supertrend,
    "volatility": volatility,
    "vwap": vwap,
    "vwma": _of_bars(talipp.VWMA),
    "williams": _of_bars(talipp.Williams),
    "wma": _of_closes(talipp.WMA),
    "zscore": zscore,
}
