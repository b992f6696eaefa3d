"""Rules and deliveries as they are kept, as values. Times are Unix seconds."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.alerts.evaluation.running import NEW, Memory
from engine.alerts.notify import Notify

KEPT = 30 * 86_400.0
"""Seconds for which deliveries can be looked at."""


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


class Told(msgspec.Struct, frozen=True):
    """Something to tell to one target. `place` is that of the target in the rule's `notify`."""

    message: str
    rule: str
    place: int
    notify: Notify
    body: bytes
    created: float


class Delivery(msgspec.Struct, frozen=True):
    """What is due for a target, after so many `attempts`. `secrets` are those of the rule now.

    `target` is the same for targets that share a receiver.
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
    """What came of an attempt, and when the next one is `due`. Before the first one, `number` is 0."""

    message: str
    number: int
    time: float
    status: int | None
    outcome: str
    due: float | None


class Turn(msgspec.Struct, frozen=True):
    """A change of a rule's memory, from the `sequence` that it had, and what is to be told of it."""

    rule: str
    revision: int
    sequence: int
    memory: Memory
    told: tuple[Told, ...] = ()
    ended: str | None = None
    """Why it is not evaluated any more."""
