"""What goes into the book: rules as they are kept, and when something was heard."""

import msgspec

from engine.alerts.evaluation.running import NEW, Memory
from engine.alerts.rules.rule import Rule
from engine.streaming.channels import Channel


class Loaded(msgspec.Struct, frozen=True):
    """A rule as it is kept. `revision` counts its owner's changes, `sequence` those of its memory.

    The prices of the channels `confirming` confirm its candles.
    """

    id: str
    rule: Rule
    memory: Memory = NEW
    revision: int = 1
    sequence: int = 0
    confirming: tuple[Channel, ...] = ()


class News(msgspec.Struct, frozen=True):
    """When something was heard (Unix milliseconds), with its cursor, and of which provider.

    A `doubt` is why its figures are not good enough for rules.
    """

    now: int
    cursor: str | None = None
    source: str = ""
    doubt: str = ""
