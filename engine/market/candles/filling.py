"""Fill the gaps in one provider's series with candles of the others."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from engine.analysis.candles import far
from engine.market.candles.planning import Plan
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask, first_acceptable
from providers import Candle, CandleSource, Window

GAPS_FILLED = 3
"""Maximum number of gaps in one series that other providers are called for."""
SECONDS_FOR_GAPS = 2.0


def fill(
    series: Series,
    request: CandleRequest,
    others: Sequence[Upstream[CandleSource]],
    plan: Callable[[Sequence[Upstream[CandleSource]], CandleRequest], list[Plan]],
    ask: Callable[[Plan, CandleRequest], Ask[Series]],
    end: float,
) -> Series:
    """Return `series` with candles of `others` in its gaps, if they arrive before `end` (monotonic)."""
    for first, last in series.gaps(request.interval)[:GAPS_FILLED]:
        limit = request.interval.count(first, last)
        gap = replace(request, window=Window(limit, first, last), closed_only=False)
        asks = [ask(one, gap) for one in plan(others, gap)]
        seconds = min(SECONDS_FOR_GAPS, end - time.monotonic())
        found = first_acceptable(asks, seconds, partial(_fits, around=series))
        if found and found[-1].value and _fits(found[-1].value, series):
            series = series.patched(found[-1].value.candles, found[-1].provider)
        elif values := [outcome.value for outcome in found if outcome.value is not None]:
            series = replace(series, sought=series.sought | {(first, last)})
            if not any(first <= time <= last for time in series.left_out) and not values[-1].candles:
                series = replace(series, reasons=(*series.reasons, (first, last, "no_trades")))
    return series


def _fits(found: Series, around: Series) -> bool:
    return fits(found.candles, around.candles)


def fits(found: Sequence[Candle], candles: Sequence[Candle]) -> bool:
    """Return whether `found` is of the same market as the `candles` around it.

    At its beginning or at its end, the price must be near that of the neighbouring candle.
    """
    if not found:
        return False
    before = [candle for candle in candles if candle.open_time < found[0].open_time]
    after = [candle for candle in candles if candle.open_time > found[-1].open_time]
    return bool(
        (before and not far(found[0].open, before[-1].close))
        or (after and not far(found[-1].close, after[0].open))
    )
