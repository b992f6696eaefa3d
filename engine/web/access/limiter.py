"""The rate limiter, and the configuration of Flask's extensions."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask_limiter import Limiter

from engine.config import Settings
from engine.store.key_prefix import KEY_PREFIX
from engine.web.access import counters, quotas
from engine.web.access.quotas import PREFIX


def configuration(settings: Settings) -> dict[str, Any]:
    """Return the configuration of Flask's extensions."""
    shared = settings.cache_type == "redis"
    seconds = settings.redis_timeout_seconds
    return {
        "CACHE_TYPE": f"engine.store.{'backends' if shared else 'memory'}.make_cache",
        "CACHE_THRESHOLD": settings.cache_max_entries,
        "CACHE_MAX_BYTES": settings.cache_max_bytes,
        "CACHE_KEY_PREFIX": KEY_PREFIX,
        "CACHE_REDIS_URL": settings.redis_url,
        "CACHE_OPTIONS": {"seconds": seconds},
        "RATELIMIT_ENABLED": settings.rate_limit_enabled,
        "RATELIMIT_STORAGE_URI": f"{_shared_scheme() if shared else counters.SCHEME}://",
        "RATELIMIT_STORAGE_OPTIONS": {"url": settings.redis_url, "seconds": seconds} if shared else {},
        "RATELIMIT_KEY_PREFIX": PREFIX,
    }


def _shared_scheme() -> str:
    from engine.web.access import shared_windows  # here, since a worker alone needs no client of Redis

    return shared_windows.SCHEME


View = TypeVar("View", bound=Callable[..., Any])


class NamedLimiter(Limiter):
    """Stores the name of the quota on each view, for the OpenAPI document."""

    def limit(self, quota: Callable[[], str]) -> Callable[[View], View]:  # type: ignore[override]
        """Return a decorator that counts a view's requests against `quota`."""
        decorate = super().limit(quota)

        def limited(view: View) -> View:
            decorated: Any = decorate(view)
            decorated.quota = getattr(quota, "quota", None)
            return cast(View, decorated)

        return limited


limiter = NamedLimiter(quotas.bucket, strategy="sliding-window-counter", on_breach=quotas.refuse)
limiter.request_filter(quotas.is_unlimited)
