"""Refresh the catalogue: ask venues for their markets and prices, one venue at a time."""

import logging
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, cast

from msgspec.structs import replace

from engine.cache.entries import RENEWED, RENEWED_KEPT
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.identity import Event
from engine.catalogue.identity.binding import SEEN_AGAIN
from engine.catalogue.listings import Listing
from engine.catalogue.looks import look, volumes
from engine.catalogue.reporting import warnings
from engine.catalogue.state import State
from engine.config import Settings
from engine.jobs.kept_bindings import KeptBindings
from engine.jobs.lease import Lease
from engine.jobs.loop import Loop
from engine.jobs.schedule import Due, Schedule
from engine.store import Store
from engine.telemetry.catalogue_events import CodeRebound, ListingRefused
from engine.telemetry.events import Publish
from engine.upstream import BACKGROUND, Upstream
from providers import CoinLister, MarketLister, Provider, ProviderError, Ticker, TickerSource

JOB = "cataloguing"
LEASE_SECONDS = 60
"""The lease outlasts a slow venue."""
JITTER = 0.1
"""Maximum share by which a period is longer or shorter, so that not all engines ask at once."""
REST = 0.001
"""Seconds of pause between two batches of rows. With 0, gevent's timers would not run."""

log = logging.getLogger(__name__)


class Cataloguing:
    """Refreshes `current` from all providers with lists, in only one of the workers with the same store."""

    def __init__(
        self,
        current: CurrentCatalogue,
        upstreams: Sequence[Upstream[Provider]],
        store: Store,
        settings: Settings,
        clock: Callable[[], float],
        asked: Callable[[], float],
        publish: Publish,
        kept: KeptBindings | None = None,
    ) -> None:
        self._current = current
        self._kept = kept
        able = [it for it in upstreams if it.enabled and isinstance(it.provider, MarketLister | CoinLister)]
        self._upstreams = {upstream.name: upstream for upstream in able}
        self._settings = settings
        self._clock = clock
        self._asked = asked
        self._store = store
        self._publish = publish
        self._lease = Lease(store, JOB, LEASE_SECONDS)
        self._loop = Loop(JOB, self.tick, log, "catalogue refresh failed unexpectedly", pause=self.pause)
        self._begun = False
        self._bound: dict[str, float] = {}
        self._schedule = Schedule({name: Due() for name in self._upstreams})

    def start(self) -> None:
        """Start the refresh in its own thread."""
        for warning in warnings(self._current, self._clock()):
            log.warning("%s", warning)
        if self._settings.catalogue_enabled:
            self._loop.start()

    def stop(self) -> None:
        """Stop after the current request."""
        self._loop.stop()

    def pause(self) -> float:
        """Return the seconds until the next tick: among other workers each renews or awaits the lease."""
        if self._lease.is_of_many or not self._begun:
            return 0.0
        return self._schedule.pause(self._clock(), looks=bool(self._current.state.listings))

    def tick(self) -> list[str]:
        """Ask one source that is due, or look at prices. Return what was done."""
        now = self._clock()
        if not self._lease.is_mine():
            return ["adopt"] if self._current.adopt(self._rest) else []
        if not self._begun:
            self._begun = True  # the state of other workers is newer than a snapshot
            if self._current.adopt(self._rest) or self._restored():
                return ["adopt"]
        if name := self._schedule.next_source(now):
            self._refresh(name, self._schedule.sources[name], now)
            return [name]
        if now >= self._schedule.look and self._current.state.listings:
            self._look(now)
            return ["look"]
        return []

    def _restored(self) -> bool:
        """Take over the bindings that the last start kept. Return whether there are any."""
        known = self._kept.load() if self._kept else None
        if known is None:
            return False
        self._current.replace(replace(self._current.state, identities=known), self._rest)
        return True

    def _refresh(self, name: str, due: Due, now: float) -> None:
        period = self._settings.catalogue_refresh_seconds * (1 + JITTER * self._jitter(name))
        upstream = self._upstreams[name]
        state = self._current.state
        try:
            if isinstance(upstream.provider, MarketLister):
                state = self._listed(state, cast(Upstream[MarketLister], upstream), now)
            if isinstance(upstream.provider, CoinLister):
                coins = upstream.call(upstream.provider.coins, upstream.provider.coins_weight, BACKGROUND)
                state = state.with_candidates(name, tuple(coins))
        except ProviderError as error:
            due.failed(now, period)
            log.info("listing of %s failed; keeping the last listing: %s", name, error.reason)
            return
        due.succeeded(now, period)
        events: Sequence[Event] = ()
        if isinstance(upstream.provider, CoinLister):
            state, events = state.bound(self._current.facts, now, self._rest)
        elif self._is_new(name, state, now):
            state, events = state.bound(self._current.facts, now, self._rest, name)
        self._replace(state, events)

    def _is_new(self, venue: str, state: State, now: float) -> bool:
        """Return whether a venue's list has changed, which is rare, or was last bound a day ago."""
        before, after = self._current.state.listings.get(venue), state.listings.get(venue)
        same = before is not None and after is not None and before.version == after.version
        if after is None or (same and now - self._bound.get(venue, 0.0) < SEEN_AGAIN):
            return False
        self._bound[venue] = now
        return True

    def _listed(self, state: State, upstream: Upstream[MarketLister], now: float) -> State:
        provider = upstream.provider
        markets = upstream.call(provider.listing, provider.listing_weight, BACKGROUND)
        after = state.with_listing(Listing.of(provider.name, now, markets), self._current.facts)
        refused = after.refusals.get(provider.name)
        if refused is not None:
            self._publish(ListingRefused(now, provider.name, "/api/markets", reason=refused.reason))
        return after

    def _look(self, now: float) -> None:
        """Ask all venues for all prices, one after the other."""
        tickers: dict[str, list[Ticker]] = {}
        for name, upstream in self._upstreams.items():
            provider: Any = upstream.provider
            if isinstance(provider, TickerSource) and name in self._current.state.listings:
                try:
                    tickers[name] = upstream.call(provider.tickers, provider.tickers_weight, BACKGROUND)
                except ProviderError as error:
                    log.info("prices of all markets of %s failed: %s", name, error.reason)
                self._rest()
        self._schedule.looked(now, self._asked())
        listings = self._current.state.listings
        seen, traded = look(now, listings, tickers), volumes(listings, tickers)
        self._replace(*self._current.state.observed(seen, traded, self._rest))

    def _replace(self, state: State, events: Sequence[Event]) -> None:
        """Make a state the current one. After a wrong binding, older answers are checked again."""
        before = self._current.state
        self._current.replace(state, self._rest)
        if self._kept:
            self._kept.keep(state.identities, self._clock(), self._rest)
        if state.undone != before.undone:
            self._store.set(RENEWED, self._clock(), RENEWED_KEPT)
        for event in events:
            if event.what != "proved":
                self._publish(_event(event, self._clock()))

    def _jitter(self, source: str) -> float:
        """Return a number from -1 to 1 that is specific to this worker and a source."""
        digest = blake2b(f"{self._lease.owner} {source}".encode(), digest_size=4).digest()
        return int.from_bytes(digest) / 2**31 - 1

    @staticmethod
    def _rest() -> None:
        time.sleep(REST)


def _event(event: Event, now: float) -> CodeRebound:
    ratio = None if event.ratio is None else f"{event.ratio:g}"
    return CodeRebound(now, event.venue, "/api/markets", code=event.code, coin=event.coin, ratio=ratio)
