"""The background refresh: keeps popular data fresh before clients ask for it."""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from engine.config import Settings
from engine.errors import ApiError
from engine.market import Market
from engine.store import Store
from engine.telemetry.request_id import with_new_id
from providers import ASSET_BY_NAME, INTERVALS, Pair

LEASE = "warming"
GIVES_UP_AFTER = 3600.0
"""Seconds without a client after which the refresh pauses."""
TICK = 1.0

log = logging.getLogger(__name__)


class Warming:
    """Keeps prices and the usual series fresh, in one worker of all that share a store."""

    def __init__(self, market: Market, store: Store, settings: Settings, clock: Callable[[], float]) -> None:
        self._market = market
        self._store = store
        self._settings = settings
        self._clock = clock
        self._stopping = threading.Event()
        self._name = uuid.uuid4().hex
        self._due: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the refresh in its own thread."""
        if self._settings.cache_warming_enabled:
            self._thread = threading.Thread(target=self._run, name="warming", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop after the current refresh."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(TICK)

    @property
    def running(self) -> bool:
        """Whether the thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def tick(self) -> list[str]:
        """Refresh what is due, if clients ask and this worker holds the lease. Return what was due."""
        now = self._clock()
        if now - self._market.answers.asked > GIVES_UP_AFTER or not self._is_mine():
            return []
        return [name for name, period, refresh in self._tasks() if self._done(name, period, refresh, now)]

    def _run(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="warming") as pool:
            while not self._stopping.wait(TICK):
                if error := pool.submit(with_new_id("warming", self.tick)).exception():
                    log.error("unforeseen failure of the background refresh", exc_info=error)

    def _is_mine(self) -> bool:
        """Renew or take the lease, which outlasts a tick, unless another worker holds it."""
        if not self._store.is_shared:
            return True
        if self._store.add(LEASE, self._name, 30):
            return True
        if self._store.get(LEASE, str) != self._name:
            return False
        self._store.set(LEASE, self._name, 30)
        return True

    def _tasks(self) -> Iterator[tuple[str, float, Callable[[], None]]]:
        yield "prices", self._settings.cache_ttl_prices, self._market.prices.refresh
        for code in self._settings.cache_warming_symbols:
            pair = Pair(ASSET_BY_NAME[code], "USDT")
            for interval in INTERVALS:
                yield (
                    f"{code}:{interval}",
                    self._settings.cache_warming_interval,
                    _series(self._market, pair, interval),
                )

    def _done(self, name: str, period: float, refresh: Callable[[], None], now: float) -> bool:
        if now < self._due.get(name, 0.0):
            return False
        self._due[name] = now + period
        if not self._is_mine():
            return False
        try:
            refresh()
        except ApiError as error:
            log.info("%s refresh failed; keeping cached values: %s", name, error.details)
        return True


def _series(market: Market, pair: Pair, interval: str) -> Callable[[], None]:
    return lambda: market.candles.refresh(pair, INTERVALS[interval])
