"""Kraken spot market data: https://docs.kraken.com/api/docs/rest-api/get-ohlc-data."""

from collections.abc import Sequence
from typing import Any

from providers._assets import ASSET_BY_NAME, ASSETS, EURO, TETHER, USDC, Asset
from providers._base import CandleSource, QuoteSource, TickerSource
from providers._books.kraken import KrakenBooks
from providers._errors import BadMarket, RateLimited, Unsupported
from providers._intervals import SECOND, Interval
from providers._listed import Market, Ticker
from providers._models import Candle, Quote, RateLimit, Window
from providers._pairs import Pair
from providers._reading import (
    amount,
    candle,
    decimals,
    figure,
    instant,
    item,
    member,
    optional_text,
    price,
    readable,
    rows_of,
    rows_or_empty,
    text,
    traded,
    untraded,
)
from providers._streams.kraken import KrakenStream

KRAKEN_CODES = {"BTC": "XBT", "DOGE": "XDG"}
USUAL_CODES = {code: usual for usual, code in KRAKEN_CODES.items()}
WITH_USDT = frozenset("BTC ETH SOL XRP BNB ADA DOT LINK LTC BCH AVAX DOGE SHIB ATOM TON".split())


def altname(base: str, quote: str) -> str:
    """Return the name of a pair in requests, such as XBTUSD."""
    return KRAKEN_CODES.get(base, base) + KRAKEN_CODES.get(quote, quote)


RATE_MARKETS = (
    (EURO, "USD"),
    (TETHER, "EUR"),
    (USDC, "USDT"),
    (ASSET_BY_NAME["BTC"], "USDT"),
    (ASSET_BY_NAME["ETH"], "USDT"),
)
"""Markets that give further prices of USDT in US dollars, besides USDT/USD."""


def keys(base: str, quote: str) -> list[str]:
    """Return the names of a pair in responses: XBTUSD, XXBTZUSD, USDTZUSD, XETHXXBT, XBT/USD or BTC/USD."""
    base_code, quote_code = KRAKEN_CODES.get(base, base), KRAKEN_CODES.get(quote, quote)
    classed = [f"{kind}{base_code}{of}{quote_code}" for of in ("", "Z", "X") for kind in ("", "X", "Z")]
    return [*classed, f"{base_code}/{quote_code}", f"{base}/{quote}", f"{base}{quote}"]


MARKETS = (*((asset, "USD") for asset in (*ASSETS, TETHER, USDC)), *RATE_MARKETS)
MARKET_BY_KEY = {key: market for market in MARKETS for key in keys(market[0].code, market[1])}

DAY = {"high": ("h", 1), "low": ("l", 1), "volume": ("v", 1), "mean": ("p", 1)}
DAY |= {"bid": ("b", 0), "bid_amount": ("b", 2), "ask": ("a", 0), "ask_amount": ("a", 2)}
"""Figures of a day by their places in a ticker. `o` is today's open."""


