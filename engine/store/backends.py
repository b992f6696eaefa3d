"""Choose the back end: memory alone, or Redis for any number of workers and hosts.

What is shared is imported where it is built, since redis-py and what it imports take a tenth of a start.
"""

import uuid
from typing import TYPE_CHECKING, Any, cast

from cachelib import RedisCache
from cachelib.base import BaseCache
from cachelib.redis_base import BaseRedisCache
from limits.storage import Storage

from engine.config import Settings
from engine.store import Store
from engine.store.key_prefix import KEY_PREFIX
from engine.store.local_counters import LocalCounters
from engine.store.memory import MemoryCache

if TYPE_CHECKING:
    from engine.store.sequence.places import SharedPlaces
    from engine.store.sequence.sequence import SharedSequence


def load(settings: Settings) -> None:
    """Import what the configured back end needs, in the process of which the workers are forks."""
    if settings.cache_type == "redis":
        import engine.store.sequence.places
        import engine.store.sequence.sequence
        import engine.store.shared_counters  # noqa: F401


def make_cache(app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> RedisCache:
    """Build the cache in Redis for Flask-Caching from its configuration."""
    return _cache(config["CACHE_REDIS_URL"], config["CACHE_KEY_PREFIX"], **config["CACHE_OPTIONS"])


def store(settings: Settings, cache: BaseCache) -> Store:
    """Build the store on the configured cache."""
    if settings.cache_type == "memory":
        return Store(cast(MemoryCache, cache))
    memory = MemoryCache(settings.cache_max_entries, settings.cache_max_bytes)
    return Store(memory, cast(BaseRedisCache, cache))


def kept(settings: Settings) -> Store:
    """Build a store on what a running engine keeps in Redis, for commands beside it."""
    return Store(MemoryCache(), _cache(settings.redis_url, KEY_PREFIX, settings.redis_timeout_seconds))


def counts(settings: Settings) -> Storage:
    """Build the storage that counts calls against budgets."""
    if settings.cache_type == "memory":
        return LocalCounters()
    from engine.store.shared_counters import Counters

    return Counters(settings.redis_url, settings.redis_timeout_seconds)


def sequence(settings: Settings, kept: int) -> "SharedSequence | None":
    """Build the sequence that workers share, with messages of `kept` milliseconds; `None` without Redis."""
    if settings.cache_type == "memory":
        return None
    from engine.store.sequence.sequence import SharedSequence

    seconds = settings.redis_timeout_seconds
    return SharedSequence(settings.redis_url, KEY_PREFIX, uuid.uuid4().hex, kept, seconds=seconds)


def places(settings: Settings) -> "SharedPlaces | None":
    """Build the count of owners' streams that workers share; `None` without Redis."""
    if settings.cache_type == "memory":
        return None
    from engine.store.sequence.places import SharedPlaces

    return SharedPlaces(settings.redis_url, KEY_PREFIX, seconds=settings.redis_timeout_seconds)


def _cache(url: str, prefix: str, seconds: float) -> RedisCache:
    from engine.store.connecting import connect

    return RedisCache(connect(url, seconds), key_prefix=prefix)
