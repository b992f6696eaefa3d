"""The state of the engine and of its providers, as answers have it."""

from engine.config import Settings
from engine.market.status.values import Health, ProviderStatus, ServedCoins
from engine.timestamps import iso
from engine.version import VERSION

FOUR_WORDS = {
    "online": "healthy",
    "unknown": "degraded",
    "degraded": "degraded",
    "offline": "down",
    "blocked": "down",
    "disabled": "disabled",
}
"""The words of `/api/providers` for the states of `/api/health`."""


def health_word(provider: ProviderStatus) -> str:
    """Return the state of a provider in one of four words."""
    return FOUR_WORDS[provider.state]


def provider_row(provider: ProviderStatus) -> dict[str, object]:
    """Return the row of a provider in `/api/providers`."""
    failed, limit = provider.failed, provider.rate_limit
    return {
        "name": provider.name,
        "enabled": provider.enabled,
        "priority": provider.priority,
        "status": health_word(provider),
        "state": provider.state,
        "capabilities": provider.capabilities,
        "latencyMs": _milliseconds(provider.latency),
        "lastFailure": None if failed is None else {"time": iso(failed.time), "reason": failed.reason},
        "rate_limit": {"requests": limit.requests, "period": limit.period},
    }


def health_report(health: Health, settings: Settings) -> dict[str, object]:
    """Return the answer of `/api/health`."""
    report: dict[str, object] = {
        "status": health.status,
        "uptime": health.uptime,
        "version": VERSION,
        "providers": [_health_row(provider) for provider in health.providers],
        "cache": {"size": health.cache_size, "hitRate": health.hit_rate},
        "timestamp": int(health.time),
        "meta": {"clockOffsetSeconds": health.clock_offset},
    }
    return report | ({"mode": "demo"} if settings.demo else {})


def symbols_data(served: ServedCoins) -> dict[str, object]:
    """Return the data of `/api/symbols` without parameters."""
    coins = [
        {
            "symbol": asset.symbol,
            "name": asset.name,
            "rank": served.ranks.get(asset.code),
            "aliases": asset.aliases,
        }
        for asset in served.coins
    ]
    limits = {"minimum": served.minimum, "maximum": served.maximum, "default": 100}
    return {"coins": coins, "intervals": served.intervals, "limits": limits}


def _health_row(provider: ProviderStatus) -> dict[str, object]:
    return {
        "name": provider.name,
        "status": provider.state,
        "latency": _milliseconds(provider.latency),
        "lastCheck": None if provider.checked is None else iso(provider.checked),
    }


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
