"""The inputs of evaluation: stored rules, and the facts of an update."""

import msgspec

from engine.alerts.evaluation.running import NEW, Memory
from engine.alerts.rules.rule import Rule
from engine.streaming.channels import Channel


class Loaded(msgspec.Struct, frozen=True):
    """A stored rule. `revision` counts its owner's changes, `sequence` those of its memory.

    The prices of the channels `confirming` confirm its candles.
    """

    id: str
    rule: Rule
    memory: Memory = NEW
    revision: int = 1
    sequence: int = 0
    confirming: tuple[Channel, ...] = ()


class Update(msgspec.Struct, frozen=True):
    """The time of an update (Unix milliseconds), its cursor, and its provider.

    `doubt` says why its figures are not good enough for rules, and is empty if they are.
    """

    now: int
    cursor: str | None = None
    source: str = ""
    doubt: str = ""
