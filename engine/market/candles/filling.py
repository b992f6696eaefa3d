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
    """Return `series` with candles of `others` in its gaps, if they arrive before `end` (monotonic).

    Requests include the candles around a gap. A venue that has these and none within the gap shows that
    nothing was traded. A venue without them may not have listed the coin.
    """
    interval = request.interval
    for first, last in series.gaps(interval)[:GAPS_FILLED]:
        before, after = interval.after(first, -1), interval.after(last)
        window = Window(interval.count(before, after), before, after)
        asked = replace(request, window=window, closed_only=False)
        asks = [ask(one, asked) for one in plan(others, asked)]
        seconds = min(SECONDS_FOR_GAPS, end - time.monotonic())
        found = first_acceptable(asks, seconds, partial(_fits, gap=(first, last), around=series))
        if found and found[-1].value and _fits(found[-1].value, (first, last), series):
            series = series.patched(_within(found[-1].value, (first, last)), found[-1].provider)
        elif values := [outcome.value for outcome in found if outcome.value is not None]:
            series = replace(series, sought=series.sought | {(first, last)})
            if any(_confirms(value, (before, after), series) for value in values):
                series = replace(series, reasons=(*series.reasons, (first, last, "no_trades")))
    return series


def _within(found: Series, gap: tuple[int, int]) -> list[Candle]:
    return [candle for candle in found.candles if gap[0] <= candle.open_time <= gap[1]]


def _fits(found: Series, gap: tuple[int, int], around: Series) -> bool:
    return fits(_within(found, gap), around.candles)


def _confirms(found: Series, ends: tuple[int, int], around: Series) -> bool:
    """Return whether `found` has the candles at both ends of a gap, and nothing between them, as `around`.

    An invalid row shows nothing about trades.
    """
    sent = [candle.open_time for candle in found.candles]
    rows = {time for one in (found, around) for time in one.left_out if ends[0] <= time <= ends[1]}
    if sent != list(ends) or rows:
        return False
    closes = {candle.open_time: candle.close for candle in around.candles}
    return all(not far(candle.close, closes[candle.open_time]) for candle in found.candles)


def fits(found: Sequence[Candle], candles: Sequence[Candle]) -> bool:
    """Return whether `found` is of the same market as the `candles` around it.

    The price at its beginning or at its end must be near that of the neighbouring candle.
    """
    if not found:
        return False
    before = [candle for candle in candles if candle.open_time < found[0].open_time]
    after = [candle for candle in candles if candle.open_time > found[-1].open_time]
    return bool(
        (before and not far(found[0].open, before[-1].close))
        or (after and not far(found[-1].close, after[0].open))
    )
