"""Volume-weighted average price of the day: "VWAP" in https://chartschool.stockcharts.com/."""

from itertools import pairwise

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator
from engine.analysis.indicators._libraries import Array, np
from engine.analysis.indicators._runs import ratio
from engine.analysis.indicators._warming import DAY, daily


def _of_the_day(bars: Bars) -> tuple[Array]:
    """Return the average since each day's first candle; NaN on a day whose first candle is missing."""
    days, typical = bars.time // DAY, bars.typical
    begins = np.flatnonzero(np.diff(days, prepend=-1))
    average = np.full(len(bars), np.nan)
    for first, end in pairwise([*begins, len(bars)]):
        if bars.time[first] % DAY == 0:
            day = slice(first, end)
            volume = bars.volume[day]
            average[day] = ratio(np.cumsum(typical[day] * volume), np.cumsum(volume))
    return (average,)


INDICATORS = (
    Indicator(
        name="vwap",
        title="Volume-weighted average price",
        parameters=(),
        outputs=("vwap",),
        calculate=_of_the_day,
        warmup=daily,
        definition="Mean of (high + low + close) / 3 since 00:00 UTC, weighted by volume",
        source="https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/"
        "technical-overlays/volume-weighted-average-price-vwap",
        overlay=True,
        needs_volume=True,
    ),
)
