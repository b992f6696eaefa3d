"""Indicators of prices and volumes.

Sources: "Money Flow Index" (G. Quong and A. Soudack, 1989) in https://chartschool.stockcharts.com/;
J. Granville, New Key to Stock Market Profits (1963) (OBV).
"""

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._libraries import Array, np, talib
from engine.analysis.indicators._runs import before, ratio
from engine.analysis.indicators._warming import exact, unknown
from engine.analysis.indicators._windows import total


def _money_flow(bars: Bars, length: int) -> tuple[Array]:
    change = bars.typical - before(bars.typical)
    flow = bars.typical * bars.volume + change * 0  # unknown for the first candle
    inflow = total(np.where(change > 0, flow, flow * 0), length)
    outflow = total(np.where(change < 0, flow, flow * 0), length)
    return (100 * ratio(inflow, inflow + outflow),)


INDICATORS = (
    Indicator(
        name="mfi",
        title="Money flow index",
        parameters=(period(14),),
        outputs=("mfi",),
        calculate=_money_flow,
        warmup=lambda length: exact(length + 1),
        definition="Share of the money flow of the last {period} changes that rose, 0 to 100; the flow is "
        "(high + low + close) / 3 times the volume",
        source="https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/"
        "technical-indicators/money-flow-index-mfi",
        needs_volume=True,
    ),
    Indicator(
        name="obv",
        title="On-balance volume",
        parameters=(),
        outputs=("obv",),
        calculate=lambda bars: (talib.OBV(bars.close, bars.volume),),
        warmup=lambda: unknown(1, 1),
        definition="Sum of the volumes, with the sign of the change of the close; it begins with the volume "
        "of the first candle of the answer, so that only its changes mean something",
        source="J. Granville, New Key to Stock Market Profits, 1963",
        needs_volume=True,
    ),
)
