"""The state of each provider as this worker knows it, without calls to providers."""

from collections.abc import Sequence

from engine.market.status.values import ProviderStatus, RemainingBudget
from engine.upstream import Failure, Upstream
from providers import (
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


def state(upstream: Upstream[Provider], used: bool) -> str:
    """Return the state of a provider in one word: `disabled` if it is not used or has no key."""
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


def provider_status(upstream: Upstream[Provider], priority: int, used: bool, now: float) -> ProviderStatus:
    """Return the state of a provider. Its times are never after `now` (Unix seconds)."""
    known = upstream.snapshot.statistics
    return ProviderStatus(
        name=upstream.name,
        priority=priority,
        state=state(upstream, used),
        capabilities=tuple(name for kind, name in ABILITIES.items() if isinstance(upstream.provider, kind)),
        latency=known.latency,
        checked=None if known.checked is None else min(known.checked, now),
        failed=None if known.failed is None else Failure(min(known.failed.time, now), known.failed.reason),
        rate_limit=upstream.provider.rate_limit,
    )


def remaining_budget(upstream: Upstream[Provider]) -> RemainingBudget:
    """Return the remaining budget of a provider: 0 while it refuses calls."""
    budget, opened = upstream.budget, upstream.snapshot.open_state
    refused = opened is not None and opened.reason == RateLimited.reason
    spent = budget.most if refused else budget.last_known
    return RemainingBudget(
        provider=upstream.name,
        limit=budget.most,
        remaining=None if spent is None else budget.most - spent,
        resets_at=opened.until if opened is not None and refused else budget.resets_at,
    )
