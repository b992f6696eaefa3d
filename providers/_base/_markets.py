"""The abilities about prices: candles and quotes."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from providers._assets import Asset
from providers._base._provider import Provider
from providers._models import Candle, Interval, Pair, Quote, Window
from providers._reading import reading


class CandleSource(Provider):
    """Has candles. `intervals` maps our codes to its own, for the intervals it really has."""

    intervals: ClassVar[Mapping[str, Any]]
    max_candles: ClassVar[int]
    """How many one call can bring."""
    reach: ClassVar[int | None] = None
    """How many of the newest candles exist there at all, `None` where all of history does."""
    candle_weight: ClassVar[int] = 1
    """What a call for candles takes of its rate limit."""
    newest_first: ClassVar[bool] = False
    candle_quotes: ClassVar[tuple[str, ...]] = ("USDT",)
    without_candles: ClassVar[frozenset[str]] = frozenset()
    """Codes of the coins that it does not trade."""

    def market(self, pair: Pair) -> Pair | None:
        """The market that stands for `pair` here: perhaps in another quote, `None` if there is none."""
        if pair.base.code in self.without_candles:
            return None
        return pair if pair.quote in self.candle_quotes else Pair(pair.base, self.candle_quotes[0])

    def candles(self, pair: Pair, interval: Interval, window: Window) -> list[Candle]:
        """The candles of `window`, as they were sent but in ascending order, the running one included."""
        first = window.start or 0
        last = window.end if window.end is not None else self.now() + interval.length
        opens, closes = window.bounds(interval, self.now())
        if opens > closes:
            return []  # there is nothing in the future
        with reading(self.name):
            candles = self.fetch_candles(pair, interval, window)
            inside = [candle for candle in candles if first <= candle.open_time <= last]
        if self.newest_first:
            inside.reverse()
        return inside[-window.limit :] if window.start is None else inside[: window.limit]

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Candle]:
        """Ask for `window`; more than it may come back. `pair` is one that `market()` gave."""
        raise NotImplementedError


class QuoteSource(Provider):
    """Has prices of many coins in one call."""

    def quote_weight(self, coins: int) -> int:
        """What a call for so many coins takes of its rate limit."""
        return 1

    def quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """A quote for each of `assets` that it has."""
        with reading(self.name):
            return self.fetch_quotes(assets)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """One call for all of `assets`; what it does not have is left out."""
        raise NotImplementedError
