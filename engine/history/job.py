"""Jobs that fill a part of a series, as values."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from engine.history.series import SeriesKey

State = Literal["waiting", "running", "done", "failed", "cancelled"]
OPEN: tuple[State, ...] = ("waiting", "running")
"""The states of jobs that go on."""
COMMAND = "command"
"""The owner of jobs that were started by command."""


class Job(msgspec.Struct, frozen=True):
    """Fills the candles of `key` that open in `[first, until)`. Times are Unix milliseconds.

    `at` is where it goes on, `done` of `total` chunks are finished, and `candles` were found. `failures` has
    what went wrong by the start of the chunk. `listed` is when the coin's first candle opens, where that is
    known, and `venue` the provider that is asked first.
    """

    id: str
    owner: str
    symbol: str
    key: SeriesKey
    first: int
    until: int
    at: int
    total: int
    done: int = 0
    candles: int = 0
    state: State = "waiting"
    venue: str | None = None
    listed: int | None = None
    failures: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.state in OPEN
