"""Slices of series: the candles of one request with their sources and gaps."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.analysis.candles import closed
from engine.cache import Answer, Validity
from engine.cache.answers import Table
from engine.market.candles.paging import next_page
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from engine.market.candles.sufficiency import is_short
from engine.market.labels import Labels
from providers import Candle, Interval

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
MORE = ("quoteVolume", "trades")
"""The columns of a table, and further figures of a candle that answers have on request."""


class CandleSlice(msgspec.Struct, frozen=True):
    """Ascending candles of one pair, priced in `quote`, from the provider labelled `source`.

    `gaps` are the open times (Unix milliseconds) of the first and the last missing candle of each gap,
    and `reasons` has the reason of each.
    `filled` are those of candles from another provider, with its label. Without a candle, `last_closed` is
    `None`. `short` says that fewer candles exist than an answer usually has.
    """

    symbol: str
    interval: Interval
    quote: str
    source: str | None
    candles: tuple[Candle, ...]
    validity: Validity
    last_closed: bool | None = None
    gaps: tuple[tuple[int, int], ...] = ()
    reasons: tuple[str, ...] = ()
    filled: tuple[tuple[int, str], ...] = ()
    attempts: tuple[Mapping[str, Any], ...] = ()
    resampled_from: str | None = None
    short: bool = False
    next: str | None = None
    all_fields: bool = False
    about: Mapping[str, Mapping[str, object]] = msgspec.field(default_factory=dict)

    @classmethod
    def of(
        cls, request: CandleRequest, series: Series, then: int, label: Labels, validity: Validity
    ) -> "CandleSlice":
        """Return the candles of `request` in a series that was fetched at `then` (Unix milliseconds)."""
        window = request.within(then)
        candles = tuple(series.slice(window))
        inside = {candle.open_time for candle in candles}
        gaps = series.explained(window, request.interval, then)
        return cls(
            symbol=request.symbol,
            interval=request.interval,
            quote=series.market.quote,
            source=label(series.provider),
            candles=candles,
            validity=validity,
            last_closed=closed(candles[-1], request.interval, then) if candles else None,
            gaps=tuple((begin, end) for begin, end, _ in gaps),
            reasons=tuple(reason for _, _, reason in gaps),
            filled=tuple((time, label(name)) for time, name in series.filled if time in inside),
            attempts=series.attempts,
            resampled_from=series.resampled_from,
            short=is_short(series, request),
            next=next_page(request, candles, then),
            all_fields=request.all_fields,
            about=request.about,
        )

    def newest(self, limit: int) -> "CandleSlice":
        """Return the same with the newest `limit` candles only."""
        candles = self.candles[-limit:]
        first = candles[0].open_time if candles else 0
        return replace(
            self,
            candles=candles,
            gaps=tuple(gap for gap in self.gaps if gap[0] >= first),
            reasons=tuple(
                reason for gap, reason in zip(self.gaps, self.reasons, strict=True) if gap[0] >= first
            ),
            filled=tuple(fill for fill in self.filled if fill[0] >= first),
        )

    @property
    def weight(self) -> int:
        """Bytes in memory."""
        return 500 + 320 * len(self.candles)

    @property
    def sources(self) -> tuple[str, ...]:
        """The labels of all providers of these candles."""
        return () if self.source is None else (self.source, *(label for _, label in self.filled))

    @property
    def unfinished(self) -> Candle | None:
        """The newest candle, if it was still forming when it was received."""
        return self.candles[-1] if self.last_closed is False else None


def answer(it: CandleSlice) -> Answer:
    """Build the answer to send."""
    body = {
        "data": [row_of(candle, it.all_fields) for candle in it.candles],
        "symbol": it.symbol,
        "interval": it.interval.code,
        "count": len(it.candles),
        "source": it.source,
    }
    meta: dict[str, object] = {
        "quote": it.quote,
        "lastCandleClosed": it.last_closed,
        "gaps": it.gaps,
        "gapReasons": it.reasons,
        "attempts": it.attempts,
    }
    if it.filled:
        meta["filled"] = [{"timestamp": time, "provider": provider} for time, provider in it.filled]
    if it.resampled_from:
        meta["resampledFrom"] = it.resampled_from
    if it.short:
        meta["short"] = True
    if it.next:
        meta["next"] = it.next
    return Answer.with_body(body, {**meta, **it.about}, it.validity, negotiable=True)


def table(it: CandleSlice) -> Answer:
    """Build the answer to send as CSV."""
    rows = [row_of(candle, it.all_fields) for candle in it.candles]
    names = (*COLUMNS, *MORE) if it.all_fields else COLUMNS
    described = Table(tuple(dict.fromkeys(it.sources)), len(it.gaps), it.quote)
    return Answer.with_rows(names, (row.values() for row in rows), described, it.validity)


def row_of(candle: Candle, all_fields: bool = False) -> dict[str, object]:
    """Return the row of a candle in an answer; `all_fields` adds the volume in the quote, and the trades."""
    row: dict[str, object] = {
        "timestamp": candle.open_time,
        "open": candle.open,
        "high": candle.high,
        "low": candle.low,
        "close": candle.close,
        "volume": candle.volume,
    }
    return row | {"quoteVolume": candle.quote_volume, "trades": candle.trades} if all_fields else row
