"""Build candles from the trades of a venue that streams no candles. Pure. Times are the venue's.

Ids of trades ascend by 1, so that a lost trade is noticed. A candle is built only if all its trades were
received. Times are Unix milliseconds.
"""

import msgspec
from msgspec.structs import replace

from providers import Candle, Interval, LastTrade, StreamedCandle, StreamedTrade

DECIMALS = 10
"""Decimals of a volume: sums of binary fractions have further digits that no venue has sent."""


class Lost(msgspec.Struct, frozen=True):
    """Trades were lost, so that the running candle is unknown."""


Built = StreamedCandle | Lost


class TradeCandles:
    """Builds the candles of one interval from all trades of a market."""

    def __init__(self, interval: Interval) -> None:
        self._interval = interval
        self._last: int | None = None
        self._since = 0
        self._candle: Candle | None = None

    def reset(self) -> None:
        """Forget all trades: a new connection begins with its own last trade."""
        self._last = self._candle = None

    def trade(self, trade: StreamedTrade) -> list[Built]:
        """Add a trade, and return the candles that it changes or closes."""
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
        """Compare the id of the venue's last trade, and return a loss or the candle that is over."""
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
        """Start to count at a trade: candles that open after its time are built."""
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
