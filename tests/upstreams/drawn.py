"""The history of the invented market: one set of candles and tickers, drawn once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from msgspec import Struct

from .coins import COINS, PRICED, USD_PER_USDT, Coin
from .intervals import DAY, FIRST_MS, HOUR, INTERVALS, LADDER, MINUTE, MONDAY, rung_for
from .walk import Bar, join, walk

MINUTES = len(LADDER) - 1


class Candle(Struct, frozen=True, gc=False):
    """A candle with prices in USDT, or in a feed's currency. `closed` is false for the open one."""

    open_ms: int
    size_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    quote_volume: float
    trades: int
    closed: bool


@dataclass(frozen=True)
class Ticker:
    """A coin's last price and its last 24 hours. `today` is the open candle of the UTC day."""

    code: str
    name: str
    time_ms: int
    last: float
    bid: float
    ask: float
    open: float
    high: float
    low: float
    volume: float
    quote_volume: float
    change_1h: float
    change_24h: float
    change_7d: float
    market_cap: float
    rank: int
    supply: float
    max_supply: float | None
    today: Candle

    @property
    def mean(self) -> float:
        """Return the mean price of the 24 hours, or 0 without a trade."""
        return self.quote_volume / self.volume if self.volume else 0.0


class Drawn:
    """Candles of all intervals and tickers of one seed, up to a given time."""

    def __init__(self, seed: int) -> None:
        self._walk = walk(seed)
        self._day_before = lru_cache(maxsize=2_000)(self._join_day_before)
        self._ranks = lru_cache(maxsize=100)(self._rank_all)
        self.ticker = lru_cache(maxsize=2_000)(self._ticker)
        """The last price of a coin at a time, and what the 24 hours before it were like."""

    def candles(
        self, code: str, interval: str, first_open_ms: int, last_open_ms: int, now: int
    ) -> list[Candle]:
        """Return the candles that open within both bounds, oldest first. The last one may be open."""
        grid = INTERVALS[interval]
        first = grid.next_opening(max(first_open_ms, FIRST_MS))
        last = grid.opening(min(last_open_ms, now))
        if first > last:
            return []
        rung = rung_for(grid)
        step = LADDER[rung].size
        start = (first - MONDAY) // step
        end = min((grid.after(last) - MONDAY) // step - 1, (now - MONDAY) // step)
        bars = self._walk.bars(code, rung, start, end)
        if MONDAY + (end + 1) * step > now:
            bars[-1] = self._walk.bar_so_far(code, rung, end, now)
        opens = [first]
        while opens[-1] < last:
            opens.append(grid.after(opens[-1]))
        sizes = [grid.after(at) - at for at in opens]
        if grid.size > step:
            parts = iter(bars)
            bars = [join([*islice(parts, size // step)]) for size in sizes]
        coin = PRICED[code]
        shapes = zip(bars, opens, sizes, strict=True)
        return [_candle(coin, bar, at, size, now) for bar, at, size in shapes]

    def price(self, code: str, at_ms: int) -> float:
        """Return the last price at a time."""
        return float(self._so_far(code, at_ms).close / 10 ** PRICED[code].decimals)

    def _ticker(self, code: str, now: int) -> Ticker:
        coin, last, before = PRICED[code], self.price(code, now), self.price(code, now - DAY)
        running = LADDER[MINUTES].opening(now)
        bar = join([self._day_before(code, running), self._so_far(code, now)])
        day = _candle(coin, bar, running + MINUTE - DAY, DAY, now)
        return Ticker(
            code=code,
            name=coin.name,
            time_ms=now,
            last=last,
            bid=significant(last * 0.99998),
            ask=significant(last * 1.00002),
            open=before,
            high=max(day.high, before),
            low=min(day.low, before),
            volume=day.volume,
            quote_volume=day.quote_volume,
            change_1h=_percent(last, self.price(code, now - HOUR)),
            change_24h=_percent(last, before),
            change_7d=_percent(last, self.price(code, now - 7 * DAY)),
            market_cap=last * coin.supply * dollars_per_unit(code),
            rank=self._ranks(running).get(code, 0),
            supply=coin.supply,
            max_supply=coin.max_supply,
            today=self.candles(code, "1d", now - DAY + 1, now, now)[0],
        )

    def _so_far(self, code: str, at_ms: int) -> Bar:
        return self._walk.bar_so_far(code, MINUTES, (at_ms - MONDAY) // MINUTE, at_ms)

    def _join_day_before(self, code: str, minute_ms: int) -> Bar:
        """Return the 1439 closed minutes before the open one."""
        return join(self._walk.fewest(code, minute_ms - DAY + MINUTE, minute_ms))

    def _rank_all(self, at_ms: int) -> dict[str, int]:
        caps = {code: coin.supply * self.price(code, at_ms) for code, coin in COINS.items()}
        return {code: place for place, code in enumerate(sorted(caps, key=lambda code: -caps[code]), 1)}


@lru_cache(maxsize=8)
def drawn(seed: int) -> Drawn:
    """Return the history of a seed, which all markets of this process share."""
    return Drawn(seed)


def significant(number: float) -> float:
    """Return the number with at most eight significant digits."""
    return float(f"{number:.8g}")


def dollars_per_unit(code: str) -> float:
    """Return the factor from this coin's prices to dollars. USDT's own price is in dollars already."""
    return 1.0 if code == "USDT" else USD_PER_USDT


def _percent(now: float, then: float) -> float:
    return round((now / then - 1) * 100, 8)


def _candle(coin: Coin, bar: Bar, open_ms: int, size_ms: int, now_ms: int) -> Candle:
    # A whole number divided by a power of ten is the very float that its decimal text stands for.
    tick, lot = 10**coin.decimals, 10**coin.volume_decimals
    turnover = round(bar.volume * (bar.open + bar.high + bar.low + bar.close) / (4 * tick * lot), 6)
    return Candle(
        open_ms,
        size_ms,
        bar.open / tick,
        bar.high / tick,
        bar.low / tick,
        bar.close / tick,
        bar.volume / lot,
        turnover,
        int(turnover // 800) + (bar.volume > 0),
        open_ms + size_ms <= now_ms,
    )
