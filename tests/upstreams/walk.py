"""The random walk of prices: weeks drawn from a seed, each split into shorter bars that agree with it.

All values are integers, in ticks and lots, so that bars agree exactly without rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, pairwise
from math import exp, floor, sqrt
from struct import unpack

from msgspec import Struct

from .coins import PRICED
from .intervals import LADDER, MONDAY

WAVES = ((104, 0.35), (26, 0.15), (6, 0.08), (1, 0.03))
"""Weeks between two drawn points of a wave, and how far it may push the logarithm of the price."""
TOGETHER = 0.6
"""The part of each wave that all coins have in common."""
HEAT, SEASON, SEASON_WEEKS = 1.3, 0.7, 5
"""How much heat differs between the pieces of a bar and, over some weeks, between weeks."""
DAILY_TURNOVER = 0.002
"""The part of a coin's supply that changes hands on a usual day."""


class Bar(Struct, frozen=True, gc=False):
    """A candle in integer ticks (prices) and lots (volume), of which a market keeps many thousands."""

    open: int
    high: int
    low: int
    close: int
    volume: int


def draw(*key: object) -> tuple[float, ...]:
    """Return thirty-two uniform numbers in [0, 1) that depend on the key only."""
    digest = blake2b("|".join(map(str, key)).encode(), digest_size=64).digest()
    return tuple([number / 65_536 for number in unpack("<32H", digest)])


def split(parent: Bar, pieces: int, drawn: Sequence[float]) -> tuple[Bar, ...]:
    """Split a bar into `pieces` bars whose join is exactly that bar.

    A piece has more or less heat than its neighbours: how far its price goes, and how much is traded in it.
    Its own pieces inherit it, so that lively and calm times are of all lengths.
    """
    reach = (parent.high - parent.low) / sqrt(pieces)
    heats = [exp(HEAT * (u - 0.5)) for u in drawn[3 * pieces : 4 * pieces]]
    closes = _closes(parent, [1.6 * reach * heat for heat in heats], drawn[:pieces])
    opens = [parent.open, *closes[:-1]]
    above, below = drawn[pieces : 2 * pieces], drawn[2 * pieces : 3 * pieces]
    highs = [
        min(parent.high, max(o, c) + int(reach * heat * (0.1 + 0.4 * u)))
        for o, c, u, heat in zip(opens, closes, above, heats, strict=True)
    ]
    lows = [
        max(parent.low, min(o, c) - int(reach * heat * (0.1 + 0.4 * u)))
        for o, c, u, heat in zip(opens, closes, below, heats, strict=True)
    ]
    highs[highs.index(max(highs))] = parent.high
    lows[lows.index(min(lows))] = parent.low
    moved = [(high - low) / (reach or 1) for high, low in zip(highs, lows, strict=True)]
    volumes = _shares(
        parent.volume, [(0.2 + heat) * (0.4 + way) for heat, way in zip(heats, moved, strict=True)]
    )
    return tuple(map(Bar, opens, highs, lows, closes, volumes))


def join(bars: Sequence[Bar]) -> Bar:
    """Return the bar that neighbouring bars are together."""
    return Bar(
        bars[0].open,
        max(bar.high for bar in bars),
        min(bar.low for bar in bars),
        bars[-1].close,
        sum(bar.volume for bar in bars),
    )


def begun(bar: Bar, part: float) -> Bar:
    """Return what is visible of a bar when only `part` (0 to 1) of its time has passed."""
    close = bar.open + round((bar.close - bar.open) * part)
    high = max(bar.open, close, bar.open + int((bar.high - bar.open) * part))
    low = min(bar.open, close, bar.open - int((bar.open - bar.low) * part))
    return Bar(bar.open, high, low, close, int(bar.volume * part))


def _closes(parent: Bar, steps: Sequence[float], drawn: Sequence[float]) -> list[int]:
    """Return a random bridge from the parent's open to its close, which its high and its low reflect."""
    sums = list(accumulate(step * (u - 0.5) for step, u in zip(steps, drawn, strict=True)))
    slope = (parent.close - parent.open - sums[-1]) / len(steps)
    low, high = parent.low, parent.high
    path = [round(parent.open + slope * (i + 1) + sums[i]) for i in range(len(steps) - 1)]
    return [*(at if low <= at <= high else _reflected(at, low, high) for at in path), parent.close]


def _reflected(price: int, low: int, high: int) -> int:
    """Return a price within both bounds, as far from the one that it passed as it went beyond."""
    if price > high:
        return max(low, 2 * high - price)
    return min(high, max(price, 2 * low - price))


