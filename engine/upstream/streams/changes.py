"""What happens to a series of candles, as clients are told, and what is to be looked up. Pure values."""

from dataclasses import dataclass
from typing import Literal

from providers import Candle

GapReason = Literal["no_trades", "venue_outage", "before_listing", "not_fetched", "unknown", "too_many"]
SourceReason = Literal["silent", "disconnected", "recovered"]


@dataclass(frozen=True, slots=True)
class Forming:
    """The running candle, as its `venue` last sent it."""

    venue: str
    candle: Candle
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A candle that is over. Each closes once, in order, before the next one begins."""

    venue: str
    candle: Candle


@dataclass(frozen=True, slots=True)
class Corrected:
    """A closed candle that its venue changed afterwards. `revision` is 1 for the first change."""

    venue: str
    candle: Candle
    previous: Candle
    revision: int


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """Another venue serves the series from here on, the running candle included."""

    before: str
    after: str
    reason: SourceReason


@dataclass(frozen=True, slots=True)
class Missing:
    """No candle exists from the open time `first` to `last`, both included."""

    first: int
    last: int
    reason: GapReason


@dataclass(frozen=True, slots=True)
class Stale:
    """Neither stream nor request has confirmed the series for so many seconds."""

    seconds: float


Change = Forming | Closed | Corrected | SourceChanged | Missing | Stale


@dataclass(frozen=True, slots=True)
class Look:
    """A request for the candles that open from `first` to `last`, to be made at a venue."""

    venue: str
    first: int
    last: int
