"""Bands and channels around the price.

Sources: J. Bollinger, Bollinger on Bollinger Bands (2001); "Keltner Channels" and "Price Channels" (Donchian,
here with the newest candle) in https://chartschool.stockcharts.com/.
"""

from engine.analysis.indicators._averages import atr, ema
from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, Parameter, period
from engine.analysis.indicators._libraries import Array
from engine.analysis.indicators._warming import exact, fading, wilder
from engine.analysis.indicators._windows import deviation, highest, lowest, mean

Bands = tuple[Array, Array, Array]
OUTPUTS = ("upper", "middle", "lower")


def _around(middle: Array, distance: Array) -> Bands:
    return middle + distance, middle, middle - distance


def _bollinger(bars: Bars, length: int, deviations: float) -> Bands:
    return _around(mean(bars.close, length), deviations * deviation(bars.close, length))


def _keltner(bars: Bars, length: int, factor: float) -> Bands:
    return _around(ema(bars.close, length), factor * atr(bars, length))


def _donchian(bars: Bars, length: int) -> Bands:
    high, low = highest(bars.high, length), lowest(bars.low, length)
    return high, (high + low) / 2, low


INDICATORS = (
    Indicator(
        name="bbands",
        title="Bollinger bands",
        parameters=(period(20), Parameter("deviations", 2, 0.1, 10, fractional=True)),
        outputs=OUTPUTS,
        calculate=_bollinger,
        warmup=lambda length, deviations: exact(length),
        definition="SMA of {period}, plus and less {deviations} standard deviations of the population",
        source="J. Bollinger, Bollinger on Bollinger Bands, 2001",
        overlay=True,
    ),
    Indicator(
        name="keltner",
        title="Keltner channel",
        parameters=(period(20), Parameter("factor", 2, 0.1, 10, fractional=True)),
        outputs=OUTPUTS,
        calculate=_keltner,
        warmup=lambda length, factor: fading(length + 1, wilder(length)),
        definition="EMA of {period}, plus and less {factor} times Wilder's ATR of {period}",
        source="https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/"
        "technical-overlays/keltner-channels",
        overlay=True,
    ),
    Indicator(
        name="donchian",
        title="Donchian channel",
        parameters=(period(20, 1),),
        outputs=OUTPUTS,
        calculate=_donchian,
        warmup=exact,
        definition="Highest high and lowest low of the last {period} candles, and the mean of both",
        source="https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/"
        "technical-overlays/price-channels",
        overlay=True,
    ),
)
