"""Who is asking: a key's owner or an address, as a keyed hash that tells nobody which one."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from limits.strategies import SlidingWindowCounterRateLimiter

from engine.config.keys_file import TIERS
from engine.store import Store
from engine.web.access.counters import WITHIN, SlidingWindowStorage
from engine.web.access.keys import Keys

SECRET_BYTES = 16
SECRET_KEPT = 86_400.0
"""Seconds after which a new secret is made, so that no hash can be followed for longer."""
LOOK_AGAIN = 60.0
"""Seconds between two looks at the secret that all workers share."""
NETWORK, SITE = 8, 6
"""Bytes of the /64 that a household or a server is given, and of the /48 that whole sites are given."""
MAPPED = b"\0" * 10 + b"\xff\xff"
"""What an address of IPv4 begins with where it is written as one of IPv6."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose quota is counted, and how many times the usual one it is; `None`: without bounds."""

    bucket: str
    times: int | None = 1


class Callers:
    """Knows callers by what came with their requests, and forgets it."""

    def __init__(self, keys: Keys, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._store = store
        self._clock = clock
        self._own = os.urandom(SECRET_BYTES)
        self.alone = SlidingWindowCounterRateLimiter(SlidingWindowStorage())
        """Counts in this worker alone, for when Redis is away or nobody has a quota."""
        self._until = float("-inf")

    def by_address(self, environ: Mapping[str, Any]) -> Caller:
        """Return the caller at this address, or in this network of IPv6 (its bucket names the site first)."""
        client = network(environ.get("REMOTE_ADDR", ""))
        if len(client) != NETWORK:
            return Caller(self._hash(b"address:" + client).hexdigest())
        hashed = self._hash(b"address:" + client[:SITE])
        site = hashed.hexdigest()
        hashed.update(client[SITE:])
        return Caller(f"{site}{WITHIN}{hashed.hexdigest()}")

    def by_key(self, text: str) -> Caller | None:
        """Whoever owns this key, `None` where nobody does."""
        key = self._keys.find(text)
        if key is None:
            return None
        return Caller(self._hash(b"key:" + key.digest).hexdigest(), TIERS[key.tier])

    def _hash(self, identity: bytes) -> blake2b:
        return blake2b(identity, key=self._secret(), digest_size=12)

    def _secret(self) -> bytes:
        """Random, and the same for all workers that share a store."""
        now = self._clock()
        if now >= self._until:
            if self._store.is_shared:
                self._store.add("secret", self._own, SECRET_KEPT)
                self._own = self._store.get("secret", bytes, _is_secret) or self._own
            self._until = now + LOOK_AGAIN
        return self._own


def _is_secret(value: bytes) -> bool:
    return len(value) == SECRET_BYTES


def sent_key(environ: Mapping[str, Any]) -> str | None:
    """The key that came with a request. `X-API-Key` wins: a proxy may want `Authorization` for itself."""
    if text := environ.get("HTTP_X_API_KEY", "").strip():
        return str(text)
    scheme, _, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return text.strip() or None if scheme.lower() == "bearer" else None


def network(text: str) -> bytes:
    """The address that counts as one client: with IPv6 the /64 that a household or a server is given."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        if ":" not in host:
            return socket.inet_pton(socket.AF_INET, host)
        address = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
    except (OSError, UnicodeEncodeError):
        return b"unknown"
    return address[12:] if address.startswith(MAPPED) else address[:NETWORK]
