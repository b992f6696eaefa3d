"""What the commands work with: the archive, and providers with budgets of their own."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.facts import read_facts
from engine.config import Settings
from engine.history.archive import Archive
from engine.history.recorder import Recorder
from engine.history.series import SeriesKey
from engine.jobs.filling.venue import Venues
from engine.market import Market
from engine.market.candles.history import History
from engine.store import Store, backends
from engine.store.memory import MemoryCache
from engine.telemetry.event_log import Events
from engine.upstream.host_clock import HostClock
from providers import Pair


class Workplace:
    """The archive of `settings`; providers are built when they are needed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.archive = Archive(settings)

    @cached_property
    def catalogue(self) -> CurrentCatalogue:
        """The coins and markets that are known: the pinned ones, until others are asked for."""
        return CurrentCatalogue(Store(MemoryCache()), read_facts())

    @cached_property
    def market(self) -> Market:
        """The use cases over the providers."""
        settings, store = self.settings, Store(MemoryCache())
        history = History(self.archive, Recorder(self.archive))
        events = Events(store, lambda *_, **__: None)
        pool = ThreadPoolExecutor(1)
        clock = HostClock(time.time)
        counts = backends.counts(settings)
        return Market(settings, store, counts, pool, events, self.catalogue, history, clock=clock)

    def venues(self, pair: Pair, key: SeriesKey) -> Venues:
        """Return the providers of candles, for one series."""
        market = self.market
        return Venues(
            tuple(market.candles.upstreams), pair, key.interval, market.milliseconds, find=market.markets.find
        )

    def part(self, key: SeriesKey, first: int | None, until: int | None) -> tuple[int, int]:
        """Return the part of a series that is meant: by default all that is kept. Raises `LookupError`."""
        extent = self.archive.run(lambda storage: storage.extent(key))
        if extent is None:
            raise LookupError(f"nothing is kept of {key}")
        interval = key.interval
        begin = extent[0] if first is None else interval.first_open(first)
        closed = interval.open_time(self.market.milliseconds())
        return begin, extent[1] if until is None else min(interval.first_open(until), closed)

    def close(self) -> None:
        """Close the database."""
        self.archive.stop()
