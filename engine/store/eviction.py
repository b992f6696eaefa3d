"""Choose which value to drop first: by its kind, by the clients that caused it, and by its last use.

Data that the engine derived can be computed again, and goes first. Windows of candles that one client
requested are next. Received data that serves all clients goes last, because nothing else is left when
providers fail. Each kind has a share of the memory that the others cannot take. Within a kind, the clients
that hold most lose first. Clients are only known as one of a few groups, so that nothing about a client is
stored.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextvars import ContextVar

GROUPS = 64
ENGINE = -1
"""The group of the engine's own work."""
DERIVED, WINDOWS, RECEIVED = range(3)
KINDS = {"answer": DERIVED, "failed": DERIVED, "flight": DERIVED, "window": WINDOWS}
"""The kinds by key prefix; all other values were received."""
SHARES = (0.25, 0.25, 0.5)
"""The share of the memory that each kind keeps from the others; together all of it."""

_group: ContextVar[int] = ContextVar("group", default=ENGINE)


def on_account_of(bucket: str) -> None:
    """Count what the current request keeps from now on for the group of `bucket`."""
    _group.set(int(bucket[:4], 16) % GROUPS)


class Row(OrderedDict[str, None]):
    """The keys of one kind and group, the least used first."""

    def __init__(self, kind: int, group: int) -> None:
        super().__init__()
        self.kind, self.group = kind, group
        self.bytes = 0


class Order:
    """Rows of keys, and the total of each kind."""

    def __init__(self) -> None:
        self.bytes = 0
        self._entries, self._bytes = [0] * len(SHARES), [0] * len(SHARES)
        self._rows: list[dict[int, Row]] = [{} for _ in SHARES]

    def row(self, key: str) -> Row:
        """Return the row for a new key."""
        kind = KINDS.get(key.partition(":")[0], RECEIVED)
        rows, group = self._rows[kind], _group.get()
        if group not in rows:
            rows[group] = Row(kind, group)
        return rows[group]

    def add(self, row: Row, key: str, weight: int) -> None:
        """Put a key at the end of its row."""
        row[key] = None
        row.bytes += weight
        self._count(row.kind, 1, weight)

    def remove(self, row: Row, key: str, weight: int) -> None:
        """Take a key out of its row."""
        del row[key]
        row.bytes -= weight
        self._count(row.kind, -1, -weight)

    def first(self, entries: int, size: int) -> str | None:
        """Return the key to drop first if there are more than `entries`, or than `size` bytes."""
        count = sum(self._entries)
        if count > entries:
            return self._least(self._entries, entries, len)
        if self.bytes > size and count > 1:
            return self._least(self._bytes, size, lambda row: row.bytes)
        return None

    def _least(self, held: Sequence[int], room: int, measure: Callable[[Row], int]) -> str:
        """Return a key of the first kind beyond its share: the least used of the group with the most."""
        kind = next(it for it, share in enumerate(SHARES) if held[it] > share * room)
        rows = filter(None, self._rows[kind].values())
        most = max(rows, key=lambda row: (row.group != ENGINE, measure(row)))
        return next(iter(most))

    def _count(self, kind: int, entries: int, weight: int) -> None:
        self._entries[kind] += entries
        self._bytes[kind] += weight
        self.bytes += weight
