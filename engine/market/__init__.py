"""The use cases: what a client can ask of the engine. Knows nothing of HTTP."""

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar, cast

from limits.storage import Storage

from engine.analysis.candles import MINIMUM
from engine.cache import Freshness
from engine.cache.answers import Answer
from engine.concurrency.offload import Offload
from engine.config import Settings
from engine.market._mood import Mood
from engine.market.candles import MAXIMUM, Candles
from engine.market.candles.fetching import Fetching
from engine.market.candles.request import Wanted
from engine.market.contents import CONTENTS
from engine.market.prices import Named, Prices
from engine.market.prices.quotes import Quotes
from engine.market.sentiment import analyse
from engine.market.status import Status, rows
from engine.market.status.incidents import Alert
from engine.market.status.readiness import Readiness
from engine.store import Store
from engine.telemetry.event_log import Event, Events
from engine.upstream import Upstream
from engine.upstream.building import build
from engine.upstream.host_clock import HostClock
from providers import (
    ASSETS,
    INTERVALS,
    Asset,
    CandleSource,
    Pair,
    Provider,
    QuoteSource,
    Room,
    Window,
    discover,
)

P = TypeVar("P", bound=Provider)

__all__ = ["EVERY_COIN", "MAXIMUM", "MINIMUM", "Market", "Named", "Wanted", "build"]

EVERY_COIN = tuple(Named(asset.symbol, asset) for asset in ASSETS)


class Market:
    """Everything that can be asked, over the providers of `settings`."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        counts: Storage,
        pool: Executor,
        events: Events,
        *,
        clock: HostClock,
    ) -> None:
        self._settings = settings
        self._store, self._events = store, events
        self._clock = clock
        room, aside, publish = Room(), Offload(), events.publish
        patience = settings.hedge_min_seconds, settings.hedge_max_seconds
        common = partial(
            Upstream[Provider], store=store, counts=counts, clock=clock, publish=publish, patience=patience
        )
        self.upstreams = [common(build(kind, settings, room, clock, aside)) for kind in discover()]
        deadline = settings.candles_deadline_seconds
        self._freshness = Freshness(
            store, pool, clock=clock, deadline=deadline, publish=publish, contents=CONTENTS
        )
        candles = self._chosen(CandleSource, settings.providers_candles)
        quotes = self._chosen(QuoteSource, settings.providers_quotes)
        self._quotes = Quotes(quotes, self._freshness, settings, clock)
        self._prices = Prices(self._quotes, self._freshness, settings, clock)
        fetching = Fetching(candles, settings, clock, store, self._prices.verified, publish)
        self._candles = Candles(fetching, self._freshness, settings, clock)
        self._mood = Mood(self._chosen, self._freshness, settings, clock)
        self._readiness = Readiness(self.upstreams, self._quotes, pool)
        used = [it for use in (self._candles, self._quotes, self._mood) for it in use.upstreams]
        self.status = Status(self.upstreams, used, store, counts, events, self._clock)
        self.asked = self._started = clock()
        """When anybody last asked for data, in Unix seconds."""

    def candles(self, wanted: Wanted) -> Answer:
        """Candles of one pair, from the first provider that serves them well."""
        self.asked = self._clock()
        return self._candles.serve(wanted)

    def prices(self, coins: Sequence[Named] | None, convert: str) -> Answer:
        """The consensus price of each of `coins`, or of every one by rank."""
        self.asked = self._clock()
        return self._prices.serve(coins or EVERY_COIN, convert, by_rank=coins is None)

    def fresh(self, key: str) -> Answer | None:
        """The answer that is kept under `key`, `None` where it is not fresh."""
        return self._freshness.fresh(key)

    def served(self) -> None:
        """A ready answer was given: somebody asks, and nothing had to be made."""
        self.asked = self._clock()
        self._freshness.hits += 1

    def refresh_prices(self, since: float = 0.0) -> None:
        """Ask for prices not fresh or older than `since`, in the background. Raises an `ApiError`."""
        self._quotes.refresh(ASSETS, since)

    def refresh_candles(self, pair: Pair, interval: str, since: float = 0.0) -> None:
        """Ask for what is new of a series, the same way."""
        symbol = pair.base.symbol + pair.quote
        self._candles.refresh(Wanted(symbol, pair, INTERVALS[interval], Window(100)), since)

    def keeps_candles(self, pair: Pair, interval: str) -> bool:
        """Whether a series is kept, however old."""
        return self._candles.keeps(pair, interval)

    def sentiment(self, coin: Asset | None, days: int | None) -> Answer:
        """How the market feels, or what the news makes of one coin."""
        self.asked = self._clock()
        return self._mood.sentiment.serve(coin, days)

    def analyse(self, texts: Sequence[str]) -> list[dict[str, object]]:
        """What each of `texts` says about prices."""
        return analyse(texts)

    def news(self, coins: Sequence[Asset] | None, limit: int, sentiment: str | None) -> Answer:
        """Stories, the newest first."""
        self.asked = self._clock()
        return self._mood.news.serve(coins, limit, sentiment)

    def overview(self) -> Answer:
        """The market as a whole."""
        self.asked = self._clock()
        return self._mood.whole.serve()

    def categories(self) -> Answer:
        """The kinds of coins."""
        return self._mood.whole.categories()

    def now(self) -> int:
        """Unix seconds, by the corrected clock."""
        return int(self._clock.corrected())

    def symbols(self) -> dict[str, object]:
        """What can be asked for. A coin's rank is the last one that a provider gave."""
        return rows.symbols(self._prices.ranks)

    def events(self, limit: int) -> list[Event]:
        """What happened, the newest first."""
        return self._events.recent(limit)

    def alerts(self) -> list[Alert]:
        """What is wrong now."""
        return self.status.alerts()

    def providers(self) -> list[dict[str, object]]:
        """Every provider in the default order, with what is known of it."""
        return self.status.providers()

    def budgets(self) -> list[dict[str, object]]:
        """What is left towards each provider that may be asked."""
        return self.status.budgets()

    def health(self, version: str) -> dict[str, object]:
        """How everything stands, in what is already known."""
        providers = self.status.health()
        states = self.status.states()
        status = rows.overall(
            [states[upstream.name] for upstream in self._candles.upstreams],
            [states[upstream.name] for upstream in self._quotes.upstreams],
        )
        report: dict[str, object] = {
            "status": "degraded" if status == "healthy" and self._store.is_degraded else status,
            "uptime": int(self._clock() - self._started),
            "version": version,
            "providers": providers,
            "cache": {"size": self._store.size, "hitRate": self._freshness.hit_rate},
            "timestamp": int(self._clock()),
            "meta": {"clockOffsetSeconds": self._clock.offset},
        }
        return report | ({"mode": "demo"} if self._settings.demo else {})

    def ready(self) -> bool:
        """Whether there is data yet. Where there is none, somebody is asked for some in the background."""
        self.status.look()
        return self._readiness.ready()

    def _chosen(self, ability: type[P], names: Sequence[str] | None) -> list[Upstream[P]]:
        able = {
            upstream.name: cast(Upstream[P], upstream)
            for upstream in self.upstreams
            if isinstance(upstream.provider, ability) and upstream.enabled
        }
        return [able[name] for name in (able if names is None else names) if name in able]
