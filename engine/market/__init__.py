"""The use cases behind the endpoints, independent of HTTP."""

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar, cast

from limits.storage import Storage

from engine.analysis.candles import MINIMUM
from engine.cache import Cache
from engine.catalogue.current import CurrentCatalogue
from engine.concurrency.offload import Offload
from engine.config import Settings
from engine.market.batches import Batches
from engine.market.candles import MAXIMUM, Candles
from engine.market.candles.fetching import Fetching
from engine.market.candles.history import History
from engine.market.candles.markets import Markets
from engine.market.candles.request import CandleRequest
from engine.market.contents import CONTENTS
from engine.market.indicators import Indicators
from engine.market.labels import Labels
from engine.market.order_flow import OrderFlow
from engine.market.overview import MarketOverview
from engine.market.prices import Prices, RequestedCoin
from engine.market.prices.exchanges import Exchanges
from engine.market.prices.figures import MarketFigures
from engine.market.prices.past import PastMinutes
from engine.market.prices.quotes import Quotes
from engine.market.prices.sources import PriceSources
from engine.market.prices.sparkline import HOUR, hourly_closes, last_day
from engine.market.prices.tickers import Tickers
from engine.market.sentiment import Sentiment
from engine.market.sentiment.fear_greed import Indices
from engine.market.sentiment.news import News
from engine.market.status import Status, rows
from engine.market.status.readiness import Readiness
from engine.market.status.values import Health, ServedCoins
from engine.store import Store
from engine.telemetry.event_log import Event, Events
from engine.upstream import Upstream
from engine.upstream.building import build
from engine.upstream.host_clock import HostClock
from providers import (
    ASSET_BY_ID,
    ASSETS,
    INTERVALS,
    CandleSource,
    Capacity,
    CategorySource,
    FeedSource,
    FigureSource,
    ListingSource,
    NewsSource,
    OverviewSource,
    Pair,
    Provider,
    QuoteSource,
    SentimentSource,
    TickerSource,
    TrendingSource,
    discover,
)

P = TypeVar("P", bound=Provider)

__all__ = ["MAXIMUM", "MINIMUM", "CandleRequest", "Market", "RequestedCoin", "build"]


class Market:
    """All use cases, over the providers of `settings`."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        counts: Storage,
        pool: Executor,
        events: Events,
        catalogue: CurrentCatalogue,
        history: History,
        *,
        clock: HostClock,
    ) -> None:
        self._settings = settings
        self._store, self._events = store, events
        self._clock, self._catalogue = clock, catalogue
        self.label = Labels(settings.demo)
        capacity, offload, publish = Capacity(), Offload(), events.publish
        patience = settings.hedge_min_seconds, settings.hedge_max_seconds
        common = partial(
            Upstream[Provider], store=store, counts=counts, clock=clock, publish=publish, patience=patience
        )
        self.upstreams = [common(build(kind, settings, capacity, clock, offload)) for kind in discover()]
        deadline = settings.candles_deadline_seconds
        cache = Cache.over(store, pool, clock=clock, deadline=deadline, publish=publish, contents=CONTENTS)
        shared = (cache, settings, clock)
        self.data, self.answers = cache.data, cache.answers
        chosen, basis = settings.providers_quotes, (cache.data, settings, clock)
        quotes = Quotes(self._chosen(QuoteSource, chosen), *basis)
        tickers = Tickers(self._chosen(TickerSource, chosen), *basis)
        figures = MarketFigures(self._chosen(FigureSource, chosen), *basis)
        priced = PriceSources(quotes, Exchanges(tickers, catalogue), figures)
        self.prices = Prices(priced, self._closes, *shared)
        candles = self._chosen(CandleSource, settings.providers_candles)
        self.markets = markets = Markets(catalogue, clock)
        fetching = Fetching(candles, settings, clock, store, self.prices.verified, publish, markets.find)
        self.candles = Candles(fetching, markets, history, *shared)
        self.order_flow = OrderFlow(candles, markets, *basis)
        self.batches = Batches(settings)
        self.past = PastMinutes(self.candles, markets.find)
        self.indicators = Indicators(self.candles, cache, settings)
        index, sources = self._chosen(SentimentSource), self._chosen(NewsSource)
        feeds = self._chosen(FeedSource)
        self.news = News(sources, feeds, *shared)
        self.sentiment = Sentiment(Indices(index, cache.data, settings, clock), self.news, *shared)
        overview = (
            self._chosen(OverviewSource),
            self._chosen(ListingSource),
            self._chosen(TrendingSource),
            self._chosen(CategorySource),
        )
        self.overview = MarketOverview(*overview, *shared)
        self._readiness = Readiness([*candles, *quotes.upstreams], quotes, pool)
        used: list[Upstream[Provider]] = [
            *candles,
            *quotes.upstreams,
            *(index if settings.enable_sentiment else ()),
            *((*sources, *feeds) if settings.enable_sentiment or settings.enable_news else ()),
            *(upstream for upstreams in overview for upstream in upstreams),
        ]
        self.status = Status(self.upstreams, used, store, counts, events, clock)
        self._started = clock()

    def milliseconds(self) -> int:
        """Return Unix milliseconds by the corrected clock."""
        return int(self._clock.corrected() * 1000)

    def now(self) -> int:
        """Return Unix seconds by the corrected clock."""
        return int(self._clock.corrected())

    def symbols(self) -> ServedCoins:
        """Return the pinned coins and the intervals.

        A rank is the last one that a provider sent with a price, or else that of the catalogue.
        """
        listed = self._catalogue.catalogue.coin_by_id
        ranks = {
            asset.code: it.coin.rank
            for asset in ASSETS
            if (it := listed.get(asset.id)) is not None and it.coin.rank is not None
        }
        return ServedCoins(ASSETS, {**ranks, **self.prices.ranks}, tuple(INTERVALS), MINIMUM, MAXIMUM)

    def events(self, limit: int) -> list[Event]:
        """Return the last events, the newest first."""
        return self._events.recent(limit)

    def health(self) -> Health:
        """Return the state of the engine and its providers, without a call to a provider."""
        providers = self.status.providers()
        states = self.status.states()
        status = rows.overall(
            [states[upstream.name] for upstream in self.candles.upstreams],
            [states[upstream.name] for upstream in self.prices.quotes.upstreams],
        )
        return Health(
            status="degraded" if status == "healthy" and self._store.is_degraded else status,
            uptime=int(self._clock() - self._started),
            providers=providers,
            cache_size=self._store.size,
            hit_rate=self.answers.hit_rate,
            clock_offset=self._clock.offset,
            time=self._clock(),
        )

    def ready(self) -> bool:
        """Return whether any data has arrived. Until then, fetch prices in the background."""
        self.status.look()
        return self._readiness.ready()

    def _closes(self, pair: Pair) -> tuple[float, ...] | None:
        """Return the last hourly closes of a pair, from cached candles or, if pinned, from the history."""
        now = self.milliseconds()
        kept, then = self.candles.kept(pair, HOUR)
        found = hourly_closes(kept, pair.quote, now, then)
        if found is None and pair.base.id in ASSET_BY_ID:
            found = hourly_closes(self.candles.recorded(pair, HOUR, last_day(now)), pair.quote, now, now)
        return found

    def _chosen(self, ability: type[P], names: Sequence[str] | None = None) -> list[Upstream[P]]:
        able = {
            upstream.name: cast(Upstream[P], upstream)
            for upstream in self.upstreams
            if isinstance(upstream.provider, ability) and upstream.enabled
        }
        return [able[name] for name in (able if names is None else names) if name in able]
