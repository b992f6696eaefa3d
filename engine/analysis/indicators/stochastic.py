"""Where the close lies between the lowest low and the highest high.

Sources: G. Lane, Lane's Stochastics, Stocks & Commodities 2:3 (1984); L. Williams, How I Made One Million
Dollars (1973); both as in https://chartschool.stockcharts.com/.
"""

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array, np
from engine.analysis.indicators._runs import ratio
from engine.analysis.indicators._warming import exact
from engine.analysis.indicators._windows import highest, lowest, mean


def _stochastic(bars: Bars, window: int, smooth: int, signal: int) -> tuple[Array, Array]:
    low = lowest(bars.low, window)
    k = np.clip(mean(100 * ratio(bars.close - low, highest(bars.high, window) - low), smooth), 0, 100)
    return k, np.clip(mean(k, signal), 0, 100)


def _williams(bars: Bars, length: int) -> tuple[Array]:
    high = highest(bars.high, length)
    return (-100 * ratio(high - bars.close, high - lowest(bars.low, length)),)


INDICATORS = (
    Indicator(
        name="stoch",
        title="Stochastic oscillator",
        parameters=(period(14, 1, "k"), period(3, 1, "smooth"), period(3, 1, "d")),
        outputs=("k", "d"),
        calculate=_stochastic,
        warmup=lambda k, smooth, d: exact(k + smooth + d - 2),
        definition="Place of the close between the lowest low and the highest high of {k}, 0 to 100; "
        "k is its mean of {smooth}, d the mean of k of {d}",
        source="G. Lane, Lane's Stochastics, Stocks & Commodities 2:3, 1984",
    ),
    Indicator(
        name="williams",
        title="Williams %R",
        parameters=(period(14, 1),),
        outputs=("williams",),
        calculate=_williams,
        warmup=exact,
        definition="Distance of the close from the highest high of {period}, in per cent of the range, "
        "0 to -100",
        source="L. Williams, How I Made One Million Dollars, 1973",
    ),
)
