"""Candles from trades, of a venue that streams no candles. Pure: times are the venue's, Unix milliseconds.

Ids of trades ascend by 1, so a lost trade shows. A candle is built only if every trade of it was received:
none is half one, and none is a guess.
"""

import msgspec
from msgspec.structs import replace

from providers import Candle, Interval, LastTrade, StreamedCandle, StreamedTrade

DECIMALS = 10
"""Digits after the point of a volume: sums of binary fractions have others that no venue sent."""


class Lost(msgspec.Struct, frozen=True):
    """Some trades were lost, so that the running candle is no longer known."""


Built = StreamedCandle | Lost


class TradeCandles:
    """Builds the candles of one interval from all trades of a market."""

    def __init__(self, interval: Interval) -> None:
        self._interval = interval
        self._last: int | None = None
        self._since = 0
        self._candle: Candle | None = None

    def reset(self) -> None:
        """Forget everything: a new connection begins with its own last trade."""
        self._last = self._candle = None

    def trade(self, trade: StreamedTrade) -> list[Built]:
        """Take a trade, and return the candles that it changes: the one before is closed by it."""
        if self._last is None:
            self._begin(trade.id, trade.time)
            return []
        if trade.id <= self._last:
            return []
        if trade.id > self._last + 1:
            self._begin(trade.id, trade.time)
            return [Lost()]
        self._last = trade.id
        return self._add(trade)

    def last_trade(self, beat: LastTrade) -> list[Built]:
        """Take the id of the last trade, which shows a lost one, or that a candle is over."""
        if self._last is None:
            if beat.time is not None:
                self._begin(beat.id, beat.time)
            return []
        if beat.id > self._last:
            self._begin(beat.id, self._since if beat.time is None else beat.time)
            return [Lost()]
        if beat.id < self._last or beat.time is None or self._candle is None:
            return []
        over = beat.time >= self._interval.after(self._candle.open_time)
        return [self._closed(beat.time)] if over else []

    def _begin(self, last: int, time: int) -> None:
        """Count from a trade: candles that open after its time are built."""
        self._last, self._since, self._candle = last, time, None

    def _add(self, trade: StreamedTrade) -> list[Built]:
        opened, before = self._interval.open_time(trade.time), self._candle
        if opened <= self._since or (before is not None and opened < before.open_time):
            return []
        price, amount = trade.price, trade.amount
        if before is not None and before.open_time == opened:
            self._candle = replace(
                before,
                high=max(before.high, price),
                low=min(before.low, price),
                close=price,
                volume=round((before.volume or 0.0) + amount, DECIMALS),
            )
            return [self._running(trade)]
        closed = [] if before is None else [self._closed(trade.time)]
        self._candle = Candle(opened, price, price, price, price, amount)
        return [*closed, self._running(trade)]

    def _running(self, trade: StreamedTrade) -> StreamedCandle:
        assert self._candle is not None  # noqa: S101 - it was just changed
        return StreamedCandle(trade.name, self._candle, closed=False, sent=trade.time)

    def _closed(self, time: int) -> StreamedCandle:
        assert self._candle is not None  # noqa: S101 - callers have one
        candle, self._candle = self._candle, None
        self._since = candle.open_time
        return StreamedCandle("", candle, closed=True, sent=time)
