"""The price at a past minute: the consensus of several venues' closes."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from engine.analysis.consensus import AGREEING, Consensus, judge, middle, tidy
from engine.analysis.tether import Rate, converted, observe
from engine.errors import RETRY_AFTER, AllProvidersFailed, ApiError
from engine.market.candles import Candles
from engine.market.candles.request import CandleRequest
from engine.market.candles.usual_market import Find
from engine.market.prices.request import RequestedCoin
from engine.telemetry.request_id import with_request_id
from providers import ASSET_BY_NAME, INTERVALS, TETHER, Asset, Pair, Quote, Unsupported, Window

MINUTE = INTERVALS["1m"]
VENUES = 8
"""Maximum number of venues to call, in the order of calls for candles."""
AT_ONCE = 16
UNAVAILABLE = "No data provider currently has the price of this minute"
RATE_ASSETS = (TETHER, ASSET_BY_NAME["BTC"], ASSET_BY_NAME["ETH"])
"""Coins whose closes show the rate between tether and dollar."""


class PastPrice(msgspec.Struct, frozen=True):
    """A coin's price at a past minute, `None` if there is no close or no rate for that minute."""

    symbol: str
    asset: Asset
    price: float | None
    price_usd: float | None
    consensus: Consensus | None


class PastPrices(msgspec.Struct, frozen=True):
    """Prices at the close (Unix milliseconds) of a minute, with the rate between tether and dollar then.

    `failures` has the reasons of venues that failed.
    """

    close: int
    prices: tuple[PastPrice, ...]
    rate: Rate | None
    failures: Mapping[str, object] = msgspec.field(default_factory=dict)


class PastMinutes:
    """Reads the closes of one minute from `candles`: kept ones, or else those of each venue.

    `find` returns the market of a venue.
    """

    def __init__(self, candles: Candles, find: Find) -> None:
        self._candles = candles
        self._find = find
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="past")

    def at(self, coins: Sequence[RequestedCoin], currency: str, time: int) -> PastPrices:
        """Return the prices of the last minute that had closed at `time` (Unix milliseconds).

        Raises `AllProvidersFailed` if venues have failed and no coin has a close.
        """
        opened = MINUTE.after(MINUTE.open_time(time), -1)
        asked = dict.fromkeys((*((it, None) for it in RATE_ASSETS), *((it.asset, it.venue) for it in coins)))
        quotes, failures = self._quotes(asked, opened)
        rate = _rate(quotes)
        rows = tuple(_price(coin, quotes, currency, rate) for coin in coins)
        if failures and not any(_closes_of(coin, quotes) for coin in coins):
            raise AllProvidersFailed(UNAVAILABLE, failures, retry_after=RETRY_AFTER)
        return PastPrices(MINUTE.after(opened), rows, rate, failures)

    def _quotes(
        self, asked: Iterable[tuple[Asset, str | None]], opened: int
    ) -> tuple[dict[tuple[str, Asset], Quote], dict[str, object]]:
        """Return the closes of venues, and the reasons of venues that failed."""
        venues = ((asset, self._venues(asset, venue, opened)) for asset, venue in asked)
        asks = list(dict.fromkeys((name, asset) for asset, names in venues for name in names))
        calls = [self._pool.submit(with_request_id(partial(self._close, *ask, opened))) for ask in asks]
        closes = [call.result() for call in calls]
        quotes = {ask: close for ask, close in zip(asks, closes, strict=True) if isinstance(close, Quote)}
        reasons = [close.details or {} for close in closes if isinstance(close, AllProvidersFailed)]
        failures = {name: why for reason in reasons for name, why in reason.items()}
        return quotes, {name: why for name, why in failures.items() if why != Unsupported.reason}

    def _venues(self, asset: Asset, venue: str | None, opened: int) -> list[str]:
        """Return the venues with a market of the coin at that time, or the requested one."""
        request = _request(asset, opened, venue)
        return [it.name for it in self._candles.upstreams if self._find(it.provider, request)][:VENUES]

    def _close(self, venue: str, asset: Asset, opened: int) -> Quote | AllProvidersFailed | None:
        """Return a venue's close, `None` if it has none, or its failure."""
        try:
            found = self._candles.slice(_request(asset, opened, venue))
        except AllProvidersFailed as failed:
            return failed
        except ApiError:
            return None
        return Quote(asset, found.candles[0].close, found.quote) if found.candles else None


def _request(asset: Asset, opened: int, venue: str | None) -> CandleRequest:
    pair = Pair(asset, "USD" if asset.id == TETHER.id else "USDT")
    return CandleRequest(asset.symbol + pair.quote, pair, MINUTE, Window(1, opened, opened), venue=venue)


def _rate(quotes: Mapping[tuple[str, Asset], Quote]) -> Rate | None:
    """Return the rate between tether and dollar: each venue's dollars against all venues' tether."""
    books: dict[str, list[Quote]] = {}
    in_tether: dict[Asset, list[float]] = {}
    for (_, asset), quote in quotes.items():
        if quote.currency == "USDT":
            in_tether.setdefault(asset, []).append(quote.price)
    for (venue, asset), quote in quotes.items():
        if asset in RATE_ASSETS and quote.currency == "USD":
            other = [Quote(asset, middle(in_tether[asset]), "USDT")] if asset in in_tether else []
            books.setdefault(venue, []).extend((quote, *other))
    return observe(books)


def _closes_of(coin: RequestedCoin, quotes: Mapping[tuple[str, Asset], Quote]) -> dict[str, Quote]:
    """Return the closes of a coin by venue, or of the requested venue only."""
    return {
        venue: quote
        for (venue, asset), quote in quotes.items()
        if asset == coin.asset and coin.venue in (None, venue)
    }


def _price(
    coin: RequestedCoin,
    quotes: Mapping[tuple[str, Asset], Quote],
    currency: str,
    rate: Rate | None,
) -> PastPrice:
    closes = _closes_of(coin, quotes)
    found = _consensus(closes, currency, rate)
    dollars = found if currency == "USD" else _consensus(closes, "USD", rate)
    price = None if found is None else tidy(found.price)
    return PastPrice(coin.symbol, coin.asset, price, None if dollars is None else tidy(dollars.price), found)


def _consensus(closes: Mapping[str, Quote], currency: str, rate: Rate | None) -> Consensus | None:
    """Return the consensus of the closes in `currency`. If these are too few, converted ones count too."""
    native = {venue: quote for venue, quote in closes.items() if quote.currency == currency}
    closes = native if len(native) >= AGREEING else closes
    usdt_usd = None if rate is None else rate.price
    prices = {venue: converted(quote, currency, usdt_usd) for venue, quote in closes.items()}
    known = {venue: price for venue, price in prices.items() if price is not None}
    if not known:
        return None
    consensus = judge(known)
    rests = any(closes[source.provider].currency != currency for source in consensus.counted)
    return rate.bound(consensus) if rests and rate is not None else consensus
