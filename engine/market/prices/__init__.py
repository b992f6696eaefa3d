"""Prices: the consensus on each coin, and its confidence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from engine.cache import Answer, Cache, Entries, Entry, Validity
from engine.concurrency.yielding import cooperatively
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.labels import Labels
from engine.market.prices.exchanges import ExchangePrices, Exchanges
from engine.market.prices.lists import CoinPrice, PriceList, answer, table
from engine.market.prices.pinned import consensus, converted_price, limited, pinned_price
from engine.market.prices.quotes import CoinQuotes, Quotes, key_of
from engine.market.prices.request import CURRENCIES, EVERY_COIN, PLAIN, RequestedCoin, answer_key, merged
from engine.market.prices.traded import traded_price
from engine.upstream.host_clock import HostClock
from providers import ASSET_BY_ID, ASSETS, Pair

__all__ = ["CURRENCIES", "EVERY_COIN", "Prices", "RequestedCoin"]

Closes = Callable[[Pair], tuple[float, ...] | None]
"""Returns the last 24 hourly closes of a pair, `None` where they are not at hand."""


class Prices:
    """Serves prices: of pinned coins by their quotes, of all others by their markets at exchanges."""

    def __init__(
        self,
        quotes: Quotes,
        exchanges: Exchanges,
        closes: Closes,
        cache: Cache,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self.quotes = quotes
        self.ranks: dict[str, int] = {}
        """The last rank that a provider gave, by code of a pinned coin."""
        self._exchanges = exchanges
        self._closes = closes
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

    def refresh(self, since: float = 0.0) -> None:
        """Fetch quotes that are stale or from before `since` (Unix seconds), with the background's budgets.

        Raises an `ApiError`.
        """
        self.quotes.refresh(ASSETS, since)

    def verified(self, pair: Pair) -> float | None:
        """Return the cached price of `pair`, if it is fresh and verified. Calls no provider."""
        if pair.base.id not in ASSET_BY_ID:
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
        entries, exchanges, failed = self._obtain(requested, convert)
        rows = [self._row(coin, convert, entries, exchanges) for coin in cooperatively(requested)]
        found = [self._finished(row, convert, sparkline) for row, _ in rows if row is not None]
        if coins is None:
            found.sort(key=lambda row: (row.rank is None, row.rank or 0))
        newest: CoinQuotes | None = max(entries.values(), key=_made).value if entries else None
        rate = newest.rate if newest else exchanges.book.usdt_usd if exchanges else None
        venues = {venue for _, used in rows for venue in used}
        ages = [*entries.values(), *(exchanges.made(venues) if exchanges else ())]
        return PriceList(
            currency=convert,
            coins=tuple(found),
            missing=tuple(it.symbol for it, (row, _) in zip(requested, rows, strict=True) if row is None),
            failures={
                **(exchanges.failures if exchanges else {}),
                **(newest.failures if newest else {}),
                **failed,
            },
            usdt_usd=rate.price if rate else None,
            usdt_usd_confidence=rate.confidence if rate else None,
            source=self._source(found),
            validity=Validity.of(ages or [Entry(None, asked, 0.0)], asked),
            sparklines=sparkline,
            about=merged(coin.about for coin in requested),
        )

    def _obtain(
        self, requested: Sequence[RequestedCoin], convert: str
    ) -> tuple[Entries, ExchangePrices | None, Mapping[str, str]]:
        """Return the quotes of pinned coins, and the prices of exchanges only where they are needed.

        The last are the reasons where one of both failed. Raises `AllProvidersFailed` where nothing is left.
        """
        entries: Entries = {}
        exchanges: ExchangePrices | None = None
        failed: list[AllProvidersFailed] = []
        pinned = dict.fromkeys(coin.asset for coin in requested if coin.is_pinned)
        if pinned:
            try:
                entries = self.quotes.obtain(pinned)
            except AllProvidersFailed as error:
                failed.append(error)
        if convert not in PLAIN or not all(map(self._is_quoted, requested)):
            try:
                exchanges = self._exchanges.prices()
            except AllProvidersFailed as error:
                failed.append(error)
        if failed and not entries and exchanges is None:
            raise failed[0]
        reasons = {name: str(why) for one in failed for name, why in (one.details or {}).items()}
        return entries, exchanges, reasons

    def _is_quoted(self, coin: RequestedCoin) -> bool:
        """Return whether providers quote a coin by a table: also where it is asked for at one venue alone."""
        names = {upstream.name for upstream in self.quotes.upstreams}
        return coin.is_pinned and (coin.venue is None or coin.venue in names)

    def _row(
        self, coin: RequestedCoin, convert: str, entries: Entries, exchanges: ExchangePrices | None
    ) -> tuple[CoinPrice | None, Iterable[str]]:
        """Return the price of a coin, and the exchanges that it rests on where it is not pinned."""
        entry = entries.get(key_of(coin.asset)) if coin.is_pinned else None
        if entry is not None:
            entry = limited(entry, coin.venue)
            plain = convert if convert in PLAIN else "USD"
            row = pinned_price(coin, entry, plain, self._clock.correct(entry.made))
            if row is not None:
                if row.rank is not None:
                    self.ranks[coin.asset.code] = row.rank
                if convert in PLAIN:
                    return row, ()
                found = converted_price(coin, row, entry, convert, exchanges) if exchanges else None
                return found or replace(row, price=None), ()
        if exchanges is None:
            return None, ()
        return traded_price(coin, convert, exchanges, self._clock.correct) or (None, ())

    def _finished(self, row: CoinPrice, convert: str, sparkline: bool) -> CoinPrice:
        """Return a row with the labels of its sources, and with its sparkline if it is wanted."""
        if self._label.demo:
            row = replace(
                row, sources=tuple(replace(it, provider=self._label(it.provider)) for it in row.sources)
            )
        return replace(row, sparkline=self._closes(Pair(row.asset, convert))) if sparkline else row

    def _source(self, coins: Iterable[CoinPrice]) -> str:
        """Return the label of the provider, or of several together."""
        providers = {it.provider for coin in coins for it in coin.sources if not it.outlier}
        return providers.pop() if len(providers) == 1 else self._label("multi-provider")


def _made(entry: Entry) -> float:
    return entry.made
