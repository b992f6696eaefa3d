"""The sequence in Redis: the lease of the leader, appending messages, and reading them."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import redis

from engine.store import ThrottledWarnings
from engine.store._codec import Unreadable, decode, encode
from engine.store._shared import is_wrong_type
from engine.store.connecting import BROKEN, connect
from engine.store.sequence import _scripts
from engine.store.sequence.values import (
    Batch,
    Loaded,
    Place,
    Refused,
    Sent,
    SequenceStatus,
    Unavailable,
    read_place,
)

T = TypeVar("T")

LEASE = 2_000
"""Milliseconds after which another worker takes over from a dead leader."""
WANTED = 10_000
"""Milliseconds after which the wanted channels of a dead worker expire."""
LIVE = 10_000
"""Milliseconds for which every message is kept, for workers that read."""
KEYS_KEPT = 3_600_000
"""Milliseconds for which Redis keeps the sequence after every worker has ended."""
WAIT = 500
"""Milliseconds that a reader waits for messages."""
PAGE = 50
"""Batches of one read, so that it blocks neither Redis nor the worker for long."""
NAMES = ("leader", "state", "live", "log", "newest", "reached", "wanted")


class SharedSequence:
    """The sequence of all workers whose keys have the same `prefix`. Its methods raise `Unavailable`.

    Messages are kept for `kept` milliseconds. `seconds` limits each wait for Redis.
    """

    def __init__(
        self,
        url: str,
        prefix: str,
        worker: str,
        kept: int,
        *,
        seconds: float,
        lease: int = LEASE,
        wanted: int = WANTED,
        wait: int = WAIT,
    ) -> None:
        self._keys = [f"{prefix}{{stream}}:{name}" for name in NAMES]
        _, self._state, self._live, self._log, self._newest, self._reached, _ = self._keys
        self._worker = worker
        self._kept = kept
        self._lease = lease
        self._wanted = wanted
        self._wait = wait
        self._warnings = ThrottledWarnings(time.monotonic)
        self._client = connect(url, seconds)
        self._reader = connect(url, seconds, reply=seconds + wait / 1000)
        self._scripts = {
            name: self._client.register_script(getattr(_scripts, name))
            for name in ("ELECT", "BEGIN", "APPEND", "ROOM", "RESIGN")
        }

    def elect(self, channels: Iterable[str]) -> SequenceStatus:
        """Take or renew the lease unless another worker leads, and store the channels that this one wants."""
        arguments = (self._worker, self._lease, KEYS_KEPT, self._wanted, *channels)
        leads, epoch, _, last, served, wanted = self._run("ELECT", arguments)

        def read() -> SequenceStatus:
            return SequenceStatus(
                bool(leads),
                None if epoch is None else epoch.decode(),
                None if last is None else read_place(last),
                served,
                [name.decode() for name in wanted],
            )

        return self._guarded(read)

    def has_room(self, channels: Collection[str], most: int, kinds: Collection[str]) -> bool:
        """Return whether channels may be added to those of some kinds that all workers want."""
        script, keys = self._scripts["ROOM"], [self._keys[-1]]
        return bool(self._guarded(lambda: script(keys=keys, args=[most, len(kinds), *kinds, *channels])))

    def resign(self) -> None:
        """Let another worker lead at once."""
        self._run("RESIGN", (self._worker,), keys=1)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._reader.close()

    def begin(self, epoch: str, place: Place, seeds: Iterable[Sent], reached: Mapping[str, int]) -> None:
        """Begin another sequence at a place, with earlier messages. Raises `Refused`."""
        messages = [argument for seed in seeds for argument in _arguments(seed)]
        ends = [part for channel, time in reached.items() for part in (channel, time)]
        head = (self._worker, epoch, str(place), place.time - 1, len(messages) // 4)
        self._done("BEGIN", (*head, *messages, *ends))

    def append(self, epoch: str, after: Place, messages: list[Sent]) -> None:
        """Append messages after the place `after`. A retry appends them once. Raises `Refused`."""
        last = messages[-1].place
        oldest = (last.time - LIVE, last.time - self._kept)
        arguments = [argument for message in messages for argument in _arguments(message)]
        self._done("APPEND", (self._worker, epoch, str(after), str(last), *oldest, *arguments))

    def load(self) -> Loaded | None:
        """Return the sequence as it is now, `None` where there is none."""

        def read() -> Loaded | None:
            epoch, begins, last = self._client.hmget(self._state, ["epoch", "begins", "last"])
            if not epoch:
                return None
            end = read_place(last)
            kept = [one for batch in self._pages("-", end) for one in batch.messages]
            newest = [one for one in self._newest_of() if one.place <= end]
            pairs = self._client.hgetall(self._reached)
            reached = {name.decode(): int(value) for name, value in pairs.items()}
            first = max(read_place(begins), Place(end.time - self._kept, 0))
            return Loaded(epoch.decode(), first, end, [*kept, *newest], reached)

        return self._guarded(read)

    def follow(self, place: Place) -> list[Batch]:
        """Return the batches after a place. Wait briefly for the first one, then return none."""
        wait, streams = self._wait or None, {self._live: str(place)}
        found = self._guarded(lambda: self._reader.xread(streams, count=PAGE, block=wait))
        return self._guarded(lambda: [self._batch(*entry) for _, entries in found for entry in entries])

    def missed(self, after: Place, last: Place) -> list[Sent]:
        """Return the kept messages after a place and up to another one, in any order."""

        def read() -> list[Sent]:
            kept = [one for batch in self._pages(f"({after}", last) for one in batch.messages]
            return [*kept, *(one for one in self._newest_of() if after < one.place <= last)]

        return self._guarded(read)

    def _pages(self, start: str, end: Place) -> Iterator[Batch]:
        """Yield the batches of the log up to a place, a page at a time, so that no read blocks Redis."""
        while entries := self._client.xrange(self._log, start, str(end), count=PAGE):
            for entry in entries:
                yield self._batch(*entry)
            start = "(" + entries[-1][0].decode()

    def _newest_of(self) -> list[Sent]:
        return [*self._decoded(self._client.hvals(self._newest))]

    def _batch(self, id_: bytes, fields: dict[bytes, bytes]) -> Batch:
        after = fields.pop(b"after", b"")
        return Batch(read_place(after) if after else None, read_place(id_), [*self._decoded(fields.values())])

    def _decoded(self, values: Iterable[bytes]) -> Iterator[Sent]:
        """Yield the readable messages, and log the others."""
        for value in values:
            try:
                yield decode(value, Sent)
            except Unreadable as error:
                self._warnings.warn("stream", error)

    def _done(self, name: str, arguments: Iterable[object]) -> None:
        if (answer := self._run(name, arguments)) != b"done":
            raise Refused(str(answer))

    def _run(self, name: str, arguments: Iterable[Any], *, keys: int = len(NAMES)) -> Any:
        return self._guarded(lambda: self._scripts[name](keys=self._keys[:keys], args=[*arguments]))

    def _guarded(self, step: Callable[[], T]) -> T:
        """Return the result of a step. Delete the keys if one has a type that the engine never writes."""
        try:
            return step()
        except redis.RedisError as error:
            if is_wrong_type(error):
                self._warnings.warn("stream", error)
                self._client.delete(*self._keys)
            raise Unavailable(type(error).__name__) from error
        except BROKEN as error:
            raise Unavailable(type(error).__name__) from error


def _arguments(sent: Sent) -> tuple[object, ...]:
    reached = "" if sent.reached is None else sent.reached
    return (sent.mark, sent.channel, reached, encode(sent))
