"""The market of a provider whose list of markets is unknown."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from engine.market.candles.renamed import Names, names_within
from engine.market.candles.request import CandleRequest
from providers import CandleSource, Market, Pair, Window


class VenueMarket(msgspec.Struct, frozen=True):
    """A pair that a provider trades, in the quote of its market there, and how the provider lists it.

    Before `since` (Unix milliseconds) the listed code meant another coin; `None` if it never did. `names`
    are those of the market within the requested window, where it has several.
    """

    pair: Pair
    listed: Market
    since: int | None = None
    names: Names = ()


Find = Callable[[CandleSource, CandleRequest], VenueMarket | None]
"""Returns the market of a provider for a request, `None` if it has none."""


def usual(source: CandleSource, request: CandleRequest) -> VenueMarket | None:
    """Return the market of a provider whose list is unknown: it must be that of a pinned coin."""
    if request.venue not in (None, source.name):
        return None
    market = source.market(request.pair, request.window)
    if market is None:
        return None
    at = partial(_usual_at, source, request.pair, market)
    names = names_of(request, request.pair.base.renamed_at(source.name), at, source.now())
    return VenueMarket(replace(request.pair, quote=market.quote), market, names=names)


def names_of(request: CandleRequest, changes: Sequence[int], at: Callable[[int], Market], now: int) -> Names:
    """Return the names of a market within a window."""
    if not changes:
        return ()
    first, last = request.within(now).bounds(request.interval, now)
    return names_within(first, request.interval.after(last), changes, at)


def _usual_at(source: CandleSource, pair: Pair, market: Market, time: int) -> Market:
    return source.market(pair, Window(1, time, time)) or market
