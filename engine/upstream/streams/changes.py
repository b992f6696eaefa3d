"""The changes of a series of candles that are published, and the requests that it needs. Pure values."""

from typing import Literal

import msgspec

from providers import Candle

GapReason = Literal["no_trades", "venue_outage", "before_listing", "not_fetched", "unknown", "too_many"]
SourceReason = Literal["silent", "disconnected", "recovered"]


class Forming(msgspec.Struct, frozen=True):
    """The running candle, as its `venue` last sent it."""

    venue: str
    candle: Candle
    sent: int | None = None


class Closed(msgspec.Struct, frozen=True):
    """A candle that has closed. Each closes once, in order, before the next one begins."""

    venue: str
    candle: Candle


class Corrected(msgspec.Struct, frozen=True):
    """A closed candle that its venue changed afterwards. `revision` is 1 for the first change."""

    venue: str
    candle: Candle
    previous: Candle
    revision: int


class SourceChanged(msgspec.Struct, frozen=True):
    """Another venue serves the series from now on, including the running candle."""

    before: str
    after: str
    reason: SourceReason


class Missing(msgspec.Struct, frozen=True):
    """Candles are missing from the open time `first` to `last`, both included."""

    first: int
    last: int
    reason: GapReason


class Stale(msgspec.Struct, frozen=True):
    """Neither stream nor request has confirmed the series for so many seconds."""

    seconds: float


Change = Forming | Closed | Corrected | SourceChanged | Missing | Stale


class Look(msgspec.Struct, frozen=True):
    """A request to a venue for the candles that open from `first` to `last`."""

    venue: str
    first: int
    last: int
