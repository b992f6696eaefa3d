"""The endpoints, for a client that waits for each answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from crypto_data_engine_client import _calls
from crypto_data_engine_client._answers import Answer, Candles, Indicators, Page, Rows
from crypto_data_engine_client._calls import Call, Names, Series, T, Time
from crypto_data_engine_client._rows import (
    Coin,
    KeptSeries,
    Market,
    Overview,
    PastPrice,
    Price,
    Sentiment,
    Story,
)


class Endpoints:
    """One method for each endpoint."""

    def call(self, call: Call[T]) -> T:
        """Send a call and read its answer."""
        raise NotImplementedError

    def candles(
        self,
        symbol: str,
        interval: str = "1h",
        *,
        limit: int | None = None,
        closed_only: bool | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        as_of: Time | None = None,
        source: str | None = None,
        fields: str | None = None,
    ) -> Candles:
        """Get candles, the oldest first; the newest may be open. `fields="all"` adds two columns."""
        options = {"limit": limit, "closedOnly": closed_only, "startTime": start_time, "endTime": end_time}
        more = {"asOf": as_of, "source": source, "fields": fields}
        return self.call(_calls.candles(symbol, interval, **options, **more))

    def candle_pages(
        self,
        symbol: str,
        interval: str = "1h",
        *,
        start_time: Time | None = None,
        end_time: Time | None = None,
        limit: int = 1000,
        source: str | None = None,
    ) -> Iterator[Candles]:
        """Get all candles of a window, page by page.

        With `start_time` pages go forward, with `end_time` alone backward. Each is of one provider.
        """
        window = {"startTime": start_time, "endTime": end_time, "limit": limit, "source": source}
        page = self.call(_calls.candles(symbol, interval, **window))
        yield page
        while page.next:
            page = self.call(_calls.page_of(page.next))
            yield page

    def candles_batch(
        self,
        symbols: Names,
        intervals: Names = "1h",
        *,
        limit: int | None = None,
        closed_only: bool | None = None,
    ) -> Answer[list[Series]]:
        """Get several series at once, in the order asked; one that failed is its error."""
        options = {"limit": limit, "closedOnly": closed_only}
        return self.call(_calls.candles_batch(symbols, intervals, **options))

    def indicators(
        self,
        symbol: str,
        indicators: Names,
        interval: str = "1h",
        *,
        limit: int | None = None,
        closed_only: bool | None = None,
    ) -> Indicators:
        """Get indicators such as `rsi:14` of a series, one row for each candle."""
        options = {"limit": limit, "closedOnly": closed_only}
        return self.call(_calls.indicators(symbol, indicators, interval, **options))

    def prices(
        self, symbols: Names | None = None, *, convert: str = "USDT", sparkline: bool | None = None
    ) -> Rows[Price]:
        """Get prices of coins; without `symbols` those of the thirty pinned ones."""
        return self.call(_calls.prices(symbols, convert, sparkline))

    def prices_at(self, symbols: Names, time: Time, *, convert: str = "USDT") -> Rows[PastPrice]:
        """Get prices of a past minute; `convert` is `USD` or `USDT`."""
        return self.call(_calls.prices_at(symbols, time, convert))

    def sentiment(self, symbol: str | None = None, *, days: int | None = None) -> Answer[Sentiment]:
        """Get the sentiment of the market, or of a coin."""
        return self.call(_calls.sentiment(symbol, days))

    def news(
        self, symbols: Names | None = None, *, limit: int | None = None, sentiment: str | None = None
    ) -> Rows[Story]:
        """Get stories, the newest first. Raises `FeatureDisabled` where the engine has no news."""
        return self.call(_calls.news(symbols, limit, sentiment))

    def overview(self) -> Answer[Overview]:
        """Get the whole market."""
        return self.call(_calls.overview())

    def coins(self, q: str | None = None, *, limit: int = 100, **filters: str | None) -> Iterator[Page[Coin]]:
        """Get the coins of the catalogue, page by page. `filters` are `kind` and `state`."""
        page = self.call(_calls.coins(q, limit, None, **filters))
        yield page
        while page.next:
            page = self.call(_calls.coins(q, limit, page.next, **filters))
            yield page

    def markets(self, *, limit: int = 100, **filters: str | None) -> Iterator[Page[Market]]:
        """Get the markets of exchanges, page by page. `filters` are `base`, `quote` and `venue`."""
        page = self.call(_calls.markets(limit, None, **filters))
        yield page
        while page.next:
            page = self.call(_calls.markets(limit, page.next, **filters))
            yield page

    def history(self) -> Rows[KeptSeries]:
        """Get what the engine's archive has."""
        return self.call(_calls.kept())

    def health(self) -> Answer[dict[str, Any]]:
        """Get the state of the engine."""
        return self.call(_calls.health())

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: object = None,
    ) -> Answer[Any]:
        """Send any other request of the engine, such as those for alert rules. `body` is sent as JSON."""
        return self.call(_calls.any_call(method, path, query, body))
