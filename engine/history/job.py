"""Jobs that fill a part of a series, as values."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from engine.history.series import SeriesKey

State = Literal["waiting", "running", "done", "failed", "cancelled"]
OPEN: tuple[State, ...] = ("waiting", "running")
"""The states of open jobs."""
COMMAND = "command"
"""The owner of jobs that were started by a command."""


class Job(msgspec.Struct, frozen=True):
    """Fills the candles of `key` that open in `[first, until)`. Times are Unix milliseconds.

    It continues at `at`, `done` of `total` chunks are finished, and `candles` were found. `failures` has the
    errors by the start of their chunk. `listed` is when the coin's first candle opens, if that is known, and
    `venue` the provider to ask first.
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
        """Whether it is neither finished nor cancelled."""
        return self.state in OPEN
