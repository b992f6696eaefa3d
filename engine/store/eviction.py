"""Choose which value to drop first: by its kind, by the clients that caused it, and by its last use.

Derived data is dropped first, because the engine can compute it again. Windows of candles for one client are
next. Received data that serves all clients is last, because nothing replaces it when providers fail. Each
kind has a share of the memory that the other kinds cannot take. Within a kind, the group of clients with the
most data loses entries first. A client is only known as one of a few groups, so that no identity is stored.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextvars import ContextVar

GROUPS = 64
ENGINE = -1
"""The group of values that the engine stores without a request."""
DERIVED, WINDOWS, RECEIVED = range(3)
KINDS = {"answer": DERIVED, "failed": DERIVED, "flight": DERIVED, "window": WINDOWS}
"""The kind of a value by the prefix of its key. All other values are received."""
SHARES = (0.25, 0.25, 0.5)
"""The share of the memory that is reserved for each kind. The sum is 1."""

_group: ContextVar[int] = ContextVar("group", default=ENGINE)


def attribute_to(bucket: str) -> None:
    """Attribute the values that the current request stores to the group of `bucket`."""
    _group.set(int(bucket[:4], 16) % GROUPS)


class Queue(OrderedDict[str, None]):
    """The keys of one kind and group, the least recently used first."""

    def __init__(self, kind: int, group: int) -> None:
        super().__init__()
        self.kind, self.group = kind, group
        self.bytes = 0


class EvictionOrder:
    """Orders keys in queues, and totals the entries and bytes of each kind."""

    def __init__(self) -> None:
        self.bytes = 0
        self._entries, self._bytes = [0] * len(SHARES), [0] * len(SHARES)
        self._queues: list[dict[int, Queue]] = [{} for _ in SHARES]

    def queue(self, key: str) -> Queue:
        """Return the queue for a new key."""
        kind = KINDS.get(key.partition(":")[0], RECEIVED)
        queues, group = self._queues[kind], _group.get()
        if group not in queues:
            queues[group] = Queue(kind, group)
        return queues[group]

    def add(self, queue: Queue, key: str, weight: int) -> None:
        """Put a key at the end of its queue."""
        queue[key] = None
        queue.bytes += weight
        self._count(queue.kind, 1, weight)

    def remove(self, queue: Queue, key: str, weight: int) -> None:
        """Remove a key from its queue."""
        del queue[key]
        queue.bytes -= weight
        self._count(queue.kind, -1, -weight)

    def next_dropped(self, entries: int, size: int) -> str | None:
        """Return the next key to drop, if there are more than `entries` or more than `size` bytes."""
        count = sum(self._entries)
        if count > entries:
            return self._least(self._entries, entries, len)
        if self.bytes > size and count > 1:
            return self._least(self._bytes, size, lambda queue: queue.bytes)
        return None

    def _least(self, held: Sequence[int], limit: int, measure: Callable[[Queue], int]) -> str:
        """Return the least recently used key of the largest group, in the first kind beyond its share."""
        kind = next(it for it, share in enumerate(SHARES) if held[it] > share * limit)
        queues = filter(None, self._queues[kind].values())
        most = max(queues, key=lambda queue: (queue.group != ENGINE, measure(queue)))
        return next(iter(most))

    def _count(self, kind: int, entries: int, weight: int) -> None:
        self._entries[kind] += entries
        self._bytes[kind] += weight
        self.bytes += weight
