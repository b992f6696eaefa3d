"""Relative strength.

Sources: J. W. Wilder, New Concepts in Technical Trading Systems (1978), ch. 6 (RSI); T. Chande and S. Kroll,
The New Technical Trader (1994) (StochRSI), smoothed as in https://www.tradingview.com/support/solutions/43000502333/.
"""

from engine.analysis.indicators._averages import rma
from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array, np
from engine.analysis.indicators._runs import before, ratio
from engine.analysis.indicators._warming import fading, wilder
from engine.analysis.indicators._windows import highest, lowest, mean

NOISE = 1e-9
"""RSI values within this range are equal: without trades both averages fade alike, up to rounding."""


def _rsi(bars: Bars, length: int) -> tuple[Array]:
    change = bars.close - before(bars.close)
    gains, losses = rma(np.maximum(change, 0), length), rma(np.maximum(-change, 0), length)
    return (100 * ratio(gains, gains + losses),)


def _stochastic(bars: Bars, length: int, window: int, smooth: int, signal: int) -> tuple[Array, Array]:
    (rsi,) = _rsi(bars, length)
    low = lowest(rsi, window)
    spread = highest(rsi, window) - low
    place = 100 * ratio(rsi - low, np.where(spread > NOISE, spread, 0))
    k = np.clip(mean(place, smooth), 0, 100)
    return k, np.clip(mean(k, signal), 0, 100)


INDICATORS = (
    Indicator(
        name="rsi",
        title="Relative strength index",
        parameters=(period(14),),
        outputs=("rsi",),
        calculate=_rsi,
        warmup=lambda length: fading(length + 1, wilder(length)),
        definition="Wilder; seeded with the mean of the first {period} changes",
        source="J. W. Wilder, New Concepts in Technical Trading Systems, 1978",
    ),
    Indicator(
        name="stochrsi",
        title="Stochastic RSI",
        parameters=(
            period(14, name="rsi"),
            period(14, name="window"),
            period(3, 1, "smooth"),
            period(3, 1, "d"),
        ),
        outputs=("k", "d"),
        calculate=_stochastic,
        warmup=lambda length, window, smooth, d: fading(length + window + smooth + d - 2, wilder(length)),
        definition="Place of Wilder's RSI of {rsi} between its lowest and highest of {window}, 0 to 100; "
        "k is its mean of {smooth}, d the mean of k of {d}",
        source="T. Chande, S. Kroll, The New Technical Trader, 1994",
    ),
)
