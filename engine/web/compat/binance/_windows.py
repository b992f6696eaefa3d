"""Statistics of windows other than 24 hours, from candles of one market or of several."""

from collections.abc import Sequence

import msgspec

from engine.catalogue.joined import JoinedMarket
from engine.errors import ApiError
from engine.market.candles.request import CandleRequest
from engine.market.candles.slices import CandleSlice
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, received, require_recent
from engine.web.compat.binance import _days
from engine.web.compat.binance._exchange import requested
from engine.web.compat.binance._failures import Unpriced
from engine.web.compat.binance._prices import Found
from engine.web.services import current_services
from providers import INTERVALS, Interval

STEPS = [INTERVALS[code] for code in ("1m", "5m", "15m", "30m")]
"""The finest first: a window has as many candles as one call can fetch."""
MOST = 998
"""Candles of a window, besides the forming one and the one before."""


class Span(msgspec.Struct, frozen=True):
    """A window of time: `length` milliseconds up to now, or from a `start` on up to an `end`."""

    length: int
    start: int | None = None
    end: int | None = None

    @classmethod
    def of_day(cls, now: int, zone: int) -> "Span":
        """Return the day of a time zone (milliseconds east of UTC)."""
        start = (now + zone) // _days.DAY * _days.DAY - zone
        return cls(_days.DAY, start, start + _days.DAY - 1)

    @property
    def step(self) -> Interval:
        """The interval of the candles. Those of a day open with every time zone."""
        if self.length == _days.DAY:
            return _days.STEP
        return next(step for step in STEPS if self.length // step.length <= MOST)


def windows(markets: Sequence[JoinedMarket], span: Span) -> tuple[Found[dict[str, object]], bool]:
    """Return the statistics of markets, and whether some of them are estimated.

    Markets without candles are missing. Raises the `ApiError` of the first one where all are.
    """
    step, count = span.step, span.length // span.step.length + 2
    asked = [_use_cases.request_of(requested(market), step, count) for market in markets]
    answers = current_services().market.batches.serve(_recent, asked)
    rows: list[dict[str, object]] = []
    found: list[CandleSlice] = []
    errors: dict[str, ApiError] = {}
    for market, answer in zip(markets, answers, strict=True):
        row = None if isinstance(answer, ApiError) else _row(market.symbol, answer, span)
        if isinstance(answer, ApiError):
            errors[market.symbol] = answer
        elif row is None:
            errors[market.symbol] = Unpriced.of(market.symbol)
        else:
            rows.append(row)
            found.append(answer)
    if not rows:
        raise next(iter(errors.values()))
    origins = tuple(map(Origin.of_candles, found))
    estimated = any(_days.is_estimated(each.candles) for each in found)
    return Found(tuple(rows), tuple(errors), origins), estimated


def _recent(request: CandleRequest) -> CandleSlice:
    found = _use_cases.found(request)
    require_recent(found.validity, _use_cases.PRICE_SECONDS)
    return found


def _row(symbol: str, candles: CandleSlice, span: Span) -> dict[str, object] | None:
    made = received(candles)
    since = int(made * 1000) - span.length + 1 if span.start is None else span.start
    row = _days.of_candles(symbol, candles.candles, made, since, span.step)
    return row if row is None or span.end is None else row | {"closeTime": span.end}
