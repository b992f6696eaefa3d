"""The market as one provider shows it in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from msgspec import structs

from .coins import COINS
from .faults import Fault, repriced
from .intervals import DAY, INTERVALS
from .market import Candle, Market, Ticker, dollars_per_unit, significant
from .oddballs import Listed
from .stories import Story, fear_greed, stories
from .venue_faults import spoilt, swapped
from .walk import draw
from .world import World
from .world_candles import candles

WIDEST_SPREAD = 3e-4
OTHER = "DOGE"
"""The coin whose rows "wrong_market" sends."""


class MissingRow(Exception):
    """The requested row is missing."""


class Feed:
    """Candles and tickers at one moment. A provider's tickers differ slightly from the true price."""

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
        """Return the candles that open within both bounds, oldest first, in USDT or in dollars.

        A market is a known coin's code, or an invented market with its own quote currency.
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
        source = OTHER if any(fault.kind == "wrong_market" for fault in self._touching(code)) else code
        rows = self._market.candles(source, interval, first_ms, last_ms, self.now_ms)
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
        """Return the `count` newest candles that open no later than `end_ms`."""
        end = self._end(market if isinstance(market, str) else market.base)
        end = end if end_ms is None else min(end_ms, end)
        grid = INTERVALS[interval]
        first = grid.after(grid.opening(end), 1 - count)
        return self.candles(market, interval, first, end, dollars=dollars)

    def ticker(self, code: str, *, dollars: bool = False) -> Ticker:
        """Return a coin's ticker. Raises MissingRow if there is none today."""
        for ticker in self.tickers([code], dollars=dollars):
            return ticker
        raise MissingRow(code)

    def tickers(self, codes: Iterable[str], *, dollars: bool = False) -> list[Ticker]:
        """Return the tickers of several coins, in the given order."""
        return [
            self._ticker(code, dollars)
            for code in codes
            if not any(fault.kind == "empty" and fault.touches(code) for fault in self._faults)
        ]

    def ranked(self) -> list[Ticker]:
        """Return all coins in dollars, the largest first."""
        return sorted(self.tickers(COINS, dollars=True), key=lambda ticker: ticker.rank)

    def listing(self, known: Iterable[Listed]) -> list[Listed]:
        """Return the markets that the provider lists, those of known coins first."""
        return spoilt([*known, *self.world.markets(self._provider)], self._faults)

    def quoted(self, *states: str) -> list[tuple[Listed, Ticker]]:
        """Return the invented markets among all tickers of the provider, by default those with a price."""
        rows = () if self.has("empty") else self.world.markets(self._provider)
        return [(row, self._quoted(row)) for row in rows if row.state in (states or ("trading", "halted"))]

    def find(self, native: str, spell: Callable[[Listed], str]) -> Listed | None:
        """Return the provider's invented market with this native name if it trades or traded."""
        rows = self.world.markets(self._provider)
        return next((row for row in rows if row.state != "upcoming" and spell(row) == native), None)

    def has(self, kind: str) -> bool:
        """Return whether a fault of this kind is active."""
        return any(fault.kind == kind for fault in self._faults)

    def fear_greed(self, at_ms: int) -> tuple[int, str]:
        """Return the Fear & Greed index of a day and its class."""
        return fear_greed(self._market, at_ms)

    def stories(self, count: int) -> list[Story]:
        """Return the newest stories, newest first."""
        if self.has("empty"):
            return []
        newest = stories(self._market, self.now_ms, count)
        return [_hostile(story) for story in newest] if self.has("hostile") else newest

    def stamp(self, time: str) -> str:
        """Return a story's time, or a text that is none with the fault "undated"."""
        return "one of these days" if self.has("undated") else time

    def _quoted(self, row: Listed) -> Ticker:
        ticker = self.world.ticker(self._provider, row, self._moment(row.base))
        ticker = self._swapped(row.base, replace(ticker, time_ms=self.now_ms))
        for fault in self._faults:
            if fault.touches(row.base):
                ticker = fault.spoil_ticker(ticker, dollars=row.quote == "USD")
        return ticker

    def _swapped(self, code: str, ticker: Ticker) -> Ticker:
        """Return the ticker at the price of the swapped code, with the same volume in money."""
        other = swapped(code, self._faults)
        if other == code:
            return ticker
        factor = self._dollars(other) / self._dollars(code)
        other_price = repriced(ticker, factor)
        return replace(other_price, volume=ticker.volume / factor, quote_volume=ticker.quote_volume)

    def _dollars(self, code: str) -> float:
        rows = self.world.markets(self._provider)
        coin = next((row.coin for row in rows if row.base == code), code)
        return self.world.dollars(coin, self.now_ms)

    def _touching(self, code: str) -> list[Fault]:
        return [fault for fault in self._faults if fault.touches(code)]

    def _end(self, code: str) -> int:
        """Return the end of a coin's trading, or now."""
        halts = [fault.days for fault in self._touching(code) if fault.kind == "halted"]
        return self.now_ms - int(max(halts, default=0.0) * DAY)

    def _moment(self, code: str) -> int:
        """Return the time of a coin's prices: now, or since when they stand still."""
        still = [fault.at for fault in self._faults if fault.kind == "standstill" and fault.touches(code)]
        return int(still[0] * 1000) if still else self.now_ms

    def _ticker(self, code: str, dollars: bool) -> Ticker:
        true = self._market.ticker(code, self._moment(code))
        ticker = _leaning(true, self.now_ms, self._lean, dollars_per_unit(code) if dollars else 1.0)
        ticker = self._swapped(code, ticker)
        for fault in self._faults:
            if fault.touches(code):
                ticker = fault.spoil_ticker(ticker, dollars=dollars)
        return ticker


@lru_cache(maxsize=20_000)
def _leaning(true: Ticker, now_ms: int, lean: float, rate: float) -> Ticker:
    """Return a ticker near the true one, in another unit. At the same time it is always the same."""
    leaning = repriced(replace(true, time_ms=now_ms), lean * rate)
    return replace(
        leaning,
        last=significant(leaning.last),
        bid=significant(leaning.bid),
        ask=significant(leaning.ask),
        open=significant(leaning.open),
        high=significant(leaning.high),
        low=significant(leaning.low),
        market_cap=true.market_cap * lean,
    )


def _hostile(story: Story) -> Story:
    """Return the story with markup in its title. Every other one links to a script."""
    title = f"<script>alert({story.number})</script>{story.title} &lt;img src=x onerror=alert(1)&gt;"
    number = story.number
    return replace(story, title=title, link="javascript:alert(1)" if number % 2 else story.url)


def _in_dollars(row: Candle, decimals: int) -> Candle:
    # Rounding keeps the order of prices, so that highs and lows of longer candles still fit the shorter ones.
    rate = dollars_per_unit("")
    return structs.replace(
        row,
        open=round(row.open * rate, decimals),
        high=round(row.high * rate, decimals),
        low=round(row.low * rate, decimals),
        close=round(row.close * rate, decimals),
        quote_volume=round(row.quote_volume * rate, 6),
    )
