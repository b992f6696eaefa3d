"""What venues and aggregators list: markets and coins, in their own spelling.

There are tens of thousands of them. They are part of no cycle, so that the garbage collector, which stops the
event loop while it looks at objects, passes over them (`gc=False`).
"""

import sys
from typing import Literal

import msgspec

Kind = Literal["coin", "stable", "fiat", "wrapped", "leveraged", "stock"]
MarketState = Literal["trading", "halted", "upcoming", "ended"]
MAX_LISTED = 60_000
"""More rows than the longest list of an aggregator has."""


class Market(msgspec.Struct, frozen=True, gc=False):
    """One market as its venue lists it. `native` is the name that requests to the venue use.

    `since` is Unix milliseconds; `tick` and `step` are the smallest changes of price and amount. `name` is
    the venue's full name of the base, `kind` and `contracts` (`chain:address`) what it says beyond that.
    """

    venue: str
    base: str
    quote: str
    native: str
    state: MarketState = "trading"
    since: int | None = None
    tick: float | None = None
    step: float | None = None
    name: str | None = None
    kind: Kind | None = None
    contracts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Keep each code once in memory: a quote is in thousands of rows."""
        for field in ("venue", "base", "quote"):
            msgspec.structs.force_setattr(self, field, sys.intern(getattr(self, field)))


class Day(msgspec.Struct, frozen=True, gc=False):
    """What a venue says of the last 24 hours of a market, and its best prices. An unknown figure is `None`.

    `volume` and the amounts are in coins, `turnover` is in the quote, `mean` the average price by volume.
    """

    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: float | None = None
    bid: float | None = None
    bid_amount: float | None = None
    ask: float | None = None
    ask_amount: float | None = None
    mean: float | None = None
    trades: int | None = None
    turnover: float | None = None


class Ticker(msgspec.Struct, frozen=True):
    """The last price of a market, by its `native` name, in its own quote.

    `volume` is what was traded in 24 hours, in the quote, and `change` that of the price in that time in per
    cent. `time` (Unix milliseconds) is the venue's own. All three are `None` where the venue gives none.
    """

    native: str
    price: float
    volume: float | None = None
    time: int | None = None
    change: float | None = None
    day: Day | None = None


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A coin as an aggregator lists it. `rank` is `None` where the aggregator does not rank it."""

    source: str
    id: str
    code: str
    name: str
    rank: int | None = None
    contracts: tuple[str, ...] = ()
