"""What a client asks of the candles."""

from dataclasses import dataclass, replace

from providers import Interval, Pair, Window

GENESIS = 1_230_940_800_000
"""2009-01-03, the day of Bitcoin's first block, in Unix milliseconds."""


@dataclass(frozen=True, slots=True)
class CandleRequest:
    """A request for candles. `symbol` is how the client named the pair; times are open times.

    Who cannot be told that a candle was still forming wants them `in_time`: those that were had before the
    interval ended are not given at once while newer ones are on their way.
    """

    symbol: str
    pair: Pair
    interval: Interval
    window: Window
    closed_only: bool = False
    in_time: bool = False

    @classmethod
    def of(
        cls, symbol: str, pair: Pair, interval: Interval, limit: int, start: int | None, end: int | None
    ) -> "CandleRequest":
        """At most `limit` candles that open from `start` to `end`, any times in milliseconds, inclusive."""
        first = None if start is None else interval.open_time(start + interval.length - 1)
        last = None if end is None else interval.open_time(end)
        if first is not None and last is not None and first <= last:
            limit = min(limit, (last - first) // interval.length + 1)  # ways to ask for the same are one
        return cls(symbol, pair, interval, Window(limit, first, last))

    @property
    def key(self) -> str:
        """What tells its answer from those to other requests."""
        window = self.window
        times = f"{window.limit}:{window.start}:{window.end}"
        return f"{self.symbol}:{self.interval.code}:{times}:{self.closed_only}"

    @property
    def newest(self) -> bool:
        """Whether no time was asked for."""
        return self.window.start is None and self.window.end is None

    def outlived(self, made: float, now: int) -> bool:
        """Whether candles that were had at `made` (Unix seconds) are too old to be given at once."""
        return self.in_time and self.interval.open_time(int(made * 1000)) < self.interval.open_time(now)

    def traded(self) -> "CandleRequest":
        """The same without times at which nothing can have been traded: nobody has to be asked about them."""
        window, length = self.window, self.interval.length
        earliest = self.interval.open_time(GENESIS)
        if window.start is not None:
            return replace(self, window=replace(window, start=max(window.start, earliest)))
        if window.end is None:
            return self
        most = max(0, (window.end - earliest) // length + 1)
        return replace(self, window=replace(window, limit=min(window.limit, most)))

    def within(self, now: int) -> Window:
        """The window to ask for, which ends before the forming candle where that is not wanted."""
        if not self.closed_only:
            return self.window
        last = self.interval.open_time(now) - self.interval.length
        end = last if self.window.end is None else min(self.window.end, last)
        return Window(self.window.limit, self.window.start, end)
