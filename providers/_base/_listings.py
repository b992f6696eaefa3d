"""The abilities about what there is: markets and coins."""

from typing import Any, ClassVar

from providers._base._provider import Provider
from providers._errors import BadData
from providers._listed import MAX_LISTED, Candidate, Market, Ticker
from providers._reading import readable, reading


class MarketLister(Provider):
    """Lists all markets that it trades, or has traded."""

    listing_weight: ClassVar[int] = 1
    """What the calls for its listing take of its rate limit."""

    def listing(self) -> list[Market]:
        """Return its markets, in its own spelling. A row that cannot be read is left out."""
        with reading(self.name):
            rows = self.fetch_listing()
            markets: list[Market] = self._runner(lambda: readable(rows, self.read_market, MAX_LISTED))
        if not markets:
            raise BadData(f"{self.name} lists no market")
        return markets

    def fetch_listing(self) -> list[Any]:
        """Ask for all markets, for rows as they are sent."""
        raise NotImplementedError

    def read_market(self, row: Any) -> Market | None:
        """Return what a row says; `None` where it is of no spot market. Raises an `UNREADABLE`."""
        raise NotImplementedError


class TickerSource(MarketLister):
    """Prices all of its markets in one call."""

    tickers_weight: ClassVar[int] = 1
    """What the call for all tickers takes of its rate limit."""

    def tickers(self) -> list[Ticker]:
        """Return the last price of every market that was traded in the last 24 hours."""
        with reading(self.name):
            rows = self.fetch_tickers()
            return self._runner(lambda: readable(rows, self.read_ticker, MAX_LISTED))

    def fetch_tickers(self) -> list[Any]:
        """Ask for all tickers, for rows as they are sent."""
        raise NotImplementedError

    def read_ticker(self, row: Any) -> Ticker | None:
        """Return what a row says; `None` where nothing was traded. Raises an `UNREADABLE`."""
        raise NotImplementedError


class CoinLister(Provider):
    """Lists coins under ids of its own, each with a name."""

    coins_weight: ClassVar[int] = 1
    """What the calls for its coins take of its rate limit."""

    def coins(self) -> list[Candidate]:
        """Return its coins, each once. A row that cannot be read is left out."""
        with reading(self.name):
            rows = self.fetch_coins()
            coins: list[Candidate] = self._runner(lambda: readable(rows, self.read_coin, MAX_LISTED))
        if not coins:
            raise BadData(f"{self.name} lists no coin")
        return list({coin.id: coin for coin in coins}.values())  # ranks change while pages are fetched

    def fetch_coins(self) -> list[Any]:
        """Ask for the coins, for rows as they are sent."""
        raise NotImplementedError

    def read_coin(self, row: Any) -> Candidate | None:
        """Return what a row says; `None` where its coin is dead. Raises an `UNREADABLE`."""
        raise NotImplementedError
