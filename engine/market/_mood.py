"""Puts together what serves the mood, the news and the market as a whole."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.cache import Freshness
from engine.config import Settings
from engine.market.overview import WholeMarket
from engine.market.sentiment import Sentiment
from engine.market.sentiment.fear_greed import Indices
from engine.market.sentiment.news import News
from engine.upstream import Upstream
from engine.upstream.host_clock import HostClock
from providers import (
    CategorySource,
    FeedSource,
    ListingSource,
    NewsSource,
    OverviewSource,
    Provider,
    SentimentSource,
    TrendingSource,
)

Chosen = Callable[[type[Any], None], list[Upstream[Any]]]
"""Gives the providers of an ability, in their order."""


class Mood:
    """The use cases that share the news."""

    def __init__(self, chosen: Chosen, freshness: Freshness, settings: Settings, clock: HostClock) -> None:
        shared = (freshness, settings, clock)
        index = chosen(SentimentSource, None)
        sources, feeds = chosen(NewsSource, None), chosen(FeedSource, None)
        totals, listings = chosen(OverviewSource, None), chosen(ListingSource, None)
        trending, categories = chosen(TrendingSource, None), chosen(CategorySource, None)
        self.news = News(sources, feeds, *shared)
        self.sentiment = Sentiment(Indices(index, *shared), self.news, *shared)
        self.whole = WholeMarket(totals, listings, trending, categories, *shared)
        self.upstreams: Sequence[Upstream[Provider]] = [
            *(index if settings.enable_sentiment else ()),
            *((*sources, *feeds) if settings.enable_sentiment or settings.enable_news else ()),
            *(*totals, *listings, *trending, *categories),
        ]
        """Those of which at least one thing may be asked for."""
