"""Which back end remembers what: memory alone, or Redis for any number of workers and hosts."""

from typing import Any, cast

from cachelib.base import BaseCache
from limits.storage import MemoryStorage, Storage, storage_from_string

from engine.config import Settings
from engine.store import Store, shared_counters
from engine.store.memory import Shelf
from engine.version import VERSION
from engine.web.access import counters
from engine.web.access.quotas import PREFIX

REDIS_SECONDS = 0.5
"""Longer than this Redis is not waited for, whatever is asked of it."""
TIMEOUTS = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}


def configuration(settings: Settings) -> dict[str, Any]:
    """What Flask's extensions have to know."""
    shared = settings.cache_type == "redis"
    return {
        "CACHE_TYPE": "RedisCache" if shared else "engine.store.memory.Shelf",
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


def store(settings: Settings, cache: BaseCache) -> Store:
    """The store over the cache that was configured."""
    if settings.cache_type == "memory":
        return Store(cast(Shelf, cache))
    return Store(Shelf(settings.cache_max_entries, settings.cache_max_bytes), cache)


def counts(settings: Settings) -> Storage:
    """Where budgets are counted."""
    if settings.cache_type == "memory":
        return MemoryStorage()
    made: Any = storage_from_string(
        shared_counters.SCHEME + settings.redis_url, wrap_exceptions=True, **TIMEOUTS
    )
    assert isinstance(made, Storage)  # noqa: S101 - redis:// gives a synchronous one
    return made