class Kraken(CandleSource, QuoteSource, TickerSource, KrakenBooks, KrakenStream):
    """Keyless. Failures are HTTP 200 with a non-empty `error` list."""

    name = "kraken"
    base_urls = ("https://api.kraken.com",)
    priority = 20
    rate_limit = RateLimit(60, 60)
    intervals = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440}
    """Without weeks, since Kraken's weeks open on Thursday."""
    max_candles = 720
    reach = 720
    listing_weight = 2
    max_bytes = 4 * 1024 * 1024
    """Its list of markets has a table of fees for each: 150 000 values."""
    failures = {
        "EQuery:Unknown asset pair": Unsupported,
        "EQuery:Invalid asset pair": Unsupported,
        "EAPI:Rate limit exceeded": RateLimited,
        "EGeneral:Too many requests": RateLimited,
        "EGeneral:Temporary lockout": RateLimited,
    }

    def error_code(self, payload: Any) -> object | None:
        """Return the first entry with the prefix E. The prefix W marks warnings, which accompany a result."""
        return next((error for error in payload["error"] if error.startswith("E")), None)

    def usual_quote(self, pair: Pair) -> str:
        """Return the dollar for coins without a USDT market, about half of them."""
        return pair.quote if pair.base.code in WITH_USDT else "USD"

    def native(self, base: str, quote: str) -> str:
        """Return the name of a pair in requests."""
        return altname(base, quote)

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request the newest 720 candles and the open one. Kraken keeps no others, whatever `since` is."""
        minutes = self.intervals[interval.code]
        result = self.ask("/0/public/OHLC", pair=market.native, interval=minutes)["result"]
        known = (market.native, *keys(market.base, market.quote))
        found = [key for key in known if key in (result or ())]
        if not found:
            raise BadMarket(f"kraken sent no candles for {market.native}")
        return rows_or_empty(result[found[0]])

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row. The average price precedes the volume, which the number of trades follows."""
        time, open_, high, low, close, _, volume, *_ = row
        return candle(instant(time, SECOND), open_, high, low, close, volume, trades=item(row, 7))

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request the dollar pairs. `o` is today's open, so the change over 24 hours is unknown.

        A pair that Kraken no longer has fails the call. Then request all tickers.
        """
        markets = [(asset, "USD") for asset in assets]
        if TETHER in assets:
            markets += [market for market in RATE_MARKETS if market[0] in (*assets, EURO)]
        try:
            tickers = self.ask(
                "/0/public/Ticker", pair=",".join(altname(asset.code, quote) for asset, quote in markets)
            )
        except Unsupported:
            tickers = self.ask("/0/public/Ticker")
        quotes = readable(list(tickers["result"].items()), lambda item: _quote(item, markets))
        return sorted(quotes, key=lambda quote: quote.currency != "USD")

    def fetch_listing(self) -> list[Any]:
        """Request all markets, and the assets whose keys they name. Tokens of shares are not requested."""
        assets = self.ask("/0/public/Assets", assetVersion=1)["result"]
        pairs = self.ask("/0/public/AssetPairs", assetVersion=1)["result"]
        return [(key, row, assets) for key, row in pairs.items()]

    def read_market(self, row: Any) -> Market | None:
        """Parse a market. A colon marks a second venue, a point a dark pool or a staked balance."""
        key, pair, assets = row
        native = text(pair["altname"])
        if ":" in key or "." in native:
            return None
        named = (optional_text(pair.get("wsname")) or "").partition("/")
        base, quote = _code(pair["base"], assets, named[0]), _code(pair["quote"], assets, named[2])
        return Market(
            self.name,
            base,
            quote,
            native,
            "trading" if pair.get("status", "online") == "online" else "halted",
            tick=amount(pair.get("tick_size")) or decimals(pair.get("pair_decimals")),
            step=decimals(pair.get("lot_decimals")),
            kind="stock" if pair.get("aclass_base") == "tokenized_asset" else None,
        )

    def fetch_tickers(self) -> list[Any]:
        """Request all tickers. Keys with a colon are of a second venue."""
        rows = self.ask("/0/public/Ticker", assetVersion=1)["result"]
        return [(key, row) for key, row in rows.items() if ":" not in key]

    def read_ticker(self, row: Any) -> Ticker | None:
        """Parse a ticker. It has no time, and a market without a trade in 24 hours has a last price of 0."""
        key, ticker = row
        last, volume = rows_of(ticker["c"])[0], rows_of(ticker["v"])[1]
        base, _, quote = key.partition("/")
        native = KRAKEN_CODES.get(base, base) + KRAKEN_CODES.get(quote, quote) if quote else key
        day = {name: item(ticker.get(key) or (), place) for name, (key, place) in DAY.items()}
        return traded(
            native, last, figure(volume) * figure(last), trades=item(ticker.get("t") or (), 1), **day
        )


def _quote(row: tuple[str, Any], markets: Sequence[tuple[Asset, str]]) -> Quote | None:
    key, ticker = row
    market = MARKET_BY_KEY.get(key)
    if market is None or market not in markets or untraded(item(ticker.get("v") or (), 1)):
        return None
    asset, currency = market
    return Quote(asset, price(rows_of(ticker["c"])[0]), currency)


def _code(key: Any, assets: Any, named: str) -> str:
    """Return the usual code of an asset: `BTC` for `XXBT`, whose own name is `XBT`. No letter is cut off.

    `named` is its name in the market's own name, for an asset that is not listed.
    """
    code = text(member(assets.get(key), "altname") or named)
    return USUAL_CODES.get(code, code)
