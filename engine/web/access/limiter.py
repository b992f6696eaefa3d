"""The rate limiter, and how Flask's extensions are configured."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask_limiter import Limiter

from engine.config import Settings
from engine.store import shared_counters
from engine.store.backends import TIMEOUTS
from engine.version import VERSION
from engine.web.access import counters, quotas
from engine.web.access.quotas import PREFIX


def configuration(settings: Settings) -> dict[str, Any]:
    """What Flask's extensions have to know."""
    shared = settings.cache_type == "redis"
    return {
        "CACHE_TYPE": "RedisCache" if shared else "engine.store.memory.make_cache",
        "CACHE_THRESHOLD": settings.cache_max_entries,
        "CACHE_MAX_BYTES": settings.cache_max_bytes,
        "CACHE_KEY_PREFIX": f"engine:{VERSION}:",
        "CACHE_REDIS_URL": settings.redis_url,
        "CACHE_OPTIONS": TIMEOUTS if shared else {},
        "RATELIMIT_ENABLED": settings.rate_limit_enabled,
        "RATELIMIT_STORAGE_URI": shared_counters.SCHEME + settings.redis_url
        if shared
        else f"{counters.SCHEME}://",
        "RATELIMIT_STORAGE_OPTIONS": {**TIMEOUTS, "wrap_exceptions": True} if shared else {},
        "RATELIMIT_SWALLOW_ERRORS": shared,  # of requests that were on their way to Redis when it died
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": shared,
        "RATELIMIT_KEY_PREFIX": PREFIX,
    }


View = TypeVar("View", bound=Callable[..., Any])


class NamedLimiter(Limiter):
    """Leaves on each view the name of its quota, for the document."""

    def limit(self, quota: Callable[[], str]) -> Callable[[View], View]:  # type: ignore[override]
        """A decorator: the view is counted by `quota`."""
        decorate = super().limit(quota)

        def limited(view: View) -> View:
            made: Any = decorate(view)
            made.quota = getattr(quota, "quota", None)
            return cast(View, made)

        return limited


limiter = NamedLimiter(quotas.bucket, strategy="sliding-window-counter", on_breach=quotas.refuse)
limiter.request_filter(quotas.is_unlimited)
