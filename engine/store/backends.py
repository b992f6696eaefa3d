"""Choose the back end: memory alone, or Redis for any number of workers and hosts."""

import uuid
from typing import Any, cast

from cachelib import RedisCache
from cachelib.base import BaseCache
from cachelib.redis_base import BaseRedisCache
from limits.storage import Storage

from engine.config import Settings
from engine.store import Store
from engine.store.connecting import connect
from engine.store.key_prefix import KEY_PREFIX
from engine.store.local_counters import LocalCounters
from engine.store.memory import MemoryCache
from engine.store.sequence import SharedPlaces, SharedSequence
from engine.store.shared_counters import Counters


def make_cache(app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> RedisCache:
    """Build the cache in Redis for Flask-Caching from its configuration."""
    client = connect(config["CACHE_REDIS_URL"], **config["CACHE_OPTIONS"])
    return RedisCache(client, key_prefix=config["CACHE_KEY_PREFIX"])


def store(settings: Settings, cache: BaseCache) -> Store:
    """Build the store on the configured cache."""
    if settings.cache_type == "memory":
        return Store(cast(MemoryCache, cache))
    memory = MemoryCache(settings.cache_max_entries, settings.cache_max_bytes)
    return Store(memory, cast(BaseRedisCache, cache))


def kept(settings: Settings) -> Store:
    """Build a store on what a running engine keeps in Redis, for commands beside it."""
    client = connect(settings.redis_url, settings.redis_timeout_seconds)
    return Store(MemoryCache(), RedisCache(client, key_prefix=KEY_PREFIX))


def counts(settings: Settings) -> Storage:
    """Build the storage that counts calls against budgets."""
    if settings.cache_type == "memory":
        return LocalCounters()
    return Counters(settings.redis_url, settings.redis_timeout_seconds)


def sequence(settings: Settings, kept: int) -> SharedSequence | None:
    """Build the sequence that workers share, with messages of `kept` milliseconds; `None` without Redis."""
    if settings.cache_type == "memory":
        return None
    seconds = settings.redis_timeout_seconds
    return SharedSequence(settings.redis_url, KEY_PREFIX, uuid.uuid4().hex, kept, seconds=seconds)


def places(settings: Settings) -> SharedPlaces | None:
    """Build the count of owners' streams that workers share; `None` without Redis."""
    if settings.cache_type == "memory":
        return None
    return SharedPlaces(settings.redis_url, KEY_PREFIX, seconds=settings.redis_timeout_seconds)
