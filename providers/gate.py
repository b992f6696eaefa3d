"""Gate spot market data: https://www.gate.com/docs/developers/apiv4/en/#market-candlesticks."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource, TickerSource
from providers._books.gate import GateBooks
from providers._errors import RateLimited, Unsupported
from providers._intervals import SECOND, Interval
from providers._listed import Market, MarketState, Ticker
from providers._models import Candle, Quote, RateLimit, Window
from providers._reading import (
    candle,
    decimals,
    instant,
    member,
    optional_text,
    percent,
    price,
    readable,
    rows_or_empty,
    text,
    traded,
    untraded,
)
from providers._streams.gate import GateStream

DAY = {"high": "high_24h", "low": "low_24h", "volume": "base_volume", "turnover": "quote_volume"}
DAY |= {"bid": "highest_bid", "bid_amount": "highest_size", "ask": "lowest_ask", "ask_amount": "lowest_size"}
"""Figures of a day by their names in a ticker."""


class Gate(CandleSource, QuoteSource, TickerSource, GateBooks, GateStream):
    """Keyless. Failures are HTTP 4xx with a `label`."""

    name = "gate"
    base_urls = ("https://api.gateio.ws",)
    priority = 55
    rate_limit = RateLimit(200, 10)
    intervals = {code: code for code in ("1m", "5m", "15m", "30m", "1h", "4h", "8h", "1d")}
    """Without weeks, since Gate's weeks open on Thursday, and without its 30 days, which are no month."""
    max_candles = 1000
    reach = 10_000
    failures = {
        "INVALID_PARAM_VALUE": Unsupported,
        "INVALID_CURRENCY": Unsupported,
        "INVALID_CURRENCY_PAIR": Unsupported,
        "TOO_FAST": RateLimited,
        "TOO_MANY_REQUESTS": RateLimited,
    }

    def error_code(self, payload: Any) -> object | None:
        """Return the `label` of an error, which data does not have."""
        label: object | None = member(payload, "label")
        return label

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request a range or `limit`. Gate refuses both together."""
        span: dict[str, object] = {"limit": window.limit}
        if window.bounded:
            first, last = window.bounds(interval, self.now())
            span = {"from": first // SECOND, "to": last // SECOND}
        code = self.intervals[interval.code]
        rows: list[Any] = self.ask(
            "/api/v4/spot/candlesticks", currency_pair=market.native, interval=code, **span
        )
        return rows

    def native(self, base: str, quote: str) -> str:
        """Return the codes with an underscore between them."""
        return f"{base}_{quote}"

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row. It begins with the time and the volume in the quote currency; the open is sixth."""
        time, quote_volume, close, high, low, open_, volume, *_ = row
        return candle(instant(time, SECOND), open_, high, low, close, volume, quote_volume)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request all tickers, which have no time."""
        markets = self.tether_markets(assets, "_")
        tickers = self.ask("/api/v4/spot/tickers")
        return readable(tickers, lambda row: _quote(markets.get(row["currency_pair"]), row))

    def fetch_listing(self) -> list[Any]:
        """Request all markets. Each row has the full name of its coin."""
        return rows_or_empty(self.ask("/api/v4/spot/currency_pairs"))

    def read_market(self, row: Any) -> Market:
        """Parse a market. Times are seconds, 0 where there is none; precisions are numbers of decimals."""
        opens, ends = _time(row.get("buy_start")), _time(row.get("delisting_time"))
        tradable, now = text(row["trade_status"]) == "tradable", self.now()
        state: MarketState = "trading" if tradable else "halted"
        if opens and opens > now:
            state = "upcoming"
        if ends and ends <= now:
            state = "ended"
        return Market(
            self.name,
            text(row["base"]),
            text(row["quote"]),
            text(row["id"]),
            state,
            since=opens,
            tick=decimals(row.get("precision")),
            step=decimals(row.get("amount_precision")),
            name=optional_text(row.get("base_name")),
        )

    def fetch_tickers(self) -> list[Any]:
        """Request all tickers, which have no time."""
        return rows_or_empty(self.ask("/api/v4/spot/tickers"))

    def read_ticker(self, row: Any) -> Ticker | None:
        """Parse a ticker. The last price of a quiet market is old, which its volume shows."""
        change = percent(row.get("change_percentage"))
        day = {name: row.get(key) for name, key in DAY.items()}
        return traded(row["currency_pair"], row["last"], row["quote_volume"], change=change, **day)


def _quote(asset: Asset | None, row: Any) -> Quote | None:
    if asset is None or untraded(row.get("base_volume")):
        return None
    return Quote(asset, price(row["last"]), "USDT", change_24h=percent(row.get("change_percentage")))


def _time(seconds: Any) -> int | None:
    return instant(seconds, SECOND) if seconds else None
