"""OKX v5 spot market data: https://www.okx.com/docs-v5/en/#order-book-trading-market-data."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource, TickerSource
from providers._books.okx import OkxBooks
from providers._errors import RateLimited, Unsupported
from providers._intervals import Interval
from providers._listed import Market, MarketState, Ticker
from providers._models import Candle, Quote, RateLimit, Window
from providers._reading import (
    amount,
    candle,
    change,
    instant,
    item,
    number,
    optional_instant,
    optional_text,
    price,
    readable,
    rows_or_empty,
    text,
    traded,
    untraded,
)
from providers._streams.okx import OkxStream

STATES: dict[str, MarketState] = {"live": "trading", "preopen": "upcoming"}

DAY = {"open": "open24h", "high": "high24h", "low": "low24h", "volume": "vol24h"}
DAY |= {"turnover": "volCcy24h"}
DAY |= {"bid": "bidPx", "bid_amount": "bidSz", "ask": "askPx", "ask_amount": "askSz"}
"""Figures of a day by their names in a ticker."""


class Okx(CandleSource, QuoteSource, TickerSource, OkxBooks, OkxStream):
    """Keyless. Failures have a `code` other than "0", mostly with HTTP 200."""

    name = "okx"
    base_urls = ("https://www.okx.com",)
    priority = 40
    rate_limit = RateLimit(20, 2)
    intervals = {code: code for code in ("1m", "3m", "5m", "15m", "30m")}
    intervals |= {"1h": "1H", "2h": "2H", "4h": "4H", "6h": "6Hutc", "12h": "12Hutc"}
    intervals |= {"1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc"}
    """Without `utc`, candles of 6 hours and more would begin at midnight in Hong Kong."""
    max_candles = 300
    reach = 1440
    newest_first = True
    failures = {"50011": RateLimited, "51000": Unsupported, "51001": Unsupported}

    def error_code(self, payload: Any) -> object | None:
        """Return `code`, `None` for "0", which is success."""
        return None if payload["code"] == "0" else payload["code"]

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request rows that are older than `after`. With gaps, some of them precede the window."""
        first, last = window.bounds(interval, self.now())
        rows = self.ask(
            "/api/v5/market/candles",
            instId=market.native,
            bar=self.intervals[interval.code],
            limit=interval.count(first, last),
            **({"after": last + 1} if window.bounded else {}),
        )["data"]
        return rows_or_empty(rows)

    def native(self, base: str, quote: str) -> str:
        """Return the codes with a hyphen between them."""
        return f"{base}-{quote}"

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row. The first of its three volumes is in coins, the third in the quote currency."""
        time, open_, high, low, close, volume, *_ = row
        return candle(instant(time), open_, high, low, close, volume, item(row, 7))

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request all tickers, and compute the change from the price of 24 hours ago.

        The list includes the dollar markets. Each is one order book, which settles in dollars or stablecoins.
        """
        tickers = self.ask("/api/v5/market/tickers", instType="SPOT")["data"]
        dollars = {f"{self.code_of(asset)}-USD": asset for asset in assets}
        markets = {"USDT": self.tether_markets(assets, "-"), "USD": dollars}
        return [
            quote
            for currency, named in markets.items()
            for quote in readable(tickers, partial(_quote, named, currency))
        ]

    def fetch_listing(self) -> list[Any]:
        """Request live markets, and some that are announced or suspended."""
        return rows_or_empty(self.ask("/api/v5/public/instruments", instType="SPOT")["data"])

    def read_market(self, row: Any) -> Market:
        """Parse a market. One that is announced may have no codes beside its name."""
        native = text(row["instId"])
        base, _, quote = native.rpartition("-")
        return Market(
            self.name,
            optional_text(row.get("baseCcy")) or text(base),
            optional_text(row.get("quoteCcy")) or text(quote),
            native,
            STATES.get(text(row["state"]), "halted"),
            since=optional_instant(row.get("listTime")),
            tick=amount(row.get("tickSz")),
            step=amount(row.get("lotSz")),
        )

    def fetch_tickers(self) -> list[Any]:
        """Request all spot tickers."""
        return rows_or_empty(self.ask("/api/v5/market/tickers", instType="SPOT")["data"])

    def read_ticker(self, row: Any) -> Ticker | None:
        """Parse a ticker. `volCcy24h` is in the quote."""
        last, volume, time = row["last"], row["volCcy24h"], instant(row["ts"])
        day = {name: row.get(key) for name, key in DAY.items()}
        before = change(number(last) or 0.0, row.get("open24h"))
        return traded(row["instId"], last, volume, time, before, **day)


def _quote(markets: Mapping[str, Asset], currency: str, row: Any) -> Quote | None:
    """Return a quote, `None` for another market or a market without trades."""
    asset = markets.get(row["instId"])
    if asset is None or row["last"] == "" or untraded(row.get("vol24h")):
        return None
    last = price(row["last"])
    return Quote(asset, last, currency, instant(row["ts"]), change_24h=change(last, row.get("open24h")))
