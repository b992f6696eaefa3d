"""Read more candles than one provider sends at once: the newest ones, and pages of older ones before them."""

import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from msgspec.structs import replace

from engine.analysis.candles import MINIMUM, gaps
from engine.errors import AllProvidersFailed
from engine.market.candles import MAXIMUM, Candles
from engine.market.candles.request import CandleRequest
from engine.market.candles.slices import CandleSlice
from engine.market.indicators.request import IndicatorRequest
from providers import INTERVALS, Window

PAGE = 1000
"""Maximum number of candles in one page. All requests read the same pages: each is fetched once a day."""
MOST_PAGES = 10
"""Maximum number of pages to read, from providers with small ones."""


def newest(candles: Candles, request: IndicatorRequest) -> CandleSlice:
    """Return the newest candles of a request, at most as many as one answer has. Raises an `ApiError`."""
    most = MAXIMUM - request.closed_only  # MAXIMUM includes the forming candle
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

    No page is begun after `until` (monotonic seconds): missing candles then shorten the warm-up.
    """
    parts = [known]
    pages = islice(_pages(candles, request, known), MOST_PAGES)
    while sum(len(part.candles) for part in parts) < request.count and time.monotonic() < until:
        if (page := next(pages, None)) is None:
            break
        parts.insert(0, page)
    return (known if len(parts) == 1 else _joined(parts)).newest(request.count)


def _joined(parts: Sequence[CandleSlice]) -> CandleSlice:
    """Return consecutive slices as one, with the known reasons of gaps."""
    newest = parts[-1]
    candles = tuple(chain.from_iterable(part.candles for part in parts))
    known = {gap: reason for part in parts for gap, reason in zip(part.gaps, part.reasons, strict=True)}
    explained: list[tuple[tuple[int, int], str]] = []
    for first, last in gaps(candles, newest.interval):
        within = sorted((gap, why) for gap, why in known.items() if first <= gap[0] and gap[1] <= last)
        explained += within or [((first, last), "unknown")]
    return replace(
        newest,
        candles=candles,
        gaps=tuple(gap for gap, _ in explained),
        reasons=tuple(why for _, why in explained),
        filled=tuple(chain.from_iterable(part.filled for part in parts)),
    )


def _pages(candles: Candles, request: IndicatorRequest, known: CandleSlice) -> Iterator[CandleSlice]:
    """Yield the pages before `known`, the newest first, until its source has no adjacent one."""
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
        older = None if page is None else _before(oldest, page)
        if older is None or not older.candles:
            return
        yield older
        oldest = start if older.candles[0].open_time == start else None


def _before(time: int, page: CandleSlice) -> CandleSlice:
    """Return the candles of `page` that open before `time`."""
    return replace(
        page,
        candles=tuple(candle for candle in page.candles if candle.open_time < time),
        filled=tuple(fill for fill in page.filled if fill[0] < time),
    )


def _page(candles: Candles, wanted: CandleRequest, known: CandleSlice, source: str) -> CandleSlice | None:
    """Return a page from the source of `known`, `None` if it has none.

    First it reads the page that all clients share, which the history keeps. If another provider served that
    one, it asks the source only.
    """
    for venue in dict.fromkeys((wanted.venue, source)):
        try:
            page = candles.slice(replace(wanted, venue=venue))
        except AllProvidersFailed:
            return None
        if (page.source, page.quote) == (known.source, known.quote):
            return page
    return None


def _parts(known: CandleSlice) -> int:
    """Return the number of the source's candles in one candle of `known`."""
    return known.interval.length // INTERVALS[known.resampled_from or known.interval.code].length
