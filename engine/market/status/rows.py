"""Rows on the state of the engine and its providers, without calls to providers."""

from collections.abc import Mapping, Sequence

from engine.analysis.candles import MINIMUM
from engine.market.candles import MAXIMUM
from engine.timestamps import iso
from engine.upstream import Statistics, Upstream
from providers import (
    ASSETS,
    INTERVALS,
    CandleSource,
    CategorySource,
    CoinLister,
    FeedSource,
    ListingSource,
    MarketLister,
    NewsSource,
    OverviewSource,
    Provider,
    QuoteSource,
    RateLimited,
    SentimentSource,
    TrendingSource,
)

FOUR_WORDS = {
    "online": "healthy",
    "unknown": "degraded",
    "degraded": "degraded",
    "offline": "down",
    "blocked": "down",
    "disabled": "disabled",
}
"""The words of `/api/providers` for the states of `/api/health`."""
ABILITIES: dict[type[Provider], str] = {
    CandleSource: "candles",
    QuoteSource: "quotes",
    SentimentSource: "sentiment",
    NewsSource: "news",
    FeedSource: "news",
    OverviewSource: "overview",
    ListingSource: "listings",
    TrendingSource: "trending",
    CategorySource: "categories",
    MarketLister: "markets",
    CoinLister: "coins",
}


def symbols(ranks: Mapping[str, int]) -> dict[str, object]:
    """Return the coins and intervals that are served. `ranks` are the last ones by a coin's code."""
    coins = [
        {
            "symbol": asset.symbol,
            "name": asset.name,
            "rank": ranks.get(asset.code),
            "aliases": asset.aliases,
        }
        for asset in ASSETS
    ]
    return {
        "coins": coins,
        "intervals": list(INTERVALS),
        "limits": {"minimum": MINIMUM, "maximum": MAXIMUM, "default": 100},
    }


def state(upstream: Upstream[Provider], used: bool) -> str:
    """Return the state of a provider in one word: `disabled` where it is not used or has no key."""
    return upstream.snapshot.state if used and upstream.enabled else "disabled"


def overall(candles: Sequence[str], quotes: Sequence[str]) -> str:
    """Return `healthy`, `degraded` or `unhealthy`, from the providers' states in the order of their use.

    Healthy: a provider of prices works, and so does the first provider of candles that was called.
    Unhealthy: providers were called, and none works.
    """
    known = [word for word in (*candles, *quotes) if word not in ("unknown", "disabled")]
    if known and "online" not in known:
        return "unhealthy"
    first = next((word for word in candles if word not in ("unknown", "disabled")), None)
    return "healthy" if first == "online" and "online" in quotes else "degraded"


def health_row(upstream: Upstream[Provider], used: bool, now: float) -> dict[str, object]:
    """Return the row of a provider in `/api/health`."""
    known = upstream.snapshot.statistics
    return {
        "name": upstream.name,
        "status": state(upstream, used),
        "latency": _milliseconds(known),
        "lastCheck": None if known.checked is None else iso(min(known.checked, now)),
    }


def provider_row(upstream: Upstream[Provider], priority: int, used: bool, now: float) -> dict[str, object]:
    """Return the row of a provider in `/api/providers`."""
    known = upstream.snapshot.statistics
    word = state(upstream, used)
    limit = upstream.provider.rate_limit
    return {
        "name": upstream.name,
        "enabled": word != "disabled",
        "priority": priority,
        "status": FOUR_WORDS[word],
        "state": word,
        "capabilities": [name for kind, name in ABILITIES.items() if isinstance(upstream.provider, kind)],
        "latencyMs": _milliseconds(known),
        "lastFailure": known.failed
        and {"time": iso(min(known.failed.time, now)), "reason": known.failed.reason},
        "rate_limit": {"requests": limit.requests, "period": limit.period},
    }


def budget_row(upstream: Upstream[Provider]) -> dict[str, object]:
    """Return the remaining budget of a provider: 0 while it refuses calls."""
    budget, opened = upstream.budget, upstream.snapshot.open_state
    refused = opened is not None and opened.reason == RateLimited.reason
    spent = budget.most if refused else budget.last_known
    return {
        "provider": upstream.name,
        "limit": budget.most,
        "remaining": None if spent is None else budget.most - spent,
        "reset_at": iso(opened.until if opened is not None and refused else budget.resets_at),
    }


def _milliseconds(known: Statistics) -> int | None:
    return None if known.latency is None else round(known.latency * 1000)
