"""The next page of a long range of candles. Pure functions."""

from collections.abc import Sequence
from urllib.parse import urlencode

from msgspec.structs import replace

from engine.market.candles.request import GENESIS, CandleRequest
from providers import ASSET_BY_ID, Candle, Window

PATH = "/api/ohlcv"


def next_window(request: CandleRequest, candles: Sequence[Candle], now: int) -> Window | None:
    """Return the window after a page of `candles`, `None` after the last page of the range.

    Pages go forward from a start up to a fixed end, or backward from an end alone. Every open time
    of the range lies in one page: a page that is not full has all candles that exist up to its limit.
    """
    window, interval = request.window, request.interval
    if window.start is not None:
        end = interval.open_time(now) if window.end is None else window.end
        after = interval.after(window.start, window.limit)
        if candles:
            last = interval.after(candles[-1].open_time)
            after = last if len(candles) == window.limit else max(last, after)
        return Window(window.limit, after, end) if after <= end else None
    if window.end is None or not candles:
        return None
    before = interval.after(candles[0].open_time, -1)
    if len(candles) < window.limit:
        before = min(before, interval.after(window.end, -window.limit))
    return Window(window.limit, None, before) if before >= GENESIS else None


def next_page(request: CandleRequest, candles: Sequence[Candle], now: int) -> str | None:
    """Return the path of the next page with its query, without a host."""
    window = next_window(request, candles, now)
    return None if window is None else path_of(replace(request, window=window))


def path_of(request: CandleRequest) -> str:
    """Return the path of a request with its query."""
    window = request.window
    query: dict[str, object] = {
        "symbol": _lasting_name(request),
        "interval": request.interval.code,
        "limit": window.limit,
        "startTime": window.start,
        "endTime": window.end,
        "closedOnly": "true" if request.closed_only else None,
        "source": request.venue,
        "fields": "all" if request.all_fields else None,
        "asOf": request.as_of,
    }
    given = {name: value for name, value in query.items() if value is not None}
    return f"{PATH}?{urlencode(given, safe='/@:')}"


def _lasting_name(request: CandleRequest) -> str:
    """Return a name of the pair that is valid for all pages: a code may mean another coin at another time."""
    base, quote = request.pair.base, request.pair.quote
    if base.id in ASSET_BY_ID or quote.startswith("@"):
        return request.symbol
    return f"@{base.id}/{quote}"
