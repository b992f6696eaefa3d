"""Values of a sequence: its places and messages, and its status in Redis."""

from typing import Any, Literal, NamedTuple

import msgspec

Mark = Literal["kept", "newest", "ended", "forgotten"]


class Unavailable(Exception):
    """Redis is unavailable."""


class Refused(Exception):
    """Redis has appended nothing, because another worker leads or has begun another sequence."""


class Place(NamedTuple):
    """The place of a message: its time (Unix milliseconds) and its number within that millisecond."""

    time: int
    number: int

    def next(self, now: int) -> "Place":
        """Return the place of a message that follows at `now`; time never goes back."""
        return Place(now, 0) if now > self.time else Place(self.time, self.number + 1)

    def __str__(self) -> str:
        """Return the place as Redis writes the id of an entry."""
        return f"{self.time}-{self.number}"


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """A message as Redis stores it. `body` is JSON, encoded once for all clients of all workers.

    A `kept` message stays for minutes. A `newest` message stays until the next one of its channel. An `ended`
    message means that its channel is no longer fed, and a `forgotten` one that its series will begin anew.
    `reached` is the open time of the last candle that this message or an earlier one reports as closed or
    missing.
    """

    time: int
    number: int
    channel: str
    mark: Mark
    kind: str
    reached: int | None
    body: bytes

    @property
    def place(self) -> Place:
        """The message's place in the sequence."""
        return Place(self.time, self.number)


class Batch(NamedTuple):
    """Messages that were appended together, after the batch that ended at `after`."""

    after: Place | None
    last: Place
    messages: list[Sent]


class SequenceStatus(NamedTuple):
    """Whether a worker leads, and the sequence in Redis. `epoch` and `last` are `None` without one.

    `served` is the number of milliseconds since a leader renewed its lease. Only the leader gets `channels`,
    which all workers want.
    """

    leads: bool
    epoch: str | None
    last: Place | None
    served: int | None
    channels: list[str]


class Loaded(NamedTuple):
    """A sequence as it was at the place `last`. Nothing is missing after `begins`."""

    epoch: str
    begins: Place
    last: Place
    messages: list[Sent]
    reached: dict[str, int]


def read_place(text: Any) -> Place:
    """Return the place in an id of Redis. Raises `ValueError`."""
    time, _, number = text.decode("ascii").partition("-")
    return Place(int(time), int(number))
