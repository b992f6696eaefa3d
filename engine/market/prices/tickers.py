"""Tickers: the last prices of all markets of each exchange, in one call for all coins."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from engine.cache import KEPT, Entry, Freshness
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.prices.quotes import TOO_OLD
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask, errors, gather
from engine.upstream.host_clock import HostClock
from engine.upstream.selection import available, unavailable
from providers import ProviderError, Ticker, TickerSource, Unavailable

PATIENCE = 2.0
"""Factor of the time to wait for quotes: a list of all tickers has hundreds of kilobytes."""


class VenueTickers(msgspec.Struct, frozen=True):
    """The tickers of a venue by the native names of its markets, received at `time` (Unix seconds).

    `reason` says why the last refresh failed, `None` if it worked.
    """

    tickers: Mapping[str, Ticker]
    time: float
    reason: str | None = None

    @property
    def weight(self) -> int:
        """Approximate bytes in memory: a ticker with its name takes about 250."""
        return 250 * (1 + len(self.tickers))

    def moved(self, seconds: float) -> "VenueTickers":
        """Return the tickers with their time moved, because it came from another clock."""
        return replace(self, time=self.time + seconds)


class Tickers:
    """Fetches the tickers of `upstreams`, each venue's once for all callers while they are fresh.

    It fetches only on demand.
    """

    def __init__(
        self,
        upstreams: Sequence[Upstream[TickerSource]],
        data: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self._upstreams = upstreams
        self._data = data
        self._settings = settings
        self._clock = clock
        self._seconds = PATIENCE * settings.prices_deadline_seconds
        self._last: dict[str, Entry[VenueTickers]] = {}
        """The last tickers in this worker, so that it does not decode thousands of rows for each answer."""

    def obtain(self, venues: Collection[str]) -> dict[str, Entry[VenueTickers]]:
        """Return the tickers of those of `venues` that have any. Raises `AllProvidersFailed`."""
        now = self._clock()
        names = [upstream.name for upstream in self._upstreams if upstream.name in venues]
        due = [name for name in names if (known := self._last.get(name)) is None or known.due(now)]
        if due:
            self._renew(due, names)
        return {name: self._last[name] for name in names if name in self._last}

    def _renew(self, due: Iterable[str], names: Iterable[str]) -> None:
        keys = {name: _key(name) for name in due}
        try:
            found = self._data.obtain(self._data.read(*keys.values()), self._fetch, self._seconds)
        except AllProvidersFailed:
            if not any(name in self._last for name in names if name not in keys):
                raise
            found = {}
        for name, key in keys.items():
            if key in found:
                self._last[name] = found[key]
            else:
                self._last.pop(name, None)

    def _fetch(self, keys: list[str]) -> dict[str, Entry]:
        wanted = {key.partition(":")[2] for key in keys}
        asks = [(upstream, self._ask(upstream)) for upstream in self._upstreams if upstream.name in wanted]
        now = self._clock()
        outcomes = gather(available(asks), self._seconds)
        failures = {**errors(outcomes), **unavailable(asks, self._clock())}
        tickers = {outcome.provider: outcome.value for outcome in outcomes if outcome.value is not None}
        found = {name: VenueTickers(rows, now) for name, rows in tickers.items()}
        old = {name: self._old(name, failures, now) for name in wanted - found.keys()}
        if not found and not any(value.tickers for value in old.values()):
            raise AllProvidersFailed.of({name: _error(name, failures) for name in sorted(old)})
        lifetime = self._settings.cache_ttl_prices
        return {_key(name): Entry(value, now, lifetime) for name, value in {**found, **old}.items()}

    def _old(self, name: str, failures: Mapping[str, ProviderError], now: float) -> VenueTickers:
        """Return the last tickers of a venue that failed, which serve coins that no other venue has."""
        reason = _error(name, failures).reason
        entry = self._data.entry(_key(name))
        known = entry.value if entry is not None else None
        if isinstance(known, VenueTickers) and now - known.time < KEPT:
            return replace(known, reason=reason)
        return VenueTickers({}, now, reason)

    def _ask(self, upstream: Upstream[TickerSource]) -> Ask[dict[str, Ticker]]:
        provider = upstream.provider

        def fetch() -> dict[str, Ticker]:
            tickers = provider.tickers()
            return {ticker.native: ticker for ticker in tickers if _recent(ticker, self._clock.corrected())}

        def call() -> dict[str, Ticker]:
            return upstream.call(fetch, provider.tickers_weight)

        patience = self._settings.prices_deadline_seconds
        return Ask(upstream.name, call, upstream.pool, patience, upstream.timed_out)


def _key(venue: str) -> str:
    return f"tickers:{venue}"


def _error(name: str, failures: Mapping[str, ProviderError]) -> ProviderError:
    return failures.get(name, Unavailable())


def _recent(ticker: Ticker, now: float) -> bool:
    return ticker.time is None or abs(now - ticker.time / 1000) <= TOO_OLD
