"""Kraken spot market data: https://docs.kraken.com/api/docs/rest-api/get-ohlc-data."""

from collections.abc import Sequence
from typing import Any

from providers._assets import ASSETS, TETHER, Asset
from providers._base import CandleSource, QuoteSource
from providers._errors import BadMarket, RateLimited, Unsupported
from providers._models import SECOND, Candle, Interval, Pair, Quote, RateLimit, Window
from providers._reading import candle, instant, listed, price, readable, rows_of

OWN_NAMES = {"BTC": "XBT", "DOGE": "XDG"}
WITH_USDT = frozenset("BTC ETH SOL XRP BNB ADA DOT LINK LTC BCH AVAX DOGE SHIB ATOM TON".split())


def altname(asset: Asset, quote: str) -> str:
    """The pair as it is asked for: XBTUSD."""
    return OWN_NAMES.get(asset.code, asset.code) + quote


def keys(asset: Asset, quote: str) -> list[str]:
    """The keys under which a pair comes back: XBTUSD, XXBTZUSD, USDTZUSD, XBT/USD or BTC/USD."""
    own = OWN_NAMES.get(asset.code, asset.code)
    pairs = [f"{own}{quote}", f"X{own}Z{quote}", f"{own}Z{quote}", f"X{own}{quote}"]
    return [*pairs, f"{own}/{quote}", f"{asset.code}/{quote}", f"{asset.code}{quote}"]


ASSET_BY_KEY = {key: asset for asset in (*ASSETS, TETHER) for key in keys(asset, "USD")}


class Kraken(CandleSource, QuoteSource):
    """Keyless. Failures arrive as HTTP 200 with a non-empty `error` list."""

    name = "kraken"
    base_urls = ("https://api.kraken.com",)
    priority = 20
    rate_limit = RateLimit(60, 60)
    intervals = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1440}
    """Its weeks open on Thursday, so they are not among them."""
    max_candles = 720
    reach = 720
    failures = {
        "EQuery:Unknown asset pair": Unsupported,
        "EQuery:Invalid asset pair": Unsupported,
        "EAPI:Rate limit exceeded": RateLimited,
        "EGeneral:Too many requests": RateLimited,
        "EGeneral:Temporary lockout": RateLimited,
    }

    def error_code(self, payload: Any) -> object | None:
        """Entries with the prefix W are warnings, which come with a result."""
        return next((error for error in payload["error"] if error.startswith("E")), None)

    def market(self, pair: Pair) -> Pair:
        """Half of the coins are traded against the dollar only."""
        return pair if pair.quote == "USD" or pair.base.code in WITH_USDT else Pair(pair.base, "USD")

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Any]:
        """The newest 720 candles and the running one are all there is, whatever `since` says."""
        minutes = self.intervals[interval.code]
        result = self.ask("/0/public/OHLC", pair=altname(pair.base, pair.quote), interval=minutes)["result"]
        own = [key for key in keys(pair.base, pair.quote) if key in (result or ())]
        if not own:
            raise BadMarket(f"kraken has not told of {altname(pair.base, pair.quote)}")
        return listed(result[own[0]])

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """The average stands before the volume."""
        time, open_, high, low, close, _, volume, *_ = row
        return candle(instant(time, SECOND), open_, high, low, close, volume)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """All coins have a dollar pair. `o` is today's open, so a change over 24 hours is not to be had.

        One pair that it no longer has fails the whole call; then all tickers are asked for instead.
        """
        try:
            tickers = self.ask("/0/public/Ticker", pair=",".join(altname(asset, "USD") for asset in assets))
        except Unsupported:
            tickers = self.ask("/0/public/Ticker")
        return readable(list(tickers["result"].items()), lambda told: _quote(told, assets))


def _quote(told: tuple[str, Any], assets: Sequence[Asset]) -> Quote | None:
    key, ticker = told
    asset = ASSET_BY_KEY.get(key)
    if asset is None or asset not in assets:
        return None
    return Quote(asset, price(rows_of(ticker["c"])[0]), "USD")
