"""The request for candles, independent of HTTP."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from providers import Interval, Pair, Window

GENESIS = 1_230_940_800_000
"""2009-01-03, the day of Bitcoin's first block, in Unix milliseconds."""


def series_key(pair: Pair, interval: Interval, venue: str | None = None) -> str:
    """Return the key of a series in the cache, by the id of its coin: two coins may share a code."""
    return f"series:{pair.key}{'' if venue is None else f'@{venue}'}:{interval.code}"


class CandleRequest(msgspec.Struct, frozen=True):
    """A request for candles. `symbol` is the client's name for the pair; times are open times.

    `in_time` is for formats that cannot mark a candle as still forming. Candles that were received before the
    end of their interval are then served only if newer ones cannot be fetched. With a `venue` only this
    provider is asked. `all_fields` says that the answer has every figure of a candle. `share` is the share of
    a provider's budget that the request may use. `about` has the facts about the name for the answer's
    `meta`.
    """

    symbol: str
    pair: Pair
    interval: Interval
    window: Window
    closed_only: bool = False
    in_time: bool = False
    venue: str | None = None
    all_fields: bool = False
    share: float = 1.0
    as_of: int | None = None
    about: Mapping[str, Mapping[str, object]] = msgspec.field(default_factory=dict)

    @classmethod
    def of(
        cls, symbol: str, pair: Pair, interval: Interval, limit: int, start: int | None, end: int | None
    ) -> "CandleRequest":
        """Request at most `limit` candles that open from `start` to `end` (milliseconds, inclusive)."""
        first = None if start is None else interval.first_open(start)
        last = None if end is None else interval.open_time(end)
        if first is not None and last is not None and first <= last:
            limit = min(limit, interval.count(first, last))  # equal requests get one key
        return cls(symbol, pair, interval, Window(limit, first, last))

    @property
    def key(self) -> str:
        """The key of its answer in the cache."""
        window = self.window
        times = f"{window.limit}:{window.start}:{window.end}"
        more = f"{':all' if self.all_fields else ''}{f':{dict(self.about)}' if self.about else ''}"
        return f"{self.symbol}:{self.series}:{times}:{self.closed_only}{more}"

    @property
    def series(self) -> str:
        """The key of its series in the cache."""
        return series_key(self.pair, self.interval, self.venue)

    @property
    def newest(self) -> bool:
        """Whether the request is for the newest candles, without times."""
        return self.window.start is None and self.window.end is None

    def must_refresh(self, made: float, now: int) -> bool:
        """Return whether candles from `made` (Unix seconds) must be refreshed before they are served."""
        return self.in_time and self.interval.open_time(int(made * 1000)) < self.interval.open_time(now)

    def traded(self) -> "CandleRequest":
        """Return the request without times before the first block of Bitcoin, when nothing was traded."""
        window = self.window
        earliest = self.interval.open_time(GENESIS)
        if window.start is not None:
            return replace(self, window=replace(window, start=max(window.start, earliest)))
        if window.end is None:
            return self
        most = max(0, self.interval.count(earliest, window.end))
        return replace(self, window=replace(window, limit=min(window.limit, most)))

    def within(self, now: int) -> Window:
        """Return the window to fetch. With `closed_only` it ends before the forming candle."""
        if not self.closed_only:
            return self.window
        last = self.interval.after(self.interval.open_time(now), -1)
        end = last if self.window.end is None else min(self.window.end, last)
        return Window(self.window.limit, self.window.start, end)
