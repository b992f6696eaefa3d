"""Prices: the consensus on each coin, and its confidence."""

from collections.abc import Callable, Iterable, Sequence
from math import inf

from msgspec.structs import replace

from engine.cache import Answer, Cache, Entry, Validity
from engine.catalogue.rows import TradedMarket
from engine.concurrency.yielding import cooperatively
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.labels import Labels
from engine.market.prices.days import VenueTicker
from engine.market.prices.exchanges import ExchangePrices
from engine.market.prices.frozen_quotes import FrozenQuotes
from engine.market.prices.lists import CoinPrice, PriceList, answer, table
from engine.market.prices.pairs import PairPrices, pair_prices
from engine.market.prices.pinned import consensus
from engine.market.prices.quotes import TOO_OLD
from engine.market.prices.request import CURRENCIES, EVERY_COIN, RequestedCoin, answer_key, merged
from engine.market.prices.rows import row_of
from engine.market.prices.sources import PriceSources
from engine.upstream.host_clock import HostClock
from providers import ASSETS, Pair

__all__ = ["CURRENCIES", "EVERY_COIN", "Prices", "RequestedCoin"]

Closes = Callable[[Pair], tuple[float, ...] | None]
"""Returns the last 24 hourly closes of a pair, `None` if the engine does not have them."""


class Prices:
    """Serves prices: of pinned coins from quotes, of all others from their markets at exchanges."""

    def __init__(
        self,
        sources: PriceSources,
        closes: Closes,
        cache: Cache,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self.quotes = sources.quotes
        self.ranks: dict[str, int] = {}
        """The last rank that a provider gave, by code of a pinned coin."""
        self._sources = sources
        self._pairs: tuple[ExchangePrices, PairPrices] | None = None
        self._closes = closes
        self._frozen_quotes = FrozenQuotes()
        self._answers = cache.answers
        self._label = Labels(settings.demo)
        self._clock = clock

    def serve(
        self,
        coins: Sequence[RequestedCoin] | None,
        convert: str,
        *,
        sparkline: bool = False,
        csv: bool = False,
    ) -> Answer:
        """Return the prices of `coins` in their order, or of all pinned coins by rank.

        `convert` is one of `CURRENCIES`. Raises `AllProvidersFailed`.
        """
        sparkline, write = sparkline and not csv, table if csv else answer
        ready = self._answers.look(("csv:" if csv else "") + answer_key(coins, convert, sparkline))
        if ready.fresh is not None:
            return ready.fresh
        try:
            found = self._list(coins, convert, ready.asked, sparkline)
        except AllProvidersFailed as failed:
            return self._answers.last(ready, failed)
        return self._answers.built(ready, found.validity) or self._answers.keep(ready, write(found))

    def consensus(self, coins: Sequence[RequestedCoin] | None, convert: str) -> PriceList:
        """Return the same prices as values. Raises `AllProvidersFailed`."""
        ready = self._answers.look_value(answer_key(coins, convert, sparkline=False), PriceList)
        if ready.fresh is not None:
            return ready.fresh
        try:
            return self._answers.keep_value(ready, self._list(coins, convert, ready.asked))
        except AllProvidersFailed as failed:
            return self._answers.last_value(ready, failed)

    def pairs(self) -> PairPrices:
        """Return the prices of every pair by its own markets. Raises `AllProvidersFailed`."""
        exchanges = self._sources.traded()
        known = self._pairs
        if known is None or known[0] is not exchanges:
            known = self._pairs = exchanges, pair_prices(exchanges, self._clock())
        return known[1]

    def markets(self, coin: str) -> list[tuple[TradedMarket, VenueTicker, float]]:
        """Return the markets of a coin, by its id, with their tickers and the US dollars of their quotes.

        The dollars are 0 if they are unknown. Tickers older than five minutes are left out. Raises
        `AllProvidersFailed`.
        """
        exchanges = self._sources.traded()
        oldest, found = self._clock() - TOO_OLD, []
        for market in exchanges.catalogue.of_coin(coin):
            tickers = exchanges.tickers([market]) if market.served else []
            way = exchanges.book.way(market.quote.id, "usd") if tickers else None
            dollars = way.rate.price if way else 0.0
            found += [(market, ticker, dollars) for ticker in tickers if ticker.time >= oldest]
        return found

    def refresh(self, since: float = 0.0) -> None:
        """Fetch quotes that are stale or from before `since` (Unix seconds), with the background's budgets.

        Raises an `ApiError`.
        """
        self.quotes.refresh(ASSETS, since)

    def newest(self, coins: Sequence[RequestedCoin], convert: str, since: float) -> PriceList:
        """Return prices as `consensus` does. Quotes of pinned coins are from `since` (Unix seconds) or later.

        Raises `AllProvidersFailed`.
        """
        if any(coin.is_pinned for coin in coins):
            self.refresh(since)
        return self._list(coins, convert, self._clock())

    def verified(self, pair: Pair) -> float | None:
        """Return the cached price of `pair`, if it is fresh and verified. Calls no provider."""
        if not pair.pinned:
            return None
        entry = self.quotes.known(pair.base)
        if entry is None or entry.due(self._clock()):
            return None
        judged = consensus(entry, pair.quote)
        return judged.price if judged and judged.verified else None

    def _list(
        self,
        coins: Sequence[RequestedCoin] | None,
        convert: str,
        asked: float,
        sparkline: bool = False,
    ) -> PriceList:
        requested = EVERY_COIN if coins is None else coins
        known = self._sources.obtain(requested, convert)
        correct = self._clock.correct
        rows = [row_of(it, convert, known, self._frozen_quotes, correct) for it in cooperatively(requested)]
        priced = [row.price for row in rows if row.price is not None]
        self.ranks |= {
            it.asset.code: row.price.rank
            for it, row in zip(requested, rows, strict=True)
            if it.is_pinned and row.price is not None and row.price.rank is not None
        }
        found = [self._finished(row, convert, sparkline) for row in priced]
        if coins is None:
            found.sort(key=lambda row: (row.rank is None, row.rank or 0))
        ages = known.ages(
            {venue for row in rows for venue in row.venues}, min((row.rated for row in rows), default=inf)
        )
        return PriceList(
            currency=convert,
            coins=tuple(found),
            missing=tuple(it.symbol for it, row in zip(requested, rows, strict=True) if row.price is None),
            failures=known.failures,
            usdt_usd=known.rate.price if known.rate else None,
            usdt_usd_confidence=known.rate.confidence if known.rate else None,
            usdt_usd_verified=known.rate is not None and known.rate.verified,
            source=self._source(found),
            validity=Validity.of(ages or [Entry(None, asked, 0.0)], asked),
            sparklines=sparkline,
            about=merged(coin.about for coin in requested),
        )

    def _finished(self, row: CoinPrice, convert: str, sparkline: bool) -> CoinPrice:
        """Return a row with the labels of its sources, and on request with its sparkline."""
        if self._label.demo:
            row = replace(
                row, sources=tuple(replace(it, provider=self._label(it.provider)) for it in row.sources)
            )
        return replace(row, sparkline=self._closes(Pair(row.asset, convert))) if sparkline else row

    def _source(self, coins: Iterable[CoinPrice]) -> str:
        """Return the label of the only provider, or the label for several."""
        providers = {it.provider for coin in coins for it in coin.sources if not it.outlier}
        return providers.pop() if len(providers) == 1 else self._label("multi-provider")
