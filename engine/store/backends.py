"""Choose the back end: memory alone, or Redis for any number of workers and hosts."""

import uuid
from typing import Any, cast

import redis
from cachelib import RedisCache
from cachelib.base import BaseCache
from cachelib.redis_base import BaseRedisCache
from limits.storage import Storage, storage_from_string

from engine.config import Settings
from engine.store import Store, shared_counters
from engine.store.key_prefix import KEY_PREFIX
from engine.store.local_counters import LocalCounters
from engine.store.memory import MemoryCache
from engine.store.sequence import SharedPlaces, SharedSequence


def timeouts(settings: Settings) -> dict[str, float]:
    """Return the options of a client of Redis that limit its waits, in seconds."""
    seconds = settings.redis_timeout_seconds
    return {"socket_timeout": seconds, "socket_connect_timeout": seconds}


def store(settings: Settings, cache: BaseCache) -> Store:
    """Build the store on the configured cache."""
    if settings.cache_type == "memory":
        return Store(cast(MemoryCache, cache))
    memory = MemoryCache(settings.cache_max_entries, settings.cache_max_bytes)
    return Store(memory, cast(BaseRedisCache, cache))


def kept(settings: Settings) -> Store:
    """Build a store on what a running engine keeps in Redis, for commands beside it."""
    client = redis.Redis.from_url(settings.redis_url, **timeouts(settings))
    return Store(MemoryCache(), RedisCache(client, key_prefix=KEY_PREFIX))


def counts(settings: Settings) -> Storage:
    """Build the storage that counts calls against budgets."""
    if settings.cache_type == "memory":
        return LocalCounters()
    storage: Any = storage_from_string(
        shared_counters.SCHEME + settings.redis_url, wrap_exceptions=True, **timeouts(settings)
    )
    assert isinstance(storage, Storage)  # noqa: S101 - redis:// gives a synchronous one
    return storage


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
