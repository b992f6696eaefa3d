"""Requests for candles, from the parameters of a query."""

from msgspec.structs import replace

from engine.errors import InvalidRequest
from engine.market import CandleRequest
from engine.web.services import current_services
from providers import Interval
from schemas import RequestedPair

INVALID = "The request is not valid"


def candle_request(
    symbol: RequestedPair,
    interval: Interval,
    limit: int,
    closed_only: bool,
    start: int | None,
    end: int | None,
    source: str | None,
    all_fields: str | None,
    as_of: int | None,
) -> CandleRequest:
    """Return the request for the candles of one pair. Raises `InvalidRequest` for a source without them."""
    request = CandleRequest.of(symbol.symbol, symbol.pair, interval, limit, start, end)
    return replace(
        request,
        closed_only=closed_only,
        venue=venue_of(symbol, source),
        all_fields=all_fields == "all",
        about=symbol.about,
        as_of=as_of,
    )


def venue_of(symbol: RequestedPair, source: str | None) -> str | None:
    """Return the only provider to ask: `source`, or the venue in the name. Raises `InvalidRequest`."""
    if source is None:
        return symbol.venue
    if symbol.venue not in (None, source):
        raise InvalidRequest(INVALID, {"source": [f"{symbol.name} already names the venue {symbol.venue}"]})
    enabled = [upstream.name for upstream in current_services().market.candles.upstreams]
    if source not in enabled:
        raise InvalidRequest(INVALID, {"source": [f"Not enabled here. Enabled are: {', '.join(enabled)}."]})
    return source
