"""The prices of coins at exchanges, by the markets that the catalogue has proved to trade them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from math import inf

from engine.analysis.rates import CURRENCIES, RateBook, Trade, of_one_moment
from engine.cache import Entry
from engine.catalogue.catalogue import Catalogue
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.rows import TradedMarket
from engine.market.prices.days import VenueTicker
from engine.market.prices.tickers import Tickers, VenueTickers

Entries = Mapping[str, Entry[VenueTickers]]


class ExchangePrices:
    """The prices of all markets at one moment: `entries` has the tickers by venue.

    Tickers of a venue that failed count only if no other venue has the market.
    """

    def __init__(self, catalogue: Catalogue, entries: Entries) -> None:
        self.catalogue = catalogue
        self.entries = entries
        self.book = RateBook(list(self._between()), self.failures.keys())

    @property
    def time(self) -> float:
        """The time of the newest tickers (Unix seconds), 0 without any."""
        return max((entry.value.time for entry in self.entries.values()), default=0.0)

    @property
    def failures(self) -> dict[str, str]:
        """The reasons of the venues that failed."""
        known = {name: entry.value.reason for name, entry in self.entries.items()}
        return {name: reason for name, reason in known.items() if reason is not None}

    def trades(self, coin: str, venue: str | None = None) -> list[Trade]:
        """Return the markets of a coin, by its id, that were traded in the last 24 hours.

        Markets count only if both codes are proved. A `venue` limits them to its own, and includes codes that
        are not proved: then only the venue says which coin it is.
        """
        if venue is None:
            markets = [market for market in self.catalogue.of_coin(coin) if market.served]
        else:
            every = self.catalogue.of_coin(coin)
            markets = [market for market in every if market.trading and market.venue == venue]
        if coin in CURRENCIES:
            markets += [
                market
                for other in CURRENCIES
                for market in self.catalogue.served(other, coin)
                if venue in (None, market.venue)
            ]
        return [trade if trade.base == coin else trade.inverted() for trade in self.traded(markets)]

    def proves(self, coin: str, venue: str) -> bool:
        """Return whether the code of a coin is proved at a venue."""
        markets = self.catalogue.of_coin(coin)
        return coin in CURRENCIES or any(market.served and market.venue == venue for market in markets)

    def tickers(self, markets: Iterable[TradedMarket]) -> list[VenueTicker]:
        """Return the current tickers of markets in the order of the venues, without venues that failed."""
        natives = {market.venue: market.native for market in markets}
        return [
            VenueTicker(venue, ticker, entry.value.time)
            for venue, entry in self.entries.items()
            if venue in natives and entry.value.reason is None
            if (ticker := entry.value.tickers.get(natives[venue])) is not None
        ]

    def made(self, venues: Iterable[str], rated: float = inf) -> list[Entry]:
        """Return entries with the ages of the tickers of `venues`, or of all new tickers if there are none.

        A rate that arrived at `rated` adds an entry.
        """
        every = self.entries.values()
        used = [self.entries[name] for name in venues if name in self.entries]
        used = used or [entry for entry in every if entry.value.reason is None] or [*every]
        ages = [Entry(None, entry.value.time, entry.lifetime) for entry in used]
        if ages and rated < inf:
            ages.append(Entry(None, rated, ages[0].lifetime))
        return ages

    def _between(self) -> Iterator[Trade]:
        """Yield the markets between currencies."""
        for first, second in combinations(CURRENCIES, 2):
            markets = [*self.catalogue.served(first, second), *self.catalogue.served(second, first)]
            yield from self.traded(markets)

    def traded(self, markets: Iterable[TradedMarket]) -> list[Trade]:
        """Return the trades of markets in 24 hours; older tickers serve only if there are no new ones."""
        new: list[Trade] = []
        old: list[Trade] = []
        for market in markets:
            entry = self.entries.get(market.venue)
            ticker = None if entry is None else entry.value.tickers.get(market.native)
            if entry is not None and ticker is not None and ticker.volume:
                trade = Trade(
                    market.venue,
                    market.base.id,
                    market.quote.id,
                    ticker.price,
                    ticker.volume,
                    ticker.time,
                    ticker.change,
                    entry.value.time,
                )
                (new if entry.value.reason is None else old).append(trade)
        return new or of_one_moment(old)


class Exchanges:
    """Serves the current `ExchangePrices`, computed once for each state of the tickers."""

    def __init__(self, tickers: Tickers, current: CurrentCatalogue) -> None:
        self._tickers = tickers
        self._current = current
        self._last = ExchangePrices(current.catalogue, {})

    def prices(self) -> ExchangePrices:
        """Return the current prices. Raises `AllProvidersFailed`."""
        catalogue = self._current.catalogue
        entries = self._tickers.obtain(catalogue.listed_venues)
        if catalogue is not self._last.catalogue or not _same(entries, self._last.entries):
            self._last = ExchangePrices(catalogue, entries)
        return self._last


def _same(entries: Entries, others: Entries) -> bool:
    return entries.keys() == others.keys() and all(entry is others[name] for name, entry in entries.items())
