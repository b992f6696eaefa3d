"""The base of all providers: requests to a host, and the abilities that a provider may have."""

from providers._base._books import AggregateSource, BookSource, TradeSource
from providers._base._listings import CoinLister, MarketLister, TickerSource
from providers._base._market_wide import (
    CategorySource,
    FeedSource,
    FigureSource,
    ListingSource,
    NewsSource,
    OverviewSource,
    SentimentSource,
    TrendingSource,
)
from providers._base._prices import CandleSource, QuoteSource
from providers._base._provider import Exchange, Provider
from providers._base._streams import StreamSource

__all__ = [
    "AggregateSource",
    "BookSource",
    "CandleSource",
    "CategorySource",
    "CoinLister",
    "Exchange",
    "FeedSource",
    "FigureSource",
    "ListingSource",
    "MarketLister",
    "NewsSource",
    "OverviewSource",
    "Provider",
    "QuoteSource",
    "SentimentSource",
    "StreamSource",
    "TickerSource",
    "TradeSource",
    "TrendingSource",
]
