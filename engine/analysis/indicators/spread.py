"""How far closes spread.

Sources: https://en.wikipedia.org/wiki/Standard_score; T. Andersen, T. Bollerslev, F. Diebold, P. Labys,
Modeling and Forecasting Realized Volatility, Econometrica 71:2 (2003).
"""

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array, np
from engine.analysis.indicators._runs import before, ratio
from engine.analysis.indicators._warming import DAY, exact
from engine.analysis.indicators._windows import deviation, mean, total

YEAR = 365 * DAY


def _score(bars: Bars, length: int) -> tuple[Array]:
    return (ratio(bars.close - mean(bars.close, length), deviation(bars.close, length)),)


def _realised(bars: Bars, length: int) -> tuple[Array]:
    squares = np.log(bars.close / before(bars.close)) ** 2
    a_year = YEAR / bars.interval.mean_length
    return (100 * np.sqrt(total(squares, length) / length * a_year),)


INDICATORS = (
    Indicator(
        name="zscore",
        title="Z-score",
        parameters=(period(20),),
        outputs=("zscore",),
        calculate=_score,
        warmup=exact,
        definition="Distance of the close from its mean of {period}, in standard deviations of the "
        "population",
        source="https://en.wikipedia.org/wiki/Standard_score",
    ),
    Indicator(
        name="volatility",
        title="Realised volatility",
        parameters=(period(20, 1),),
        outputs=("volatility",),
        calculate=_realised,
        warmup=lambda length: exact(length + 1),
        definition="Root of the mean of the last {period} squared logarithmic returns, "
        "times the root of the candles in 365 days, in per cent",
        source="T. Andersen et al., Modeling and Forecasting Realized Volatility, Econometrica 71:2, 2003",
    ),
)
