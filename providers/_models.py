"""The values that providers return, in one form for all providers.

Times are Unix milliseconds in UTC, prices floats with the digits the provider sent.
"""

import msgspec

from providers._assets import Asset
from providers._intervals import Interval


class Window(msgspec.Struct, frozen=True):
    """At most `limit` candles whose open times lie between `start` and `end`, both inclusive.

    With `start` they are the oldest from `start` on, without it the newest up to `end`. Without either
    they are the newest of all. Both bounds are open times of the requested interval.
    """

    limit: int
    start: int | None = None
    end: int | None = None

    @property
    def bounded(self) -> bool:
        """Return whether a part of history is requested, rather than the newest candles."""
        return self.start is not None or self.end is not None

    def bounds(self, interval: Interval, now: int) -> tuple[int, int]:
        """Return the first and the last open time of the window, as if it had no gaps."""
        newest = interval.open_time(now)
        last = newest if self.end is None else min(self.end, newest)
        if self.start is None:
            return interval.after(last, 1 - self.limit), last
        return self.start, min(last, interval.after(self.start, self.limit - 1))


class Candle(msgspec.Struct, frozen=True):
    """The prices of one interval. A figure that the provider lacks is `None`.

    `volume` is in coins, `quote_volume` in the quote currency, and `trades` is a count.
    """

    open_time: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None
    quote_volume: float | None = None
    trades: int | None = None


class Quote(msgspec.Struct, frozen=True):
    """One provider's price of one coin, in `currency`: `USDT`, `USD`, or `EUR` (for USDT only).

    `time` is the provider's time, `None` if it sends none. Changes are per cent. `volume_24h` and
    `market_cap` are market-wide figures in US dollars, which only aggregators have.
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


class FearGreed(msgspec.Struct, frozen=True):
    """The Fear & Greed index at one time: `value` from 0 (fear) to 100 (greed), and its class."""

    value: int
    classification: str
    time: int


class Votes(msgspec.Struct, frozen=True):
    """How many readers voted a headline as good or as bad for the price."""

    bullish: int
    bearish: int


class Headline(msgspec.Struct, frozen=True):
    """One story, as the provider sent it: callers must check `title` and `url` before they show them.

    `codes` are the story's coins in the provider's spelling. `votes` is `None` if there are none.
    """

    title: str
    url: str
    source: str
    time: int
    codes: tuple[str, ...] = ()
    votes: Votes | None = None


class Overview(msgspec.Struct, frozen=True):
    """The market overview, in US dollars and per cent. A figure that the provider lacks is `None`."""

    market_cap: float | None = None
    volume_24h: float | None = None
    btc_dominance: float | None = None
    eth_dominance: float | None = None
    coins: int | None = None
    market_cap_change_24h: float | None = None
    markets: int | None = None


class Listing(msgspec.Struct, frozen=True):
    """A coin of any kind, in US dollars. Unlike an `Asset`, its `code` may be ambiguous."""

    code: str
    name: str
    price: float | None
    change_24h: float | None
    volume_24h: float | None
    market_cap: float | None
    rank: int | None


class Figures(msgspec.Struct, frozen=True):
    """Market-wide figures of a coin, by the provider's own `id` of it, in US dollars and per cent."""

    id: str
    price: float
    change_1h: float | None = None
    change_24h: float | None = None
    change_7d: float | None = None
    volume_24h: float | None = None
    market_cap: float | None = None
    rank: int | None = None


class Category(msgspec.Struct, frozen=True):
    """A category of coins, in US dollars and per cent. `top_coins` are the URLs of three coins' images."""

    id: str
    name: str
    market_cap: float | None
    market_cap_change_24h: float | None
    volume_24h: float | None
    top_coins: tuple[str, ...]


class RateLimit(msgspec.Struct, frozen=True):
    """A provider's published limit: `requests` (or weight) in `period` seconds."""

    requests: int
    period: int
