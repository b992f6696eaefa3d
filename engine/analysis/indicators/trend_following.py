"""Stops that follow the price and turn with it.

Sources: https://www.tradingview.com/pine-script-reference/v6/#fun_ta.supertrend; J. W. Wilder, New Concepts
in Technical Trading Systems (1978), ch. 2 (parabolic stop and reverse).
"""

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, Parameter, period
from engine.analysis.indicators._libraries import Array, np, talib
from engine.analysis.indicators._warming import faded, unknown, wilder

TURNS = 100
"""Candles in which a stop usually turns a few times: what was before its last turn no longer matters.

On random walks, supertrend agrees after these and its ATR's in all of 400 cases, psar after 250.
"""


def _supertrend(bars: Bars, length: int, factor: float) -> tuple[Array, Array]:
    stop, direction = talib.SUPERTREND(bars.high, bars.low, bars.close, timeperiod=length, multiplier=factor)
    return stop, np.where(np.isnan(stop), np.nan, direction)


def _parabolic(bars: Bars, step: float, most: float) -> tuple[Array]:
    return (talib.SAR(bars.high, bars.low, acceleration=step, maximum=most),)


INDICATORS = (
    Indicator(
        name="supertrend",
        title="Supertrend",
        parameters=(period(10), Parameter("factor", 3, 0.1, 20, fractional=True)),
        outputs=("supertrend", "direction"),
        calculate=_supertrend,
        warmup=lambda length, factor: unknown(length + 1, length + 1 + faded(wilder(length)) + TURNS),
        definition="Mean of high and low, less {factor} times Wilder's ATR of {period} while it rises "
        "(direction 1), plus that while it falls (-1); it only moves with the trend, and begins rising",
        source="https://www.tradingview.com/pine-script-reference/v6/#fun_ta.supertrend",
        overlay=True,
    ),
    Indicator(
        name="psar",
        title="Parabolic stop and reverse",
        parameters=(
            Parameter("step", 0.02, 0.001, 1, fractional=True),
            Parameter("maximum", 0.2, 0.001, 1, fractional=True),
        ),
        outputs=("psar",),
        calculate=_parabolic,
        warmup=lambda step, most: unknown(2, 250),
        definition="Wilder; the acceleration begins with {step} and grows by it to {maximum}",
        source="J. W. Wilder, New Concepts in Technical Trading Systems, 1978",
        overlay=True,
        contradiction=lambda step, most: None if step <= most else "step must not exceed maximum",
    ),
)
