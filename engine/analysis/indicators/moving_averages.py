"""Moving averages of the closes.

Sources: https://ta-lib.org/functions/ (SMA, EMA, WMA); https://alanhull.com/hull-moving-average (HMA);
https://www.tradingview.com/pine-script-reference/v6/#fun_ta.vwma (VWMA).
"""

from math import isqrt

from engine.analysis.indicators._averages import ema
from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array
from engine.analysis.indicators._runs import ratio
from engine.analysis.indicators._warming import exact, exponential, fading
from engine.analysis.indicators._windows import mean, total, weighted_mean


def _hull(bars: Bars, length: int) -> tuple[Array]:
    doubled = 2 * weighted_mean(bars.close, length // 2) - weighted_mean(bars.close, length)
    return (weighted_mean(doubled, isqrt(length)),)


def _by_volume(bars: Bars, length: int) -> tuple[Array]:
    return (ratio(total(bars.close * bars.volume, length), total(bars.volume, length)),)


INDICATORS = (
    Indicator(
        name="sma",
        title="Simple moving average",
        parameters=(period(20, 1),),
        outputs=("sma",),
        calculate=lambda bars, length: (mean(bars.close, length),),
        warmup=exact,
        definition="Mean of the last {period} closes",
        source="https://ta-lib.org/functions/sma/",
        overlay=True,
    ),
    Indicator(
        name="ema",
        title="Exponential moving average",
        parameters=(period(20),),
        outputs=("ema",),
        calculate=lambda bars, length: (ema(bars.close, length),),
        warmup=lambda length: fading(length, exponential(length)),
        definition="The newest close weighs 2 / ({period} + 1); seeded with the mean of the first {period} "
        "closes",
        source="https://ta-lib.org/functions/ema/",
        overlay=True,
    ),
    Indicator(
        name="wma",
        title="Weighted moving average",
        parameters=(period(20, 1),),
        outputs=("wma",),
        calculate=lambda bars, length: (weighted_mean(bars.close, length),),
        warmup=exact,
        definition="Mean of the last {period} closes, weighted 1 to {period}",
        source="https://ta-lib.org/functions/wma/",
        overlay=True,
    ),
    Indicator(
        name="hma",
        title="Hull moving average",
        parameters=(period(20),),
        outputs=("hma",),
        calculate=_hull,
        warmup=lambda length: exact(length + isqrt(length) - 1),
        definition="WMA over the whole part of the root of {period}, of twice the WMA of half of {period} "
        "less the WMA of {period}; halves are rounded down",
        source="https://alanhull.com/hull-moving-average",
        overlay=True,
    ),
    Indicator(
        name="vwma",
        title="Volume-weighted moving average",
        parameters=(period(20, 1),),
        outputs=("vwma",),
        calculate=_by_volume,
        warmup=exact,
        definition="Mean of the last {period} closes, weighted by volume; null without any volume",
        source="https://www.tradingview.com/pine-script-reference/v6/#fun_ta.vwma",
        overlay=True,
        needs_volume=True,
    ),
)
