"""Trades that explain how a candle of a minute grew: their highest price is its high, and so on."""

from __future__ import annotations

from .candles import Row
from .venues import Trade

MINUTE = 60_000


class Trades:
    """The trades of one market. The first one is older than the subscription."""

    def __init__(self) -> None:
        self.last = 0
        """The id of the last trade, 0 before the first."""
        self._row: Row | None = None

    def until(self, row: Row, now: int) -> list[Trade]:
        """Return the trades since the last call, after which the candle of a minute is `row`."""
        before, self._row = self._row, row
        if before is None:
            return [self._next(row.close, "1", min(now, row.open_ms + MINUTE - 1))]
        if before == row or before.open_ms > row.open_ms:
            self._row = before
            return []
        if before.open_ms != row.open_ms:
            prices, volume = [row.open, row.high, row.low, row.close], float(row.volume)
        else:
            higher = [row.high] if row.high != before.high else []
            lower = [row.low] if row.low != before.low else []
            prices, volume = [*higher, *lower, row.close], float(row.volume) - float(before.volume)
        time = min(now, row.open_ms + MINUTE - 1)
        sizes = [0.0] * (len(prices) - 1) + [volume]
        return [self._next(price, f"{size:.8f}", time) for price, size in zip(prices, sizes, strict=True)]

    def _next(self, price: str, size: str, time: int) -> Trade:
        self.last += 1
        return Trade(self.last, price, size, time)
