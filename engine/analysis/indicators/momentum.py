"""Changes of the close: https://ta-lib.org/functions/ (ROC, MOM); D. Lambert, Commodities 10 (1980) (CCI)."""

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array, np, talib
from engine.analysis.indicators._runs import before
from engine.analysis.indicators._warming import exact
from engine.analysis.indicators._windows import flat


def _channel(bars: Bars, length: int) -> tuple[Array]:
    """Return NaN for equal prices, whose mean may differ from each by a rounding error."""
    index = talib.CCI(bars.high, bars.low, bars.close, timeperiod=length)
    return (np.where(flat(bars.typical, length), np.nan, index),)


INDICATORS = (
    Indicator(
        name="roc",
        title="Rate of change",
        parameters=(period(10, 1),),
        outputs=("roc",),
        calculate=lambda bars, length: (100 * (bars.close / before(bars.close, length) - 1),),
        warmup=lambda length: exact(length + 1),
        definition="Change of the close over {period} candles, in per cent",
        source="https://ta-lib.org/functions/roc/",
    ),
    Indicator(
        name="mom",
        title="Momentum",
        parameters=(period(10, 1),),
        outputs=("mom",),
        calculate=lambda bars, length: (bars.close - before(bars.close, length),),
        warmup=lambda length: exact(length + 1),
        definition="Change of the close over {period} candles",
        source="https://ta-lib.org/functions/mom/",
    ),
    Indicator(
        name="cci",
        title="Commodity channel index",
        parameters=(period(20),),
        outputs=("cci",),
        calculate=_channel,
        warmup=exact,
        definition="Distance of (high + low + close) / 3 from its mean of {period}, "
        "in 0.015 of its mean deviation",
        source="D. Lambert, Commodity Channel Index, Commodities 10, 1980",
    ),
)
