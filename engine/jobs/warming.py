"""The background refresh, which keeps popular data fresh."""

import logging
from collections.abc import Callable, Iterator

from engine.config import Settings
from engine.errors import ApiError
from engine.jobs.lease import Lease
from engine.jobs.loop import Loop
from engine.jobs.schedule import LONGEST
from engine.market import Market
from engine.store import Store
from providers import ASSET_BY_NAME, INTERVALS, Pair

JOB = "warming"
USUAL = ("1m", "5m", "15m", "1h", "4h", "1d", "1w")
"""The usual intervals. Others would double the calls for series that clients rarely ask for."""
GIVES_UP_AFTER = 3600.0
"""Seconds without a client after which the refresh pauses."""
LOOK = 10.0
"""Seconds between two checks for new requests of clients."""
LATE = 0.05
"""Seconds by which a tick is late: refreshed data is made a little after the start of its turn."""
LEASE_SECONDS = 30
"""The lease outlasts a tick."""

log = logging.getLogger(__name__)


class Warming:
    """Keeps prices and the usual series fresh, in only one of the workers with the same store."""

    def __init__(self, market: Market, store: Store, settings: Settings, clock: Callable[[], float]) -> None:
        self._market = market
        self._settings = settings
        self._clock = clock
        self._lease = Lease(store, JOB, LEASE_SECONDS)
        self._loop = Loop(JOB, self.tick, log, "the background refresh failed unexpectedly", pause=self.pause)
        self._due: dict[str, float] = {}

    def start(self) -> None:
        """Start the refresh in its own thread."""
        if self._settings.cache_warming_enabled:
            self._loop.start()

    def stop(self) -> None:
        """Stop after the current refresh."""
        self._loop.stop()

    @property
    def running(self) -> bool:
        """Whether the thread is running."""
        return self._loop.running

    def pause(self) -> float:
        """Return the seconds until the next tick: among other workers each renews or awaits the lease."""
        now = self._clock()
        if self._lease.is_of_many:
            return 0.0
        if now - self._market.answers.asked > GIVES_UP_AFTER:
            return LOOK
        due = min(self._due.get(name, 0.0) for name, _, _ in self._tasks())
        return min(LONGEST, max(0.0, due - now) + LATE)

    def tick(self) -> list[str]:
        """Refresh what is due, if clients ask and this worker holds the lease. Return what was due."""
        now = self._clock()
        if now - self._market.answers.asked > GIVES_UP_AFTER or not self._lease.is_mine():
            return []
        return [name for name, period, refresh in self._tasks() if self._done(name, period, refresh)]

    def _tasks(self) -> Iterator[tuple[str, float, Callable[[], None]]]:
        yield "prices", self._settings.cache_ttl_prices, self._market.prices.refresh
        for code in self._settings.cache_warming_symbols:
            pair = Pair(ASSET_BY_NAME[code], "USDT")
            for interval in USUAL:
                yield (
                    f"{code}:{interval}",
                    self._settings.cache_warming_interval,
                    _series(self._market, pair, interval),
                )

    def _done(self, name: str, period: float, refresh: Callable[[], None]) -> bool:
        now = self._clock()  # earlier refreshes took time
        if now < self._due.get(name, 0.0):
            return False
        self._due[name] = now + period
        if not self._lease.is_mine():
            return False
        try:
            refresh()
        except ApiError as error:
            log.info("%s refresh failed; keeping cached values: %s", name, error.details)
        return True


def _series(market: Market, pair: Pair, interval: str) -> Callable[[], None]:
    return lambda: market.candles.refresh(pair, INTERVALS[interval])
