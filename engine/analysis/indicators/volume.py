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

SPAN = 1000
"""OBV begins with every such candle since the interval's origin: no answer has more of them."""


def _balance(bars: Bars) -> tuple[Array]:
    """Return NaN before the beginning, which does not depend on how many candles there are before it."""
    origin = bars.interval.open_time(bars.interval.origin)
    newest = bars.interval.count(origin, int(bars.time[-1])) - 1
    first = max(0, len(bars) - 1 - SPAN - newest % SPAN)
    balance = np.full(len(bars), np.nan)
    balance[first:] = talib.OBV(bars.close[first:], bars.volume[first:])
    return (balance,)


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
        calculate=_balance,
        warmup=lambda: unknown(1, 2 * SPAN),
        definition="Sum of the volumes, with the sign of the change of the close; it begins with the "
        f"volume of a candle {SPAN} to {2 * SPAN - 1} before the newest, and of another one after "
        f"each {SPAN} candles, so that only its changes mean something",
        source="J. Granville, New Key to Stock Market Profits, 1963",
        needs_volume=True,
    ),
)