def _shares(total: int, weights: Sequence[float]) -> list[int]:
    """Return integer shares of `total` by weight that add up to it."""
    whole = sum(weights)
    marks = [int(total * (mark / whole)) for mark in accumulate(weights[:-1])]
    return [end - start for start, end in zip([0, *marks], [*marks, total], strict=True)]


class Walk:
    """Every bar of every coin, past and future, for one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._week = lru_cache(maxsize=20_000)(self._draw_week)
        self._pieces = lru_cache(maxsize=200_000)(self._draw_pieces)
        self._point = lru_cache(maxsize=20_000)(self._draw_point)
        self._week_close = lru_cache(maxsize=20_000)(self._draw_week_close)

    def bar(self, code: str, rung: int, index: int) -> Bar:
        """Return the whole bar number `index`, counted from the first Monday, on a rung of the ladder."""
        if rung == 0:
            return self._week(code, index)
        parent, place = divmod(index, _PIECES[rung])
        return self._pieces(code, rung, parent)[place]

    def bars(self, code: str, rung: int, first: int, last: int) -> list[Bar]:
        """Return the whole bars from `first` to `last`, both included."""
        if rung == 0:
            return [self._week(code, index) for index in range(first, last + 1)]
        each = _PIECES[rung]
        start = first // each
        found = [bar for parent in range(start, last // each + 1) for bar in self._pieces(code, rung, parent)]
        return found[first - start * each : last + 1 - start * each]

    def fewest(self, code: str, start_ms: int, end_ms: int) -> list[Bar]:
        """Return the fewest whole bars that cover a time of whole minutes."""
        found = []
        while start_ms < end_ms:
            fitting = (at for at in LADDER if at.opening(start_ms) == start_ms <= end_ms - at.size)
            widest = next(fitting)
            found.append(self.bar(code, LADDER.index(widest), (start_ms - MONDAY) // widest.size))
            start_ms += widest.size
        return found

    def bar_so_far(self, code: str, rung: int, index: int, now_ms: int) -> Bar:
        """Return a bar as it is at `now_ms`, which lies inside it."""
        if rung == len(LADDER) - 1:
            size = LADDER[rung].size
            return begun(self.bar(code, rung, index), (now_ms - MONDAY - index * size) / size)
        below = rung + 1
        running = (now_ms - MONDAY) // LADDER[below].size
        closed = self.bars(code, below, index * _PIECES[below], running - 1)
        return join([*closed, self.bar_so_far(code, below, running, now_ms)])

    def _draw_pieces(self, code: str, rung: int, parent: int) -> tuple[Bar, ...]:
        return split(self.bar(code, rung - 1, parent), _PIECES[rung], draw(self.seed, code, rung, parent))

    def _draw_week(self, code: str, index: int) -> Bar:
        coin = PRICED[code]
        opening, closing = self._week_close(code, index - 1), self._week_close(code, index)
        up, down, busy, *_ = draw(self.seed, code, "week", index)
        heat = exp(SEASON * self._wave("heat", SEASON_WEEKS, index / SEASON_WEEKS))
        high = int(max(opening, closing) * (1 + coin.wildness * heat * (0.01 + 0.04 * up)))
        low = int(min(opening, closing) * (1 - coin.wildness * heat * (0.01 + 0.04 * down)))
        lots = 7 * DAILY_TURNOVER * coin.supply * heat * (0.6 + 0.8 * busy) * 10**coin.volume_decimals
        return Bar(opening, high, low, closing, int(lots))

    def _draw_week_close(self, code: str, index: int) -> int:
        coin = PRICED[code]
        push = sum(
            height * part * self._wave(whose, weeks, index / weeks)
            for weeks, height in WAVES
            for whose, part in (("all", TOGETHER), (code, 1 - TOGETHER))
        )
        return round(coin.base * exp(coin.wildness * push) * float(10**coin.decimals))

    def _wave(self, code: str, weeks: int, at: float) -> float:
        """Return a smooth curve from -1 to 1 through one drawn point per integer."""
        left = floor(at)
        part = at - left
        start, end = self._point(code, weeks, left), self._point(code, weeks, left + 1)
        return start + (end - start) * part * part * (3 - 2 * part)

    def _draw_point(self, code: str, weeks: int, point: int) -> float:
        return 2 * draw(self.seed, code, "wave", weeks, point)[0] - 1


@lru_cache(maxsize=8)
def walk(seed: int) -> Walk:
    """Return the walk of a seed, which all markets of this process share."""
    return Walk(seed)


_PIECES = (1, *(upper.size // lower.size for upper, lower in pairwise(LADDER)))
