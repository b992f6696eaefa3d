"""Settings of which each is right, and which make no sense together."""

from collections.abc import Iterator

from engine.config.settings import Settings
from providers import discover

Contradiction = tuple[tuple[str, ...], str]
"""The variables that contradict each other, and what about them."""


def contradictions(settings: Settings) -> Iterator[Contradiction]:
    """Everything that `settings` cannot all mean."""
    if settings.workers > 1 and settings.cache_type == "memory":
        own = "in memory each would have answers and quotas of its own"
        yield ("WORKERS", "CACHE_TYPE"), f"several workers need CACHE_TYPE=redis: {own}"
    if settings.hedge_min_seconds > settings.hedge_max_seconds:
        yield ("HEDGE_MIN_SECONDS", "HEDGE_MAX_SECONDS"), "the least may not be more than the most"
    if settings.sentiment_weight_fear_greed + settings.sentiment_weight_news == 0:
        yield ("SENTIMENT_WEIGHT_FEAR_GREED", "SENTIMENT_WEIGHT_NEWS"), "one must be more than 0"
    if settings.demo and any(own.base_url is None for own in settings.providers.values()):
        yield ("DEMO",), "is for stand-ins, so that each provider's <NAME>_BASE_URL has to be set"
    yield from _chosen_without_key(settings)


def _chosen_without_key(settings: Settings) -> Iterator[Contradiction]:
    keyless = {it.name for it in discover() if it.needs_key and settings.provider(it.name).api_key is None}
    chosen = {
        "PROVIDERS_CANDLES": settings.providers_candles,
        "PROVIDERS_QUOTES": settings.providers_quotes,
    }
    for variable, names in chosen.items():
        for name in names or ():
            if name in keyless:
                yield (variable, f"{name.upper()}_API_KEY"), f"{name} is chosen and needs a key"
