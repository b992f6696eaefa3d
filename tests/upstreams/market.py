"""The invented market: one set of candles and tickers for every provider's format."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from .drawn import Candle, Ticker, dollars_per_unit, drawn, significant

__all__ = ["Candle", "Market", "Ticker", "dollars_per_unit", "market_change", "significant"]


class Market:
    """Candles of all intervals and tickers, equal for equal seeds, up to the clock's time."""

    def __init__(self, seed: int = 7, clock: Callable[[], float] = time.time) -> None:
        self.seed = seed
        self.clock = clock
        self._drawn = drawn(seed)

    @property
    def now_ms(self) -> int:
        """Return the clock's time in milliseconds."""
        return int(self.clock() * 1000)

    def candles(
        self, code: str, interval: str, first_open_ms: int, last_open_ms: int, now_ms: int | None = None
    ) -> list[Candle]:
        """Return the candles that open within both bounds, oldest first. The last one may be open."""
        now = self.now_ms if now_ms is None else now_ms
        return self._drawn.candles(code, interval, first_open_ms, last_open_ms, now)

    def price(self, code: str, at_ms: int | None = None) -> float:
        """Return the last price at a time, by default now."""
        return self._drawn.price(code, self.now_ms if at_ms is None else at_ms)

    def ticker(self, code: str, now_ms: int | None = None) -> Ticker:
        """Return the last price and the 24 hours before it."""
        return self._drawn.ticker(code, self.now_ms if now_ms is None else now_ms)


def market_change(tickers: Sequence[Ticker]) -> float:
    """Return the change of these coins' sum in 24 hours, in per cent."""
    before = sum(ticker.market_cap / (1 + ticker.change_24h / 100) for ticker in tickers)
    return (sum(ticker.market_cap for ticker in tickers) / before - 1) * 100 if before else 0.0
