"""Bybit v5 spot market data: https://bybit-exchange.github.io/docs/v5/market/kline."""

from collections.abc import Mapping, Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource, TickerSource
from providers._books.bybit import BybitBooks
from providers._errors import Blocked, RateLimited, Unsupported
from providers._intervals import Interval
from providers._listed import Market, Ticker
from providers._models import Candle, Quote, RateLimit, Window
from providers._reading import (
    amount,
    candle,
    instant,
    integer,
    item,
    member,
    must_be,
    number,
    percent_of_fraction,
    price,
    readable,
    rows_or_empty,
    text,
    traded,
    untraded,
)
from providers._streams.bybit import BybitStream

SPOT = "spot"
DAY = {"open": "prevPrice24h", "high": "highPrice24h", "low": "lowPrice24h", "volume": "volume24h"}
DAY |= {"turnover": "turnover24h"}
DAY |= {"bid": "bid1Price", "bid_amount": "bid1Size", "ask": "ask1Price", "ask_amount": "ask1Size"}
"""Figures of a day by their names in a ticker."""


class Bybit(CandleSource, QuoteSource, TickerSource, BybitBooks, BybitStream):
    """Keyless, blocked in the US and mainland China. Failures are HTTP 200 with a `retCode`."""

    name = "bybit"
    base_urls = ("https://api.bybit.com",)
    priority = 30
    rate_limit = RateLimit(600, 5)
    minutes = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30}
    minutes |= {"1h": 60, "2h": 120, "4h": 240, "6h": 360, "12h": 720}
    intervals = {code: str(count) for code, count in minutes.items()} | {"1d": "D", "1w": "W", "1M": "M"}
    max_candles = 1000
    newest_first = True
    failures = {
        10001: Unsupported,
        10006: RateLimited,
        10018: RateLimited,
        10009: Blocked,
        10024: Blocked,
        10029: Unsupported,
    }

    def used(self, headers: Mapping[str, str]) -> int | None:
        """Return the limit less its remainder, both from the headers."""
        limit = integer(headers.get("X-Bapi-Limit"), minimum=0)
        left = integer(headers.get("X-Bapi-Limit-Status"), minimum=0)
        return None if limit is None or left is None else limit - left

    def error_code(self, payload: Any) -> object | None:
        """Return `retCode`, `None` for 0, which is success."""
        return None if payload["retCode"] == 0 else payload["retCode"]

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request both bounds, since `start` alone may return the newest rows. `limit` defaults to 200."""
        bounds: dict[str, object] = {}
        if window.bounded:
            bounds = dict(zip(("start", "end"), window.bounds(interval, self.now()), strict=True))
        result = self.ask(
            "/v5/market/kline",
            category=SPOT,
            symbol=market.native,
            interval=self.intervals[interval.code],
            limit=window.limit,
            **bounds,
        )["result"]
        must_be(member(result, "symbol"), market.native)
        must_be(member(result, "category"), SPOT)
        return rows_or_empty(member(result, "list"))

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row. The volume in coins precedes the volume in the quote currency."""
        time, open_, high, low, close, volume, *_ = row
        return candle(instant(time), open_, high, low, close, volume, item(row, 6))

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request all tickers. Their time is beside the list; `price24hPcnt` is a fraction despite its name.

        Some coins have a `usdIndexPrice`, Bybit's estimate of the price in US dollars.
        """
        markets = self.tether_markets(assets)
        answer = self.ask("/v5/market/tickers", category=SPOT)
        time, result = instant(answer["time"]), answer["result"]
        must_be(result.get("category"), SPOT)
        rows = readable(result["list"], lambda row: _quotes(markets.get(row["symbol"]), row, time))
        return sorted((quote for row in rows for quote in row), key=lambda quote: quote.currency == "USD")

    def fetch_listing(self) -> list[Any]:
        """Request all spot markets, which come in one page."""
        result = self.ask("/v5/market/instruments-info", category=SPOT)["result"]
        must_be(member(result, "category"), SPOT)
        return rows_or_empty(member(result, "list"))

    def read_market(self, row: Any) -> Market:
        """Parse a market. `symbolType` separates tokens of shares from coins."""
        return Market(
            self.name,
            text(row["baseCoin"]),
            text(row["quoteCoin"]),
            text(row["symbol"]),
            "trading" if text(row["status"]) == "Trading" else "halted",
            tick=amount(member(row.get("priceFilter"), "tickSize")),
            step=amount(member(row.get("lotSizeFilter"), "basePrecision")),
            kind="stock" if row.get("symbolType") == "xstocks" else None,
        )

    def fetch_tickers(self) -> list[Any]:
        """Request all spot tickers. Their time is beside the list."""
        answer = self.ask("/v5/market/tickers", category=SPOT)
        time, result = instant(answer["time"]), answer["result"]
        must_be(member(result, "category"), SPOT)
        return [(row, time) for row in rows_or_empty(member(result, "list"))]

    def read_ticker(self, row: Any) -> Ticker | None:
        """Parse a ticker. `turnover24h` is in the quote."""
        ticker, time = row
        change = percent_of_fraction(ticker.get("price24hPcnt"))
        day = {name: ticker.get(key) for name, key in DAY.items()}
        return traded(ticker["symbol"], ticker["lastPrice"], ticker["turnover24h"], time, change, **day)


def _quotes(asset: Asset | None, row: Any, time: int) -> list[Quote] | None:
    if asset is None or untraded(row.get("volume24h")):
        return None
    change = percent_of_fraction(row.get("price24hPcnt"))
    last, index = price(row["lastPrice"]), number(row.get("usdIndexPrice"))
    quotes = [Quote(asset, last, "USDT", time, change_24h=change)]
    return [*quotes, Quote(asset, index, "USD", time)] if index and index > 0 else quotes
