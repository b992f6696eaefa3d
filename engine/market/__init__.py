"""The use cases: what a client can ask of the engine. Knows nothing of HTTP."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import TypeVar, cast

from engine.candles import MINIMUM
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.freshness import Answer, Freshness, Store
from engine.market import _state
from engine.market._candles import Candles
from engine.market._mood import Mood
from engine.market._plan import Wanted
from engine.market._prices import Named, Prices
from engine.market._sentiment import analyse
from engine.upstream import Upstream
from providers import (
    ASSETS,
    INTERVALS,
    Asset,
    CandleSource,
    Http,
    Limits,
    Provider,
    QuoteSource,
    discover,
)

P = TypeVar("P", bound=Provider)

__all__ = ["EVERY_COIN", "MAXIMUM", "Market", "Named", "Wanted"]

MAXIMUM = 1000
"""The most candles in one answer."""
EVERY_COIN = tuple(Named(asset.symbol, asset) for asset in ASSETS)


class Market:
    """Everything that can be asked, over the providers of `settings`."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        pool: Executor,
        *,
        entries: Callable[[], int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._entries = entries
        self._clock = clock
        self._started = clock()
        self._upstreams = [Upstream(_build(kind, settings, clock), clock=clock) for kind in discover()]
        self._freshness = Freshness(store, clock=clock)
        candles = self._chosen(CandleSource, settings.providers_candles)
        quotes = self._chosen(QuoteSource, settings.providers_quotes)
        self._candles = Candles(candles, pool, self._freshness, settings, clock)
        self._prices = Prices(quotes, pool, self._freshness, settings, clock)
        self._mood = Mood(self._chosen, pool, self._freshness, settings, clock)
        self._first: Future[Answer | None] | None = None
        self._lock = threading.Lock()

    def candles(self, wanted: Wanted) -> Answer:
        """Candles of one pair, from the first provider that serves them well."""
        return self._candles.serve(wanted)

    def prices(self, coins: Sequence[Named] | None, convert: str) -> Answer:
        """The consensus price of each of `coins`, or of every one by rank."""
        return self._prices.serve(coins or EVERY_COIN, convert, by_rank=coins is None)

    def sentiment(self, coin: Asset | None, days: int | None) -> Answer:
        """How the market feels, or what the news makes of one coin."""
        return self._mood.sentiment.serve(coin, days)

    def analyse(self, texts: Sequence[str]) -> list[dict[str, object]]:
        """What each of `texts` says about prices."""
        return analyse(texts)

    def news(self, coins: Sequence[Asset] | None, limit: int, sentiment: str | None) -> Answer:
        """Stories, the newest first."""
        return self._mood.news.serve(coins, limit, sentiment)

    def overview(self) -> Answer:
        """The market as a whole."""
        return self._mood.whole.serve()

    def categories(self) -> Answer:
        """The kinds of coins."""
        return self._mood.whole.categories()

    def now(self) -> int:
        """Unix seconds."""
        return int(self._clock())

    def symbols(self) -> dict[str, object]:
        """What can be asked for. A coin's rank is the last one that a provider gave."""
        coins = [
            {
                "symbol": asset.symbol,
                "name": asset.name,
                "rank": self._prices.ranks.get(asset.code),
                "aliases": asset.aliases,
            }
            for asset in ASSETS
        ]
        return {
            "coins": coins,
            "intervals": list(INTERVALS),
            "limits": {"minimum": MINIMUM, "maximum": MAXIMUM, "default": 100},
        }

    def providers(self) -> list[dict[str, object]]:
        """Every provider in the default order, with what is known of it."""
        return [
            _state.provider_row(upstream, priority, self._used(upstream))
            for priority, upstream in enumerate(self._upstreams, start=1)
        ]

    def health(self, version: str) -> dict[str, object]:
        """How everything stands, in what is already known."""
        report: dict[str, object] = {
            "status": _state.overall(
                [_state.state(upstream, True) for upstream in self._candles.upstreams],
                [_state.state(upstream, True) for upstream in self._prices.upstreams],
            ),
            "uptime": int(self._clock() - self._started),
            "version": version,
            "providers": [_state.health_row(up, self._used(up)) for up in self._upstreams],
            "cache": {"size": self._entries(), "hitRate": self._freshness.hit_rate},
            "timestamp": int(self._clock()),
        }
        if self._settings.demo:
            report["mode"] = "demo"
        return report

    def ready(self) -> bool:
        """Whether there is data yet. Where there is none, somebody is asked for some in the background."""
        if any(upstream.statistics.succeeded for upstream in self._upstreams):
            return True
        with self._lock:
            if self._first is None or self._first.done():
                self._first = self._pool.submit(self._try_prices)
        return False

    def _try_prices(self) -> Answer | None:
        try:
            return self.prices(None, "USDT")
        except AllProvidersFailed:
            return None

    def _chosen(self, ability: type[P], names: Sequence[str] | None) -> list[Upstream[P]]:
        able = {
            upstream.name: cast(Upstream[P], upstream)
            for upstream in self._upstreams
            if isinstance(upstream.provider, ability) and upstream.enabled
        }
        return [able[name] for name in (able if names is None else names) if name in able]

    def _used(self, upstream: Upstream[Provider]) -> bool:
        priced = upstream in self._candles.upstreams or upstream in self._prices.upstreams
        return priced or upstream in self._mood.upstreams


def _build(kind: type[Provider], settings: Settings, clock: Callable[[], float]) -> Provider:
    own = settings.provider(kind.name)
    limits = Limits(
        connect=settings.upstream_connect_seconds,
        read=settings.upstream_read_seconds,
        total=settings.upstream_total_seconds,
        body=settings.upstream_max_bytes,
    )
    http = Http(limits, proxy=own.proxy or settings.https_proxy)
    return kind(http, key=own.api_key, base_url=own.base_url, clock=clock)
