"""The abilities about prices: candles and quotes."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from providers._assets import RATE_ASSETS, Asset
from providers._base._provider import Provider
from providers._errors import BadMarket
from providers._models import Candle, Interval, Pair, Quote, Window
from providers._reading import candle_rows, reading, with_unknown, within


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
        """The candles of `window`, as they were sent but in ascending order, the running one included.

        In a window that ended in the past a row that cannot be read is a candle of unknown figures (NaN).
        Elsewhere it makes the market one that cannot be used, and so does an empty list where the newest
        candles are asked for.
        """
        first = window.start or 0
        last = window.end if window.end is not None else self.now() + interval.length
        opens, closes = window.bounds(interval, self.now())
        if opens > closes:
            return []  # there is nothing in the future
        with reading(self.name):
            sent = self.fetch_candles(pair, interval, window)
            rows = candle_rows(sent, lambda row: self.read_candle(row, interval))
        if self.newest_first:
            rows.reverse()
        placed = within(rows, interval, first, last)
        if closes + interval.length <= self.now():
            placed = [(candle.open_time, candle) for candle in with_unknown(placed)]
        if window.bounded:
            placed = [*dict.fromkeys(placed)]  # a row that is told twice is one
        placed = placed[-window.limit :] if window.start is None else placed[: window.limit]
        candles = [row for _, row in placed if isinstance(row, Candle)]
        if len(candles) < len(placed):
            raise BadMarket(f"{self.name} sent a candle that cannot be read")
        if not candles and not window.bounded:
            raise BadMarket(f"{self.name} has no candles of this market")
        return candles

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Any]:
        """Ask for `window`, for rows as they are sent; more than it may come back.

        `pair` is one that `market()` gave.
        """
        raise NotImplementedError

    def read_candle(self, row: Any, interval: Interval) -> Candle | None:
        """What a row says; `None` where it stands for no candle. Raises `BadMarket` or an `UNREADABLE`."""
        raise NotImplementedError


class QuoteSource(Provider):
    """Has prices of many coins in one call."""

    rate_assets: ClassVar[tuple[Asset, ...]] = RATE_ASSETS
    """What it is asked for along with any coins; where it knows no dollars, what tells that it is well."""

    def quote_weight(self, coins: int) -> int:
        """What a call for so many coins takes of its rate limit."""
        return 1

    def tether_markets(self, assets: Sequence[Asset], separator: str = "") -> dict[str, Asset]:
        """Return coins by the name of their USDT market here; USDT itself has none."""
        traded = (asset for asset in assets if asset.code != "USDT")
        return {f"{self.code_of(asset)}{separator}USDT": asset for asset in traded}

    def quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Return a quote for each of `assets` that it has.

        The first quote of a coin is its price of it. Others, in another currency, tell what a USDT is worth.
        """
        with reading(self.name):
            return self.fetch_quotes(assets)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """One call for all of `assets`; what it does not have is left out."""
        raise NotImplementedError
