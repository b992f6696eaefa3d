"""Find settings that are valid alone and contradict each other."""

from collections.abc import Iterator

from engine.config.keys_file import parse
from engine.config.live_file import text_of
from engine.config.settings import Settings
from engine.config.tiers import Tiers
from providers import StreamSource, discover

Contradiction = tuple[tuple[str, ...], str]
"""The variables that contradict each other, and the reason."""


def contradictions(settings: Settings) -> Iterator[Contradiction]:
    """Yield every contradiction in `settings`."""
    if settings.workers > 1 and settings.cache_type == "memory":
        reason = "in memory each worker has separate answers and quotas"
        yield ("WORKERS", "CACHE_TYPE"), f"several workers need CACHE_TYPE=redis: {reason}"
    if settings.hedge_min_seconds > settings.hedge_max_seconds:
        yield ("HEDGE_MIN_SECONDS", "HEDGE_MAX_SECONDS"), "the minimum must not exceed the maximum"
    if settings.sentiment_weight_fear_greed + settings.sentiment_weight_news == 0:
        yield ("SENTIMENT_WEIGHT_FEAR_GREED", "SENTIMENT_WEIGHT_NEWS"), "one of them must be more than 0"
    if settings.demo and any(provider.base_url is None for provider in settings.providers.values()):
        yield ("DEMO",), "is for stand-ins, so that every <NAME>_BASE_URL must be set"
    if settings.demo and settings.stream_enabled and any(_streams_elsewhere(settings)):
        yield (
            ("DEMO",),
            "needs every <NAME>_STREAM_URL, or STREAM_ENABLED=false",
        )
    yield from _selected_without_key(settings)
    yield from _keys_without_tier(settings)


def _streams_elsewhere(settings: Settings) -> Iterator[bool]:
    """Yield for each provider that streams whether it does so at its own address."""
    for provider in discover():
        if issubclass(provider, StreamSource):
            yield settings.provider(provider.name).stream_url is None


def _selected_without_key(settings: Settings) -> Iterator[Contradiction]:
    keyless = {it.name for it in discover() if it.needs_key and settings.provider(it.name).api_key is None}
    selected = {
        "PROVIDERS_CANDLES": settings.providers_candles,
        "PROVIDERS_QUOTES": settings.providers_quotes,
    }
    for variable, names in selected.items():
        for name in names or ():
            if name in keyless:
                yield (variable, f"{name.upper()}_API_KEY"), f"{name} is selected and needs a key"


def _keys_without_tier(settings: Settings) -> Iterator[Contradiction]:
    if settings.api_keys_file is not None:
        try:
            tiers = Tiers.load(settings.tiers_file, settings.rate_limit_default)
            parse(text_of(settings.api_keys_file), tiers.names)
        except ValueError as error:
            yield ("API_KEYS_FILE",), str(error)
