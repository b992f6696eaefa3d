"""Binance spot market data: https://developers.binance.com/docs/binance-spot-api-docs/rest-api."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from providers._assets import TRADED_EVERYWHERE, Asset
from providers._base import CandleSource, QuoteSource, TickerSource
from providers._books.binance import BinanceBooks
from providers._errors import RateLimited, Unsupported
from providers._intervals import INTERVALS, Interval
from providers._listed import Market, Ticker
from providers._models import Candle, Quote, RateLimit, Window
from providers._reading import (
    amount,
    candle,
    change,
    instant,
    integer,
    item,
    member,
    number,
    percent,
    price,
    readable,
    rows_or_empty,
    text,
    traded,
    untraded,
)
from providers._streams.binance import BinanceStream

DAY = {"open": "openPrice", "high": "highPrice", "low": "lowPrice", "volume": "volume"}
DAY |= {"bid": "bidPrice", "bid_amount": "bidQty", "ask": "askPrice", "ask_amount": "askQty"}
DAY |= {"mean": "weightedAvgPrice", "turnover": "quoteVolume"}
"""Figures of a day by their names in a ticker."""


class Binance(CandleSource, QuoteSource, TickerSource, BinanceBooks, BinanceStream):
    """Keyless. The first host is for public data only; the second one serves the same data."""

    name = "binance"
    base_urls = ("https://data-api.binance.vision", "https://api.binance.com")
    priority = 10
    rate_limit = RateLimit(6000, 60)
    max_bytes = 4 * 1024 * 1024
    """The tickers of its 3500 markets take more than 2 MB."""
    intervals = {code: code for code in INTERVALS}
    """Binance has all of them under the same names."""
    max_candles = 1000
    candle_weight = 2
    listing_weight = 20
    tickers_weight = 80
    rate_assets = TRADED_EVERYWHERE
    failures = {-1003: RateLimited, -1121: Unsupported, -1120: Unsupported, -1220: Unsupported}

    def used(self, headers: Mapping[str, str]) -> int | None:
        """Return the weight that Binance has counted for this IP address in this minute."""
        return integer(headers.get("X-MBX-USED-WEIGHT-1M"), minimum=0)

    def quote_weight(self, coins: int) -> int:
        """Return 2 for up to 20 tickers, 40 for up to 100."""
        return 2 if coins <= 20 else 40

    def error_code(self, payload: Any) -> object | None:
        """Return the negative `code` of an error, which is an object. A ban has one, too."""
        code: object | None = member(payload, "code")
        return code

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request the window. Binance applies its limit as `Window` does: from a start, or to the end."""
        bounds = {"startTime": window.start, "endTime": window.end}
        rows: list[Any] = self.ask(
            "/api/v3/klines",
            symbol=market.native,
            interval=self.intervals[interval.code],
            limit=window.limit,
            **{name: time for name, time in bounds.items() if time is not None},
        )
        return rows

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row. The close time is between the volume in coins and that in the quote currency."""
        time, open_, high, low, close, volume, *_ = row
        return candle(instant(time), open_, high, low, close, volume, item(row, 7), item(row, 8))

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request the markets. One that Binance does not list fails the call; then request all tickers."""
        by_symbol = self.tether_markets(assets)
        try:
            tickers = self.ask(
                "/api/v3/ticker/24hr", symbols=json.dumps(list(by_symbol), separators=(",", ":"))
            )
        except Unsupported:
            tickers = self.ask("/api/v3/ticker/24hr")
        return readable(tickers, lambda ticker: _quote(by_symbol.get(ticker["symbol"]), ticker))

    def fetch_listing(self) -> list[Any]:
        """Request the markets that trade. Without the filter, ended ones stay for ever."""
        only = {"symbolStatus": "TRADING", "showPermissionSets": "false"}
        return rows_or_empty(self.ask("/api/v3/exchangeInfo", **only)["symbols"])

    def read_market(self, row: Any) -> Market:
        """Parse a market. Rows may be `HALT`, `BREAK` and `CANCEL_ONLY`, and have no full names."""
        trades = text(row["status"]) == "TRADING" and row["isSpotTradingAllowed"] is True
        return Market(
            self.name,
            text(row["baseAsset"]),
            text(row["quoteAsset"]),
            text(row["symbol"]),
            "trading" if trades else "halted",
            tick=_filtered(row, "PRICE_FILTER", "tickSize"),
            step=_filtered(row, "LOT_SIZE", "stepSize"),
        )

    def fetch_tickers(self) -> list[Any]:
        """Request the markets that trade: without the filter, ended ones keep their last price for years."""
        return rows_or_empty(self.ask("/api/v3/ticker/24hr", symbolStatus="TRADING"))

    def read_ticker(self, row: Any) -> Ticker | None:
        """Parse a ticker. `quoteVolume` is in the quote, and `openPrice` is 24 hours old."""
        last, volume, time = row["lastPrice"], row["quoteVolume"], instant(row["closeTime"])
        before = change(number(last) or 0.0, row.get("openPrice"))
        day = {name: row.get(key) for name, key in DAY.items()}
        return traded(row["symbol"], last, volume, time, before, trades=row.get("count"), **day)


def _quote(asset: Asset | None, ticker: Any) -> Quote | None:
    if asset is None or untraded(ticker.get("volume")):
        return None
    time, change = instant(ticker["closeTime"]), percent(ticker.get("priceChangePercent"))
    return Quote(asset, price(ticker["lastPrice"]), "USDT", time, change_24h=change)


def _filtered(row: Any, kind: str, name: str) -> float | None:
    """Return a figure of one of the filters of a market, `None` if it is missing."""
    filters = row.get("filters")
    for each in filters if isinstance(filters, list) else ():
        if member(each, "filterType") == kind:
            return amount(member(each, name))
    return None
