"""The wire format of Dreammaker and similar clients. Its fields are in snake case."""

from schemas.compat.dreammaker.coins import (
    CategoryRow,
    CoinsAnswer,
    CoinsQuery,
    MarketAnswer,
    MarketOverview,
    TopPriceRow,
    TrendingAnswer,
)
from schemas.compat.dreammaker.sentiment import (
    GlobalSentiment,
    LatestNews,
    LatestNewsQuery,
    ModelHealth,
    Registry,
    SentimentBody,
    SentimentVerdict,
)
from schemas.compat.dreammaker.server import (
    AlertRow,
    BudgetRow,
    Info,
    LogRow,
    LogsQuery,
    RefreshBody,
    RefreshReport,
    Status,
    UpOrDegraded,
)

__all__ = [
    "AlertRow",
    "BudgetRow",
    "CategoryRow",
    "CoinsAnswer",
    "CoinsQuery",
    "GlobalSentiment",
    "Info",
    "LatestNews",
    "LatestNewsQuery",
    "LogRow",
    "LogsQuery",
    "MarketAnswer",
    "MarketOverview",
    "ModelHealth",
    "RefreshBody",
    "RefreshReport",
    "Registry",
    "SentimentBody",
    "SentimentVerdict",
    "Status",
    "TopPriceRow",
    "TrendingAnswer",
    "UpOrDegraded",
]
