"""Identify callers by key or address, as a keyed hash that reveals neither."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec
from limits.strategies import SlidingWindowCounterRateLimiter

from engine.config.keys_file import Key
from engine.config.tiers import Tier, Tiers
from engine.store import Store
from engine.web.access.counters import WITHIN, SlidingWindowStorage
from engine.web.access.keys import Keys

SECRET_BYTES = 16
SECRET_KEPT = 86_400.0
"""Seconds until a new secret replaces the old one, so that no hash can be traced for longer."""
LOOK_AGAIN = 60.0
"""Seconds between two reads of the secret that all workers share."""
NETWORK, SITE = 8, 6
"""Bytes of the /64 that a household or a server has, and of the /48 that a site has."""
MAPPED = b"\0" * 10 + b"\xff\xff"
"""The prefix of IPv4 addresses in IPv6 notation."""


class Caller(msgspec.Struct, frozen=True):
    """The quota bucket of a caller and its limits. `name` and `tier` are those of its key, `None` without.

    `times` is the factor of the quotas in the settings, `None` for no limit.
    """

    bucket: str
    times: float | None
    limits: Tier
    name: str | None = None
    tier: str | None = None

    @property
    def owner(self) -> str:
        """Whose streams are counted together: those of all keys of a name, or of an address."""
        return self.bucket if self.name is None else owner_of(self.name)


class Peer:
    """A client's address, with the caller that it is under one secret."""

    __slots__ = ("address", "caller", "secret")

    def __init__(self, address: str) -> None:
        self.address = address
        self.secret = b""
        self.caller: Caller | None = None


class Callers:
    """Identifies callers by their requests, and stores nothing about them."""

    def __init__(
        self,
        keys: Keys,
        store: Store,
        tiers: Tiers,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._limits = {name: (tiers.times(name), tiers.of(name)) for name in (None, *tiers.names)}
        self._store = store
        self._clock = clock
        self._own = os.urandom(SECRET_BYTES)
        self.alone = SlidingWindowCounterRateLimiter(SlidingWindowStorage())
        """Counts in this worker alone, where quotas are off."""
        self._until = float("-inf")

    def by_address(self, environ: Mapping[str, Any]) -> Caller:
        """Return the caller at this address, or in this IPv6 network (whose bucket starts with the site)."""
        client = network(environ.get("REMOTE_ADDR", ""))
        if len(client) != NETWORK:
            return self._caller(self._hash(b"address:" + client).hexdigest())
        hashed = self._hash(b"address:" + client[:SITE])
        site = hashed.hexdigest()
        hashed.update(client[SITE:])
        return self._caller(f"{site}{WITHIN}{hashed.hexdigest()}")

    def by_peer(self, peer: Peer) -> Caller:
        """Return the caller at the address of `peer`, hashed once as long as the secret is the same."""
        secret = self._secret()
        if peer.caller is None or peer.secret is not secret:
            peer.secret, peer.caller = secret, self.by_address({"REMOTE_ADDR": peer.address})
        return peer.caller

    def by_key(self, text: str) -> Caller | None:
        """Return the owner of this key, `None` if it is unknown. All keys of a name have one bucket."""
        key = self._keys.find(text)
        if key is None:
            return None
        return self._caller(self._hash(b"key:" + key.name.encode()).hexdigest(), key.name, key.tier)

    def find_key(self, text: str) -> Key | None:
        """Return what is stored about this key, `None` if it is unknown."""
        return self._keys.find(text)

    def is_known(self, digest: str) -> bool:
        """Return whether the key with a digest, in hexadecimal, is still known."""
        return self._keys.has(bytes.fromhex(digest))

    def names(self) -> frozenset[str]:
        """Return the names of all keys that are known now."""
        return self._keys.names()

    def has_tier(self, tier: str) -> bool:
        """Return whether keys may have this tier."""
        return tier in self._limits

    def limits(self, tier: str | None) -> Tier:
        """Return the limits of a tier, `None` for that of callers without a key."""
        return self._limits[tier][1]

    def _caller(self, bucket: str, name: str | None = None, tier: str | None = None) -> Caller:
        times, limits = self._limits[tier]
        return Caller(bucket, times, limits, name, tier)

    def _hash(self, identity: bytes) -> blake2b:
        return blake2b(identity, key=self._secret(), digest_size=12)

    def _secret(self) -> bytes:
        """Return the random secret that all workers of a store share."""
        now = self._clock()
        if now >= self._until:
            if self._store.is_shared:
                self._store.add("secret", self._own, SECRET_KEPT)
                self._own = self._store.get("secret", bytes, _is_secret) or self._own
            self._until = now + LOOK_AGAIN
        return self._own


def owner_of(name: str) -> str:
    """Return the owner of the streams of all keys of a name."""
    return f"key:{name}"


def _is_secret(value: bytes) -> bool:
    return len(value) == SECRET_BYTES


def sent_key(environ: Mapping[str, Any]) -> str | None:
    """Return the key of a request. `X-API-Key` wins, because a proxy may use `Authorization` itself."""
    if text := environ.get("HTTP_X_API_KEY", "").strip():
        return str(text)
    scheme, _, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return text.strip() or None if scheme.lower() == "bearer" else None


def network(text: str) -> bytes:
    """Return the address that counts as one client; with IPv6 its /64 network."""
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
