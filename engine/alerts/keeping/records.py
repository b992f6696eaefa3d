"""Rules and deliveries as values, as the database has them. Times are Unix seconds."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.alerts.evaluation.running import NEW, Memory
from engine.alerts.notify import Notify

KEPT = 30 * 86_400.0
"""Seconds for which deliveries are kept."""


class KeptRule(msgspec.Struct, frozen=True):
    """A rule of `owner`, the name of a key, as it was `given`. An `ended` one is not evaluated."""

    id: str
    owner: str
    created: float
    given: Mapping[str, Any]
    secrets: tuple[str, ...]
    memory: Memory = NEW
    revision: int = 1
    sequence: int = 0
    ended: float | None = None
    ended_reason: str | None = None


class OutboxEntry(msgspec.Struct, frozen=True):
    """A new message for one target. `place` is the position of the target in the rule's `notify`."""

    message: str
    rule: str
    place: int
    notify: Notify
    body: bytes
    created: float


class Delivery(msgspec.Struct, frozen=True):
    """An outbox entry that is due, after so many `attempts`. `secrets` are the rule's present ones.

    `target` is equal for targets that share a receiver.
    """

    number: int
    message: str
    rule: str
    target: str
    owner: str
    notify: Notify
    body: bytes
    created: float
    attempts: int
    secrets: tuple[str, ...]


class Attempt(msgspec.Struct, frozen=True):
    """The outcome of an attempt, and when the next one is `due`. Before the first attempt, `number` is 0."""

    message: str
    number: int
    time: float
    status: int | None
    outcome: str
    due: float | None


class MemoryChange(msgspec.Struct, frozen=True):
    """A rule's new memory in place of that of `sequence`, with the outbox entries that belong to it."""

    rule: str
    revision: int
    sequence: int
    memory: Memory
    entries: tuple[OutboxEntry, ...] = ()
    ended: str | None = None
    """Why the rule ends, `None` while it goes on."""
