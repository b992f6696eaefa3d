"""Ichimoku Kinko Hyo: https://chartschool.stockcharts.com/, "Ichimoku Cloud"."""

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import LONGEST, Indicator, Parameter, period
from engine.analysis.indicators._libraries import Array
from engine.analysis.indicators._runs import before
from engine.analysis.indicators._warming import exact
from engine.analysis.indicators._windows import highest, lowest


def _middle(bars: Bars, length: int) -> Array:
    return (highest(bars.high, length) + lowest(bars.low, length)) / 2


def _ichimoku(bars: Bars, conversion: int, base: int, span: int, displacement: int) -> tuple[Array, ...]:
    turning, standard = _middle(bars, conversion), _middle(bars, base)
    leading = (turning + standard) / 2
    return turning, standard, before(leading, displacement), before(_middle(bars, span), displacement)


INDICATORS = (
    Indicator(
        name="ichimoku",
        title="Ichimoku cloud",
        parameters=(
            period(9, 1, "conversion"),
            period(26, 1, "base"),
            period(52, 1, "span"),
            Parameter("displacement", 26, 0, LONGEST),
        ),
        outputs=("conversion", "base", "spanA", "spanB"),
        calculate=_ichimoku,
        warmup=lambda conversion, base, span, displacement: exact(max(conversion, base, span) + displacement),
        definition="Middles of the range of {conversion} and of {base}; spanA is the mean of both and spanB "
        "the middle of the range of {span}, each of {displacement} candles before. The lagging span is the "
        "close of a later candle, and therefore left out",
        source="https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/"
        "technical-overlays/ichimoku-cloud",
        overlay=True,
    ),
)
