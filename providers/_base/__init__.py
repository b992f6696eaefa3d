"""What every provider shares: asking a host, and the abilities it may have."""

from providers._base._markets import CandleSource, QuoteSource
from providers._base._moods import (
    CategorySource,
    FeedSource,
    ListingSource,
    NewsSource,
    OverviewSource,
    SentimentSource,
    TrendingSource,
)
from providers._base._provider import Provider

__all__ = [
    "CandleSource",
    "CategorySource",
    "FeedSource",
    "ListingSource",
    "NewsSource",
    "OverviewSource",
    "Provider",
    "QuoteSource",
    "SentimentSource",
    "TrendingSource",
]
