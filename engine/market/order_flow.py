"""Order books and trades of a pair, passed on from the first exchange that has them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

import msgspec

from engine.cache import Entry, Freshness, Validity
from engine.config import Settings
from engine.errors import AllProvidersFailed, ApiError
from engine.market.candles.markets import Markets
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask, errors, first_acceptable
from engine.upstream.host_clock import HostClock
from engine.upstream.selection import available, unavailable
from providers import (
    AggregateSource,
    BookSource,
    CandleSource,
    Market,
    MarketTrade,
    OrderBook,
    Pair,
    TradeSource,
    Unsupported,
    Window,
)

LIFETIME = 1.0
"""Seconds for which one reply serves all callers."""
SIZES = (20, 100, 500, 1000, 5000)
"""Numbers of levels and trades to request: the smallest one that covers the request."""

T = TypeVar("T")
C = TypeVar("C", covariant=True)
Call = tuple[Callable[[Market], T], int]
"""A call for a market, and its weight in the rate limit."""


class NotServed(ApiError):
    """No exchange lists the market, or none can serve the request."""

    code = "NOT_FOUND"
    status = 404


class VenueBook(msgspec.Struct, frozen=True):
    """The order book of `venue`."""

    venue: str
    book: OrderBook

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return 150 * (1 + len(self.book.bids) + len(self.book.asks))


class VenueTrades(msgspec.Struct, frozen=True):
    """Trades of `venue`, the oldest first."""

    venue: str
    trades: tuple[MarketTrade, ...]

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return 250 * (1 + len(self.trades))


class PassedOn(msgspec.Struct, Generic[C], frozen=True):
    """The data of one exchange, and when it arrived."""

    value: C
    sources: tuple[str, ...]
    validity: Validity


class OrderFlow:
    """Serves order books and trades of `upstreams`, each from one exchange at a time."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[CandleSource]],
        markets: Markets,
        data: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self._upstreams = upstreams
        self._markets = markets
        self._data = data
        self._settings = settings
        self._clock = clock

    def book(self, pair: Pair, limit: int) -> PassedOn[OrderBook]:
        """Return at most `limit` levels of each side. Raises an `ApiError`."""
        size = _size(limit)

        def call(provider: CandleSource) -> Call[VenueBook] | None:
            if not isinstance(provider, BookSource):
                return None
            name, read = provider.name, provider.book
            return lambda market: VenueBook(name, read(market, size)), provider.book_weight(size)

        entry = self._obtain(f"book:{pair.key}:{size}", pair, call)
        return self._passed_on(entry, entry.value.venue, entry.value.book.best(limit))

    def trades(self, pair: Pair, limit: int) -> PassedOn[tuple[MarketTrade, ...]]:
        """Return at most the last `limit` trades, the oldest first. Raises an `ApiError`."""
        size = _size(limit)
        entry = self._obtain(f"trades:{pair.key}:{size}", pair, partial(_trades, size))
        return self._passed_on(entry, entry.value.venue, entry.value.trades[-limit:])

    def aggregates(
        self, pair: Pair, window: Window, since_id: int | None
    ) -> PassedOn[tuple[MarketTrade, ...]]:
        """Return trades, with those of one order at one price added up. Raises an `ApiError`.

        An exchange that does not add them up sends single trades. It keeps only the last ones, so that it
        serves no window and no `since_id`.
        """
        of_past = window.bounded or since_id is not None

        def call(provider: CandleSource) -> Call[VenueTrades] | None:
            if isinstance(provider, AggregateSource):
                name, read = provider.name, provider.aggregates
                weight = provider.aggregates_weight
                return lambda market: VenueTrades(name, tuple(read(market, window, since_id))), weight
            return None if of_past else _trades(window.limit, provider)

        key = f"aggregates:{pair.key}:{window.limit}:{window.start}:{window.end}:{since_id}"
        entry = self._obtain(key, pair, call)
        return self._passed_on(entry, entry.value.venue, entry.value.trades)

    def _passed_on(self, entry: Entry, venue: str, value: T) -> PassedOn[T]:
        return PassedOn(value, (venue,), Validity.of([entry], self._clock()))

    def _obtain(self, key: str, pair: Pair, call: Callable[[CandleSource], Call[T] | None]) -> Entry:
        kept = {name: state.since(self._clock() - LIFETIME) for name, state in self._data.read(key).items()}
        seconds = self._settings.prices_deadline_seconds
        return self._data.obtain(kept, lambda keys: {key: self._fetch(pair, call)}, seconds)[key]

    def _fetch(self, pair: Pair, call: Callable[[CandleSource], Call[T] | None]) -> Entry:
        found = ((upstream, self._ask(upstream, pair, call)) for upstream in self._upstreams)
        asks = [(upstream, ask) for upstream, ask in found if ask is not None]
        if not asks:
            raise NotServed("No exchange serves this market")
        outcomes = first_acceptable(
            available(asks), self._settings.prices_deadline_seconds, lambda value: True
        )
        if outcomes and outcomes[-1].value is not None:
            return Entry(outcomes[-1].value, self._clock(), LIFETIME)
        failed = {**errors(outcomes), **unavailable(asks, self._clock())}
        if all(isinstance(error, Unsupported) for error in failed.values()):
            raise NotServed("No exchange serves this market")
        raise AllProvidersFailed.of(failed)

    def _ask(
        self, upstream: Upstream[CandleSource], pair: Pair, call: Callable[[CandleSource], Call[T] | None]
    ) -> Ask[T] | None:
        market, known = self._markets.exact(upstream.provider, pair), call(upstream.provider)
        if market is None or known is None:
            return None
        fetch, weight = known
        return Ask(
            upstream.name,
            lambda: upstream.call(lambda: fetch(market), weight),
            upstream.pool,
            upstream.patience,
            upstream.timed_out,
        )


def _trades(limit: int, provider: CandleSource) -> Call[VenueTrades] | None:
    if not isinstance(provider, TradeSource):
        return None
    name, read = provider.name, provider.trades
    return lambda market: VenueTrades(name, tuple(read(market, limit))), provider.trades_weight


def _size(limit: int) -> int:
    return next((size for size in SIZES if limit <= size), SIZES[-1])
