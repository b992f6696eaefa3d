"""Upstream APIs, one module each. This package is independent of Flask, caches and clients."""

import importlib
import pkgutil
from functools import cache
from typing import TypeGuard

from providers._assets import ASSET_BY_ID, ASSET_BY_NAME, ASSETS, EURO, TETHER, USDC, Asset
from providers._base import (
    AggregateSource,
    BookSource,
    CandleSource,
    CategorySource,
    CoinLister,
    Exchange,
    FeedSource,
    FigureSource,
    ListingSource,
    MarketLister,
    NewsSource,
    OverviewSource,
    Provider,
    QuoteSource,
    SentimentSource,
    StreamSource,
    TickerSource,
    TradeSource,
    TrendingSource,
)
from providers._capacity import Capacity
from providers._causes import cause, host
from providers._errors import (
    BadData,
    BadMarket,
    Blocked,
    ProviderError,
    RateLimited,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from providers._http import Http, Limits, Reply
from providers._intervals import INTERVALS, Interval
from providers._listed import Candidate, Day, Kind, Market, MarketState, Ticker
from providers._models import (
    Candle,
    Category,
    FearGreed,
    Figures,
    Headline,
    Listing,
    Overview,
    Quote,
    RateLimit,
    Votes,
    Window,
)
from providers._pairs import Pair
from providers._runner import Runner, run_inline
from providers._streamed import (
    Accepted,
    Alive,
    Channel,
    Ending,
    Event,
    LastTrade,
    Refused,
    Respond,
    StreamedAggregate,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    Topic,
    Welcome,
)
from providers._traded import MarketTrade, OrderBook

__all__ = [
    "ASSETS",
    "ASSET_BY_ID",
    "ASSET_BY_NAME",
    "EURO",
    "INTERVALS",
    "TETHER",
    "USDC",
    "Accepted",
    "AggregateSource",
    "Alive",
    "Asset",
    "BadData",
    "BadMarket",
    "Blocked",
    "BookSource",
    "Candidate",
    "Candle",
    "CandleSource",
    "Capacity",
    "Category",
    "CategorySource",
    "Channel",
    "CoinLister",
    "Day",
    "Ending",
    "Event",
    "Exchange",
    "FearGreed",
    "FeedSource",
    "FigureSource",
    "Figures",
    "Headline",
    "Http",
    "Interval",
    "Kind",
    "LastTrade",
    "Limits",
    "Listing",
    "ListingSource",
    "Market",
    "MarketLister",
    "MarketState",
    "MarketTrade",
    "NewsSource",
    "OrderBook",
    "Overview",
    "OverviewSource",
    "Pair",
    "Provider",
    "ProviderError",
    "Quote",
    "QuoteSource",
    "RateLimit",
    "RateLimited",
    "Refused",
    "Reply",
    "Respond",
    "Runner",
    "SentimentSource",
    "StreamSource",
    "StreamedAggregate",
    "StreamedBook",
    "StreamedCandle",
    "StreamedTicker",
    "StreamedTrade",
    "Ticker",
    "TickerSource",
    "Topic",
    "TradeSource",
    "TrendingSource",
    "Unauthorized",
    "Unavailable",
    "Unsupported",
    "Votes",
    "Welcome",
    "Window",
    "cause",
    "discover",
    "host",
    "run_inline",
]


def discover() -> list[type[Provider]]:
    """Return every provider class of this package, in the default order."""
    return list(_discovered())


@cache
def _discovered() -> tuple[type[Provider], ...]:
    found: set[type[Provider]] = set()
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            members = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
            found |= {member for member in members if _is_provider(member)}
    return tuple(sorted(found, key=lambda provider: (provider.priority, provider.name)))


def _is_provider(member: object) -> TypeGuard[type[Provider]]:
    return isinstance(member, type) and "name" in vars(member) and issubclass(member, Provider)
