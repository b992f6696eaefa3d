"""Moving average convergence divergence: G. Appel, Technical Analysis (2005)."""

from engine.analysis.indicators._averages import ema
from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array
from engine.analysis.indicators._warming import chained, exponential


def _macd(bars: Bars, fast: int, slow: int, signal: int) -> tuple[Array, Array, Array]:
    line = ema(bars.close, fast) - ema(bars.close, slow)
    average = ema(line, signal)
    return line, average, line - average


INDICATORS = (
    Indicator(
        name="macd",
        title="MACD",
        parameters=(period(12, name="fast"), period(26, name="slow"), period(9, 1, "signal")),
        outputs=("macd", "signal", "histogram"),
        calculate=_macd,
        warmup=lambda fast, slow, signal: chained(
            slow + signal - 1, exponential(slow), exponential(signal), signal
        ),
        definition="EMA of {fast} less EMA of {slow}; signal is its EMA of {signal}; "
        "each is seeded with the mean of its first values",
        source="G. Appel, Technical Analysis: Power Tools for Active Investors, 2005",
        contradiction=lambda fast, slow, signal: None if fast < slow else "fast must be less than slow",
    ),
)
