"""Directional movement: J. W. Wilder, New Concepts in Technical Trading Systems (1978), ch. 4."""

from engine.analysis.indicators._averages import atr, rma
from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array, np
from engine.analysis.indicators._runs import before, ratio
from engine.analysis.indicators._warming import chained, wilder


def _adx(bars: Bars, length: int) -> tuple[Array, Array, Array]:
    up, down = bars.high - before(bars.high), before(bars.low) - bars.low
    plus = np.where((up > down) & (up > 0), up, up * 0)  # NaN stays NaN
    minus = np.where((down > up) & (down > 0), down, down * 0)
    range_ = atr(bars, length)
    plus, minus = 100 * ratio(rma(plus, length), range_), 100 * ratio(rma(minus, length), range_)
    return rma(100 * ratio(abs(plus - minus), plus + minus), length), plus, minus


INDICATORS = (
    Indicator(
        name="adx",
        title="Average directional index",
        parameters=(period(14),),
        outputs=("adx", "plusDi", "minusDi"),
        calculate=_adx,
        warmup=lambda length: chained(2 * length, wilder(length), wilder(length), length),
        definition="Wilder; all averages of {period}, each seeded with the mean of its first values; "
        "null before the first directional movement",
        source="J. W. Wilder, New Concepts in Technical Trading Systems, 1978",
    ),
)
