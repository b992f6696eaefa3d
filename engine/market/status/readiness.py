"""Readiness for load balancers: whether a source of candles or prices has answered."""

import threading
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from engine.concurrency.background import report
from engine.market.prices.quotes import Quotes
from engine.telemetry.request_id import with_new_id
from engine.upstream import Upstream
from providers import ASSETS, Provider


class Readiness:
    """Checks whether any source of candles or prices has answered, and fetches prices until then."""

    def __init__(self, upstreams: Sequence[Upstream[Provider]], quotes: Quotes, pool: Executor) -> None:
        self._upstreams = upstreams
        self._quotes = quotes
        self._pool = pool
        self._first: Future[None] | None = None
        self._lock = threading.Lock()

    def ready(self) -> bool:
        """Return whether such a source has answered. Until then, fetch prices in the background."""
        if any(upstream.snapshot.statistics.succeeded for upstream in self._upstreams):
            return True
        with self._lock:
            if self._first is None or self._first.done():
                self._first = self._pool.submit(with_new_id("first", self._try_prices))
                self._first.add_done_callback(report)
        return False

    def _try_prices(self) -> None:
        self._quotes.obtain(ASSETS)
