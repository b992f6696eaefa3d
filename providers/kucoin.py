"""KuCoin spot market data: https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-klines."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource, TickerSource
from providers._books.kucoin import KucoinBooks
from providers._errors import RateLimited, Unsupported
from providers._intervals import SECOND, Interval
from providers._listed import Market, MarketState, Ticker
from providers._models import Candle, Quote, RateLimit, Window
from providers._reading import (
    amount,
    candle,
    instant,
    item,
    optional_instant,
    percent_of_fraction,
    price,
    readable,
    rows_or_empty,
    text,
    traded,
    untraded,
)
from providers._streams.kucoin import KucoinStream

DAY = {"high": "high", "low": "low", "volume": "vol", "turnover": "volValue"}
DAY |= {"bid": "buy", "bid_amount": "bestBidSize", "ask": "sell", "ask_amount": "bestAskSize"}
"""Figures of a day by their names in a ticker."""


class KuCoin(CandleSource, QuoteSource, TickerSource, KucoinBooks, KucoinStream):
    """Keyless. Failures have a `code` other than "200000", some of them with HTTP 200."""

    name = "kucoin"
    base_urls = ("https://api.kucoin.com",)
    priority = 50
    listing_weight = 4
    tickers_weight = 15
    rate_limit = RateLimit(100, 30)
    """Conservative: KuCoin's limit counts weights, and a list of all tickers weighs several."""
    intervals = {f"{count}m": f"{count}min" for count in (1, 3, 5, 15, 30)}
    intervals |= {f"{count}h": f"{count}hour" for count in (1, 2, 4, 6, 8, 12)}
    intervals |= {"1d": "1day", "1M": "1month"}
    """Without weeks, since KuCoin's weeks open on Thursday."""
    max_candles = 1500
    newest_first = True
    failures = {"400100": Unsupported, "900001": Unsupported, "429000": RateLimited}

    def error_code(self, payload: Any) -> object | None:
        """Return `code`, `None` for "200000", which is success."""
        return None if payload["code"] == "200000" else payload["code"]

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request a range, since KuCoin returns only 100 rows without one."""
        first, last = window.bounds(interval, self.now())
        rows = self.ask(
            "/api/v1/market/candles",
            symbol=market.native,
            type=self.intervals[interval.code],
            startAt=first // SECOND,
            endAt=(interval.after(last) if window.bounded else self.now()) // SECOND,
        )["data"]
        return rows_or_empty(rows)

    def native(self, base: str, quote: str) -> str:
        """Return the codes with a hyphen between them."""
        return f"{base}-{quote}"

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row in the order open, close, high, low. The volume in the quote currency is last."""
        time, open_, close, high, low, volume, *_ = row
        return candle(instant(time, SECOND), open_, high, low, close, volume, item(row, 6))

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request all tickers. `changeRate` is a fraction, and `last` is `null` if there is no trade."""
        markets = self.tether_markets(assets, "-")
        data = self.ask("/api/v1/market/allTickers")["data"]
        time = instant(data["time"])
        return readable(data["ticker"], lambda row: _quote(markets.get(row["symbol"]), row, time))

    def fetch_listing(self) -> list[Any]:
        """Request all markets, suspended ones included."""
        return rows_or_empty(self.ask("/api/v2/symbols")["data"])

    def read_market(self, row: Any) -> Market:
        """Parse a market. After a rename `symbol` stays for requests; `baseCurrency` names the coin."""
        opens = optional_instant(row.get("tradingStartTime"))
        idle: MarketState = "upcoming" if opens and opens > self.now() else "halted"
        return Market(
            self.name,
            text(row["baseCurrency"]),
            text(row["quoteCurrency"]),
            text(row["symbol"]),
            "trading" if row["enableTrading"] is True else idle,
            since=opens,
            tick=amount(row.get("priceIncrement")),
            step=amount(row.get("baseIncrement")),
        )

    def fetch_tickers(self) -> list[Any]:
        """Request all tickers. One time stands for all of them."""
        data = self.ask("/api/v1/market/allTickers")["data"]
        time = instant(data["time"])
        return [(row, time) for row in rows_or_empty(data["ticker"])]

    def read_ticker(self, row: Any) -> Ticker | None:
        """Parse a ticker. `volValue` is in the quote; `last` is `null` before the first trade."""
        ticker, time = row
        change = percent_of_fraction(ticker.get("changeRate"))
        day = {name: ticker.get(key) for name, key in DAY.items()}
        return traded(ticker["symbol"], ticker["last"], ticker["volValue"], time, change, **day)


def _quote(asset: Asset | None, row: Any, time: int) -> Quote | None:
    if asset is None or row["last"] is None or untraded(row.get("vol")):
        return None
    return Quote(
        asset, price(row["last"]), "USDT", time, change_24h=percent_of_fraction(row.get("changeRate"))
    )
