"""The data for the prices of a request: quotes of pinned coins, and tickers of exchanges for the rest."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from engine.analysis.tether import Rate
from engine.cache import Entries, Entry
from engine.errors import AllProvidersFailed
from engine.market.prices.exchanges import ExchangePrices, Exchanges
from engine.market.prices.figures import MarketFigures
from engine.market.prices.quotes import CoinQuotes, Quotes, key_of
from engine.market.prices.request import PLAIN, RequestedCoin
from providers import Figures


class Obtained(msgspec.Struct, frozen=True):
    """The quotes of pinned coins, prices of exchanges, figures of an aggregator, and reasons of failures.

    `exchanges` is `None` if they are not needed or failed. `figures` are by CoinGecko's ids.
    """

    entries: Entries
    exchanges: ExchangePrices | None
    figures: Mapping[str, Figures]
    reasons: Mapping[str, str]

    @property
    def rate(self) -> Rate | None:
        """US dollars for one USDT: from the newest quotes, or else from the exchanges."""
        if self._newest is not None:
            return self._newest.rate
        return self.exchanges.book.usdt_usd if self.exchanges else None

    @property
    def failures(self) -> dict[str, str]:
        """The reasons of the providers that failed."""
        found = dict(self.exchanges.failures if self.exchanges else {})
        for entry in sorted(self.entries.values(), key=lambda entry: entry.made):
            found |= entry.value.failures
        return {**found, **self.reasons}

    def ages(self, venues: Iterable[str], rated: float) -> list[Entry]:
        """Return the entries that determine the age of the prices.

        The prices use the tickers of `venues`, and rates of which the oldest arrived at `rated`.
        """
        if self.exchanges is None:
            return [*self.entries.values()]
        return [*self.entries.values(), *self.exchanges.made(venues, rated)]

    @property
    def _newest(self) -> CoinQuotes | None:
        newest = max(self.entries.values(), key=lambda entry: entry.made, default=None)
        return None if newest is None else newest.value


class PriceSources:
    """Obtains only the data that each request needs."""

    def __init__(self, quotes: Quotes, exchanges: Exchanges, figures: MarketFigures) -> None:
        self.quotes = quotes
        self._exchanges = exchanges
        self._figures = figures

    def obtain(self, requested: Sequence[RequestedCoin], convert: str) -> Obtained:
        """Return the data for the prices of coins in a currency.

        Raises `AllProvidersFailed` if there is none.
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
        if entries and (missing := [asset for asset in pinned if key_of(asset) not in entries]):
            reasons |= self.quotes.reasons(missing)
        figures: Mapping[str, Figures] = {}
        if exchanges and any(_has_figures(coin) for coin in requested):
            figures, failures = self._figures.obtain()
            reasons |= failures
        return Obtained(entries, exchanges, figures, reasons)

    def traded(self) -> ExchangePrices:
        """Return the prices of all markets at exchanges. Raises `AllProvidersFailed`."""
        return self._exchanges.prices()

    def _is_quoted(self, coin: RequestedCoin) -> bool:
        """Return whether quotes suffice for a coin: it is pinned, and any requested venue sends quotes."""
        names = {upstream.name for upstream in self.quotes.upstreams}
        return coin.is_pinned and (coin.venue is None or coin.venue in names)


def _has_figures(coin: RequestedCoin) -> bool:
    """Return whether an aggregator may know a coin that is not pinned, requested without a venue."""
    return bool(not coin.is_pinned and coin.venue is None and coin.asset.coingecko)
