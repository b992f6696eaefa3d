"""The caller who opens a stream, identified by a key, by a ticket of a key's owner, or by an address."""

import os
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from engine.config.keys_file import Key
from engine.config.tiers import Tier
from engine.errors import ApiError
from engine.store import Store
from engine.web.access.callers import Callers, owner_of, sent_key

TICKET_SECONDS = 30.0
DIGEST = re.compile("[0-9a-f]{64}").fullmatch


class StreamCaller(msgspec.Struct, frozen=True):
    """The owner whose limits a stream counts against. `digest` is that of the key, in hexadecimal."""

    owner: str
    digest: str | None
    limits: Tier


class Ticket(msgspec.Struct, frozen=True):
    """The key that a ticket stands for."""

    digest: str
    name: str
    tier: str

    @property
    def is_sound(self) -> bool:
        """Whether its digest is one."""
        return DIGEST(self.digest) is not None


class Unauthorized(ApiError):
    """A key or a ticket is unknown, or missing where one is needed."""

    code = "UNAUTHORIZED"
    status = 401


def issue(callers: Callers, store: Store, environ: Mapping[str, Any]) -> str:
    """Return a ticket for the key of a request. Raises `Unauthorized`."""
    key = _key(callers, environ)
    if key is None:
        raise Unauthorized("A ticket needs an API key")
    ticket = os.urandom(24).hex()
    store.set(_name(ticket), Ticket(key.digest.hex(), key.name, key.tier), TICKET_SECONDS)
    return ticket


def caller_of(callers: Callers, store: Store, environ: Mapping[str, Any], ticket: str | None) -> StreamCaller:
    """Return the caller of a stream. A ticket is valid once. Raises `Unauthorized`."""
    if ticket is not None:
        name = _name(ticket)
        known = store.get(name, Ticket)
        if (
            known is None
            or not callers.has_tier(known.tier)  # another host may have more tiers, and take the ticket
            or not store.add(f"{name}:used", "", TICKET_SECONDS)
        ):
            raise Unauthorized("The ticket is unknown, used or older than 30 seconds")
        return StreamCaller(owner_of(known.name), known.digest, callers.limits(known.tier))
    key = _key(callers, environ)
    if key is not None:
        return StreamCaller(owner_of(key.name), key.digest.hex(), callers.limits(key.tier))
    address = callers.by_address(environ)
    return StreamCaller(address.bucket, None, address.limits)


def _key(callers: Callers, environ: Mapping[str, Any]) -> Key | None:
    """Return the key of a request, `None` where it has none. Raises `Unauthorized` for an unknown one."""
    text = sent_key(environ)
    if text is None:
        return None
    key = callers.find_key(text)
    if key is None:
        raise Unauthorized("Unknown API key")
    return key


def _name(ticket: str) -> str:
    return f"ticket:{sha256(ticket.encode()).hexdigest()}"
