"""The abilities for prices: candles and quotes."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from providers._assets import RATE_ASSETS, Asset
from providers._base._provider import Provider
from providers._errors import BadMarket
from providers._intervals import Interval
from providers._listed import Market
from providers._models import Candle, Quote, Window
from providers._pairs import Pair
from providers._reading import candle_rows, reading, with_placeholders, within


class CandleSource(Provider):
    """A provider of candles. `intervals` maps the engine's codes to the provider's codes."""

    intervals: ClassVar[Mapping[str, Any]]
    max_candles: ClassVar[int]
    """Maximum number of candles in one call."""
    reach: ClassVar[int | None] = None
    """How many of the newest candles the provider keeps, `None` if it keeps all."""
    candle_weight: ClassVar[int] = 1
    """How much of the rate limit a call for candles uses."""
    newest_first: ClassVar[bool] = False
    candle_quotes: ClassVar[tuple[str, ...]] = ("USDT",)
    without_candles: ClassVar[frozenset[str]] = frozenset()
    """Codes of the coins that the provider does not trade."""

    prefers_dollars: ClassVar[bool] = False
    """Whether the dollar market of a coin replaces its USDT market, which is hardly traded."""

    def kept(self, interval: Interval) -> int | None:
        """Return how many of the newest candles of `interval` the provider keeps, `None` if all."""
        return self.reach

    def market(self, pair: Pair, window: Window | None = None) -> Market | None:
        """Return the market to use for `pair` where the provider's own list of markets is not known.

        It may be in another quote currency. `None`: it has none, or only a list could tell. The provider's
        code of the coin is that at the time of `window`.
        """
        base = pair.base
        if not pair.pinned or base.code in self.without_candles:
            return None
        quote = self.usual_quote(pair)
        code = self.code_of(base, window)
        return Market(self.name, code, quote, self.native(code, quote))

    def usual_quote(self, pair: Pair) -> str:
        """Return the quote of the market to use for `pair` in US dollars or USDT."""
        return pair.quote if pair.quote in self.candle_quotes else self.candle_quotes[0]

    def native(self, base: str, quote: str) -> str:
        """Return the provider's name of a market by its codes, for a market that no list has."""
        return f"{base}{quote}"

    def candles(self, market: Market, interval: Interval, window: Window) -> list[Candle]:
        """Return the candles of `window` in ascending order, the open one included, with figures as sent.

        In a window that ended in the past, an unreadable row becomes a candle with unknown figures (NaN).
        Otherwise it raises `BadMarket`. So does an empty list if the newest candles are requested.
        """
        first = window.start or 0
        last = window.end if window.end is not None else interval.after(interval.open_time(self.now()))
        opens, closes = window.bounds(interval, self.now())
        if opens > closes:
            return []  # the window lies in the future
        with reading(self.name):
            sent = self.fetch_candles(market, interval, window)
            rows = candle_rows(sent, lambda row: self.read_candle(row, interval))
        if self.newest_first:
            rows.reverse()
        placed = within(rows, interval, first, last)
        if interval.after(closes) <= self.now():
            placed = [(candle.open_time, candle) for candle in with_placeholders(placed)]
        if window.bounded:
            placed = [*dict.fromkeys(placed)]  # drop duplicate rows
        placed = placed[-window.limit :] if window.start is None else placed[: window.limit]
        candles = [row for _, row in placed if isinstance(row, Candle)]
        if len(candles) < len(placed):
            raise BadMarket(f"{self.name} sent an unreadable candle")
        if not candles and not window.bounded:
            raise BadMarket(f"{self.name} has no candles for this market")
        return candles

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request `window` and return the rows as they were sent, perhaps more than the window holds.

        `market` is one of the provider's list, or a result of `market()`.
        """
        raise NotImplementedError

    def read_candle(self, row: Any, interval: Interval) -> Candle | None:
        """Parse a row, `None` if it is not a candle. Raises `BadMarket` or an `UNREADABLE` otherwise."""
        raise NotImplementedError


class QuoteSource(Provider):
    """A provider of prices, for many coins in one call."""

    rate_assets: ClassVar[tuple[Asset, ...]] = RATE_ASSETS
    """Requested along with any coins: for the price of USDT, or to show that the provider works."""

    def quote_weight(self, coins: int) -> int:
        """Return how much of the rate limit a call for `coins` coins uses."""
        return 1

    def tether_markets(self, assets: Sequence[Asset], separator: str = "") -> dict[str, Asset]:
        """Return the coins by the provider's name of their USDT market. USDT itself has none."""
        traded = (asset for asset in assets if asset.code != "USDT")
        return {f"{self.code_of(asset)}{separator}USDT": asset for asset in traded}

    def quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Return a quote for each of `assets` that the provider has.

        The first quote of a coin is its price. Others are in another currency, and serve to price USDT.
        """
        with reading(self.name):
            return self.fetch_quotes(assets)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request all of `assets` in one call. Coins that the provider lacks are omitted."""
        raise NotImplementedError
