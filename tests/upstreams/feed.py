"""The market as one provider sees it during one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from .coins import COINS
from .faults import Fault, repriced
from .intervals import DAY, INTERVALS
from .market import Candle, Market, Ticker, dollars_per_unit, significant
from .oddballs import Listed
from .stories import Tale, fear_greed, stories
from .venue_faults import spoilt, swapped
from .walk import draw
from .world import World
from .world_candles import candles

WIDEST_SPREAD = 3e-4
OTHER = "DOGE"
"""Whose rows "wrong_market" tells."""


class NothingToSay(Exception):
    """The one row that was asked for is missing."""


class Feed:
    """Candles and tickers at one moment; a provider's tickers sit a little beside the true price."""

    def __init__(
        self,
        market: Market,
        provider: str,
        now_ms: int,
        faults: Sequence[Fault] = (),
        world: World | None = None,
    ) -> None:
        self._market = market
        self._provider = provider
        self.world = world or World(market, 0)
        self._faults = faults
        self._lean = 1 + WIDEST_SPREAD * (2 * draw(market.seed, "lean", provider)[0] - 1)
        self.now_ms = now_ms - sum(int(fault.days * DAY) for fault in faults if fault.kind == "old")

    def candles(
        self, market: str | Listed, interval: str, first_ms: int, last_ms: int, *, dollars: bool = False
    ) -> list[Candle]:
        """The candles that open within both bounds, oldest first, in USDT or in dollars.

        A market is a known coin's code, or another market, which has a quote of its own.
        """
        code = market if isinstance(market, str) else market.base
        last_ms = min(last_ms, self._end(code))
        if isinstance(market, Listed):
            rows = candles(self.world, self._provider, market, interval, first_ms, last_ms, self.now_ms)
        else:
            rows = self._known(code, interval, first_ms, last_ms, dollars)
        for fault in self._touching(code):
            rows = fault.spoil_candles(rows)
        return rows

    def _known(self, code: str, interval: str, first_ms: int, last_ms: int, dollars: bool) -> list[Candle]:
        told = OTHER if any(fault.kind == "wrong_market" for fault in self._touching(code)) else code
        rows = self._market.candles(told, interval, first_ms, last_ms, self.now_ms)
        if dollars and code != "USDT":
            rows = [_in_dollars(row, COINS[code].decimals) for row in rows]
        return rows

    def newest(
        self,
        market: str | Listed,
        interval: str,
        count: int,
        end_ms: int | None = None,
        *,
        dollars: bool = False,
    ) -> list[Candle]:
        """The `count` newest candles that open no later than `end_ms`."""
        end = self._end(market if isinstance(market, str) else market.base)
        end = end if end_ms is None else min(end_ms, end)
        grid = INTERVALS[interval]
        first = grid.after(grid.opening(end), 1 - count)
        return self.candles(market, interval, first, end, dollars=dollars)

    def ticker(self, code: str, *, dollars: bool = False) -> Ticker:
        """One coin's ticker; raises NothingToSay when there is none today."""
        for ticker in self.tickers([code], dollars=dollars):
            return ticker
        raise NothingToSay(code)

    def tickers(self, codes: Iterable[str], *, dollars: bool = False) -> list[Ticker]:
        """The tickers of several coins, in the order they are named."""
        return [
            self._told(code, dollars)
            for code in codes
            if not any(fault.kind == "empty" and fault.touches(code) for fault in self._faults)
        ]

    def ranked(self) -> list[Ticker]:
        """All coins in dollars, the biggest first."""
        return sorted(self.tickers(COINS, dollars=True), key=lambda ticker: ticker.rank)

    def listing(self, known: Iterable[Listed]) -> list[Listed]:
        """The markets that the provider lists, those of known coins first."""
        return spoilt([*known, *self.world.markets(self._provider)], self._faults)

    def quoted(self, *states: str) -> list[tuple[Listed, Ticker]]:
        """The other markets that are among all tickers of the provider, by default those with a price."""
        rows = () if self.has("empty") else self.world.markets(self._provider)
        return [(row, self._quoted(row)) for row in rows if row.state in (states or ("trading", "halted"))]

    def find(self, native: str, spell: Callable[[Listed], str]) -> Listed | None:
        """The other market of the provider that is called so, if it trades or did."""
        rows = self.world.markets(self._provider)
        return next((row for row in rows if row.state != "upcoming" and spell(row) == native), None)

    def has(self, kind: str) -> bool:
        """Whether a fault of this kind is in force."""
        return any(fault.kind == kind for fault in self._faults)

    def fear_greed(self, at_ms: int) -> tuple[int, str]:
        """The Fear & Greed index of a day and its word."""
        return fear_greed(self._market, at_ms)

    def stories(self, count: int) -> list[Tale]:
        """The newest stories, newest first."""
        if self.has("empty"):
            return []
        tales = stories(self._market, self.now_ms, count)
        return [_hostile(tale) for tale in tales] if self.has("hostile") else tales

    def stamp(self, time: str) -> str:
        """A story's time as it is told."""
        return "one of these days" if self.has("undated") else time

    def _quoted(self, row: Listed) -> Ticker:
        told = self._swapped(row.base, self.world.ticker(self._provider, row, self.now_ms))
        for fault in self._faults:
            if fault.touches(row.base):
                told = fault.spoil_ticker(told, dollars=row.quote == "USD")
        return told

    def _swapped(self, code: str, ticker: Ticker) -> Ticker:
        """The ticker at the price of the code with which this one is swapped, with as much money in it."""
        other = swapped(code, self._faults)
        if other == code:
            return ticker
        factor = self._dollars(other) / self._dollars(code)
        told = repriced(ticker, factor)
        return replace(told, volume=ticker.volume / factor, quote_volume=ticker.quote_volume)

    def _dollars(self, code: str) -> float:
        rows = self.world.markets(self._provider)
        coin = next((row.coin for row in rows if row.base == code), code)
        return self.world.dollars(coin, self.now_ms)

    def _touching(self, code: str) -> list[Fault]:
        return [fault for fault in self._faults if fault.touches(code)]

    def _end(self, code: str) -> int:
        """When trading of a coin stopped, or now."""
        halts = [fault.days for fault in self._touching(code) if fault.kind == "halted"]
        return self.now_ms - int(max(halts, default=0.0) * DAY)

    def _told(self, code: str, dollars: bool) -> Ticker:
        still = [fault.at for fault in self._faults if fault.kind == "standstill" and fault.touches(code)]
        true = self._market.ticker(code, int(still[0] * 1000) if still else self.now_ms)
        told = _leaning(true, self.now_ms, self._lean, dollars_per_unit(code) if dollars else 1.0)
        told = self._swapped(code, told)
        for fault in self._faults:
            if fault.touches(code):
                told = fault.spoil_ticker(told, dollars=dollars)
        return told


