"""The values that providers give: plain facts, without a provider's spelling of them.

Times are Unix milliseconds in UTC, prices floats with the digits the provider sent.
"""

from dataclasses import dataclass

from providers._assets import Asset

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
FIRST_MONDAY = 4 * DAY
"""1970-01-05, the first Monday of Unix time: weeks are counted from it."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The length of a candle: `code` as clients write it, `length` in milliseconds."""

    code: str
    length: int
    origin: int = 0

    def open_time(self, time: int) -> int:
        """The open time of the candle that contains `time`."""
        return time - (time - self.origin) % self.length


INTERVALS = {
    interval.code: interval
    for interval in (
        Interval("1m", MINUTE),
        Interval("5m", 5 * MINUTE),
        Interval("15m", 15 * MINUTE),
        Interval("1h", HOUR),
        Interval("4h", 4 * HOUR),
        Interval("1d", DAY),
        Interval("1w", WEEK, FIRST_MONDAY),
    )
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A coin and what it is priced in: `USDT` or `USD`."""

    base: Asset
    quote: str


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` candles whose open times lie between `start` and `end`, both inclusive.

    Without `start` they are the newest up to `end`, with it the oldest from it on. Without either
    they are the newest there are. Bounds are open times of the interval that is asked.
    """

    limit: int
    start: int | None = None
    end: int | None = None

    @property
    def bounded(self) -> bool:
        """Whether a part of history is asked for, not just the newest."""
        return self.start is not None or self.end is not None

    def bounds(self, interval: Interval, now: int) -> tuple[int, int]:
        """First and last open time of the at most `limit` candles that are meant, gaps not counted."""
        newest = interval.open_time(now)
        last = newest if self.end is None else min(self.end, newest)
        reach = (self.limit - 1) * interval.length
        if self.start is None:
            return last - reach, last
        return self.start, min(last, self.start + reach)


@dataclass(frozen=True, slots=True)
class Candle:
    """What happened in one interval. `volume` counts coins; `None` where a provider has none."""

    open_time: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None


@dataclass(frozen=True, slots=True)
class Quote:
    """One provider's price of one coin, in `currency`: `USDT`, `USD`, and `EUR` for USDT itself.

    `time` is the provider's own, `None` where it gives none. Changes are per cent. `volume_24h` and
    `market_cap` are market-wide US dollar figures, which only aggregators have.
    """

    asset: Asset
    price: float
    currency: str
    time: int | None = None
    change_1h: float | None = None
    change_24h: float | None = None
    change_7d: float | None = None
    volume_24h: float | None = None
    market_cap: float | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class FearGreed:
    """The Fear & Greed index of one moment: `value` from 0 (fear) to 100 (greed), and its name for that."""

    value: int
    classification: str
    time: int


@dataclass(frozen=True, slots=True)
class Votes:
    """How many readers took a headline as good or bad for the price."""

    bullish: int
    bearish: int


@dataclass(frozen=True, slots=True)
class Headline:
    """One story, as it was sent: neither `title` nor `url` is safe to show.

    `codes` are the coins it is about in the provider's own spelling, `votes` `None` where there are none.
    """

    title: str
    url: str
    source: str
    time: int
    codes: tuple[str, ...] = ()
    votes: Votes | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole market: US dollars, shares and changes in per cent. `None` is what a provider lacks."""

    market_cap: float | None = None
    volume_24h: float | None = None
    btc_dominance: float | None = None
    eth_dominance: float | None = None
    coins: int | None = None
    market_cap_change_24h: float | None = None
    markets: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A coin among all coins, in US dollars: unlike an `Asset`, its `code` does not tell it from others."""

    code: str
    name: str
    price: float | None
    change_24h: float | None
    volume_24h: float | None
    market_cap: float | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of coins, in US dollars and per cent; `top_coins` are addresses of three coins' pictures."""

    id: str
    name: str
    market_cap: float | None
    market_cap_change_24h: float | None
    volume_24h: float | None
    top_coins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a provider publishes: `requests` (or weight) in `period` seconds."""

    requests: int
    period: int
