"""Read more candles than one provider sends at once: the newest ones, and pages of older ones before them."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from engine.analysis.candles import MINIMUM, gaps
from engine.errors import AllProvidersFailed
from engine.market.candles import MAXIMUM, Candles
from engine.market.candles.request import CandleRequest
from engine.market.candles.slices import CandleSlice
from engine.market.indicators.request import IndicatorRequest
from providers import INTERVALS, Candle, Window

PAGE = 1000
"""The most candles of one page. Any request reads the same pages, so that each is fetched once a day."""
MOST_PAGES = 10
"""Pages that are read at most, of providers with small ones."""


def newest(candles: Candles, request: IndicatorRequest) -> CandleSlice:
    """Return the newest candles of a request, as many as one answer has. Raises an `ApiError`."""
    most = MAXIMUM - request.closed_only  # with the forming one, the series of the market has so many
    limit = max(MINIMUM, min(request.count, most))
    wanted = CandleRequest(
        request.symbol,
        request.pair,
        request.interval,
        Window(limit),
        closed_only=request.closed_only,
        in_time=request.in_time,
        venue=request.venue,
        share=request.share,
        about=request.about,
    )
    return candles.slice(wanted)


def with_older(candles: Candles, request: IndicatorRequest, known: CandleSlice, until: float) -> CandleSlice:
    """Return `known` with older candles of its source before it, up to the number that is needed.

    No page is begun after `until` (monotonic seconds): what is missing then shortens the warm-up.
    """
    found = known.candles
    pages = islice(_pages(candles, request, known), MOST_PAGES)
    while len(found) < request.count and time.monotonic() < until and (page := next(pages, None)):
        found = page + found
    found = found[-request.count :]
    if len(found) <= len(known.candles):
        return known.newest(request.count)
    return replace(known, candles=found, gaps=tuple(gaps(found, request.interval)))


def _pages(candles: Candles, request: IndicatorRequest, known: CandleSlice) -> Iterator[tuple[Candle, ...]]:
    """Yield the pages before `known`, the newest first, until its source has none that continues it."""
    interval = request.interval
    source = next((it for it in candles.upstreams if candles.label(it.name) == known.source), None)
    size = 0 if source is None else min(PAGE, source.provider.max_candles // _parts(known))
    oldest = known.candles[0].open_time if known.candles and size else None
    while source is not None and oldest is not None:
        last = interval.after(oldest, -1)
        place = interval.count(interval.open_time(interval.origin), last) - 1
        start = interval.after(last, -(place % size))
        end = interval.after(start, size - 1)
        wanted = CandleRequest.of(request.symbol, request.pair, interval, size, start, end)
        page = _page(candles, replace(wanted, venue=request.venue, share=request.share), known, source.name)
        older = tuple(candle for candle in page if candle.open_time < oldest)
        if not older:
            return
        yield older
        oldest = start if older[0].open_time == start else None


def _page(candles: Candles, wanted: CandleRequest, known: CandleSlice, source: str) -> tuple[Candle, ...]:
    """Return the candles of a page from the source of `known`, none where it has none.

    The page that all clients share comes first: the history keeps it. Where another provider served it, the
    source alone is asked.
    """
    for venue in dict.fromkeys((wanted.venue, source)):
        try:
            page = candles.slice(replace(wanted, venue=venue))
        except AllProvidersFailed:
            return ()
        if (page.source, page.quote) == (known.source, known.quote):
            return page.candles
    return ()


def _parts(known: CandleSlice) -> int:
    """Return how many candles of its source make one of `known`."""
    return known.interval.length // INTERVALS[known.resampled_from or known.interval.code].length