@lru_cache(maxsize=20_000)
def _leaning(true: Ticker, now_ms: int, lean: float, rate: float) -> Ticker:
    """Return a ticker beside the true one, in another unit; while time stands still it is always the same."""
    told = repriced(replace(true, time_ms=now_ms), lean * rate)
    return replace(
        told,
        last=significant(told.last),
        bid=significant(told.bid),
        ask=significant(told.ask),
        open=significant(told.open),
        high=significant(told.high),
        low=significant(told.low),
        market_cap=true.market_cap * lean,
    )


def _hostile(tale: Tale) -> Tale:
    """The same story with markup in its title; every other one leads to a script."""
    title = f"<script>alert({tale.number})</script>{tale.title} &lt;img src=x onerror=alert(1)&gt;"
    number = tale.number
    return replace(tale, title=title, link="javascript:alert(1)" if number % 2 else tale.url)


def _in_dollars(row: Candle, decimals: int) -> Candle:
    # Rounding keeps the order of prices, so that highs and lows of longer candles still fit the shorter ones.
    rate = dollars_per_unit("")
    return row._replace(
        open=round(row.open * rate, decimals),
        high=round(row.high * rate, decimals),
        low=round(row.low * rate, decimals),
        close=round(row.close * rate, decimals),
        quote_volume=round(row.quote_volume * rate, 6),
    )
