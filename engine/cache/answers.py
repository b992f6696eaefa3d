"""Answers: the bytes to send, serialised once. A hit only appends the age."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec
import orjson
from msgspec.structs import replace

from engine.cache.csv_table import END, csv_table
from engine.cache.entries import Entry
from engine.timestamps import AHEAD

ANSWER_SHARED = 120.0
"""Seconds that an answer stays in Redis.

It can be built again from its entries. If it stayed for a day, clients with many queries would fill Redis.
"""


class Validity(msgspec.Struct, frozen=True, kw_only=True):
    """The age of data: from `made` (Unix seconds), and fresh for `lifetime` seconds.

    `times` are those of the parts. `forwarded` says that this request called providers.
    """

    made: float
    lifetime: float
    times: tuple[float, ...] = ()
    forwarded: bool = False

    @classmethod
    def of(cls, entries: Iterable[Entry], asked: float) -> "Validity":
        """Return the validity of data from `entries`, for a request at `asked` (Unix seconds)."""
        parts = list(entries)
        times = tuple(entry.made for entry in parts)
        expires = min(entry.made + entry.lifetime for entry in parts)
        made = min(times)
        asked = int(asked * 1000) / 1000
        return cls(made=made, lifetime=expires - made, times=times, forwarded=made >= asked)

    def age(self, now: float) -> float:
        """Return the age in seconds."""
        return max(0.0, now - self.made)

    def stale(self, now: float) -> bool:
        """Return whether the lifetime is over, or `made` lies in the future."""
        return not -AHEAD <= now - self.made < self.lifetime

    def stale_at(self, age: float) -> bool:
        """Return whether the lifetime is over at this `age` (seconds)."""
        return age >= self.lifetime


class Table(msgspec.Struct, frozen=True):
    """Facts for the headers of CSV: labelled `sources`, currency, and number of `gaps`."""

    sources: tuple[str, ...]
    gaps: int = 0
    quote: str | None = None


class Answer(Validity, frozen=True, kw_only=True):
    """JSON up to the last part of `meta`, which depends on the time of the request; or CSV, with a `table`.

    `key` is its key in the cache. `negotiable` says that clients can choose between JSON and CSV. `packed`
    has its compressed bytes by encoding, built on first use.
    """

    head: bytes
    tag: str
    key: str = ""
    negotiable: bool = False
    table: Table | None = None
    packed: dict[str, bytes] = msgspec.field(default_factory=dict)

    @classmethod
    def with_body(
        cls,
        body: Mapping[str, object],
        meta: Mapping[str, object],
        validity: Validity,
        *,
        negotiable: bool = False,
    ) -> "Answer":
        """Return the answer with `body` and, as its last member, `meta`."""
        beginning = orjson.dumps(meta)[:-1] + (b"," if meta else b"")
        head = orjson.dumps({"success": True, **body})[:-1] + b',"meta":' + beginning
        return cls._of(head, validity, negotiable, None)

    @classmethod
    def with_rows(
        cls, names: Sequence[str], rows: Iterable[Iterable[object]], table: Table, validity: Validity
    ) -> "Answer":
        """Return the answer as CSV, with a header line of `names`."""
        return cls._of(csv_table(names, rows), validity, True, table)

    @classmethod
    def _of(cls, head: bytes, validity: Validity, negotiable: bool, table: Table | None) -> "Answer":
        return cls(
            head=head,
            negotiable=negotiable,
            table=table,
            tag=blake2b(head, digest_size=12).hexdigest(),
            made=validity.made,
            lifetime=validity.lifetime,
            times=validity.times,
            forwarded=validity.forwarded,
        )

    @property
    def weight(self) -> int:
        """Approximate bytes in memory, including compressed ones."""
        return 2 * len(self.head)

    def moved(self, seconds: float, *, due: bool) -> "Answer":
        """Return the answer with its time moved, and stale if it is `due`."""
        return replace(self, made=self.made + seconds, lifetime=0.0 if due else self.lifetime)

    def end(self, now: float) -> bytes:
        """Return the bytes after the head at `now`."""
        if self.table is not None:
            return END
        age = self.age(now)
        return b'"stale":%b,"ageSeconds":%.1f}}' % (b"true" if self.stale_at(age) else b"false", age)

    def body(self, now: float) -> bytes:
        """Return the bytes to send at `now`."""
        return self.head + self.end(now)
